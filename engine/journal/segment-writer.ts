/**
 * The segments of one journal directory as they grow: whole records in, files of bounded size out. Both
 * ways of writing a journal end here: the loop itself (journal-writer.ts) and the thread that empties the
 * ring (ring-writer-worker.ts). A writer that failed stays failed.
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
import { RECORD_LENGTH } from '../../wasm/journal-layout.ts';
import { assert, GyrfalconError } from '../errors.ts';
import { isDiskFull, journalWriteFault } from './journal-fault.ts';
import { paddedBytes, segmentName } from './journal-format.ts';
import { JournalReserve } from './journal-room.ts';

export interface SegmentOptions {
  readonly directory: string;
  /** A segment is closed before a record would make it longer. */
  readonly segmentBytes: number;
  /** Where to go on: the segment in hand (0 = none yet) and how many bytes of it are good. */
  readonly segment: number;
  readonly writtenBytes: number;
  /** The disk is full: what is written from now on lives from a small reserve. Stop soon. */
  readonly onOutOfRoom: (fault: GyrfalconError) => void;
}

export class SegmentWriter {
  readonly #options: SegmentOptions;
  readonly #reserve: JournalReserve;
  /** The directory itself, so that a new segment's name can be synced; -1 = it cannot. */
  readonly #directoryFile: number;
  #file = -1;
  #segment: number;
  #bytes: number;
  /** A full segment that is still on its way to the disk, -1 = none. */
  #syncing = -1;
  #failure: GyrfalconError | undefined;

  constructor(options: SegmentOptions) {
    this.#options = options;
    this.#segment = Math.max(options.segment, 1);
    this.#bytes = options.writtenBytes;
    try {
      this.#reserve = new JournalReserve(options.directory);
      this.#open();
      this.#directoryFile = openDirectory(options.directory);
    } catch (cause) {
      throw this.#fail(cause);
    }
  }

  get failure(): GyrfalconError | undefined {
    return this.#failure;
  }

  /** The segment in hand and its length. */
  get segment(): number {
    return this.#segment;
  }
  get writtenBytes(): number {
    return this.#bytes;
  }

  /** Hands bytes [start, end), whole records, to the kernel: a kill loses none of them then. */
  write(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    for (;;) {
      const fits = this.#fitting(bytes, at, end);
      this.#writeAll(bytes, at, fits);
      if (fits === end) return;
      assert(this.#bytes > 0, 'a record fits an empty segment');
      this.#rotate();
      at = fits;
    }
  }

  /** The end of the last whole record that the segment in hand still takes. */
  #fitting(bytes: Uint8Array, start: number, end: number): number {
    const limit = start + this.#options.segmentBytes - this.#bytes;
    if (end <= limit) return end;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let fits = start;
    for (;;) {
      const next = fits + paddedBytes(view.getUint32(fits + RECORD_LENGTH, true));
      if (next > limit) return fits;
      fits = next;
    }
  }

  #writeAll(bytes: Uint8Array, start: number, end: number): void {
    if (this.#failure !== undefined) throw this.#failure;
    for (let at = start; at < end; ) {
      try {
        at += writeSync(this.#file, bytes, at, end - at, null);
      } catch (cause) {
        if (!this.#takeReserve(cause)) throw this.#failWrite(cause);
      }
    }
    this.#bytes += end - start;
  }

  /** Goes on with the next segment; the full one is synced meanwhile. */
  #rotate(): void {
    this.#finishSyncing();
    const full = this.#file;
    this.#syncing = full;
    fdatasync(full, (cause) => {
      if (cause !== null) this.#fail(cause);
      if (this.#syncing === full) this.#syncing = -1;
      closeSync(full);
    });
    this.#bytes = 0;
    this.#segment++;
    this.#open();
    if (this.#directoryFile === -1) return;
    fsync(this.#directoryFile, (cause) => {
      if (cause !== null && cause.code !== 'EBADF') this.#fail(cause);
    });
  }

  /** Resolves when all that was written before is on the disk; writing goes on meanwhile. */
  async sync(): Promise<void> {
    const full = this.#syncing;
    if (full !== -1) await this.#synced(full);
    await this.#synced(this.#file);
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Syncs what was written, unless the writer failed, and lets the files go. */
  close(): void {
    if (this.#file === -1) return;
    try {
      if (this.#failure === undefined) {
        this.#finishSyncing();
        fdatasyncSync(this.#file);
        if (this.#directoryFile !== -1) fsyncSync(this.#directoryFile);
      }
    } catch (cause) {
      throw this.#fail(cause);
    } finally {
      closeSync(this.#file);
      this.#file = -1;
      if (this.#directoryFile !== -1) closeSync(this.#directoryFile);
      this.#reserve.giveUp();
    }
  }

  #synced(file: number): Promise<void> {
    return new Promise((resolve, reject) => {
      fdatasync(file, (cause) => {
        // The segment may have been closed meanwhile: then rotate has synced it.
        if (cause === null || cause.code === 'EBADF') resolve();
        else reject(this.#fail(cause));
      });
    });
  }

  #takeReserve(cause: unknown): boolean {
    if (!isDiskFull(cause) || !this.#reserve.giveUp()) return false;
    this.#options.onOutOfRoom(journalWriteFault(this.#options.directory, cause));
    return true;
  }

  /** Nothing of it may leave or be applied: what reached the file is taken back. */
  #failWrite(cause: unknown): GyrfalconError {
    try {
      ftruncateSync(this.#file, this.#bytes);
    } catch {
      // Then a torn tail stays, which the next start finds and cuts off.
    }
    return this.#fail(cause);
  }

  /** Waits for the full segment before this one: rarely anything to wait for. */
  #finishSyncing(): void {
    if (this.#syncing !== -1) fdatasyncSync(this.#syncing);
    this.#syncing = -1;
  }

  /** Opens the segment in hand for appending, or makes it. */
  #open(): void {
    try {
      this.#file = openSync(join(this.#options.directory, segmentName(this.#segment)), 'a', 0o600);
    } catch (cause) {
      throw this.#fail(cause);
    }
  }

  /** Of a fault that has its words already, those. */
  #fail(cause: unknown): GyrfalconError {
    if (cause instanceof GyrfalconError) return cause;
    this.#failure ??= journalWriteFault(this.#options.directory, cause);
    return this.#failure;
  }
}

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
