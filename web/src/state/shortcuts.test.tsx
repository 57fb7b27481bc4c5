import { expect, test } from "vitest";
import { isPressed } from "./shortcuts";

const key = (key: string, modifiers: KeyboardEventInit = {}) =>
  new KeyboardEvent("keydown", { key, ...modifiers });

test.each([
  ["j", key("j"), true],
  ["j", key("j", { ctrlKey: true }), false],
  ["j", key("J", { shiftKey: true }), false],
  ["?", key("?", { shiftKey: true }), true],
  ["/", key("/"), true],
  ["Mod+k", key("k", { ctrlKey: true }), true],
  ["Mod+k", key("k", { metaKey: true }), true],
  ["Mod+k", key("k"), false],
  ["Space", key(" "), true],
  ["Shift+ArrowDown", key("ArrowDown", { shiftKey: true }), true],
  ["ArrowDown", key("ArrowDown", { shiftKey: true }), false],
  ["Escape", key("Escape"), true],
])("%s", (keys, event, expected) => expect(isPressed(keys, event)).toBe(expected));
