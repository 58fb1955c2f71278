/**
 * After an engine ended by a fault: what only its ring holds goes into the segments, so that it outlives
 * the machine, too. Cold.
 */
import { type OpeningOptions, openJournalDirectory } from './journal-opening.ts';
import { readRingNote } from './ring-file.ts';

/** Nothing where all is in the segments; where they cannot be written the ring stays for the next start. */
export function settleRing(options: OpeningOptions): void {
  try {
    if (readRingNote(options.directory) === undefined) return;
    openJournalDirectory(options).lock.release();
  } catch {
    // The fault that ended the engine is told already, and most likely this is the same one.
  }
}
