/**
 * The end of a journal that is not in its segments yet: what the ring of a running or killed engine holds,
 * copied from its file and put as segments have it. Changes nothing and needs no lock: of a running
 * engine it is a moment's view, taken before the segments are read, so that nothing falls between. Cold.
 */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import {
  RECORD_CRC32C,
  RECORD_HEADER_BYTES,
  RECORD_LENGTH,
  RECORD_SEQUENCE,
} from '../../wasm/journal-layout.ts';
import * as R from '../../wasm/journal-ring-layout.ts';
import { ringCheck } from '../../wasm/journal-ring-reference.ts';
import { crc32c } from './crc32c.ts';
import { type DamageReason, paddedBytes, RECORD_BYTES_MAX } from './journal-format.ts';
import { type RingNote, readRingNote } from './ring-file.ts';

export interface RingTail {
  readonly note: RingNote;
  /** The segments must hold all up to here … */
  readonly handedSequence: number;
  /** … and the chain over their checksums from here on must come to this. */
  readonly openedSequence: number;
  readonly handedChain: number;
  /** Whole records with their CRC-32C, of rising sequence, the first at or before handedSequence + 1. */
  readonly bytes: Uint8Array;
  /** Of the last record in `bytes`; handedSequence where there is none. */
  readonly lastSequence: number;
  /** Why the record behind `bytes` is not taken; undefined = all that was committed is there. */
  readonly damage: DamageReason | undefined;
}

export type RingTailOrNone = RingTail | 'NO_RING' | 'RING_GONE';

/** RING_GONE: an engine was killed and its ring went with the machine, or never came to be. */
export function readRingTail(directory: string): RingTailOrNone {
  const note = readRingNote(directory);
  if (note === undefined) return 'NO_RING';
  let file: number;
  try {
    file = openSync(note.file, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return 'RING_GONE';
    throw cause;
  }
  try {
    const { size } = fstatSync(file);
    if (size !== R.JOURNAL_RING_BYTES) return 'RING_GONE';
    return readTail(file, note) ?? 'RING_GONE';
  } finally {
    closeSync(file);
  }
}

/** Where in the tail's bytes the record behind `sequence` begins. */
export function placeAfter(tail: RingTail, sequence: number): number {
  const view = new DataView(tail.bytes.buffer, tail.bytes.byteOffset, tail.bytes.length);
  let place = 0;
  while (place < tail.bytes.length) {
    if (Number(view.getBigUint64(place + RECORD_SEQUENCE, true)) > sequence) return place;
    place += paddedBytes(view.getUint32(place + RECORD_LENGTH, true));
  }
  return place;
}

/** The chain of RING_HANDED, one record further. */
export function chainOn(chain: number, crc: number): number {
  link.setInt32(0, chain, true);
  link.setInt32(4, crc, true);
  return crc32c(linkBytes, 0, linkBytes.length);
}
const linkBytes = new Uint8Array(8);
const link = new DataView(linkBytes.buffer);

function readTail(file: number, note: RingNote): RingTail | undefined {
  // The loop stores the sequence before the commit word: what is read behind it holds at least the one before.
  const promised = at(readHeader(file).view, R.RING_LAST_SEQUENCE) - 1;
  const header = readHeader(file);
  if (!isOf(header, note)) return undefined;
  const from = header.position;
  const head = at(header.view, R.RING_HEAD);
  const openedSequence = at(header.view, R.RING_OPENED_SEQUENCE);
  if (!isPossible(from, head)) return unreadableTail(note, header, openedSequence);
  const data = readData(file, from, head);
  // What was handed over meanwhile may have been written over while it was copied; the segments have it.
  const later = readHeader(file);
  const skip = Math.min(Math.max(later.position, from), head) - from;
  const first = skip === 0 ? header.sequence : later.sequence;
  const records = takeRecords(data.subarray(skip), from + skip, first);
  const isShort = records.damage === undefined && records.lastSequence < promised;
  return {
    note,
    handedSequence: first,
    openedSequence,
    handedChain: skip === 0 ? header.chain : later.chain,
    ...records,
    ...(isShort ? { damage: 'missing records' } : {}),
  };
}

const isPossible = (from: number, head: number): boolean =>
  from >= 0 && from <= head && head - from <= R.JOURNAL_RING_DATA_BYTES && (from | head) % 8 === 0;

/** The header itself was changed. */
function unreadableTail(note: RingNote, header: RingHeader, openedSequence: number): RingTail {
  return {
    note,
    handedSequence: header.sequence,
    openedSequence,
    handedChain: header.chain,
    bytes: new Uint8Array(0),
    lastSequence: header.sequence,
    damage: 'wrong check in the ring',
  };
}

interface RingHeader {
  readonly view: DataView;
  readonly position: number;
  readonly sequence: number;
  readonly chain: number;
}

const HEADER_BYTES_READ = 4096;
const at = (view: DataView, field: number): number =>
  Number(view.getBigInt64(field - R.JOURNAL_RING, true));

function readHeader(file: number): RingHeader {
  const bytes = new Uint8Array(HEADER_BYTES_READ);
  readAll(file, bytes, 0);
  const view = new DataView(bytes.buffer);
  const index = view.getInt32(R.RING_HANDED_INDEX - R.JOURNAL_RING, true) & 1;
  const handed = R.RING_HANDED + index * R.RING_HANDED_BYTES;
  return {
    view,
    position: at(view, handed + R.HANDED_POSITION),
    sequence: at(view, handed + R.HANDED_SEQUENCE),
    chain: view.getInt32(handed + R.HANDED_CHAIN - R.JOURNAL_RING, true),
  };
}

function isOf({ view }: RingHeader, note: RingNote): boolean {
  const start = R.RING_JOURNAL_ID - R.JOURNAL_RING;
  const id = Buffer.from(view.buffer, start, R.RING_JOURNAL_ID_BYTES).toString('hex');
  return (
    view.getUint32(R.RING_MAGIC - R.JOURNAL_RING, true) === R.JOURNAL_RING_MAGIC_LOW &&
    view.getUint32(R.RING_MAGIC + 4 - R.JOURNAL_RING, true) === R.JOURNAL_RING_MAGIC_HIGH &&
    id === note.id
  );
}

/** The ring's bytes from position `from` to `head`, in their order. */
function readData(file: number, from: number, head: number): Uint8Array {
  const length = Math.min(Math.max(head - from, 0), R.JOURNAL_RING_DATA_BYTES);
  const bytes = new Uint8Array(length);
  const start = from % R.JOURNAL_RING_DATA_BYTES;
  const untilEnd = Math.min(length, R.JOURNAL_RING_DATA_BYTES - start);
  readAll(file, bytes.subarray(0, untilEnd), R.JOURNAL_RING_HEADER_BYTES + start);
  readAll(file, bytes.subarray(untilEnd), R.JOURNAL_RING_HEADER_BYTES);
  return bytes;
}

function readAll(file: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length; ) {
    const read = readSync(file, bytes, done, bytes.length - done, position + done);
    if (read === 0) throw new Error('the ring file was made shorter while it was read');
    done += read;
  }
}

interface TakenRecords {
  readonly bytes: Uint8Array;
  readonly lastSequence: number;
  readonly damage: DamageReason | undefined;
}

/** Checks each record and gives it its CRC-32C, in place; padding of the ring is left out. */
function takeRecords(data: Uint8Array, position: number, handed: number): TakenRecords {
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  let sequence = handed;
  let from = 0;
  let to = 0;
  let damage: DamageReason | undefined;
  while (from < data.length) {
    const used = view.getUint32(from + RECORD_LENGTH, true);
    if (used === 0) {
      from += R.JOURNAL_RING_DATA_BYTES - ((position + from) % R.JOURNAL_RING_DATA_BYTES);
      continue;
    }
    damage = faultOf(view, from, used, sequence + 1);
    if (damage !== undefined) break;
    const padded = paddedBytes(used);
    data.copyWithin(to, from, from + padded);
    view.setInt32(to + RECORD_CRC32C, 0, true);
    view.setInt32(to + RECORD_CRC32C, crc32c(data, to, to + used), true);
    from += padded;
    to += padded;
    sequence++;
  }
  return { bytes: data.subarray(0, to), lastSequence: sequence, damage };
}

function faultOf(
  view: DataView,
  from: number,
  used: number,
  sequence: number,
): DamageReason | undefined {
  const padded = paddedBytes(used);
  if (used < RECORD_HEADER_BYTES || padded > RECORD_BYTES_MAX) return 'impossible length';
  if (from + padded > view.byteLength) return 'impossible length';
  if (ringCheck(view, from, padded) !== view.getInt32(from + RECORD_CRC32C, true)) {
    return 'wrong check in the ring';
  }
  const its = Number(view.getBigUint64(from + RECORD_SEQUENCE, true));
  return its === sequence ? undefined : 'wrong sequence';
}
