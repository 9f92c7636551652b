/** Makes small Matroska files, element by element. */
import { ID } from "../../../../src/player/subtitles/embedded/matroska/element.ts";

export { ID };

export function bytes(...parts: (Uint8Array | readonly number[])[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** Big-endian, in `length` bytes. */
export function uint(value: number, length = 4): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, i) => Math.floor(value / 256 ** (length - 1 - i)) & 0xff);
}

function id(value: number): Uint8Array<ArrayBuffer> {
  return uint(value, value > 0xffffff ? 4 : value > 0xffff ? 3 : value > 0xff ? 2 : 1);
}

/** An element with its size in four bytes. */
export function el(name: number, ...content: (Uint8Array | readonly number[])[]): Uint8Array<ArrayBuffer> {
  const data = bytes(...content);
  return bytes(id(name), uint(0x10000000 + data.length), data);
}

/** A master element of unknown size. */
export function endless(name: number, ...content: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return bytes(id(name), [0xff], ...content);
}

export function text(value: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(value);
}

export function track(number: number, codec: string, ...more: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const type = codec.startsWith("S_") ? 17 : codec.startsWith("D_") ? 33 : codec.startsWith("A_") ? 2 : 1;
  return el(
    ID.TrackEntry,
    el(ID.TrackNumber, [number]),
    el(ID.TrackType, [type]),
    el(ID.CodecId, text(codec)),
    ...more,
  );
}

/** The data of a Block. @param time of it in its Cluster, in milliseconds */
export function block(number: number, time: number, payload: Uint8Array, flags = 0): Uint8Array<ArrayBuffer> {
  return bytes([0x80 | number], uint(time & 0xffff, 2), [flags], payload);
}

export function simple(
  number: number,
  time: number,
  payload: Uint8Array,
  flags = 0x80,
): Uint8Array<ArrayBuffer> {
  return el(ID.SimpleBlock, block(number, time, payload, flags));
}

/** A line of a subtitle track. */
export function line(
  number: number,
  time: number,
  duration: number,
  payload: Uint8Array,
): Uint8Array<ArrayBuffer> {
  return el(ID.BlockGroup, el(ID.Block, block(number, time, payload)), el(ID.BlockDuration, uint(duration)));
}

/** A film: its head, its tracks, and what else is given. */
export function film(tracks: Uint8Array[], ...rest: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return bytes(
    el(ID.EBML, el(0x4282, text("matroska"))),
    endless(
      ID.Segment,
      el(ID.Info, el(ID.TimestampScale, uint(1_000_000))),
      el(ID.Tracks, ...tracks),
      ...rest,
    ),
  );
}
