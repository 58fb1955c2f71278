/**
 * Walks the frames of a zstd stream (RFC 8878). Node's decompressor takes a stream that was cut off
 * for a whole one, and drops what follows a frame's end within a chunk: so chunks are split where
 * frames end, and the end of the stream must be the end of a frame.
 */
const MAGIC = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
const DICTIONARY_ID_BYTES = [0, 1, 2, 4];
const CONTENT_SIZE_BYTES = [0, 2, 4, 8];
const CHECKSUM_BYTES = 4;
const BLOCK_RLE = 1;

type Part = 'magic' | 'descriptor' | 'skippable' | 'block';
const PART_BYTES = { magic: 4, descriptor: 1, skippable: 4, block: 3 } as const;

export class ZstdFrames {
  #part: Part = 'magic';
  /** Bytes of the part in hand, as a little-endian number, and how many they are. */
  #value = 0;
  #collected = 0;
  /** Bytes to pass over before the next part. */
  #skip = 0;
  #hasChecksum = false;

  /** Everything up to here was whole frames. */
  get isComplete(): boolean {
    return this.#part === 'magic' && this.#collected === 0 && this.#skip === 0;
  }

  /** Takes bytes up to the end of the frame in hand, or all of them; returns how many it took. */
  take(bytes: Uint8Array): number {
    let at = 0;
    while (at < bytes.length) {
      const skipped = Math.min(this.#skip, bytes.length - at);
      this.#skip -= skipped;
      at += skipped;
      if (skipped > 0 && this.isComplete) return at;
      if (at === bytes.length) return at;
      this.#value += bytes[at]! * 256 ** this.#collected;
      this.#collected++;
      at++;
      if (this.#collected !== PART_BYTES[this.#part]) continue;
      this.#takePart(this.#value);
      if (this.isComplete) return at;
    }
    return at;
  }

  #takePart(value: number): void {
    this.#value = 0;
    this.#collected = 0;
    if (this.#part === 'magic') this.#takeMagic(value);
    else if (this.#part === 'descriptor') this.#takeDescriptor(value);
    else if (this.#part === 'block') this.#takeBlock(value);
    else this.#next('magic', value);
  }

  #next(part: Part, skip: number): void {
    this.#part = part;
    this.#skip = skip;
  }

  /** What is no frame at all is the decompressor's to report. */
  #takeMagic(value: number): void {
    if (value === MAGIC) this.#next('descriptor', 0);
    else if (value - (value % 16) === SKIPPABLE) this.#next('skippable', 0);
  }

  #takeDescriptor(value: number): void {
    const isSingleSegment = (value & 32) !== 0;
    const sizeFlag = value >> 6;
    const sizeBytes = sizeFlag === 0 && isSingleSegment ? 1 : CONTENT_SIZE_BYTES[sizeFlag]!;
    this.#hasChecksum = (value & 4) !== 0;
    this.#next('block', (isSingleSegment ? 0 : 1) + DICTIONARY_ID_BYTES[value & 3]! + sizeBytes);
  }

  #takeBlock(value: number): void {
    const bytes = ((value >> 1) & 3) === BLOCK_RLE ? 1 : value >> 3;
    const isLast = (value & 1) !== 0;
    if (isLast) this.#next('magic', bytes + (this.#hasChecksum ? CHECKSUM_BYTES : 0));
    else this.#next('block', bytes);
  }
}
