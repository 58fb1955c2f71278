/**
 * Puts the file of a journal's ring under its pages of the shared memory and writes the header. From then
 * on what the loop appends outlives the process. Cold.
 */
import { realpathSync, statSync } from 'node:fs';
import type { NativeModule } from '../../native/index.ts';
import * as R from '../../wasm/journal-ring-layout.ts';
import { CTL_RECORD_SEQUENCE } from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';
import { createRingFile, removeRing } from './ring-file.ts';
import { sweepRings } from './ring-sweep.ts';

const PAGE_BYTES = 4096;

export interface OpenRing {
  readonly file: string;
  /** All of it is in the segments. */
  remove(): void;
  /** The pages are the process's own again, and zero. */
  unmap(): void;
}

export interface RingMappingParts {
  readonly directory: string;
  readonly shmDirectory: string;
  readonly memory: Memory;
  readonly native: Pick<NativeModule, 'mapShared' | 'unmapShared'>;
  /** Of the last record in the segments. */
  readonly sequence: number;
}

/** An empty ring; throws where there is no room, no right, or no way to map. */
export function openRing(parts: RingMappingParts): OpenRing {
  const { directory, memory, native } = parts;
  sweepRings(parts.shmDirectory);
  const unmap = (): void => native.unmapShared(memory.bytes, R.JOURNAL_RING, R.JOURNAL_RING_BYTES);
  try {
    // That of a loop which was ended in this process.
    unmap();
  } catch {
    // Nothing was mapped: the usual case.
  }
  const note = createRingFile(directory, parts.shmDirectory);
  try {
    native.mapShared(memory.bytes, R.JOURNAL_RING, R.JOURNAL_RING_BYTES, note.file);
  } catch (cause) {
    removeRing(directory, note);
    throw cause;
  }
  writeHeader(parts, note.id);
  return { file: note.file, remove: () => removeRing(directory, note), unmap };
}

/** The magic number last: without it nobody takes the file for a ring. */
function writeHeader({ directory, memory, sequence }: RingMappingParts, id: string): void {
  touchPages(memory);
  memory.bytes.set(Buffer.from(id, 'hex'), R.RING_JOURNAL_ID);
  memory.setI64(R.RING_CAPACITY, R.JOURNAL_RING_DATA_BYTES);
  memory.setI64(R.RING_OPENED_SEQUENCE, sequence);
  memory.setI64(R.RING_DIRECTORY_DEVICE, statSync(directory).dev);
  const path = Buffer.from(realpathSync(directory)).subarray(0, R.RING_DIRECTORY_BYTES - 1);
  memory.bytes.set(path, R.RING_DIRECTORY);
  memory.setI64(R.RING_LAST_SEQUENCE, sequence);
  memory.setI64(R.RING_TAKEN_SEQUENCE, sequence);
  memory.setI64(R.RING_HANDED + R.HANDED_SEQUENCE, sequence);
  memory.setI64(CTL_RECORD_SEQUENCE, sequence);
  memory.setI32(R.RING_MODE, R.JOURNAL_TO_RING);
  memory.setI32(R.RING_MAGIC + 4, R.JOURNAL_RING_MAGIC_HIGH);
  memory.setI32(R.RING_MAGIC, R.JOURNAL_RING_MAGIC_LOW);
}

/** Every page is in the process's tables before the first record: none costs the loop a fault. */
function touchPages({ bytes }: Memory): void {
  const end = R.JOURNAL_RING + R.JOURNAL_RING_BYTES;
  for (let page = R.JOURNAL_RING; page < end; page += PAGE_BYTES) bytes[page] = 0;
}
