/**
 * Makes a journal ready to be continued: finds the last good record and cuts a torn tail off,
 * keeping its bytes in a side file. Only the very end of the last segment may be torn (a process
 * was killed, or power failed, while it was written); damage anywhere before that is left alone and
 * refused.
 */
import {
  closeSync,
  fsyncSync,
  openSync,
  readSync,
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
  RECORD_BYTES_MAX,
  segmentName,
  segmentNumbers,
} from './journal-format.ts';
import { JournalReader } from './journal-reader.ts';

export interface Recovered {
  /** Of the last good record, 0 = the journal is empty. */
  readonly sequence: number;
  /** The segment to go on with, and how many bytes of it are good; segment 0 = there is none. */
  readonly segment: number;
  readonly segmentBytes: number;
  /** What was kept and what was not, in one line; undefined when nothing was torn. */
  readonly notice: string | undefined;
}

export function recoverJournal(directory: string): Recovered {
  const segments = segmentNumbers(directory);
  const segment = segments.at(-1);
  if (segment === undefined) return { sequence: 0, segment: 0, segmentBytes: 0, notice: undefined };
  const reader = new JournalReader(directory);
  while (reader.next());
  const { sequence, damage } = reader;
  const good = { sequence, segment, segmentBytes: reader.offset };
  if (damage === undefined) return { ...good, notice: undefined };
  const file = join(directory, segmentName(segment));
  if (damage.segment !== segmentName(segment)) throw refused(directory, damage, 'a later segment');
  const tail = readFrom(file, damage.offset);
  const later = laterRecord(tail, damage.sequence);
  if (later > 0) throw refused(directory, damage, `record ${later}`);
  const side = `${file}.${damage.offset}.torn`;
  writeFileSync(side, tail, { mode: 0o600 });
  truncateSync(file, damage.offset);
  syncFile(file);
  const notice =
    `journal ${directory}: kept ${sequence} records; the last ${tail.length} bytes of ` +
    `${segmentName(segment)} (${damage.reason} at offset ${damage.offset}, record ` +
    `${damage.sequence}) were torn, are not part of the journal any more and lie in ${side}`;
  return { ...good, notice };
}

function readFrom(file: string, offset: number): Uint8Array {
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
 * The sequence of a whole record after the damage, 0 = none: then it is a tail, and no record is
 * lost by cutting.
 */
function laterRecord(tail: Uint8Array, damaged: number): number {
  const view = new DataView(tail.buffer, tail.byteOffset, tail.length);
  for (let at = 8; at + RECORD_HEADER_BYTES <= tail.length; at += 8) {
    const used = view.getUint32(at + RECORD_LENGTH, true);
    if (used < RECORD_HEADER_BYTES || used > RECORD_BYTES_MAX || at + used > tail.length) continue;
    if (view.getUint32(at + RECORD_VERSION, true) !== JOURNAL_VERSION) continue;
    const sequence = Number(view.getBigUint64(at + RECORD_SEQUENCE, true));
    if (sequence < damaged) continue;
    const record = tail.slice(at, at + used);
    record.fill(0, RECORD_CRC32C, RECORD_CRC32C + 4);
    if (crc32c(record, 0, used) === view.getInt32(at + RECORD_CRC32C, true)) return sequence;
  }
  return 0;
}

function syncFile(file: string): void {
  const handle = openSync(file, 'r+');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function refused(directory: string, damage: JournalDamage, later: string): GyrfalconError {
  return new GyrfalconError(
    'JOURNAL_CORRUPT',
    `journal ${directory} is damaged in the middle: ${damageText(damage)}, but ${later} follows; ` +
      'nothing was changed: restore the segment from a copy, or start with a new directory',
    { directory, ...damage },
  );
}
