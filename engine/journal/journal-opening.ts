/**
 * What both ways of writing a journal begin with: room, the lock, and the journal made ready to go on:
 * a torn tail is cut off, and what a killed engine has left in its ring is put into the segments. Cold.
 */
import { GyrfalconError } from '../errors.ts';
import { journalWriteFault } from './journal-fault.ts';
import { type JournalLock, lockJournal } from './journal-lock.ts';
import type { Recovered } from './journal-recovery.ts';
import { requireJournalRoom } from './journal-room.ts';
import { recoverWithRing } from './ring-recovery.ts';

export interface OpenedJournal {
  readonly lock: JournalLock;
  /** Where the segments end. */
  readonly recovered: Recovered;
}

export interface OpeningOptions {
  readonly directory: string;
  readonly segmentBytes: number;
  readonly notice: (text: string) => void;
}

/** Makes the directory or opens it; the caller releases the lock. */
export function openJournalDirectory(options: OpeningOptions): OpenedJournal {
  const { directory, notice } = options;
  requireJournalRoom(directory, options.segmentBytes);
  const lock = locked(directory);
  try {
    if (lock.takenOverFrom !== 0) {
      notice(
        `journal ${directory}: took over the lock of process ` +
          `${lock.takenOverFrom}, which is gone`,
      );
    }
    return { lock, recovered: recoverWithRing(options) };
  } catch (cause) {
    lock.release();
    throw toldOrFault(directory, cause);
  }
}

function locked(directory: string): JournalLock {
  try {
    return lockJournal(directory);
  } catch (cause) {
    throw toldOrFault(directory, cause);
  }
}

const toldOrFault = (directory: string, cause: unknown): unknown =>
  cause instanceof GyrfalconError ? cause : journalWriteFault(directory, cause);
