/**
 * Puts what only the ring of a killed engine holds into the segments, before anything else is written to
 * them. Safe to be killed in: the ring stays until all of it is on the disk. Cold.
 */
import { GyrfalconError } from '../errors.ts';
import type { JournalRecord } from './journal-reader.ts';
import { type Recovered, recoverJournal } from './journal-recovery.ts';
import { readRingNote, removeRing } from './ring-file.ts';
import { chainOn, placeAfter, type RingTail, readRingTail } from './ring-tail.ts';
import { SegmentWriter } from './segment-writer.ts';

export interface RingRecoveryOptions {
  readonly directory: string;
  readonly segmentBytes: number;
  readonly notice: (text: string) => void;
}

/** Finds the end of the journal, segments and ring; afterwards all of it is in the segments. */
export function recoverWithRing(options: RingRecoveryOptions): Recovered {
  const { directory, notice } = options;
  const tail = readRingTail(directory);
  if (typeof tail === 'string') {
    const recovered = recoverJournal(directory);
    tellOf(recovered, notice);
    if (tail === 'RING_GONE') forgetRing(options, recovered.sequence);
    return recovered;
  }
  let chain = 0;
  const recovered = recoverJournal(directory, ({ sequence, crc }: JournalRecord) => {
    if (sequence > tail.openedSequence && sequence <= tail.handedSequence) {
      chain = chainOn(chain, crc);
    }
  });
  tellOf(recovered, notice);
  requireContinuation(directory, tail, recovered.sequence, chain);
  const whole = append(options, tail, recovered);
  if (tail.damage !== undefined) throw damaged(directory, tail);
  const found = whole.sequence - recovered.sequence;
  if (found > 0) {
    notice(
      `journal ${directory}: the engine that wrote it was killed; ${found} records that only its ring ` +
        `held are in the segments now, kept ${whole.sequence} records`,
    );
  }
  removeRing(directory, tail.note);
  return whole;
}

function tellOf(recovered: Recovered, notice: (text: string) => void): void {
  if (recovered.notice !== undefined) notice(recovered.notice);
}

/** The machine was started anew, or the engine was killed while it made the ring. */
function forgetRing({ directory, notice }: RingRecoveryOptions, sequence: number): void {
  const note = readRingNote(directory)!;
  notice(
    `journal ${directory}: the engine that wrote it was killed and its ring ${note.file} is gone, as after a ` +
      `restart of the machine: records behind ${sequence} that had not reached the segments are lost`,
  );
  removeRing(directory, note);
}

/** The segments must be those that the ring's records were appended behind. */
function requireContinuation(
  directory: string,
  tail: RingTail,
  sequence: number,
  chain: number,
): void {
  const isShort = sequence < tail.handedSequence;
  if (!isShort && chain === tail.handedChain) return;
  const what = isShort
    ? `ends at record ${sequence}, but ${tail.handedSequence} were written to it`
    : `is not the one that its ring ${tail.note.file} goes on from`;
  throw new GyrfalconError(
    'JOURNAL_CORRUPT',
    `journal ${directory}: the directory ${what}; nothing was changed: restore the segments from a copy, ` +
      'or start with a new directory',
    { directory, sequence, handedSequence: tail.handedSequence },
  );
}

function append(options: RingRecoveryOptions, tail: RingTail, recovered: Recovered): Recovered {
  const start = placeAfter(tail, recovered.sequence);
  if (start === tail.bytes.length) return recovered;
  const { directory, segmentBytes } = options;
  const segments = new SegmentWriter({
    directory,
    segmentBytes,
    segment: recovered.segment,
    writtenBytes: recovered.segmentBytes,
    onOutOfRoom: () => {}, // then the reserve is enough for a ring, or the write fails
  });
  try {
    segments.write(tail.bytes, start, tail.bytes.length);
  } finally {
    segments.close();
  }
  return {
    ...recovered,
    sequence: tail.lastSequence,
    segment: segments.segment,
    segmentBytes: segments.writtenBytes,
  };
}

function damaged(directory: string, tail: RingTail): GyrfalconError {
  const { damage, lastSequence, note } = tail;
  return new GyrfalconError(
    'JOURNAL_CORRUPT',
    `journal ${directory}: record ${lastSequence + 1} in its ring ${note.file} is damaged (${damage}); the ` +
      `records up to ${lastSequence} are in the segments now, that one and what followed are not: ` +
      `to go on without them, delete ${note.file}`,
    { directory, sequence: lastSequence + 1, damage },
  );
}
