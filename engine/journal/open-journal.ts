/**
 * Opens a journal for writing the fastest way that the machine allows: through a ring in /dev/shm where the
 * addon and room for it are there, else by the loop itself. Both keep every record through kill -9.
 */
import type { NativeLoad } from '../../native/index.ts';
import type { Memory } from '../../wasm/memory.ts';
import type { CoreModule } from '../core-module.ts';
import type { GyrfalconError } from '../errors.ts';
import type { Journal } from './journal.ts';
import { openJournalDirectory } from './journal-opening.ts';
import { JournalWriter } from './journal-writer.ts';
import { type OpenRing, openRing } from './ring-mapping.ts';
import { RingWriter } from './ring-writer.ts';

export interface OpenJournalOptions {
  readonly directory: string;
  /** A segment is closed before a record would make it longer. */
  readonly segmentBytes: number;
  /** Through the ring, what was appended is on the disk after about this time. */
  readonly syncMs: number;
  readonly ring: 'auto' | 'off';
  readonly shmDirectory: string;
  readonly native: NativeLoad;
  readonly memory: Memory;
  readonly core: Pick<CoreModule, 'journalAppend'>;
  /** Told, in one line, of what was recovered and of a ring that cannot be. */
  readonly notice: (text: string) => void;
  /** The disk is full or gone: only cancels find room from now on. Stop soon. */
  readonly onOutOfRoom: (fault: GyrfalconError) => void;
  /** The loop itself has begun a segment; never through the ring. */
  readonly onSegment?: () => void;
}

export function openJournal(options: OpenJournalOptions): Journal {
  const native = options.native.module;
  if (options.ring === 'off' || native === undefined) return new JournalWriter(options);
  const opened = openJournalDirectory(options);
  let ring: OpenRing;
  try {
    const { sequence } = opened.recovered;
    ring = openRing({ ...options, native, sequence });
  } catch (cause) {
    options.notice(
      `journal ${options.directory}: no ring (${(cause as Error).message}): the loop writes its records itself`,
    );
    return new JournalWriter({ ...options, opened });
  }
  return new RingWriter({ ...options, opened, ring });
}
