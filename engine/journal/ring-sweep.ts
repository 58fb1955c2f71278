/**
 * Takes rings out of /dev/shm that no journal knows any more: an engine was killed and its directory then
 * deleted. One that holds what no segment has stays, for the directory may only have been moved; so does
 * one whose disk is not mounted now. What lay in the folder for temporary files is never missed.
 */
import {
  closeSync,
  constants,
  existsSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import * as R from '../../wasm/journal-ring-layout.ts';
import { RING_NAME, readRingNote } from './ring-file.ts';

export function sweepRings(shmDirectory: string): void {
  for (const name of readdirSync(shmDirectory)) {
    if (!RING_NAME.test(name)) continue;
    const file = join(shmDirectory, name);
    if (isForgotten(file)) rmSync(file, { force: true });
  }
}

interface Owner {
  readonly directory: string;
  readonly device: number;
  /** All that was appended is in the segments. */
  readonly isEmpty: boolean;
}

function isForgotten(file: string): boolean {
  try {
    const owner = readOwner(file);
    if (owner === undefined || readRingNote(owner.directory)?.file === file) return false;
    const isTemporary = owner.directory.startsWith(realpathSync(tmpdir()) + sep);
    return (owner.isEmpty || isTemporary) && isDeviceThere(owner);
  } catch {
    return false; // another user's, or its disk is away
  }
}

/** The directory, or the nearest above it that is there, is on the same disk as it was. */
function isDeviceThere({ directory, device }: Owner): boolean {
  let there = directory;
  while (!existsSync(there)) there = dirname(there);
  return statSync(there).dev === device;
}

/** Whose it says that it is; undefined = it is still being made. */
function readOwner(path: string): Owner | undefined {
  const bytes = Buffer.alloc(R.RING_DIRECTORY + R.RING_DIRECTORY_BYTES - R.JOURNAL_RING);
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    if (readSync(file, bytes, 0, bytes.length, 0) < bytes.length) return undefined;
  } finally {
    closeSync(file);
  }
  if (bytes.readUInt32LE(R.RING_MAGIC - R.JOURNAL_RING) !== R.JOURNAL_RING_MAGIC_LOW) {
    return undefined;
  }
  const start = R.RING_DIRECTORY - R.JOURNAL_RING;
  return {
    directory: bytes.toString('utf8', start, bytes.indexOf(0, start)),
    device: Number(bytes.readBigInt64LE(R.RING_DIRECTORY_DEVICE - R.JOURNAL_RING)),
    isEmpty:
      bytes.readBigInt64LE(R.RING_HEAD - R.JOURNAL_RING) ===
      bytes.readBigInt64LE(R.RING_TAIL - R.JOURNAL_RING),
  };
}
