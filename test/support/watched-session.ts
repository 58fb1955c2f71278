/**
 * For tests: a session whose every step is watched. Whatever it hears, its numbers only rise or
 * start anew, it delivers in order and once, it says nothing after it has closed, and what it says
 * is sound: framed rightly, in the dictionary, numbered without a gap.
 */
import { parseMessage } from '../../gateways/fix/codec.ts';
import { MemoryMessageStore } from '../../gateways/fix/session/message-store.ts';
import { Session } from '../../gateways/fix/session/session.ts';
import {
  plainCounters,
  type SessionCounters,
} from '../../gateways/fix/session/session-counters.ts';
import type { DeliveryFlags, SessionConfig } from '../../gateways/fix/session/session-types.ts';
import { ADMIN_MSG_TYPES } from '../../gateways/fix/tags.ts';
import { FrameReader } from '../../gateways/fix/transport/frame-reader.ts';
import { sessionConfig } from './session-config.ts';
import { STRICT_CHECK } from './twin-rig.ts';

const KEPT_FOR_RESEND = 100;

export interface Delivered {
  readonly msgSeqNum: number;
  readonly msgType: string;
  readonly text: string;
  readonly flags: DeliveryFlags;
}

export interface Sent {
  readonly msgSeqNum: number;
  readonly msgType: string;
  readonly text: string;
  readonly isResend: boolean;
}

export class WatchedSession {
  readonly session: Session;
  readonly sent: Sent[] = [];
  readonly delivered: Delivered[] = [];
  readonly events: string[] = [];
  nowNs: bigint;
  /** What the session has done that no session may do. */
  readonly faults: string[] = [];
  readonly #store = new MemoryMessageStore(KEPT_FOR_RESEND);
  readonly #reader = new FrameReader();
  readonly #counters: SessionCounters;
  #isClosed = true;
  #lastDelivered = 0;

  constructor(nowNs: bigint, changes: Partial<SessionConfig>) {
    const config = sessionConfig({ check: STRICT_CHECK, ...changes });
    this.nowNs = nowNs;
    this.#counters = this.#watched(plainCounters());
    this.session = new Session({
      config,
      counters: this.#counters,
      store: this.#store,
      port: {
        canResend: () => true,
        send: (bytes, msgSeqNum, msgType, isResend) =>
          this.#onSent(bytes, { msgSeqNum, msgType, isResend }),
        deliver: (message, flags) =>
          this.#onDelivered({
            msgSeqNum: message.getInt(34)!,
            msgType: message.msgType,
            text: message.text,
            flags,
          }),
        event: (kind) => {
          this.events.push(kind);
          if (kind === 'DISCONNECT') this.#isClosed = true;
          if (kind === 'SEQUENCE_RESET') this.#lastDelivered = 0;
        },
      },
    });
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get nextIn(): number {
    return this.#counters.nextIn;
  }

  connect(): void {
    this.#isClosed = false;
    this.#reader.reset();
    this.session.start(this.nowNs);
  }

  disconnect(): void {
    this.session.onDisconnect();
    this.#isClosed = true;
  }

  /** Bytes of the peer, as a connection hands them on. */
  hear(bytes: Uint8Array): void {
    const { garbled } = this.#reader;
    this.#reader.push(bytes, (frame) => {
      if (!this.#isClosed) this.session.onMessage(frame, this.nowNs);
    });
    if (this.#reader.garbled > garbled && !this.#isClosed) this.session.onGarbled();
  }

  pass(seconds: number): void {
    this.nowNs += BigInt(Math.round(seconds * 1e9));
    if (this.#isClosed) return;
    const nextNs = this.session.onTimer(this.nowNs);
    if (!this.#isClosed && nextNs <= this.nowNs) this.#fault('a deadline of the past is left');
  }

  sendOrder(clOrdId: string): number {
    const body = `11=${clOrdId}\x0155=GOOG\x0154=1\x0160=20120621-13:30:00.000\x0140=1\x0138=1\x01`;
    return this.session.sendAppRaw('D', Buffer.from(body, 'latin1'), this.nowNs);
  }

  #fault(what: string): void {
    this.faults.push(what);
  }

  /** Numbers rise, ours one by one, or are set to 1. */
  #watched(counters: SessionCounters): SessionCounters {
    const note = (name: string, before: number, value: number, stepMax: number): void => {
      const isFine = value === 1 || (value >= before && value <= before + stepMax);
      if (!isFine || !Number.isSafeInteger(value)) {
        this.#fault(`${name} went from ${before} to ${value}`);
      }
    };
    return {
      get nextIn() {
        return counters.nextIn;
      },
      set nextIn(value) {
        note('nextIn', counters.nextIn, value, Number.POSITIVE_INFINITY);
        counters.nextIn = value;
      },
      get nextOut() {
        return counters.nextOut;
      },
      set nextOut(value) {
        note('nextOut', counters.nextOut, value, 1);
        counters.nextOut = value;
      },
      get state() {
        return counters.state;
      },
      set state(value) {
        counters.state = value;
      },
    };
  }

  #onSent(bytes: Uint8Array, about: Omit<Sent, 'text'>): void {
    const text = Buffer.from(bytes).toString('latin1');
    this.sent.push({ ...about, text });
    if (this.#isClosed) this.#fault(`sent after it was closed: ${text}`);
    const whole = new FrameReader();
    const frames: Uint8Array[] = [];
    whole.push(bytes, (frame) => frames.push(frame));
    const message = frames.length === 1 ? parseMessage(bytes) : undefined;
    if (message === undefined || whole.garbled > 0) {
      this.#fault(`garbled: ${text}`);
      return;
    }
    const why = this.session.config.check(message);
    if (why !== undefined) this.#fault(`${why.text}: ${text}`);
    if (message.getInt(34) !== about.msgSeqNum) this.#fault(`its number is another: ${text}`);
    if (about.isResend !== message.isYes(43)) this.#fault(`PossDupFlag is wrong: ${text}`);
    if (about.isResend && (message.get(122) ?? '~') > message.get(52)!) {
      this.#fault(`OrigSendingTime is wrong: ${text}`);
    }
    if (!about.isResend && !ADMIN_MSG_TYPES.has(about.msgType)) {
      this.#store.keep(about.msgSeqNum, about.msgType, bytes);
    }
  }

  #onDelivered(delivered: Delivered): void {
    this.delivered.push(delivered);
    if (this.#isClosed) this.#fault(`delivered after it was closed: ${delivered.text}`);
    if (delivered.msgSeqNum <= this.#lastDelivered) {
      this.#fault(`message ${delivered.msgSeqNum} after ${this.#lastDelivered}`);
    }
    this.#lastDelivered = delivered.msgSeqNum;
  }
}
