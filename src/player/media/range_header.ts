/** What a Range header asks of a file; `end` is exclusive. */
export type WantedRange =
  | { readonly kind: "whole" }
  | { readonly kind: "part"; readonly start: number; readonly end: number }
  | { readonly kind: "unsatisfiable" };

/**
 * Reads a Range header (RFC 9110, section 14).
 *
 * Several ranges, other units and syntax errors are answered with the whole file, which the standard
 * allows and every client understands.
 *
 * @param size bytes; may be `Infinity`, of which no part but the beginning can be named
 */
export function parseRange(header: string | null, size: number): WantedRange {
  const match = /^\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(header ?? "");
  if (!match) return { kind: "whole" };
  const [, first = "", last = ""] = match;
  if (first === "" && last === "") return { kind: "whole" };
  if (!Number.isFinite(size)) {
    return Number(first) === 0 && first !== "" ? { kind: "whole" } : { kind: "unsatisfiable" };
  }
  if (first === "") {
    const suffix = Math.min(Number(last), size);
    return suffix === 0 ? { kind: "unsatisfiable" } : { kind: "part", start: size - suffix, end: size };
  }
  const start = Number(first);
  if (last !== "" && Number(last) < start) return { kind: "whole" };
  if (start >= size) return { kind: "unsatisfiable" };
  return { kind: "part", start, end: last === "" ? size : Math.min(Number(last) + 1, size) };
}
