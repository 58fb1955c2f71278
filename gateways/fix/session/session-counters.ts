/**
 * The numbers and the state of one session. Over shared memory they are the very words that the
 * WASM fast path reads and advances (SES_* of wasm/layout.ts), so there is one truth; plain ones
 * serve a session that has no fast path, such as the venue's.
 */
import {
  SES_NEXT_IN,
  SES_NEXT_OUT,
  SES_STATE,
  SESSION_BYTES,
  SESSION_DISCONNECTED,
  SESSIONS,
} from '../../../wasm/layout.ts';
import type { Memory } from '../../../wasm/memory.ts';

export interface SessionCounters {
  /** MsgSeqNum expected next from the peer. */
  nextIn: number;
  /** MsgSeqNum of our next message. */
  nextOut: number;
  /** SESSION_* of wasm/layout.ts. */
  state: number;
}

export function plainCounters(nextIn = 1, nextOut = 1): SessionCounters {
  return { nextIn, nextOut, state: SESSION_DISCONNECTED };
}

/** Numbers must have been set (1 on a first start) before the session starts. */
export class SharedCounters implements SessionCounters {
  readonly #memory: Memory;
  readonly #base: number;

  constructor(memory: Memory, session: number) {
    this.#memory = memory;
    this.#base = SESSIONS + session * SESSION_BYTES;
  }

  get nextIn(): number {
    return this.#memory.i64(this.#base + SES_NEXT_IN);
  }

  set nextIn(value: number) {
    this.#memory.setI64(this.#base + SES_NEXT_IN, value);
  }

  get nextOut(): number {
    return this.#memory.i64(this.#base + SES_NEXT_OUT);
  }

  set nextOut(value: number) {
    this.#memory.setI64(this.#base + SES_NEXT_OUT, value);
  }

  get state(): number {
    return this.#memory.i32(this.#base + SES_STATE);
  }

  set state(value: number) {
    this.#memory.setI32(this.#base + SES_STATE, value);
  }
}
