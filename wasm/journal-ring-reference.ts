/**
 * The plain twin of journal-ring.ts: a list of records, each laid out byte by byte; BigInt where the
 * kernel has 64 bits. Recovery and the commands that read a journal check a killed engine's ring with
 * the same `ringCheck`.
 */
import {
  JOURNAL_VERSION,
  RECORD_CRC32C,
  RECORD_HEADER_BYTES,
  RECORD_KIND,
  RECORD_LENGTH,
  RECORD_SEQUENCE,
  RECORD_SOURCE,
  RECORD_TIME_NS,
  RECORD_VERSION,
} from './journal-layout.ts';
import { JOURNAL_RING_DATA_BYTES } from './journal-ring-layout.ts';

const CHECK_FACTOR = 0x9fb21c651e98df25n;
const MASK = 0xffff_ffff_ffff_ffffn;

const rotated = (word: bigint, bits: bigint): bigint =>
  ((word << bits) | (word >> (64n - bits))) & MASK;

function mix(lane: bigint, word: bigint): bigint {
  const both = lane ^ word;
  return ((both ^ rotated(both, 21n) ^ rotated(both, 42n)) * CHECK_FACTOR) & MASK;
}

/** Over `padded` bytes from `at` on, with RECORD_CRC32C as 0; a signed 32-bit number. */
export function ringCheck(view: DataView, at: number, padded: number): number {
  const lanes = [1n, 2n];
  for (let word = 0; word < padded / 8; word++) {
    // The header's second pair stands the other way round: checksum and version are known last.
    const offset = word * 8;
    const value = view.getBigUint64(at + offset, true);
    const lane = word % 2;
    const isCrc = offset === RECORD_CRC32C;
    lanes[lane] = mix(lanes[lane]!, isCrc ? (value >> 32n) << 32n : value);
  }
  const both = mix(lanes[0]!, lanes[1]!);
  return Number(BigInt.asIntN(32, both ^ (both >> 32n)));
}

export interface RingRecord {
  readonly kind: number;
  readonly source: number;
  readonly sequence: number;
  readonly timeNs: bigint;
  readonly payload: Uint8Array;
}

/** A record's bytes in the ring. */
export function ringRecord(record: RingRecord): Uint8Array {
  const used = RECORD_HEADER_BYTES + record.payload.length;
  const bytes = new Uint8Array(Math.ceil(used / 8) * 8);
  const view = new DataView(bytes.buffer);
  view.setUint32(RECORD_LENGTH, used, true);
  view.setUint16(RECORD_KIND, record.kind, true);
  view.setUint16(RECORD_SOURCE, record.source, true);
  view.setBigUint64(RECORD_SEQUENCE, BigInt(record.sequence), true);
  view.setBigInt64(RECORD_TIME_NS, record.timeNs, true);
  view.setUint32(RECORD_VERSION, JOURNAL_VERSION, true);
  bytes.set(record.payload, RECORD_HEADER_BYTES);
  view.setInt32(RECORD_CRC32C, ringCheck(view, 0, bytes.length), true);
  return bytes;
}

/** A ring of records that are waiting, each with the room that it takes. */
export class RingReference {
  readonly data = new Uint8Array(JOURNAL_RING_DATA_BYTES);
  readonly #waiting: { readonly record: RingRecord; readonly room: number }[] = [];
  head = 0;
  tail = 0;

  /** False = no room. */
  append(record: RingRecord): boolean {
    const bytes = ringRecord(record);
    const place = this.head % JOURNAL_RING_DATA_BYTES;
    const left = JOURNAL_RING_DATA_BYTES - place;
    const isCut = bytes.length > left;
    const room = bytes.length + (isCut ? left : 0);
    if (this.head - this.tail + room > JOURNAL_RING_DATA_BYTES) return false;
    if (isCut) this.data.fill(0, place, place + 8);
    this.data.set(bytes, isCut ? 0 : place);
    this.#waiting.push({ record, room });
    this.head += room;
    return true;
  }

  /** The records that stand in `roomBytes` of a segment, oldest first; they are gone from here. */
  take(roomBytes: number): readonly RingRecord[] {
    const taken: RingRecord[] = [];
    let bytes = 0;
    for (;;) {
      const next = this.#waiting[0];
      if (next === undefined) return taken;
      bytes += Math.ceil((RECORD_HEADER_BYTES + next.record.payload.length) / 8) * 8;
      if (bytes > roomBytes) return taken;
      this.#waiting.shift();
      this.tail += next.room;
      taken.push(next.record);
    }
  }
}
