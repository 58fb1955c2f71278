/**
 * The file in /dev/shm under a journal's ring, and the note in the journal's directory that says which it
 * is. The note is there from before the ring is made until all of it is in the segments, so a note that
 * is found tells that an engine was killed, or runs. Cold.
 */
import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  statfsSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import * as R from '../../wasm/journal-ring-layout.ts';

/** Memory with a file's name: what is written there outlives the process, not the machine. */
export const SHM_DIRECTORY = '/dev/shm';
/** Of a ring of this user. */
export const RING_NAME = new RegExp(`^gyrfalcon-${process.getuid?.() ?? 0}-[0-9a-f]{24}\\.ring$`);
const NOTE_NAME = 'journal.ring';
const HASH_DIGITS = 24;
/** Left to others in /dev/shm. */
const SPARE_BYTES = 4_194_304;

export interface RingNote {
  readonly file: string;
  /** Hexadecimal; the ring's header has the same. */
  readonly id: string;
}

/** What the journal's directory says of its ring; undefined = it has none. */
export function readRingNote(directory: string): RingNote | undefined {
  let text: string;
  try {
    text = readFileSync(join(directory, NOTE_NAME), 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  }
  const [file = '', id = ''] = text.split('\n');
  return { file, id };
}

/** Makes note and file, zeros all over; throws where there is no room or no right. */
export function createRingFile(directory: string, shmDirectory: string): RingNote {
  requireRoom(shmDirectory);
  const file = ringFileOf(directory, shmDirectory);
  const id = randomBytes(R.RING_JOURNAL_ID_BYTES).toString('hex');
  rmSync(file, { force: true });
  const note = { file, id };
  // First, so that a ring never lies there that nobody knows of.
  writeFileSync(join(directory, NOTE_NAME), `${file}\n${id}\n`, { mode: 0o600 });
  try {
    fillWithZeros(file);
    return note;
  } catch (cause) {
    removeRing(directory, note);
    throw cause;
  }
}

/** All of it is in the segments, or never was anything: the note goes first. */
export function removeRing(directory: string, note: RingNote): void {
  rmSync(join(directory, NOTE_NAME), { force: true });
  // One of another place belongs to a journal that this one is a copy of.
  const folder = note.file.slice(0, note.file.lastIndexOf('/') + 1);
  if (note.file === ringFileOf(directory, folder)) rmSync(note.file, { force: true });
}

/** By the directory's real path: whichever way it is named, it has one ring. */
function ringFileOf(directory: string, shmDirectory: string): string {
  const hash = createHash('sha256').update(realpathSync(directory)).digest('hex');
  const name = `gyrfalcon-${process.getuid?.() ?? 0}-${hash.slice(0, HASH_DIGITS)}.ring`;
  return join(shmDirectory, name);
}

function requireRoom(shmDirectory: string): void {
  const disk = statfsSync(shmDirectory);
  const free = disk.bavail * disk.bsize;
  const needed = R.JOURNAL_RING_BYTES + SPARE_BYTES;
  if (free >= needed) return;
  throw new Error(`${shmDirectory} has ${free} bytes free, the ring takes ${needed}`);
}

/** Written, not only sized: a page that finds no room later would end the process (SIGBUS). */
function fillWithZeros(path: string): void {
  const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const file = openSync(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    const zeros = new Uint8Array(R.JOURNAL_RING_BYTES);
    for (let at = 0; at < zeros.length; ) {
      at += writeSync(file, zeros, at, zeros.length - at, at);
    }
  } finally {
    closeSync(file);
  }
}
