/**
 * HOT: append and flush run in the loop; no allocation there. The one writer of a journal
 * directory. Records are put together in WASM (wasm/journal-record.ts) at JOURNAL_STAGE and handed
 * to the kernel by one write a flush: after `flush` returns, a killed process loses none of them.
 * Power loss may take what was flushed after the last `sync`.
 */
import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fsync,
  fsyncSync,
  ftruncateSync,
  openSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { RECORD_HEADER_BYTES } from '../../wasm/journal-layout.ts';
import { CTL_JOURNAL_BYTES, CTL_RECORD_SEQUENCE, JOURNAL_STAGE } from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';
import type { CoreModule } from '../core-module.ts';
import { assert, GyrfalconError } from '../errors.ts';
import { paddedBytes, segmentName } from './journal-format.ts';
import { type JournalLock, lockJournal } from './journal-lock.ts';
import { recoverJournal } from './journal-recovery.ts';
import { JournalReserve, requireJournalRoom } from './journal-room.ts';

export interface JournalOptions {
  readonly directory: string;
  /** A segment is closed before a record would make it longer. */
  readonly segmentBytes: number;
  readonly memory: Memory;
  readonly core: Pick<CoreModule, 'journalStage'>;
  /** Told, in one line, of a lock taken over and of a torn tail cut off. */
  readonly notice: (text: string) => void;
  /** The disk is full: what is written from now on lives from a small reserve. Stop soon. */
  readonly onOutOfRoom?: (fault: GyrfalconError) => void;
}

export class JournalWriter {
  readonly directory: string;
  readonly #segmentBytesMax: number;
  readonly #memory: Memory;
  readonly #core: Pick<CoreModule, 'journalStage'>;
  readonly #lock: JournalLock;
  /** The directory itself, so that a new segment's name can be synced; see openDirectory. */
  #directoryFile = -1;
  #file = -1;
  #segment: number;
  /** Written to the segment in hand; #staged bytes more wait at JOURNAL_STAGE. */
  #segmentBytes: number;
  #staged = 0;
  /** A full segment that is still on its way to the disk, -1 = none. */
  #syncing = -1;
  #failure: GyrfalconError | undefined;
  readonly #reserve: JournalReserve;
  readonly #onOutOfRoom: (fault: GyrfalconError) => void;

  /** Opens or makes the directory; CTL_RECORD_SEQUENCE goes on from the last good record. */
  constructor(options: JournalOptions) {
    this.directory = options.directory;
    this.#segmentBytesMax = options.segmentBytes;
    this.#memory = options.memory;
    this.#core = options.core;
    this.#onOutOfRoom = options.onOutOfRoom ?? (() => {});
    requireJournalRoom(options.directory, options.segmentBytes);
    try {
      this.#lock = lockJournal(options.directory);
    } catch (cause) {
      throw this.#fail(cause);
    }
    try {
      if (this.#lock.takenOverFrom !== 0) {
        options.notice(
          `journal ${options.directory}: took over the lock of process ` +
            `${this.#lock.takenOverFrom}, which is gone`,
        );
      }
      const recovered = recoverJournal(options.directory);
      if (recovered.notice !== undefined) options.notice(recovered.notice);
      this.#segment = recovered.segment;
      this.#segmentBytes = recovered.segmentBytes;
      options.memory.setI64(CTL_RECORD_SEQUENCE, recovered.sequence);
      this.#reserve = new JournalReserve(options.directory);
      this.#open();
      this.#directoryFile = openDirectory(options.directory);
    } catch (cause) {
      this.#lock.release();
      throw this.#fail(cause);
    }
  }

  /** Sequence of the last record that was appended. */
  get sequence(): number {
    return this.#memory.i64(CTL_RECORD_SEQUENCE);
  }

  /** Stages one record with CTL_NOW_NS as its time; the payload lies in shared memory. */
  append(kind: number, source: number, address: number, length: number): void {
    if (this.#failure !== undefined) throw this.#failure;
    const bytes = paddedBytes(RECORD_HEADER_BYTES + length);
    if (this.#segmentBytes + this.#staged + bytes > this.#segmentBytesMax) this.#rotate(bytes);
    let staged = this.#core.journalStage(this.#staged, kind, source, address, length);
    if (staged < 0) {
      this.flush();
      staged = this.#core.journalStage(0, kind, source, address, length);
      assert(staged >= 0, `a record of ${length} bytes fits the empty stage`);
    }
    this.#staged = staged;
  }

  /** Hands all staged records to the kernel. A writer whose write failed stays failed. */
  flush(): void {
    if (this.#failure !== undefined) throw this.#failure;
    const { bytes } = this.#memory;
    const end = JOURNAL_STAGE + this.#staged;
    let at = JOURNAL_STAGE;
    while (at < end) {
      try {
        at += writeSync(this.#file, bytes, at, end - at, null);
      } catch (cause) {
        if (!this.#takeReserve(cause)) throw this.#failWrite(cause);
      }
    }
    this.#segmentBytes += this.#staged;
    this.#memory.addI64(CTL_JOURNAL_BYTES, this.#staged);
    this.#staged = 0;
  }

  #takeReserve(cause: unknown): boolean {
    if (!isFull(cause) || !this.#reserve.giveUp()) return false;
    this.#onOutOfRoom(this.#fault(cause));
    return true;
  }

  /** Nothing that was staged may leave or be applied: what of it reached the file is taken back. */
  #failWrite(cause: unknown): GyrfalconError {
    try {
      ftruncateSync(this.#file, this.#segmentBytes);
    } catch {
      // Then a torn tail stays, which the next start finds and cuts off.
    }
    return this.#fail(cause);
  }

  /** Resolves when all that was flushed before is on the disk; the loop goes on meanwhile. */
  sync(): Promise<void> {
    const file = this.#file;
    return new Promise((resolve, reject) => {
      fdatasync(file, (cause) => {
        // The segment may have been closed meanwhile: then rotate has synced it.
        if (cause === null || cause.code === 'EBADF') resolve();
        else reject(this.#fail(cause));
      });
    });
  }

  /** Flushes, syncs and gives the directory free; a failed writer only gives it free. */
  close(): void {
    if (this.#file === -1) return;
    try {
      if (this.#failure === undefined) {
        this.flush();
        this.#finishSyncing();
        fdatasyncSync(this.#file);
        if (this.#directoryFile !== -1) fsyncSync(this.#directoryFile);
      }
    } finally {
      closeSync(this.#file);
      this.#file = -1;
      if (this.#directoryFile !== -1) closeSync(this.#directoryFile);
      this.#reserve.giveUp();
      this.#lock.release();
    }
  }

  #rotate(bytes: number): void {
    assert(bytes <= this.#segmentBytesMax, `a record of ${bytes} bytes fits an empty segment`);
    this.flush();
    this.#finishSyncing();
    const full = this.#file;
    this.#syncing = full;
    fdatasync(full, (cause) => {
      if (cause !== null) this.#fail(cause);
      if (this.#syncing === full) this.#syncing = -1;
      closeSync(full);
    });
    this.#segmentBytes = 0;
    this.#segment++;
    this.#open();
    if (this.#directoryFile === -1) return;
    fsync(this.#directoryFile, (cause) => {
      if (cause !== null && cause.code !== 'EBADF') this.#fail(cause);
    });
  }

  /** Waits for the full segment before this one: rarely anything to wait for. */
  #finishSyncing(): void {
    if (this.#syncing !== -1) fdatasyncSync(this.#syncing);
    this.#syncing = -1;
  }

  /** Opens the segment in hand for appending, or makes the first. */
  #open(): void {
    if (this.#segment === 0) this.#segment = 1;
    const path = join(this.directory, segmentName(this.#segment));
    try {
      this.#file = openSync(path, 'a', 0o600);
    } catch (cause) {
      throw this.#fail(cause);
    }
  }

  /** Of a fault that has its words already, those. */
  #fail(cause: unknown): GyrfalconError {
    if (cause instanceof GyrfalconError) return cause;
    this.#failure ??= this.#fault(cause);
    return this.#failure;
  }

  #fault(cause: unknown): GyrfalconError {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    const hint = isFull(cause)
      ? 'make room on the disk, then start again'
      : 'check the disk, then start again';
    return new GyrfalconError(
      'JOURNAL_WRITE_FAILED',
      `the journal ${this.directory} cannot be written (${code}): ${hint}; ` +
        'no order leaves without it',
      { directory: this.directory, code },
      cause,
    );
  }
}

const FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const isFull = (cause: unknown): boolean => FULL.has((cause as NodeJS.ErrnoException).code ?? '');

/** Syncs the names in the directory; -1 where the system cannot (Windows, some network disks). */
function openDirectory(directory: string): number {
  if (process.platform === 'win32') return -1;
  const file = openSync(directory, 'r');
  try {
    fsyncSync(file);
    return file;
  } catch (cause) {
    closeSync(file);
    if ((cause as NodeJS.ErrnoException).code === 'EINVAL') return -1;
    throw cause;
  }
}
