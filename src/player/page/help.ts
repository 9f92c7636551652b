/// <reference lib="dom" />
import { button, element } from "./dom.ts";

type Keys = readonly (readonly [keys: readonly string[], effect: string])[];

const SECTIONS: readonly (readonly [heading: string, keys: Keys])[] = [
  ["Anywhere", [
    [["/"], "Search"],
    [["Esc", "Backspace"], "Back to the folder"],
    [["?"], "This list"],
  ]],
  ["In a list", [
    [["↑", "↓"], "One up or down"],
    [["Page Up", "Page Down", "Home", "End"], "Further"],
    [["A", "…", "Z"], "To a name that begins so"],
    [["Enter"], "Open"],
  ]],
  ["In a film", [
    [["Space", "K"], "Play or pause"],
    [["←", "→", "J", "L"], "10 seconds back or on"],
    [["0", "…", "9"], "To a tenth of the film"],
    [["↑", "↓"], "Louder or quieter"],
    [["M"], "Sound on or off"],
    [["C"], "Subtitles on or off"],
    [["<", ">"], "Slower or faster"],
    [["F"], "Full screen, or out of it"],
    [["I"], "Picture in picture"],
    [["N"], "Next episode, or the next song"],
  ]],
  ["With a picture", [
    [["←", "→"], "Previous or next picture of the folder"],
  ]],
];

let dialog: HTMLDialogElement | undefined;

/** Shows what the keys do. */
export function showHelp(): void {
  dialog ??= make();
  if (!dialog.open) dialog.showModal();
}

function make(): HTMLDialogElement {
  const made = element(
    "dialog",
    { class: "help", "aria-labelledby": "help-title" },
    element("h2", { id: "help-title" }, "Keys"),
    ...SECTIONS.map(([heading, keys]) => section(heading, keys)),
    button("Close", () => made.close(), { class: "primary" }),
  );
  // A click beside it closes it, as people expect of a sheet.
  made.addEventListener("click", (event) => {
    if (event.target === made) made.close();
  });
  document.body.append(made);
  return made;
}

function section(heading: string, keys: Keys): HTMLElement {
  const list = element("dl");
  for (const [names, effect] of keys) {
    const caps = names.flatMap((name, i) => [...(i > 0 ? [" "] : []), element("kbd", {}, name)]);
    list.append(element("div", {}, element("dt", {}, ...caps), element("dd", {}, effect)));
  }
  return element("section", {}, element("h3", {}, heading), list);
}
