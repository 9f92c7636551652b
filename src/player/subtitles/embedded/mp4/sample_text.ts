import { cueText, MAX_MARKUP } from "../../cue.ts";
import { boxes, fourCharacters, mp4Guard, viewOf } from "./box.ts";

/** Face style flags of timed text (3GPP TS 26.245, section 5.16), and the tags for them. */
const STYLES: readonly (readonly [flag: number, tag: string])[] = [[1, "b"], [2, "i"], [4, "u"]];

const ESCAPES: Readonly<Record<string, string>> = { "<": "&lt;", ">": "&gt;", "&": "&amp;" };

/**
 * Cue text of a sample of 3GPP timed text (`tx3g`): italics, bold and underlines stay, places and colours do not.
 *
 * @throws {MalformedFile}
 */
export function timedText(sample: Uint8Array): string {
  return mp4Guard(() => {
    const length = viewOf(sample).getUint16(0);
    const bytes = sample.subarray(2, 2 + length);
    const isUtf16 = bytes[0] === 0xfe && bytes[1] === 0xff;
    const characters = [...new TextDecoder(isUtf16 ? "utf-16be" : "utf-8").decode(bytes)].slice(
      0,
      MAX_MARKUP,
    );
    const faces = new Uint8Array(characters.length);
    for (const [type, content] of boxes(sample.subarray(2 + length))) {
      if (type === "styl") paint(faces, content);
    }
    let [markup, face] = ["", 0];
    for (const [i, character] of characters.entries()) {
      if (faces[i] !== face) {
        markup += tags(face, true) + tags(face = faces[i]!, false);
      }
      markup += ESCAPES[character] ?? character;
    }
    return cueText(markup.replace(/\r\n?/g, "\n"));
  });
}

function paint(faces: Uint8Array, styl: Uint8Array): void {
  const view = viewOf(styl);
  for (let entry = 0; entry < view.getUint16(0); entry++) {
    const at = 2 + entry * 12;
    faces.fill(view.getUint8(at + 6), view.getUint16(at), view.getUint16(at + 2));
  }
}

function tags(face: number, closing: boolean): string {
  const found = STYLES.filter(([flag]) => (face & flag) !== 0).map(([, tag]) =>
    closing ? `</${tag}>` : `<${tag}>`
  );
  return (closing ? found.reverse() : found).join("");
}

/**
 * Cue texts of a sample of WebVTT (ISO/IEC 14496-30, section 6): one for each of its cue boxes.
 *
 * @throws {MalformedFile}
 */
export function webvttTexts(sample: Uint8Array): string[] {
  return [...boxes(sample)].filter(([type]) => type === "vttc").flatMap(([, cue]) =>
    [...boxes(cue)].filter(([type]) => type === "payl").map(([, text]) =>
      cueText(new TextDecoder().decode(text))
    )
  );
}

/** The four characters of the first entry of a SampleDescriptionBox, and what follows them. */
export function sampleEntry(stsd: Uint8Array): readonly [type: string, content: Uint8Array] {
  return mp4Guard(() => {
    const size = viewOf(stsd).getUint32(8);
    return [fourCharacters(stsd, 12), stsd.subarray(16, 8 + size)];
  });
}
