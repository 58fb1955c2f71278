/**
 * HOT: the loop polls it; no allocation there. A byte ring in shared memory from one feed worker to
 * the hot loop: the producer owns head, the consumer owns tail, both only ever go up (modulo 2^32).
 * Records are contiguous and 8-byte aligned: length u32, 4 bytes free, the message; a length of WRAP
 * means "go on at the start". When the ring is full `tryWrite` refuses and the worker waits: nothing
 * is ever overwritten.
 */
import { INPUT_RING, INPUT_RING_BYTES, INPUT_RING_DATA } from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';
import { GyrfalconError } from '../errors.ts';
import { PAYLOAD_BYTES_MAX } from '../journal/journal-format.ts';

const HEAD = INPUT_RING; // bytes ever written
const TAIL = INPUT_RING + 4; // bytes ever released
const DATA = INPUT_RING + INPUT_RING_DATA;
const MASK = INPUT_RING_BYTES - 1;
const RECORD_HEADER = 8;
const WRAP = -1;

/** The longest message that the ring takes: it must fit one journal record. */
export const RING_MESSAGE_BYTES_MAX = PAYLOAD_BYTES_MAX;

const slotBytes = (length: number) => (RECORD_HEADER + length + 7) & ~7;

export class RingProducer {
  readonly #memory: Memory;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /**
   * Puts the parts down as one message; false when there is no room now, and nothing was written.
   */
  tryWrite(...parts: readonly Uint8Array[]): boolean {
    const memory = this.#memory;
    let length = 0;
    for (const part of parts) length += part.length;
    if (length > RING_MESSAGE_BYTES_MAX) throw tooLong(length);
    const bytes = slotBytes(length);
    let head = memory.atomicI32(HEAD);
    const used = (head - memory.atomicI32(TAIL)) >>> 0;
    const toEnd = INPUT_RING_BYTES - (head & MASK);
    const skipped = bytes > toEnd ? toEnd : 0;
    if (used + skipped + bytes > INPUT_RING_BYTES) return false;
    if (skipped > 0) {
      memory.setI32(DATA + (head & MASK), WRAP);
      head = (head + skipped) | 0;
    }
    const slot = DATA + (head & MASK);
    memory.setI32(slot, length);
    let at = slot + RECORD_HEADER;
    for (const part of parts) {
      memory.bytes.set(part, at);
      at += part.length;
    }
    // The atomic store is the commit: the consumer sees the bytes whole or not at all.
    memory.setAtomicI32(HEAD, (head + bytes) | 0);
    return true;
  }
}

export class RingConsumer {
  /** Address and length of the message that `poll` found; good until `release`. */
  address = 0;
  length = 0;
  readonly #memory: Memory;
  #tail: number;
  #next: number;

  constructor(memory: Memory) {
    this.#memory = memory;
    this.#tail = memory.atomicI32(TAIL);
    this.#next = this.#tail;
  }

  /** True when a message is there. Polling again before `release` finds the same one. */
  poll(): boolean {
    const memory = this.#memory;
    let tail = this.#tail;
    if (memory.atomicI32(HEAD) === tail) return false;
    if (memory.i32(DATA + (tail & MASK)) === WRAP) {
      tail = (tail + INPUT_RING_BYTES - (tail & MASK)) | 0;
    }
    const slot = DATA + (tail & MASK);
    this.length = memory.i32(slot);
    this.address = slot + RECORD_HEADER;
    this.#next = (tail + slotBytes(this.length)) | 0;
    return true;
  }

  /** Gives the bytes of the last polled message back to the producer. */
  release(): void {
    this.#tail = this.#next;
    this.#memory.setAtomicI32(TAIL, this.#tail);
  }

  /** How full the ring is, 0 to 1. */
  fill(): number {
    return ((this.#memory.atomicI32(HEAD) - this.#tail) >>> 0) / INPUT_RING_BYTES;
  }
}

function tooLong(length: number): GyrfalconError {
  return new GyrfalconError(
    'INPUT_INVALID',
    `a feed sent a message of ${length} bytes, more than ${RING_MESSAGE_BYTES_MAX}: ` +
      'it was dropped; ask the venue for less depth',
    { length },
  );
}
