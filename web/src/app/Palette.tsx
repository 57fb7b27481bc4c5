/** Find any page, segment, inference set or dataset by a few letters of its name. */

import { Modal } from "@mantine/core";
import {
  type KeyboardEvent,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useGo } from "@/state/place";
import { type Destination, matching, useDestinations } from "./destinations";
import classes from "./Palette.module.css";

/** The dialog that Ctrl-K opens. */
export function Palette({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const box = useRef<HTMLInputElement>(null);
  const early = useEarlyLetters(opened, box);
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      withCloseButton={false}
      padding={0}
      size={560}
      title={<span className="visually-hidden">Find</span>}
      styles={{ header: { display: "none" } }}
    >
      <Finder box={box} early={early} onClose={onClose} />
    </Modal>
  );
}

/** Keeps the letters typed after Ctrl-K and before the text box is there; the box takes them over. */
function useEarlyLetters(opened: boolean, box: RefObject<HTMLInputElement | null>): RefObject<string> {
  const letters = useRef("");
  useLayoutEffect(() => {
    if (!opened) return;
    const keep = (event: globalThis.KeyboardEvent) => {
      if (box.current || event.key.length > 1 || event.ctrlKey || event.metaKey || event.altKey) return;
      letters.current += event.key;
      event.preventDefault();
      event.stopPropagation();
    };
    window.addEventListener("keydown", keep, { capture: true });
    return () => {
      letters.current = "";
      window.removeEventListener("keydown", keep, { capture: true });
    };
  }, [opened, box]);
  return letters;
}

interface FinderProps {
  readonly box: RefObject<HTMLInputElement | null>;
  readonly early: RefObject<string>;
  readonly onClose: () => void;
}

function Finder({ box, early, onClose }: FinderProps) {
  const [text, setText] = useState("");
  const [active, setActive] = useState(0);
  const destinations = useDestinations();
  const found = useMemo(() => matching(destinations, text), [destinations, text]);
  const go = useGo();
  const follow = (destination: Destination | undefined) => {
    if (!destination) return;
    onClose();
    go(destination.href);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && found.length) {
      event.preventDefault();
      setActive((now) => (now + step + found.length) % found.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      follow(found[active]);
    }
  };
  useLayoutEffect(() => {
    box.current?.focus({ preventScroll: true });
    setText(early.current);
  }, [box, early]);
  useEffect(() => {
    document.getElementById(`found-${active}`)?.scrollIntoView({ block: "nearest" });
  }, [active]);
  return (
    <>
      <input
        ref={box}
        className={classes.input}
        role="combobox"
        aria-label="Find a page, segment or inference set"
        aria-expanded={found.length > 0}
        aria-controls="found"
        aria-activedescendant={found[active] ? `found-${active}` : undefined}
        placeholder="Find a page, segment, inference set or dataset"
        data-autofocus
        autoComplete="off"
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div id="found" role="listbox" aria-label="Found" className={classes.list}>
        {found.map((destination, place) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the text box holds the focus and names the active option
          // biome-ignore lint/a11y/useKeyWithClickEvents: Enter in the text box follows the active option
          <div
            key={`${destination.kind} ${destination.name}`}
            id={`found-${place}`}
            role="option"
            aria-selected={place === active}
            className={classes.option}
            onPointerMove={() => setActive(place)}
            onClick={() => follow(destination)}
          >
            <span className="one-line">{destination.name}</span>
            <span className={classes.kind}>{destination.kind}</span>
          </div>
        ))}
        {found.length === 0 ? <div className={classes.nothing}>Nothing has this name.</div> : null}
      </div>
    </>
  );
}
