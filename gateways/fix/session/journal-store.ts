/**
 * What was sent, read back from the journal for a resend: the journal is the message store. Bounded
 * memory: one record at a time, however long the range.
 */
import { RecordKind } from '../../../engine/event/generated/record-kind.ts';
import { JournalReader } from '../../../engine/journal/journal-reader.ts';
import { parseMessage } from '../codec.ts';
import { MsgType, Tag } from '../tags.ts';
import type { MessageStore, StoredMessage } from './session-types.ts';

export class JournalStore implements MessageStore {
  readonly #directory: string;
  readonly #session: number;

  constructor(directory: string, session: number) {
    this.#directory = directory;
    this.#session = session;
  }

  *sent(fromSeq: number, toSeq: number): Iterable<StoredMessage> {
    const fromSequence = this.#lastReset();
    const reader = new JournalReader(this.#directory, { fromSequence });
    const { record } = reader;
    try {
      while (reader.next()) {
        if (record.sequence < fromSequence || !this.#isOurs(record)) continue;
        const message = parseMessage(record.payload);
        if (message === undefined || message.isYes(Tag.PossDupFlag)) continue;
        const msgSeqNum = message.getInt(Tag.MsgSeqNum)!;
        if (msgSeqNum > toSeq) return;
        if (msgSeqNum >= fromSeq) {
          yield { msgSeqNum, msgType: message.msgType, bytes: record.payload.slice() };
        }
      }
    } finally {
      reader.close();
    }
  }

  /** A Logon with number 1 in the journal marks the new count. */
  reset(): void {}

  /** Record sequence of the last Logon that started at number 1. */
  #lastReset(): number {
    let found = 1;
    const reader = new JournalReader(this.#directory);
    const { record } = reader;
    while (reader.next()) {
      if (!this.#isOurs(record)) continue;
      const message = parseMessage(record.payload);
      const isFirst = message?.getInt(Tag.MsgSeqNum) === 1;
      if (isFirst && message?.msgType === MsgType.Logon) found = record.sequence;
    }
    reader.close();
    return found;
  }

  #isOurs(record: { readonly kind: number; readonly source: number }): boolean {
    return record.kind === RecordKind.OUTBOUND && record.source === this.#session;
  }
}
