/**
 * The matching venue's log ring as its file and as its message store. The kernels write the ring
 * (wasm/venue/log-ring.ts), no file on the way of an order: DIR/messages.log gets what is new once
 * a turn's answers have left and enough of it is there, on a timer, and at the close; or with
 * `isSync` before any answer leaves. What the ring still holds of what was sent can be resent.
 */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import { GyrfalconError } from '../../../engine/errors.ts';
import type { Memory } from '../../../wasm/memory.ts';
import * as V from '../../../wasm/venue-layout.ts';
import {
  type MessageStore,
  NOTHING_YET,
  type StoredMessage,
} from '../../fix/session/session-types.ts';
import { ADMIN_MSG_TYPES } from '../../fix/tags.ts';

export const LOG_FILE = 'messages.log';
/** Behind the answers of a turn: from so much on it is written, below it waits for more. */
const WRITE_BYTES = 65_536;
/** Numbers that are looked up in one step of a resend. */
const STEP = 256;
const MSG_TYPE_BYTES_MAX = 8;

export class ExchangeLog implements MessageStore {
  readonly #memory: Memory;
  readonly #file: number | undefined;
  readonly #directory: string;
  readonly #isSync: boolean;
  /** Bytes of the ring that are in the file. */
  #saved = 0;

  constructor(memory: Memory, directory: string | undefined, isSync: boolean) {
    this.#memory = memory;
    this.#directory = directory ?? '';
    this.#isSync = isSync && directory !== undefined;
    if (directory === undefined) return;
    try {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      this.#file = openSync(path.join(directory, LOG_FILE), 'a');
    } catch (cause) {
      const text = `${directory}: the venue's log cannot be written there: ${(cause as Error).message}`;
      throw new GyrfalconError('INPUT_MISSING', text, {}, cause);
    }
  }

  /** Before a turn's answers leave. */
  beforeSend(): void {
    if (this.#isSync) this.save();
  }

  /** When they have left. */
  afterSend(): void {
    if (this.#head() - this.#saved >= WRITE_BYTES) this.save();
  }

  /** Writes all that is new. */
  save(): void {
    const head = this.#head();
    if (this.#file !== undefined) this.#write(this.#file, head);
    this.#saved = head;
    this.#memory.setI64(V.VEN_LOG_SAVED, head);
  }

  /** What is in the ring now came from the file. */
  restored(): void {
    this.#saved = this.#head();
    this.#memory.setI64(V.VEN_LOG_SAVED, this.#saved);
  }

  /** Says that nothing was lost, and closes. */
  close(): void {
    if (this.#file === undefined) return;
    this.save();
    const end = Buffer.alloc(V.LOG_PAYLOAD);
    end.writeInt32LE(V.LOG_END, V.LOG_KIND);
    this.#put(this.#file, end);
    closeSync(this.#file);
  }

  // ---- MessageStore

  *sent(fromSeq: number, toSeq: number): Iterable<StoredMessage | typeof NOTHING_YET> {
    for (let msgSeqNum = fromSeq; msgSeqNum <= toSeq; msgSeqNum++) {
      const message = this.#message(msgSeqNum);
      if (message !== undefined) yield message;
      else if (msgSeqNum % STEP === 0) yield NOTHING_YET;
    }
  }

  reset(): void {
    this.#memory.setI64(V.VEN_LOG_FLOOR, this.#head());
  }

  #message(msgSeqNum: number): StoredMessage | undefined {
    const memory = this.#memory;
    const sent = V.SENT + (msgSeqNum % V.SENT_KEPT) * V.SENT_BYTES;
    const position = memory.i64(sent + 8) - 1;
    if (position < 0 || memory.i64(sent) !== msgSeqNum) return undefined;
    const oldest = Math.max(this.#head() - V.LOG_BYTES, memory.i64(V.VEN_LOG_FLOOR));
    if (position < oldest) return undefined;
    const record = V.LOG + (position % V.LOG_BYTES);
    const at = record + V.LOG_PAYLOAD;
    const length = memory.i32(record + V.LOG_PAYLOAD_BYTES);
    const bytes = Buffer.from(memory.bytes.subarray(at, at + length));
    const msgType = msgTypeOf(bytes);
    return ADMIN_MSG_TYPES.has(msgType) ? undefined : { msgSeqNum, msgType, bytes };
  }

  // ---- file

  #head(): number {
    return this.#memory.i64(V.VEN_LOG_HEAD);
  }

  #write(file: number, head: number): void {
    while (this.#saved < head) {
      const at = this.#saved % V.LOG_BYTES;
      const bytes = Math.min(head - this.#saved, V.LOG_BYTES - at);
      this.#put(file, this.#memory.bytes.subarray(V.LOG + at, V.LOG + at + bytes));
      this.#saved += bytes;
    }
  }

  #put(file: number, bytes: Uint8Array): void {
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    } catch (cause) {
      const why = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
      const text = `the venue's log ${this.#directory} cannot be written (${why}): make room on the disk`;
      throw new GyrfalconError('JOURNAL_WRITE_FAILED', text, {}, cause);
    }
  }
}

function msgTypeOf(bytes: Buffer): string {
  const start = bytes.indexOf('\x0135=') + 4;
  return bytes
    .subarray(start, start + MSG_TYPE_BYTES_MAX)
    .toString('latin1')
    .split('\x01', 1)[0]!;
}
