/** The frame of all pages: left bar, top bar, content. */

import { Outlet } from "@tanstack/react-router";
import { useState } from "react";
import { useMaybePlace } from "@/state/place";
import { useShortcuts } from "@/state/shortcuts";
import { DatasetState } from "./DatasetLayout";
import { LeftBar } from "./LeftBar";
import { Palette } from "./Palette";
import classes from "./Shell.module.css";
import { ShortcutsDialog } from "./ShortcutsDialog";
import { TopBar } from "./TopBar";

type Dialog = "shortcuts" | "palette" | null;

/** The frame. */
export function Shell() {
  const place = useMaybePlace();
  const [dialog, setDialog] = useState<Dialog>(null);
  const close = () => setDialog(null);
  useShortcuts("Everywhere", [
    { keys: ["?"], about: "Show this list", run: () => setDialog("shortcuts") },
    {
      keys: ["Mod+k"],
      about: "Find a page, segment or inference set",
      run: () => setDialog("palette"),
      inText: true,
    },
    { keys: ["/"], about: "Go to the query", run: focusQuery },
  ]);
  return (
    <DatasetState name={place ? `${place.project}/${place.dataset}` : ""}>
      <div className={classes.shell}>
        <a className={classes.skip} href="#content">
          Skip to content
        </a>
        <LeftBar />
        <TopBar onFind={() => setDialog("palette")} onHelp={() => setDialog("shortcuts")} />
        <main id="content" className={classes.content} tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      <ShortcutsDialog opened={dialog === "shortcuts"} onClose={close} />
      <Palette opened={dialog === "palette"} onClose={close} />
    </DatasetState>
  );
}

function focusQuery(): void {
  const box = document.querySelector<HTMLInputElement>('#content input[aria-label="Query"]');
  box?.focus();
  box?.select();
}
