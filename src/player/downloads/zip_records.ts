/**
 * The records of a ZIP archive (PKWARE APPNOTE 6.3.10). Files are stored as they are; checksum and size follow
 * their bytes in a data descriptor. ZIP64 where sizes, places or the count need it.
 */

/** One file or folder of an archive. */
export interface ZipItem {
  /** UTF-8, `/` between the parts; a folder's ends with `/`. At most 65,535 bytes. */
  readonly name: Uint8Array;
  readonly isFolder: boolean;
  /** Milliseconds since 1970; 0 or less where it is not known. */
  readonly modified: number;
}

/** What is known of an item when its bytes have been written. */
export interface WrittenItem extends ZipItem {
  readonly crc: number;
  readonly size: number;
  /** Where its local header begins. */
  readonly offset: number;
  /** Its local header and descriptor are those of ZIP64. */
  readonly isLarge: boolean;
}

/** From here on a size or a place needs ZIP64: the largest number of 32 bits is the sign of it. */
export const ZIP64_FROM = 0xffffffff;

const MAX_16 = 0xffff;
const VERSION = 20;
const VERSION_ZIP64 = 45;
/** Made on Unix (3), whose file modes stand in the external attributes. */
const MADE_BY = 3 << 8 | VERSION_ZIP64;
/** The name is UTF-8. */
const FLAG_UTF8 = 1 << 11;
/** Checksum and size follow the bytes. */
const FLAG_DESCRIPTOR = 1 << 3;
const FILE_MODE = 0o100644;
const FOLDER_MODE = 0o40755;
const FOLDER_ATTRIBUTE = 0x10;

export function localHeader(item: ZipItem, isLarge: boolean): Uint8Array<ArrayBuffer> {
  const extra = timestampExtra(item.modified);
  const out = new Fields();
  out.u32(0x04034b50).u16(isLarge ? VERSION_ZIP64 : VERSION).u16(flags(item)).u16(0);
  dosTime(out, item.modified);
  const size = isLarge ? ZIP64_FROM : 0;
  out.u32(0).u32(size).u32(size).u16(item.name.length).u16(extra.length + (isLarge ? 20 : 0));
  out.bytes(item.name).bytes(extra);
  if (isLarge) out.u16(1).u16(16).u64(0).u64(0);
  return out.done();
}

/** Follows the bytes of a file. */
export function dataDescriptor({ crc, size, isLarge }: WrittenItem): Uint8Array<ArrayBuffer> {
  const out = new Fields().u32(0x08074b50).u32(crc);
  if (isLarge) out.u64(size).u64(size);
  else out.u32(size).u32(size);
  return out.done();
}

/** The item's entry in the directory at the end. */
export function centralHeader(item: WrittenItem): Uint8Array<ArrayBuffer> {
  const { size, offset, isFolder, isLarge } = item;
  const zip64 = new Fields();
  if (isLarge) zip64.u64(size).u64(size);
  if (offset >= ZIP64_FROM) zip64.u64(offset);
  const large = zip64.done();
  const extra = timestampExtra(item.modified);
  const out = new Fields();
  out.u32(0x02014b50).u16(MADE_BY).u16(large.length > 0 ? VERSION_ZIP64 : VERSION).u16(flags(item)).u16(0);
  dosTime(out, item.modified);
  const shown = isLarge ? ZIP64_FROM : size;
  out.u32(item.crc).u32(shown).u32(shown).u16(item.name.length);
  out.u16(extra.length + (large.length > 0 ? large.length + 4 : 0)).u16(0).u16(0).u16(0);
  out.u32(((isFolder ? FOLDER_MODE : FILE_MODE) << 16 | (isFolder ? FOLDER_ATTRIBUTE : 0)) >>> 0);
  out.u32(Math.min(offset, ZIP64_FROM)).bytes(item.name).bytes(extra);
  if (large.length > 0) out.u16(1).u16(large.length).bytes(large);
  return out.done();
}

/** What ends the archive, after a directory of `size` bytes that begins at `offset`. */
export function endRecords(count: number, size: number, offset: number): Uint8Array<ArrayBuffer> {
  const out = new Fields();
  if (count >= MAX_16 || size >= ZIP64_FROM || offset >= ZIP64_FROM) {
    out.u32(0x06064b50).u64(44).u16(MADE_BY).u16(VERSION_ZIP64).u32(0).u32(0);
    out.u64(count).u64(count).u64(size).u64(offset);
    out.u32(0x07064b50).u32(0).u64(offset + size).u32(1);
  }
  const shown = Math.min(count, MAX_16);
  out.u32(0x06054b50).u16(0).u16(0).u16(shown).u16(shown);
  out.u32(Math.min(size, ZIP64_FROM)).u32(Math.min(offset, ZIP64_FROM)).u16(0);
  return out.done();
}

function flags({ isFolder }: ZipItem): number {
  return isFolder ? FLAG_UTF8 : FLAG_UTF8 | FLAG_DESCRIPTOR;
}

/** Local time in steps of two seconds, from 1980 to 2107 (APPNOTE 4.4.6). */
function dosTime(out: Fields, modified: number): void {
  const time = new Date(modified > 0 ? modified : 0);
  const year = time.getFullYear() - 1980;
  if (!(year >= 0 && year < 128)) return void out.u16(0).u16(1 << 5 | 1);
  out.u16(time.getHours() << 11 | time.getMinutes() << 5 | time.getSeconds() >> 1);
  out.u16(year << 9 | time.getMonth() + 1 << 5 | time.getDate());
}

/** Info-ZIP's extended timestamp, to the second and the same in every time zone; a signed number of 32 bits. */
function timestampExtra(modified: number): Uint8Array {
  const seconds = Math.floor(modified / 1000);
  if (!(seconds > 0 && seconds < 2 ** 31)) return new Uint8Array();
  return new Fields().u16(0x5455).u16(5).u8(1).u32(seconds).done();
}

/** Numbers of a record, least byte first. */
class Fields {
  readonly #bytes: number[] = [];

  u8(value: number): this {
    this.#bytes.push(value & 0xff);
    return this;
  }

  u16(value: number): this {
    return this.u8(value).u8(value >>> 8);
  }

  u32(value: number): this {
    return this.u16(value).u16(value >>> 16);
  }

  u64(value: number): this {
    return this.u32(value % 2 ** 32).u32(Math.floor(value / 2 ** 32));
  }

  bytes(value: Uint8Array): this {
    for (const byte of value) this.#bytes.push(byte);
    return this;
  }

  done(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#bytes);
  }
}
