/// <reference lib="dom" />
import { type Agent, listAgents, type RelayAccess, toPlayerError } from "../client/mod.ts";
import type { View } from "./context.ts";
import { element } from "./dom.ts";
import { formatLocation, type PageLocation } from "./location.ts";
import { problem } from "./problem.ts";

/** Shown where the relay knows several boxes. */
export class ChooserView implements View {
  readonly element = element("section", { class: "panel" });
  readonly title = "Choose a box";

  readonly #access: RelayAccess;
  readonly #location: PageLocation;
  readonly #stop = new AbortController();

  constructor(access: RelayAccess, location: PageLocation) {
    this.#access = access;
    this.#location = location;
    void this.#load();
  }

  dispose(): void {
    this.#stop.abort();
  }

  async #load(): Promise<void> {
    const { signal } = this.#stop;
    const heading = element("h1", {}, this.title);
    this.element.replaceChildren(heading, element("p", { class: "hint" }, "Asking the relay…"));
    try {
      const agents = await listAgents(this.#access, signal);
      const list = element("ul", { class: "agents", "aria-label": "Boxes" });
      for (const agent of agents) list.append(this.#row(agent));
      this.element.replaceChildren(heading, list);
      list.querySelector("a")?.focus();
    } catch (cause) {
      if (signal.aborted) return;
      this.element.replaceChildren(heading, problem(toPlayerError(cause), () => void this.#load()));
    }
  }

  #row(agent: Agent): HTMLLIElement {
    const href = formatLocation({ ...this.#location, agent: agent.agentId });
    return element(
      "li",
      {},
      element(
        "a",
        { href, class: agent.online ? "online" : "offline" },
        element("span", { class: "name" }, agent.name || "Unnamed box"),
        element("span", { class: "hint" }, agent.online ? "online" : "offline"),
      ),
    );
  }
}
