/**
 * Makes a journal ready to be continued: finds the last good record and cuts a torn tail off,
 * keeping its bytes in a side file. Only the very end of the last segment may be torn (a process
 * was killed, or power failed, while it was written); damage anywhere before that is left alone and
 * refused.
 */
import {
  closeSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import {
  JOURNAL_VERSION,
  RECORD_CRC32C,
  RECORD_HEADER_BYTES,
  RECORD_LENGTH,
  RECORD_SEQUENCE,
  RECORD_VERSION,
} from '../../wasm/journal-layout.ts';
import { GyrfalconError } from '../errors.ts';
import { crc32c } from './crc32c.ts';
import {
  damageText,
  type JournalDamage,
  paddedBytes,
  RECORD_BYTES_MAX,
  segmentName,
  segmentNumbers,
} from './journal-format.ts';
import { JournalReader, type JournalRecord } from './journal-reader.ts';

export interface Recovered {
  /** Of the last good record, 0 = the journal is empty. */
  readonly sequence: number;
  /** The segment to go on with, and how many bytes of it are good; segment 0 = there is none. */
  readonly segment: number;
  readonly segmentBytes: number;
  /** What was kept and what was not, in one line; undefined when nothing was torn. */
  readonly notice: string | undefined;
}

/** `visit` is shown every good record of the segments. */
export function recoverJournal(
  directory: string,
  visit: (record: JournalRecord) => void = () => {},
): Recovered {
  const segments = segmentNumbers(directory);
  if (segments.length === 0) {
    return { sequence: 0, segment: 0, segmentBytes: 0, notice: undefined };
  }
  const reader = new JournalReader(directory, { segmentsOnly: true });
  while (reader.next()) visit(reader.record);
  const { sequence, segment, offset, damage } = reader;
  const good = { sequence, segment, segmentBytes: offset };
  if (damage === undefined) return { ...good, notice: undefined };
  if (damage.reason === 'missing segment') throw refused(directory, damage, 'another is');
  if (damage.reason === 'unknown version') throw refused(directory, damage, 'a record is intact');
  // After a power failure the torn end may reach into segments that were begun behind it.
  const torn = segments.filter((number) => number >= segment);
  for (const number of torn) {
    const tail = readFrom(directory, number, number === segment ? offset : 0);
    const whole = wholeRecord(tail, damage.sequence);
    if (whole > 0) throw refused(directory, damage, `record ${whole} is intact`);
  }
  // The last one first: cut short in between, the same journal is found torn again.
  const cuts = torn
    .reverse()
    .map((number) => cut(directory, number, number === segment ? offset : 0));
  const notice =
    `journal ${directory}: kept ${sequence} records; ${damageText(damage)}: torn while it was ` +
    `written, not part of the journal any more: ${cuts.join(' and ')}`;
  return { ...good, notice };
}

/** Moves the bytes from `offset` on to a side file; says so. */
function cut(directory: string, segment: number, offset: number): string {
  const file = join(directory, segmentName(segment));
  const tail = readFrom(directory, segment, offset);
  const side = `${file}.${offset}.torn`;
  writeFileSync(side, tail, { mode: 0o600, flush: true });
  if (offset === 0) rmSync(file);
  else truncateSync(file, offset);
  return `the last ${tail.length} bytes of ${segmentName(segment)}, now in ${side}`;
}

function readFrom(directory: string, segment: number, offset: number): Uint8Array {
  const file = join(directory, segmentName(segment));
  const bytes = new Uint8Array(statSync(file).size - offset);
  const handle = openSync(file, 'r');
  try {
    for (let done = 0; done < bytes.length; ) {
      const read = readSync(handle, bytes, done, bytes.length - done, offset + done);
      if (read === 0) return bytes.subarray(0, done);
      done += read;
    }
    return bytes;
  } finally {
    closeSync(handle);
  }
}

/**
 * The sequence of an intact record among bytes that should be torn, 0 = none: then no record is
 * lost by cutting them off.
 */
function wholeRecord(tail: Uint8Array, damaged: number): number {
  const view = new DataView(tail.buffer, tail.byteOffset, tail.length);
  for (let at = 0; at + RECORD_HEADER_BYTES <= tail.length; at += 8) {
    const used = view.getUint32(at + RECORD_LENGTH, true);
    if (used < RECORD_HEADER_BYTES || used > RECORD_BYTES_MAX) continue;
    // Not even its padding may be missing: no write of it has returned then.
    if (at + paddedBytes(used) > tail.length) continue;
    if (view.getUint32(at + RECORD_VERSION, true) !== JOURNAL_VERSION) continue;
    const sequence = Number(view.getBigUint64(at + RECORD_SEQUENCE, true));
    if (sequence < damaged) continue;
    const record = tail.slice(at, at + used);
    record.fill(0, RECORD_CRC32C, RECORD_CRC32C + 4);
    if (crc32c(record, 0, used) === view.getInt32(at + RECORD_CRC32C, true)) return sequence;
  }
  return 0;
}

function refused(directory: string, damage: JournalDamage, but: string): GyrfalconError {
  return new GyrfalconError(
    'JOURNAL_CORRUPT',
    `journal ${directory}: ${damageText(damage)}, but ${but} there or after it, so this is no torn ` +
      'end; nothing was changed: restore the file from a copy, or start with a new directory',
    { directory, ...damage },
  );
}
