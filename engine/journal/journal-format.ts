/**
 * What a journal is on disk: a directory of segments 00000001.gfj, 00000002.gfj …, each a run of
 * records as wasm/journal-layout.ts draws them. Sequences go on from segment to segment without a
 * gap, from 1.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { RECORD_HEADER_BYTES } from '../../wasm/journal-layout.ts';
import { JOURNAL_STAGE_BYTES } from '../../wasm/layout.ts';
import { GyrfalconError } from '../errors.ts';

/** Header, payload and padding of the largest record. */
export const RECORD_BYTES_MAX = JOURNAL_STAGE_BYTES;
export const PAYLOAD_BYTES_MAX = RECORD_BYTES_MAX - RECORD_HEADER_BYTES;

const SEGMENT_NAME = /^(\d{8})\.gfj$/;

export const segmentName = (number: number): string => `${String(number).padStart(8, '0')}.gfj`;

/** Bytes of a record in the file: `used` rounded up to 8. */
export const paddedBytes = (used: number): number => Math.ceil(used / 8) * 8;

/** Numbers of the segments in the directory, ascending. */
export function segmentNumbers(directory: string): number[] {
  return readdirSync(directory)
    .map((name) => Number(SEGMENT_NAME.exec(name)?.[1] ?? 0))
    .filter((number) => number > 0)
    .sort((a, b) => a - b);
}

/** For whoever reads: the directory must be there and hold a journal. */
export function requireJournal(directory: string): void {
  if (!existsSync(directory) || !statSync(directory).isDirectory()) {
    throw missing(directory, 'there is no such directory');
  }
  if (segmentNumbers(directory).length === 0) {
    throw missing(directory, 'the directory holds no journal segment (*.gfj)');
  }
}

/** The file system refused to let a journal be read. */
export function unreadable(directory: string, cause: unknown): GyrfalconError {
  const { code } = cause as NodeJS.ErrnoException;
  return new GyrfalconError(
    'INPUT_INVALID',
    `the journal ${directory} cannot be read (${code}): check the rights of the files and the disk`,
    { directory, code },
    cause,
  );
}

function missing(directory: string, why: string): GyrfalconError {
  return new GyrfalconError(
    'INPUT_MISSING',
    `no journal at ${directory}: ${why}; give the directory that the run printed`,
    { directory },
  );
}

/** Where and why reading stopped before the end. */
export interface JournalDamage {
  /** A file's name; the ring's with its path. */
  readonly segment: string;
  /** Of the first bad byte's record, in the segment. */
  readonly offset: number;
  /** That the record there should have had. */
  readonly sequence: number;
  readonly reason: DamageReason;
}

export type DamageReason =
  | 'incomplete record'
  | 'impossible length'
  | 'wrong checksum'
  | 'unknown version'
  | 'wrong sequence'
  | 'padding not zero'
  | 'missing segment'
  | 'missing records'
  | 'wrong check in the ring';

export const damageText = (damage: JournalDamage): string =>
  `${damage.reason} at ${damage.segment} offset ${damage.offset}, ` +
  `where record ${damage.sequence} should be`;
