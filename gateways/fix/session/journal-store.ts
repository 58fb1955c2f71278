/**
 * What was sent, read back from the journal for a resend: the journal is the message store. One
 * record at a time, however long the range; marks say where in the journal to begin, so that
 * neither a long journal nor a long range holds anybody up.
 */
import { RecordKind } from '../../../engine/event/generated/record-kind.ts';
import { JournalReader } from '../../../engine/journal/journal-reader.ts';
import { type FixMessage, parseMessage } from '../codec.ts';
import { MsgType, Tag } from '../tags.ts';
import { type MessageStore, NOTHING_YET, type StoredMessage } from './session-types.ts';

/** Records that are looked at in one step. */
const STEP = 256;
/** Messages from one mark to the next. */
const MARK_EVERY = 512;
const READ_BYTES = 262_144;
const SOH = '\x01';
/** "|35=X|…|34=N|" as session and order encoder write it, within the first bytes of a message. */
const HEAD = new RegExp(`${SOH}35=([^${SOH}]+)${SOH}(?:[^]*?${SOH})?34=(\\d+)${SOH}`);
const HEAD_BYTES = 256;

/** Message `msgSeqNum` and all later ones were recorded behind record `sequence`. */
interface Mark {
  readonly msgSeqNum: number;
  readonly sequence: number;
}

/** Sequences of the journal's last records. */
export interface JournalEnds {
  sequence(): number;
  /** Of the last one that is in the segments. */
  handed(): number;
}

type Step = StoredMessage | typeof NOTHING_YET;

export class JournalStore implements MessageStore {
  readonly #directory: string;
  readonly #session: number;
  readonly #ends: JournalEnds;
  /** Rising; empty = where the numbers began is still to be found out. */
  #marks: Mark[] = [];

  constructor(directory: string, session: number, ends: JournalEnds) {
    this.#directory = directory;
    this.#session = session;
    this.#ends = ends;
  }

  /** The next message will have this number: told now and then, it spares a search. */
  note(nextOut: number): void {
    const last = this.#marks.at(-1);
    if (last === undefined || nextOut < last.msgSeqNum + MARK_EVERY) return;
    this.#marks.push({ msgSeqNum: nextOut, sequence: this.#ends.sequence() });
  }

  /** The next message is number 1. */
  reset(): void {
    this.#marks = [{ msgSeqNum: 1, sequence: this.#ends.sequence() }];
  }

  *sent(fromSeq: number, toSeq: number): Iterable<Step> {
    // All that can be asked for is appended; the segments have it in a moment.
    const last = this.#ends.sequence();
    while (this.#ends.handed() < last) yield NOTHING_YET;
    if (this.#marks.length === 0) yield* this.#findBeginning();
    const mark = this.#marks.findLast(({ msgSeqNum }) => msgSeqNum <= fromSeq)!;
    for (const record of this.#records(mark.sequence + 1)) {
      if (record === NOTHING_YET) {
        yield NOTHING_YET;
        continue;
      }
      if (record.msgSeqNum > toSeq) return;
      if (record.msgSeqNum < fromSeq) continue;
      const message = parseMessage(record.bytes);
      if (message !== undefined && !message.isYes(Tag.PossDupFlag)) yield record;
    }
  }

  /** The last Logon of ours that bears number 1 marks where the present numbers began. */
  *#findBeginning(): Iterable<typeof NOTHING_YET> {
    let beginning = 0;
    for (const record of this.#records(1)) {
      if (record === NOTHING_YET) yield NOTHING_YET;
      else if (isFirst(record)) beginning = record.sequence - 1;
    }
    this.#marks = [{ msgSeqNum: 1, sequence: beginning }];
  }

  /** Messages of this session from record `first` on. */
  *#records(first: number): Iterable<(StoredMessage & { readonly sequence: number }) | undefined> {
    const reader = new JournalReader(this.#directory, {
      fromSequence: first,
      readBytes: READ_BYTES,
      segmentsOnly: true,
    });
    const { record } = reader;
    let left = STEP;
    try {
      while (reader.next()) {
        if (--left === 0) {
          left = STEP;
          yield NOTHING_YET;
        }
        if (record.kind !== RecordKind.OUTBOUND || record.source !== this.#session) continue;
        if (record.sequence < first) continue;
        const { payload, sequence } = record;
        const head = HEAD.exec(Buffer.from(payload.subarray(0, HEAD_BYTES)).toString('latin1'));
        if (head === null) continue;
        const [, msgType = '', number] = head;
        yield { sequence, msgSeqNum: Number(number), msgType, bytes: payload.slice() };
      }
    } finally {
      reader.close();
    }
  }
}

function isFirst(record: StoredMessage): boolean {
  if (record.msgType !== MsgType.Logon || record.msgSeqNum !== 1) return false;
  const message: FixMessage | undefined = parseMessage(record.bytes);
  return message !== undefined && !message.isYes(Tag.PossDupFlag);
}
