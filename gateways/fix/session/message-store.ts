/**
 * Sent application messages kept in memory for resends, for the venue and for tests; the engine
 * resends from its journal instead. Bounded in number and in bytes, which a peer may choose: at the
 * limit the oldest is forgotten, and a peer that asks for it gets a gap fill.
 */
import { type MessageStore, NOTHING_YET, type StoredMessage } from './session-types.ts';

/** Numbers that are looked up in one step. */
const STEP = 256;
/** So many bytes a message on the average; most have a quarter of it. */
const MESSAGE_BYTES = 1024;

export class MemoryMessageStore implements MessageStore {
  readonly #messagesMax: number;
  #bytes = 0;
  readonly #messages = new Map<number, StoredMessage>(); // in rising order of number

  constructor(messagesMax: number) {
    this.#messagesMax = messagesMax;
  }

  /** Copies the bytes. */
  keep(msgSeqNum: number, msgType: string, bytes: Uint8Array): void {
    this.#forget(this.#messages.get(msgSeqNum));
    this.#messages.set(msgSeqNum, { msgSeqNum, msgType, bytes: Buffer.from(bytes) });
    this.#bytes += bytes.length;
    while (this.#isFull) this.#forget(this.#messages.values().next().value);
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
    this.#bytes = 0;
  }

  /** One is kept, however long it is. */
  get #isFull(): boolean {
    const { size } = this.#messages;
    const max = this.#messagesMax;
    return size > max || (size > 1 && this.#bytes > max * MESSAGE_BYTES);
  }

  #forget(message: StoredMessage | undefined): void {
    if (message === undefined) return;
    this.#messages.delete(message.msgSeqNum);
    this.#bytes -= message.bytes.length;
  }
}
