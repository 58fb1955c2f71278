/**
 * An engine that journals through a ring and can be stopped between any two of its steps, as kill -9 does
 * it: what it leaves on the disk and in the ring's file. No thread and no addon: the file gets the ring's
 * bytes when it dies.
 */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCore } from '../../engine/core-module.ts';
import { segmentName } from '../../engine/journal/journal-format.ts';
import { openJournalDirectory } from '../../engine/journal/journal-opening.ts';
import type { JournalRecord } from '../../engine/journal/journal-reader.ts';
import { openRing } from '../../engine/journal/ring-mapping.ts';
import { SegmentWriter } from '../../engine/journal/segment-writer.ts';
import * as R from '../../wasm/journal-ring-layout.ts';
import { CTL_RECORD_SEQUENCE, JOURNAL_STAGE, SCRATCH } from '../../wasm/layout.ts';
import { Memory } from '../../wasm/memory.ts';

const HEADER_BYTES = 32;
const lengthOf = (sequence: number): number => (sequence * 37) % 120;
const byteOf = (sequence: number, salt: number): number => (sequence * 7 + salt) & 255;

export class KilledEngine {
  readonly #memory = new Memory();
  readonly #core = loadCore(this.#memory);
  readonly #directory: string;
  readonly #opened: ReturnType<typeof openJournalDirectory>;
  readonly #ring: ReturnType<typeof openRing>;
  readonly #segments: SegmentWriter;
  readonly #salt: number;

  constructor(directory: string, shmDirectory: string, segmentBytes: number, salt = 0) {
    this.#directory = directory;
    this.#salt = salt;
    mkdirSync(shmDirectory, { recursive: true });
    this.#opened = openJournalDirectory({ directory, segmentBytes, notice: () => {} });
    const { sequence, segment, segmentBytes: writtenBytes } = this.#opened.recovered;
    const native = { mapShared: () => {}, unmapShared: () => {} };
    this.#ring = openRing({ directory, shmDirectory, memory: this.#memory, native, sequence });
    this.#segments = new SegmentWriter({
      directory,
      segmentBytes: Math.max(segmentBytes, 1_048_576),
      segment,
      writtenBytes,
      onOutOfRoom: () => {},
    });
  }

  /** Of the first `count` records in ring or segment. */
  static bytesOf(count: number): number {
    let bytes = 0;
    for (let sequence = 1; sequence <= count; sequence++) {
      bytes += Math.ceil((HEADER_BYTES + lengthOf(sequence)) / 8) * 8;
    }
    return bytes;
  }

  /** As `append` made it (with salt 0). */
  static isAppended({ sequence, payload }: JournalRecord): boolean {
    return payload.every((byte) => byte === byteOf(sequence, 0));
  }

  get ringFile(): string {
    return this.#ring.file;
  }

  append(count: number, payloadBytes?: number): void {
    for (let i = 0; i < count; i++) {
      const sequence = this.#memory.i64(CTL_RECORD_SEQUENCE) + 1;
      const length = payloadBytes ?? lengthOf(sequence);
      this.#memory.bytes.fill(byteOf(sequence, this.#salt), SCRATCH, SCRATCH + length);
      if (this.#core.journalAppend(2, 1, SCRATCH, length) === 0) throw new Error('no room');
    }
  }

  /** The writer's thread hands records over, `room` bytes at most, and is not yet through with it. */
  write(room: number): number {
    const staged = this.#take(room);
    this.#segments.write(this.#memory.bytes, JOURNAL_STAGE, JOURNAL_STAGE + staged);
    return staged;
  }

  free(): void {
    this.#core.journalFree();
  }

  /** The next write got no farther than this. */
  tear(bytes: number): void {
    const staged = this.#take(1_048_576);
    const torn = this.#memory.bytes.slice(JOURNAL_STAGE, JOURNAL_STAGE + Math.min(bytes, staged));
    appendFileSync(join(this.#directory, segmentName(this.#segments.segment)), torn);
  }

  #take(room: number): number {
    const staged = this.#core.journalTake(room);
    this.#core.journalSeal(staged);
    return staged;
  }

  die(): void {
    const ring = this.#memory.bytes.slice(R.JOURNAL_RING, R.JOURNAL_RING + R.JOURNAL_RING_BYTES);
    writeFileSync(this.ringFile, ring);
    this.#segments.close();
    this.#opened.lock.release();
  }
}
