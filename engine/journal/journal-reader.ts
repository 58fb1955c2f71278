/**
 * Reads a journal in order, with bounded memory, needing neither WebAssembly nor a lock: the segments,
 * then what only the ring of a running or killed engine holds. It stops at the first record that is
 * not exactly what the writer wrote, and says where and why; it never skips.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
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
} from '../../wasm/journal-layout.ts';
import { crc32c } from './crc32c.ts';
import {
  type DamageReason,
  type JournalDamage,
  paddedBytes,
  RECORD_BYTES_MAX,
  requireJournal,
  segmentName,
  segmentNumbers,
  unreadable,
} from './journal-format.ts';
import { placeAfter, type RingTail, readRingTail } from './ring-tail.ts';

const READ_BYTES = 4 * 1024 * 1024; // and room for one record that the last read cut in two

/** The record that `next` found: one object, its fields good until the next `next`. */
export class JournalRecord {
  kind = 0;
  source = 0;
  sequence = 0;
  crc = 0;
  /** Where the record stands; what only the ring holds stands where the segment would go on. */
  segment = 0;
  offset = 0;
  /** A view of the reader's buffer; copy what must outlive the next `next`. */
  get payload(): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#start + this.#length);
  }
  get payloadLength(): number {
    return this.#length;
  }
  /** Since 1970. */
  get timeNs(): bigint {
    return this.#view.getBigInt64(this.#start - RECORD_HEADER_BYTES + RECORD_TIME_NS, true);
  }
  #start = 0;
  #length = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, view: DataView) {
    this.#bytes = bytes;
    this.#view = view;
  }

  /** The reader says which bytes are the payload. */
  place(start: number, length: number): void {
    this.#start = start;
    this.#length = length;
  }
}

export interface ReadOptions {
  /** Start at the segment that holds this sequence (records before it may still come first). */
  readonly fromSequence?: number;
  /** Read from the disk at once. */
  readonly readBytes?: number;
  /** Only what is in the segments. */
  readonly segmentsOnly?: boolean;
}

export class JournalReader {
  readonly record: JournalRecord;
  readonly #directory: string;
  readonly #readBytes: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #segments: readonly number[];
  readonly #tail: RingTail | undefined;
  #file = -1;
  /** What of the tail is still to be read, once the segments are. */
  #ring: Uint8Array | undefined;
  #segmentsEnd = 0;
  #segmentIndex = -1;
  /**
   * Bytes [at, end) of the buffer are read and not yet looked at; `at` stands at #offset of the
   * segment.
   */
  #at = 0;
  #end = 0;
  #offset = 0;
  #sequence = 0;
  #crc = 0;
  #damage: JournalDamage | undefined;
  #finished = false;

  constructor(directory: string, options: ReadOptions = {}) {
    requireJournal(directory);
    this.#directory = directory;
    this.#readBytes = options.readBytes ?? READ_BYTES;
    this.#bytes = new Uint8Array(this.#readBytes + RECORD_BYTES_MAX);
    this.#view = new DataView(this.#bytes.buffer);
    // Before the segments are looked at: what is handed over from now on is in both.
    this.#tail = options.segmentsOnly ? undefined : tailOf(directory);
    this.#segments = segmentNumbers(directory);
    this.record = new JournalRecord(this.#bytes, this.#view);
    if (options.fromSequence !== undefined) this.#skipTo(options.fromSequence);
  }

  /** Why the reading stopped before the end, once `next` has returned false. */
  get damage(): JournalDamage | undefined {
    return this.#damage;
  }

  /** Of the last good record. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Records so far that no segment has. */
  get ringRecords(): number {
    return this.#ring === undefined ? 0 : this.#sequence - this.#segmentsEnd;
  }

  /** Number of the segment in hand, and the place after its last good record. */
  get segment(): number {
    return this.#segments[Math.max(this.#segmentIndex, 0)]!;
  }
  get offset(): number {
    return this.#offset;
  }

  /** Moves `record` on; false at the end, good or bad (see `damage`). */
  next(): boolean {
    while (!this.#finished) {
      if (this.#file !== -1 || this.#ring !== undefined) {
        if (this.#hasRecord()) return this.#take();
        if (this.#finished) return false;
        if (this.#at < this.#end && !this.#isGoneOnWith()) return this.#stop('incomplete record');
      }
      if (!this.#openNext()) return false;
    }
    return false;
  }

  close(): void {
    if (this.#file !== -1) closeSync(this.#file);
    this.#file = -1;
    this.#finished = true;
  }

  /** A record of possible length is all in the buffer. */
  #hasRecord(): boolean {
    if (!this.#available(RECORD_HEADER_BYTES)) return false;
    const used = this.#view.getUint32(this.#at + RECORD_LENGTH, true);
    const padded = paddedBytes(used);
    if (used < RECORD_HEADER_BYTES || padded > RECORD_BYTES_MAX) {
      return this.#stop('impossible length');
    }
    return this.#available(padded);
  }

  /** The last segment ends in mid-record, as a writer that works or was killed leaves it: the ring has that. */
  #isGoneOnWith(): boolean {
    const isLast = this.#segmentIndex === this.#segments.length - 1;
    return this.#tail !== undefined && this.#ring === undefined && isLast;
  }

  #take(): boolean {
    const view = this.#view;
    const used = view.getUint32(this.#at + RECORD_LENGTH, true);
    const padded = paddedBytes(used);
    const fault = this.#fault(this.#at, used, padded);
    if (fault !== undefined) return this.#stop(fault);
    const at = this.#at;
    const record = this.record;
    record.kind = view.getUint16(at + RECORD_KIND, true);
    record.source = view.getUint16(at + RECORD_SOURCE, true);
    record.sequence = ++this.#sequence;
    record.crc = this.#crc;
    record.segment = this.segment;
    record.offset = this.#offset;
    record.place(at + RECORD_HEADER_BYTES, used - RECORD_HEADER_BYTES);
    this.#at += padded;
    this.#offset += padded;
    return true;
  }

  #fault(at: number, used: number, padded: number): DamageReason | undefined {
    const bytes = this.#bytes;
    const view = this.#view;
    this.#crc = view.getInt32(at + RECORD_CRC32C, true);
    view.setInt32(at + RECORD_CRC32C, 0, true);
    if (crc32c(bytes, at, at + used) !== this.#crc) return 'wrong checksum';
    if (view.getUint32(at + RECORD_VERSION, true) !== JOURNAL_VERSION) return 'unknown version';
    const low = view.getUint32(at + RECORD_SEQUENCE, true);
    const sequence = view.getUint32(at + RECORD_SEQUENCE + 4, true) * 2 ** 32 + low;
    if (sequence !== this.#sequence + 1) return 'wrong sequence';
    for (let i = at + used; i < at + padded; i++) if (bytes[i] !== 0) return 'padding not zero';
    return undefined;
  }

  /** True when `count` bytes from `at` on are in the buffer, reading on where they are not. */
  #available(count: number): boolean {
    if (this.#end - this.#at >= count) return true;
    this.#bytes.copyWithin(0, this.#at, this.#end);
    this.#end -= this.#at;
    this.#at = 0;
    while (this.#end < count) {
      const room = Math.min(this.#readBytes, this.#bytes.length - this.#end);
      const read = this.#read(room);
      if (read === 0) return false;
      this.#end += read;
    }
    return true;
  }

  #read(room: number): number {
    if (this.#ring !== undefined) return this.#readRing(this.#ring, room);
    try {
      return readSync(this.#file, this.#bytes, this.#end, room, null);
    } catch (cause) {
      throw unreadable(this.#directory, cause);
    }
  }

  #readRing(ring: Uint8Array, room: number): number {
    const read = ring.subarray(0, room);
    this.#bytes.set(read, this.#end);
    this.#ring = ring.subarray(read.length);
    return read.length;
  }

  #openNext(): boolean {
    if (this.#file !== -1) closeSync(this.#file);
    this.#file = -1;
    const number = this.#segmentIndex === -1 ? 1 : this.segment + 1;
    const next = this.#segments[this.#segmentIndex + 1];
    if (next === undefined) return this.#openRing();
    this.#segmentIndex++;
    this.#offset = 0;
    if (next !== number) return this.#stop('missing segment', segmentName(number));
    this.#file = this.#openSegment(next);
    this.#at = 0;
    this.#end = 0;
    return true;
  }

  /** Behind the segments: false at the end of the ring, too. */
  #openRing(): boolean {
    const tail = this.#tail;
    if (tail === undefined || this.#ring !== undefined) {
      if (tail?.damage !== undefined) return this.#stop(tail.damage, tail.note.file);
      this.#finished = true;
      return false;
    }
    if (tail.handedSequence > this.#sequence) return this.#stop('missing records');
    this.#ring = tail.bytes.subarray(placeAfter(tail, this.#sequence));
    this.#segmentsEnd = this.#sequence;
    this.#at = 0;
    this.#end = 0;
    return true;
  }

  #openSegment(segment: number): number {
    try {
      return openSync(join(this.#directory, segmentName(segment)), 'r');
    } catch (cause) {
      throw unreadable(this.#directory, cause);
    }
  }

  #stop(reason: DamageReason, segment = segmentName(this.segment)): false {
    this.#damage = { segment, offset: this.#offset, sequence: this.#sequence + 1, reason };
    this.close();
    return false;
  }

  /** Begins at the last segment whose first record is not after `sequence`. */
  #skipTo(sequence: number): void {
    for (let index = this.#segments.length - 1; index > 0; index--) {
      const first = this.#firstSequence(this.#segments[index]!);
      if (first === 0 || first > sequence) continue;
      if (this.#segments[index] !== index + 1) return; // one is missing before: let `next` say so
      this.#segmentIndex = index - 1;
      this.#sequence = first - 1;
      return;
    }
  }

  #firstSequence(segment: number): number {
    const file = this.#openSegment(segment);
    try {
      const read = readSync(file, this.#bytes, 0, RECORD_HEADER_BYTES, 0);
      return read < RECORD_HEADER_BYTES
        ? 0
        : Number(this.#view.getBigUint64(RECORD_SEQUENCE, true));
    } finally {
      closeSync(file);
    }
  }
}

function tailOf(directory: string): RingTail | undefined {
  try {
    const tail = readRingTail(directory);
    return typeof tail === 'string' ? undefined : tail;
  } catch (cause) {
    throw unreadable(directory, cause);
  }
}

export interface JournalSummary {
  readonly directory: string;
  readonly segments: number;
  readonly records: number;
  /** Of these, in the ring of a running or killed engine only. */
  readonly ringRecords: number;
  /** In good records. */
  readonly bytes: number;
  readonly lastTimeNs: bigint;
  readonly damage: JournalDamage | undefined;
}

/** Reads the whole journal and sums it up. */
export function verifyJournal(directory: string): JournalSummary {
  const reader = new JournalReader(directory);
  let bytes = 0;
  let lastTimeNs = 0n;
  const { record } = reader;
  while (reader.next()) {
    bytes += paddedBytes(RECORD_HEADER_BYTES + record.payloadLength);
    lastTimeNs = record.timeNs;
  }
  const segments = segmentNumbers(directory).length;
  return {
    directory,
    segments,
    records: reader.sequence,
    ringRecords: reader.ringRecords,
    bytes,
    lastTimeNs,
    damage: reader.damage,
  };
}
