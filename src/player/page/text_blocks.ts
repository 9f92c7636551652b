/** Lines of a block, and its length where a line is longer than all of them, in UTF-16 code units. */
const LINES = 200;
const LENGTH = 16_384;

/** A text in blocks of whole lines, so that a browser lays out only those that are in the window. */
export function textBlocks(text: string): string[] {
  const blocks: string[] = [];
  for (let start = 0; start < text.length;) {
    const end = blockEnd(text, start);
    // The break between two blocks is that of the line.
    blocks.push(text.slice(start, end).replace(/\r?\n$/, ""));
    start = end;
  }
  return blocks;
}

function blockEnd(text: string, start: number): number {
  let end = start;
  for (let lines = 0; lines < LINES; lines++) {
    const next = text.indexOf("\n", end) + 1;
    if (next === 0 || next - start > LENGTH) {
      if (end > start) return end;
      const cut = Math.min(next || text.length, start + LENGTH);
      // Never between the halves of a character.
      return /[\ud800-\udbff]/.test(text[cut - 1]!) && cut < text.length ? cut - 1 : cut;
    }
    end = next;
  }
  return end;
}
