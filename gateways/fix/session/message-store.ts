/**
 * Sent application messages kept in memory for resends, for the venue and for tests; the engine
 * resends from its journal instead. Bounded: at the limit the oldest is forgotten, and a peer that
 * asks for it gets a gap fill.
 */
import { ADMIN_MSG_TYPES } from '../tags.ts';
import type { MessageStore, StoredMessage } from './session-types.ts';

export class MemoryMessageStore implements MessageStore {
  readonly #messagesMax: number;
  readonly #messages = new Map<number, StoredMessage>(); // in rising order of number

  constructor(messagesMax: number) {
    this.#messagesMax = messagesMax;
  }

  /** Copies the bytes; session messages are never sent again. */
  keep(msgSeqNum: number, msgType: string, bytes: Uint8Array): void {
    if (ADMIN_MSG_TYPES.has(msgType)) return;
    this.#messages.set(msgSeqNum, { msgSeqNum, msgType, bytes: new Uint8Array(bytes) });
    if (this.#messages.size > this.#messagesMax) {
      const oldest = this.#messages.keys().next();
      if (!oldest.done) this.#messages.delete(oldest.value);
    }
  }

  *sent(fromSeq: number, toSeq: number): Iterable<StoredMessage> {
    for (const message of this.#messages.values()) {
      if (message.msgSeqNum > toSeq) return;
      if (message.msgSeqNum >= fromSeq) yield message;
    }
  }

  reset(): void {
    this.#messages.clear();
  }
}
