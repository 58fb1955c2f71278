/**
 * Room for a journal: asked for before anything is started, and a reserve that is given up when the disk
 * is full, so that the cancels of the last orders can still be written down and leave.
 */
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GyrfalconError } from '../errors.ts';
import { isDiskFull } from './journal-fault.ts';

/** Cancels, their answers and the market data that come in meanwhile. */
const RESERVE_BYTES = 16_777_216;
const RESERVE_NAME = 'journal.reserve';

/** Makes the directory; refuses one where not even one segment has room. */
export function requireJournalRoom(directory: string, segmentBytes: number): void {
  let free: number;
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const disk = statfsSync(directory);
    free = disk.bavail * disk.bsize;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new GyrfalconError(
      'JOURNAL_WRITE_FAILED',
      `the journal directory ${directory} cannot be made (${code}): ` +
        'give another in journal.directory',
      { directory },
      cause,
    );
  }
  if (free < segmentBytes) {
    throw new GyrfalconError(
      'JOURNAL_WRITE_FAILED',
      `no room for the journal: ${directory} has ${free} bytes free and one segment takes ` +
        `${segmentBytes}: make room, or give another directory in journal.directory`,
      { directory, free, segmentBytes },
    );
  }
}

export class JournalReserve {
  readonly #file: string;
  #isHeld = true;

  constructor(directory: string) {
    this.#file = join(directory, RESERVE_NAME);
    try {
      writeFileSync(this.#file, Buffer.alloc(RESERVE_BYTES), { mode: 0o600 });
    } catch (cause) {
      if (isDiskFull(cause)) this.giveUp(); // what there is of it would be in the way
      throw cause;
    }
  }

  /** Gives the room to the journal; false when that was done before. */
  giveUp(): boolean {
    const wasHeld = this.#isHeld;
    this.#isHeld = false;
    if (wasHeld) rmSync(this.#file, { force: true });
    return wasHeld;
  }
}
