/**
 * HOT: append and flush run in the loop; no allocation there. The journal without a ring: records are
 * put together in WASM (wasm/journal-record.ts) at JOURNAL_STAGE and handed to the kernel by one write a
 * flush: after `flush` returns, a killed process loses none of them. Power loss may take what was flushed
 * after the last `sync`.
 */
import { JOURNAL_TO_STAGE, RING_MODE, RING_STAGED } from '../../wasm/journal-ring-layout.ts';
import { CTL_JOURNAL_BYTES, CTL_RECORD_SEQUENCE, JOURNAL_STAGE } from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';
import type { CoreModule } from '../core-module.ts';
import { assert, type GyrfalconError } from '../errors.ts';
import type { Journal } from './journal.ts';
import { type OpenedJournal, openJournalDirectory } from './journal-opening.ts';
import { SegmentWriter } from './segment-writer.ts';

export interface JournalOptions {
  readonly directory: string;
  /** A segment is closed before a record would make it longer. */
  readonly segmentBytes: number;
  readonly memory: Memory;
  readonly core: Pick<CoreModule, 'journalAppend'>;
  /** Told, in one line, of a lock taken over and of a torn tail cut off. */
  readonly notice: (text: string) => void;
  /** The disk is full: what is written from now on lives from a small reserve. Stop soon. */
  readonly onOutOfRoom?: (fault: GyrfalconError) => void;
  /** A segment was begun: the loop has waited for it. */
  readonly onSegment?: () => void;
  /** The directory, where somebody has opened it already. */
  readonly opened?: OpenedJournal;
}

export class JournalWriter implements Journal {
  readonly directory: string;
  readonly #memory: Memory;
  readonly #core: Pick<CoreModule, 'journalAppend'>;
  readonly #opened: OpenedJournal;
  readonly #segments: SegmentWriter;
  readonly #onSegment: () => void;
  #handedSequence: number;
  #isOpen = true;

  /** Opens or makes the directory; CTL_RECORD_SEQUENCE goes on from the last good record. */
  constructor(options: JournalOptions) {
    const { directory, segmentBytes, memory, notice } = options;
    this.directory = directory;
    this.#memory = memory;
    this.#core = options.core;
    this.#onSegment = options.onSegment ?? (() => {});
    this.#opened = options.opened ?? openJournalDirectory({ directory, segmentBytes, notice });
    const { sequence, segment, segmentBytes: writtenBytes } = this.#opened.recovered;
    try {
      const onOutOfRoom = options.onOutOfRoom ?? (() => {});
      this.#segments = new SegmentWriter({
        directory,
        segmentBytes,
        segment,
        writtenBytes,
        onOutOfRoom,
      });
    } catch (cause) {
      this.#opened.lock.release();
      throw cause;
    }
    this.#handedSequence = sequence;
    memory.setI64(CTL_RECORD_SEQUENCE, sequence);
    memory.setI32(RING_MODE, JOURNAL_TO_STAGE);
    memory.setI32(RING_STAGED, 0);
  }

  get sequence(): number {
    return this.#memory.i64(CTL_RECORD_SEQUENCE);
  }

  get handedSequence(): number {
    return this.#handedSequence;
  }

  append(kind: number, source: number, address: number, length: number): void {
    if (this.#segments.failure !== undefined) throw this.#segments.failure;
    if (this.#core.journalAppend(kind, source, address, length) !== 0) return;
    this.flush();
    const isStaged = this.#core.journalAppend(kind, source, address, length) !== 0;
    assert(isStaged, `a record of ${length} bytes fits the empty stage`);
  }

  /** Hands all staged records to the kernel. A writer whose write failed stays failed. */
  flush(): void {
    if (this.#segments.failure !== undefined) throw this.#segments.failure;
    const memory = this.#memory;
    const staged = memory.i32(RING_STAGED);
    const { segment } = this.#segments;
    this.#segments.write(memory.bytes, JOURNAL_STAGE, JOURNAL_STAGE + staged);
    if (this.#segments.segment !== segment) this.#onSegment();
    memory.addI64(CTL_JOURNAL_BYTES, staged);
    memory.setI32(RING_STAGED, 0);
    this.#handedSequence = this.sequence;
  }

  sync(): Promise<void> {
    return this.#segments.sync();
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    try {
      if (this.#segments.failure === undefined) this.flush();
    } finally {
      try {
        this.#segments.close();
      } finally {
        this.#opened.lock.release();
      }
    }
  }
}
