/** Makes the keys of one direction each; the two implementations answer alike, byte for byte. */
export interface AeadBackend {
  readonly name: "kernel" | "node";
  /** @param key 16 bytes; @param salt 4 bytes. Both are copied. */
  sealingKey(key: Uint8Array, salt: Uint8Array): SealingKey;
  /** @param key 16 bytes; @param salt 4 bytes. Both are copied. */
  openingKey(key: Uint8Array, salt: Uint8Array): OpeningKey;
}

/** Knows no counter and refuses nothing: for a key that is in use, only its `Sealer` may hold one. */
export interface SealingKey {
  /**
   * Writes one record for each packet, back to back from `offset` on. The first has the number
   * `sequence`, each further one the next. Room, lengths and numbers have been checked.
   */
  seal(
    type: number,
    epoch: number,
    sequence: number,
    packets: readonly Uint8Array[],
    arena: Uint8Array,
    offset: number,
  ): void;
}

export interface OpeningKey {
  /**
   * Authenticates a record and puts the plaintext in the place of the ciphertext.
   *
   * @param record header and fragment, exactly, of `RECORD_OVERHEAD` bytes or more
   * @returns false for a forged record, which stays as it was
   */
  open(record: Uint8Array): boolean;
}
