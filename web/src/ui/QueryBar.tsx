/** The query: typed without waiting, completed by the server, counted while it is typed. */

import { ActionIcon } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { type KeyboardEvent, type Ref, useEffect, useId, useRef, useState } from "react";
import { type ApiProblem, problemOf } from "@/api/problem";
import { useCount } from "@/api/selections";
import { countOf } from "@/core/numbers";
import type { Place } from "@/core/paths";
import type { ElementKind } from "@/core/selection";
import { useRecentQueries } from "@/state/recentQueries";
import { IconClose, IconSearch } from "./icons";
import classes from "./QueryBar.module.css";
import { type Suggestion, useQueryProblem, useSuggestions } from "./querySuggestions";

const PAUSE_MS = 250;

/** A query about a dataset; `onChange` is told of queries that can be answered. */
export interface QueryBarProps {
  readonly place: Place;
  readonly value: string;
  readonly onChange: (query: string, options: { replace: boolean }) => void;
  readonly elements?: ElementKind;
  readonly inferenceSet?: string | undefined;
  /** Count within this segment of the same elements. */
  readonly segment?: string | undefined;
  readonly ref?: Ref<HTMLInputElement>;
}

/** The query bar. */
export function QueryBar({
  place,
  value,
  onChange,
  elements = "frames",
  inferenceSet,
  segment,
  ref,
}: QueryBarProps) {
  const [draft, setDraft] = useState(value);
  const [cursor, setCursor] = useState(value.length);
  const [isOpen, setIsOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const [, remember] = useRecentQueries(place);
  const written = useRef(value);
  const hasWritten = useRef(false);
  const listId = useId();
  const problemId = useId();
  const input = useRef<HTMLInputElement>(null);

  // Back, a facet or a link changed the query from outside: it becomes the draft.
  useEffect(() => {
    if (value === written.current) return;
    written.current = value;
    setDraft(value);
  }, [value]);

  const [paused] = useDebouncedValue(draft, PAUSE_MS);
  const problem = useQueryProblem(place, { text: paused, elements, inferenceSet });
  const isSound = paused === draft && problem === null;
  const counted = useCount(
    place,
    {
      selection: segment ? { all_of: [{ segment }, { query: paused }] } : { query: paused },
      elements,
      ...(inferenceSet ? { inference_set: inferenceSet } : {}),
    },
    { enabled: isSound },
  );
  const foundProblem =
    paused === draft ? (problem ?? (counted.error ? problemOf(counted.error) : null)) : null;
  // Half a word is no mistake while it is being typed.
  const isUnfinished = isOpen && (foundProblem?.offset ?? 0) >= draft.trimEnd().length;
  const shownProblem = isUnfinished ? null : foundProblem;
  const suggestions = useSuggestions(place, { text: draft, cursor, elements, inferenceSet, isOpen });

  const write = (query: string, replace: boolean) => {
    if (query === written.current) return;
    written.current = query;
    hasWritten.current = true;
    onChange(query, { replace });
  };

  // The first pause makes an entry for Back, later ones of the same visit change it.
  const isAnswered = isSound && counted.isSuccess && !counted.isPlaceholderData;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new answer writes
  useEffect(() => {
    if (isAnswered && document.activeElement === input.current) write(paused.trim(), hasWritten.current);
  }, [isAnswered, paused]);

  const finish = (query: string) => {
    setIsOpen(false);
    setActive(-1);
    if (foundProblem && query === draft) return;
    write(query.trim(), hasWritten.current);
    remember(query);
    hasWritten.current = false;
  };

  const edit = (text: string, place: number) => {
    setDraft(text);
    setCursor(place);
    setActive(-1);
    setIsOpen(true);
  };

  const accept = (suggestion: Suggestion) => {
    const text = draft.slice(0, suggestion.start) + suggestion.text + draft.slice(suggestion.end);
    const end = suggestion.start + suggestion.text.length;
    edit(text, end);
    input.current?.focus();
    requestAnimationFrame(() => input.current?.setSelectionRange(end, end));
  };

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const n = isOpen ? suggestions.length : 0;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen) setIsOpen(true);
      else if (n) setActive((now) => (event.key === "ArrowDown" ? (now + 1) % n : (now <= 0 ? n : now) - 1));
    } else if ((event.key === "Enter" || event.key === "Tab") && suggestions[active] && isOpen) {
      event.preventDefault();
      accept(suggestions[active]);
    } else if (event.key === "Enter") {
      event.preventDefault();
      finish(draft);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      if (isOpen && n) setIsOpen(false);
      else input.current?.blur();
    }
  };

  return (
    <search className={classes.bar}>
      <div className={classes.field} data-invalid={shownProblem !== null || undefined}>
        <IconSearch size={16} className={classes.glass} />
        <div className={classes.typing}>
          <ErrorMark text={draft} offset={shownProblem?.offset} input={input.current} />
          <input
            ref={(element) => {
              input.current = element;
              if (typeof ref === "function") ref(element);
              else if (ref) ref.current = element;
            }}
            className={classes.input}
            type="text"
            aria-label="Query"
            aria-autocomplete="list"
            aria-controls={isOpen && suggestions.length ? listId : undefined}
            aria-activedescendant={active >= 0 ? `${listId}-${active}` : undefined}
            aria-invalid={shownProblem !== null || undefined}
            aria-describedby={shownProblem ? problemId : undefined}
            placeholder="Every frame; try split:test AND time_of_day:night"
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            dir="ltr"
            value={draft}
            onChange={(event) => edit(event.currentTarget.value, event.currentTarget.selectionStart ?? 0)}
            onSelect={(event) => setCursor(event.currentTarget.selectionStart ?? 0)}
            onFocus={() => {
              hasWritten.current = false;
            }}
            onClick={() => setIsOpen(true)}
            onBlur={() => {
              setIsOpen(false);
              finish(draft);
            }}
            onKeyDown={onKeyDown}
          />
          {shownProblem || (isOpen && suggestions.length) ? (
            <div className={classes.panel}>
              {shownProblem ? <Problem id={problemId} problem={shownProblem} /> : null}
              {isOpen && suggestions.length ? (
                <SuggestionList id={listId} suggestions={suggestions} active={active} onAccept={accept} />
              ) : null}
            </div>
          ) : null}
        </div>
        {draft ? (
          <ActionIcon
            size="sm"
            aria-label="Clear query"
            onClick={() => {
              setDraft("");
              setCursor(0);
              write("", false);
            }}
          >
            <IconClose size={14} />
          </ActionIcon>
        ) : null}
      </div>
      <Count
        count={foundProblem ? undefined : counted.data?.count}
        elements={elements}
        isStale={counted.isPlaceholderData || !isSound}
      />
    </search>
  );
}

interface SuggestionListProps {
  readonly id: string;
  readonly suggestions: readonly Suggestion[];
  readonly active: number;
  readonly onAccept: (suggestion: Suggestion) => void;
}

function SuggestionList({ id, suggestions, active, onAccept }: SuggestionListProps) {
  useEffect(() => {
    document.getElementById(`${id}-${active}`)?.scrollIntoView({ block: "nearest" });
  }, [id, active]);
  return (
    <div id={id} role="listbox" aria-label="Completions" className={classes.list}>
      {suggestions.map((suggestion, place) => (
        // biome-ignore lint/a11y/useFocusableInteractive: the text box holds the focus and names the active option
        <div
          key={`${suggestion.kind} ${suggestion.text}`}
          id={`${id}-${place}`}
          role="option"
          aria-selected={place === active}
          className={classes.option}
          // Keeps the focus in the text box.
          onMouseDown={(event) => {
            event.preventDefault();
            onAccept(suggestion);
          }}
        >
          <span className={`${classes.text} one-line`}>{suggestion.text}</span>
          <span className={classes.detail}>{suggestion.detail || suggestion.kind}</span>
        </div>
      ))}
    </div>
  );
}

/** The same text under the input, with a wave under the character at fault. */
function ErrorMark({
  text,
  offset,
  input,
}: {
  text: string;
  offset: number | undefined;
  input: HTMLInputElement | null;
}) {
  const mark = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!input || !mark.current) return;
    const follow = () => {
      if (mark.current) mark.current.scrollLeft = input.scrollLeft;
    };
    follow();
    input.addEventListener("scroll", follow);
    return () => input.removeEventListener("scroll", follow);
  });
  if (offset === undefined) return null;
  const end = Math.max(offset + 1, offset + (/^[\w.-]+/.exec(text.slice(offset))?.[0].length ?? 1));
  return (
    <div className={classes.mark} ref={mark} aria-hidden="true">
      {text.slice(0, offset)}
      <span className={classes.wave}>{text.slice(offset, end) || " "}</span>
      {text.slice(end)}
    </div>
  );
}

function Problem({ id, problem }: { id: string; problem: ApiProblem }) {
  return (
    <div id={id} className={classes.problem} role="alert">
      {problem.detail} {problem.hint}
    </div>
  );
}

const NOUNS: Readonly<Record<ElementKind, string>> = {
  frames: "frame",
  labels: "label",
  inferences: "inference",
};

function Count({
  count,
  elements,
  isStale,
}: {
  count: number | undefined;
  elements: ElementKind;
  isStale: boolean;
}) {
  return (
    <output className={classes.count} data-stale={isStale || undefined} aria-live="polite">
      {count === undefined ? "" : countOf(count, NOUNS[elements])}
    </output>
  );
}
