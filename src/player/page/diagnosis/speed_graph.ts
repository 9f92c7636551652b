/// <reference lib="dom" />
import { KEPT_SAMPLES } from "../speed_meter.ts";

const SVG = "http://www.w3.org/2000/svg";

/** A graph of the last minute; the newest sample is at the right. Hidden from screen readers: text says the same. */
export class SpeedGraph {
  readonly element = document.createElementNS(SVG, "svg");
  readonly #area = document.createElementNS(SVG, "path");
  readonly #line = document.createElementNS(SVG, "path");
  readonly #width: number;
  readonly #height: number;

  /** @param width and height in units of its own; the style sheet gives the size */
  constructor(width: number, height: number) {
    this.#width = width;
    this.#height = height;
    this.element.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.element.setAttribute("preserveAspectRatio", "none");
    this.element.setAttribute("class", "graph");
    this.element.setAttribute("aria-hidden", "true");
    this.#area.setAttribute("class", "area");
    this.#line.setAttribute("class", "line");
    this.element.append(this.#area, this.#line);
  }

  /** @param samples bytes a second, oldest first */
  show(samples: readonly number[]): void {
    const line = linePath(samples, this.#width, this.#height);
    this.#line.setAttribute("d", line);
    const first = this.#width * (1 - (samples.length - 1) / (KEPT_SAMPLES - 1));
    this.#area.setAttribute("d", line && `${line}V${this.#height}H${first.toFixed(1)}Z`);
  }
}

/** An SVG path through the samples, scaled to the highest; `""` for fewer than two. */
export function linePath(samples: readonly number[], width: number, height: number): string {
  if (samples.length < 2) return "";
  // A trickle is not to look like a flood: 1 Mbit/s at least.
  const top = Math.max(125_000, ...samples);
  return samples.map((sample, index) => {
    const x = width * (1 - (samples.length - 1 - index) / (KEPT_SAMPLES - 1));
    const y = height - 1 - (height - 2) * (sample / top);
    return `${index === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`;
  }).join("");
}
