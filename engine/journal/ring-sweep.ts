/**
 * Takes rings out of /dev/shm that no journal knows any more: an engine was killed and its directory then
 * deleted or begun anew. A ring whose directory merely cannot be seen now (its disk is not mounted) stays.
 */
import { closeSync, constants, openSync, readdirSync, readSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as R from '../../wasm/journal-ring-layout.ts';
import { RING_NAME, readRingNote } from './ring-file.ts';

export function sweepRings(shmDirectory: string): void {
  for (const name of readdirSync(shmDirectory)) {
    if (!RING_NAME.test(name)) continue;
    const file = join(shmDirectory, name);
    if (isForgotten(file)) rmSync(file, { force: true });
  }
}

function isForgotten(file: string): boolean {
  try {
    const owner = readOwner(file);
    if (owner === undefined || statSync(dirname(owner.directory)).dev !== owner.device)
      return false;
    return readRingNote(owner.directory)?.file !== file;
  } catch {
    return false; // another user's, or its disk is away
  }
}

/** Whose it says that it is; undefined = it is still being made. */
function readOwner(path: string): { directory: string; device: number } | undefined {
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
  };
}
