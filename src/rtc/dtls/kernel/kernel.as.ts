// AssemblyScript, compiled by build.ts with crc32c.as.ts into kernel_wasm.ts; its types are not TypeScript's.
// @ts-nocheck AssemblyScript
// deno-lint-ignore-file

/**
 * What AES-GCM needs besides AES, for records of DTLS 1.2. No secret decides an address or a
 * branch: products in GF(2^128) come from `i8x16.swizzle`, which looks up 16 table bytes in a register.
 *
 * All memory is the caller's, named by address; there is no heap. Layout of a record: layout.ts.
 */

/** Blocks that are hashed in one step, each by its own power of the hash key. */
const POWERS: usize = 4;

/** A nibble's products, one byte of each: 16 bytes. For each power there are those of both nibbles. */
const PAIR: usize = 32;

/** From the table of one byte of the products to that of the next. */
const STRIDE: usize = POWERS * PAIR;

const BLOCK: usize = 16;

/** Bytes before the ciphertext: header 13, explicit nonce 8. */
const TEXT_OFFSET: usize = 21;

/** In the order they have in memory. */
const VERSION: u16 = 0xfdfe;

/** Bits of the additional data, which fill 13 bytes of one block. */
const ADDITIONAL_BITS: u64 = 104;

/**
 * Fills a table of `POWERS * 512` bytes for the hash key at `key`, with `scratch` of 256 bytes.
 *
 * For each byte j of a product, highest power first, two vectors: byte j of n·H^p for n as the high and
 * as the low nibble of a byte.
 */
export function prepare(table: usize, key: usize, scratch: usize): void {
  // Tables that are not filled yet must not count in the products below.
  memory.fill(table, 0, 16 * STRIDE);
  let power = v128.load(key);
  for (let p: usize = 1;; p++) {
    prepareOne(table + (POWERS - p) * PAIR, power, scratch);
    if (p === POWERS) return;
    // One block by the lowest power: what the first round has filled.
    power = multiply(table, power);
  }
}

function prepareOne(table: usize, power: v128, scratch: usize): void {
  let high = bswap<u64>(i64x2.extract_lane(power, 0));
  let low = bswap<u64>(i64x2.extract_lane(power, 1));
  for (let nibble: usize = 0; nibble < PAIR; nibble += BLOCK) {
    v128.store(scratch, i64x2.splat(0));
    // The highest bit is the coefficient of 1, the next that of x.
    for (let bit: usize = 8; bit > 0; bit >>= 1) {
      const product = i64x2.replace_lane(i64x2.splat(bswap<u64>(high)), 1, bswap<u64>(low));
      v128.store(scratch + bit * BLOCK, product);
      const carry: u64 = 0 - (low & 1);
      low = (low >> 1) | (high << 63);
      high = (high >> 1) ^ (carry & 0xe100000000000000);
    }
    for (let n: usize = 1; n < 16; n++) {
      const rest = n & (n - 1);
      if (rest === 0) continue;
      const sum = v128.xor(v128.load(scratch + rest * BLOCK), v128.load(scratch + (n ^ rest) * BLOCK));
      v128.store(scratch + n * BLOCK, sum);
    }
    for (let n: usize = 0; n < 16; n++) {
      for (let j: usize = 0; j < 16; j++) {
        store<u8>(table + j * STRIDE + nibble + n, load<u8>(scratch + n * BLOCK + j));
      }
    }
  }
}

/** `block` times the hash key. */
function multiply(table: usize, block: v128): v128 {
  const zero = i64x2.splat(0);
  return step(table, zero, zero, zero, block);
}

/** a·H⁴ + b·H³ + c·H² + d·H. */
function step(table: usize, a: v128, b: v128, c: v128, d: v128): v128 {
  const nibbles = i8x16.splat(15);
  const a0 = i8x16.shr_u(a, 4), a1 = v128.and(a, nibbles);
  const b0 = i8x16.shr_u(b, 4), b1 = v128.and(b, nibbles);
  const c0 = i8x16.shr_u(c, 4), c1 = v128.and(c, nibbles);
  const d0 = i8x16.shr_u(d, 4), d1 = v128.and(d, nibbles);
  const zero = i64x2.splat(0);
  // The product before reduction, 32 bytes. Byte i of a factor times byte j of the table counts at i + j:
  // each round moves what there is up by a byte and adds the next lower j.
  let low = zero;
  let high = zero;
  for (let at = table + 15 * STRIDE;; at -= STRIDE) {
    high = i8x16.shuffle(low, high, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
    low = i8x16.shuffle(zero, low, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
    const ab = v128.xor(
      v128.xor(i8x16.swizzle(v128.load(at, 0), a0), i8x16.swizzle(v128.load(at, 16), a1)),
      v128.xor(i8x16.swizzle(v128.load(at, 32), b0), i8x16.swizzle(v128.load(at, 48), b1)),
    );
    const cd = v128.xor(
      v128.xor(i8x16.swizzle(v128.load(at, 64), c0), i8x16.swizzle(v128.load(at, 80), c1)),
      v128.xor(i8x16.swizzle(v128.load(at, 96), d0), i8x16.swizzle(v128.load(at, 112), d1)),
    );
    low = v128.xor(low, v128.xor(ab, cd));
    if (at === table) break;
  }
  // x^128 = 1 + x + x² + x⁷. The highest of the 32 bytes is empty, so that nothing is carried out again.
  const above = i8x16.shuffle(zero, high, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
  const x1 = v128.or(i8x16.shr_u(high, 1), i8x16.shl(above, 7));
  const x2 = v128.or(i8x16.shr_u(high, 2), i8x16.shl(above, 6));
  const x7 = v128.or(i8x16.shr_u(high, 7), i8x16.shl(above, 1));
  return v128.xor(v128.xor(v128.xor(low, high), v128.xor(x1, x2)), x7);
}

/** GHASH of whole blocks. Blocks of zeros in front change nothing and fill the first step. */
function ghash(table: usize, at: usize, blocks: usize): v128 {
  const zero = i64x2.splat(0);
  const first = ((blocks - 1) & (POWERS - 1)) + 1;
  const end = at + blocks * BLOCK;
  let next = at + first * BLOCK;
  let a = zero, b = zero, c = zero;
  if (first > 3) a = v128.load(next - 64);
  if (first > 2) b = v128.load(next - 48);
  if (first > 1) c = v128.load(next - 32);
  let hash = step(table, a, b, c, v128.load(next - 16));
  for (; next < end; next += POWERS * BLOCK) {
    hash = step(
      table,
      v128.xor(hash, v128.load(next)),
      v128.load(next, 16),
      v128.load(next, 32),
      v128.load(next, 48),
    );
  }
  return hash;
}

/** GHASH of whole blocks into 16 bytes at `into`: for vectors that are no records. */
export function hash(table: usize, at: usize, blocks: usize, into: usize): void {
  v128.store(into, ghash(table, at, blocks));
}

/**
 * The tag of the ciphertext in the record at `record`, before it is masked. Overwrites the 16 bytes before
 * the ciphertext and up to 32 behind it.
 *
 * @param number epoch and sequence number as they are in memory
 * @param type in the lowest byte, and the version behind it
 */
function authenticate(record: usize, length: usize, number: u64, type: u32, table: usize): v128 {
  const text = record + TEXT_OFFSET;
  const padded = (length + 15) & ~15;
  store<u64>(text - 16, number);
  store<u64>(text - 8, <u64> type | (<u64> bswap<u16>(<u16> length) << 24));
  v128.store(text + length, i64x2.splat(0));
  store<u64>(text + padded, bswap<u64>(ADDITIONAL_BITS));
  store<u64>(text + padded + 8, bswap<u64>(<u64> length << 3));
  return ghash(table, text - 16, 2 + (padded >> 4));
}

/** Adds the keystream, whose first block is the tag's mask. Writes up to 15 bytes too many. */
function combine(text: usize, length: usize, keystream: usize): void {
  for (let i: usize = 0; i < length; i += BLOCK) {
    v128.store(text + i, v128.xor(v128.load(text + i), v128.load(keystream + i, 16)));
  }
}

/**
 * Makes a record of the plaintext that lies where its ciphertext is to be. Overwrites up to 32 bytes
 * behind the plaintext, of which the first 16 are the tag.
 *
 * @param high epoch and the upper 16 bits of the sequence number; @param low the lower 32
 */
export function seal(
  record: usize,
  length: usize,
  type: u32,
  high: u32,
  low: u32,
  keystream: usize,
  table: usize,
): void {
  const text = record + TEXT_OFFSET;
  const number = bswap<u64>((<u64> high << 32) | <u64> low);
  combine(text, length, keystream);
  const hash = authenticate(record, length, number, type | (<u32> VERSION << 8), table);
  v128.store(text + length, v128.xor(hash, v128.load(keystream)));
  store<u8>(record, <u8> type);
  store<u16>(record, VERSION, 1);
  store<u64>(record, number, 3);
  store<u16>(record, bswap<u16>(<u16> (length + 24)), 11);
  store<u64>(record, number, 13);
}

/**
 * Authenticates the record and decrypts its text in place. The bytes around the text are lost.
 *
 * @param length of the plaintext
 * @returns 1, or 0 for a forged record
 */
export function open(record: usize, length: usize, keystream: usize, table: usize): u32 {
  const text = record + TEXT_OFFSET;
  const tag = v128.load(text + length);
  const number = load<u64>(record, 3);
  const type = load<u32>(record) & 0xffffff;
  const hash = authenticate(record, length, number, type, table);
  const difference = v128.xor(v128.xor(hash, tag), v128.load(keystream));
  if (v128.any_true(difference)) return 0;
  combine(text, length, keystream);
  return 1;
}

/**
 * Fills counter blocks for `records` records of consecutive explicit nonces: for each, `blocks` blocks
 * that count from 1 (the tag's mask) on.
 *
 * @param salt the salt's 4 bytes as they are in memory
 */
export function counters(at: usize, salt: u32, high: u32, low: u32, records: u32, blocks: u32): void {
  let nonce = (<u64> high << 32) | <u64> low;
  for (let r: u32 = 0; r < records; r++, nonce++) {
    const explicit = bswap<u64>(nonce);
    for (let counter: u32 = 1; counter <= blocks; counter++, at += BLOCK) {
      store<u32>(at, salt);
      store<u64>(at, explicit, 4);
      store<u32>(at, bswap<u32>(counter), 12);
    }
  }
}
