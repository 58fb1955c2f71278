/**
 * Sent application messages kept in memory for resends, for the venue and for tests; the engine
 * resends from its journal instead. Bounded: at the limit the oldest is forgotten, and a peer that
 * asks for it gets a gap fill.
 */
import { type MessageStore, NOTHING_YET, type StoredMessage } from './session-types.ts';

/** Numbers that are looked up in one step. */
const STEP = 256;

export class MemoryMessageStore implements MessageStore {
  readonly #messagesMax: number;
  readonly #messages = new Map<number, StoredMessage>(); // in rising order of number

  constructor(messagesMax: number) {
    this.#messagesMax = messagesMax;
  }

  /** Copies the bytes. */
  keep(msgSeqNum: number, msgType: string, bytes: Uint8Array): void {
    this.#messages.set(msgSeqNum, { msgSeqNum, msgType, bytes: Buffer.from(bytes) });
    if (this.#messages.size > this.#messagesMax) {
      const oldest = this.#messages.keys().next();
      if (!oldest.done) this.#messages.delete(oldest.value);
    }
  }

  /** Numbers are looked up here: nothing to remember. */
  note(): void {}

  *sent(fromSeq: number, toSeq: number): Iterable<StoredMessage | typeof NOTHING_YET> {
    const oldest = this.#messages.keys().next();
    if (oldest.done) return;
    for (let seq = Math.max(fromSeq, oldest.value); seq <= toSeq; seq++) {
      const message = this.#messages.get(seq);
      if (message !== undefined) yield message;
      else if (seq % STEP === 0) yield NOTHING_YET;
    }
  }

  reset(): void {
    this.#messages.clear();
  }
}
