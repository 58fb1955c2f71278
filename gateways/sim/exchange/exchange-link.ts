/**
 * The one session of the matching venue over its memory: received bytes lie in RX, the kernel
 * answers what it can into TX (wasm/venue/turn.ts), what that leaves goes to the Session here. It
 * knows no socket: a transport puts bytes into RX, calls `turn`, and sends what lies in TX. HOT:
 * nothing is allocated in a turn that the kernel deals with alone.
 */
import type { Clock } from '../../../engine/ports.ts';
import * as L from '../../../wasm/layout.ts';
import type { Memory } from '../../../wasm/memory.ts';
import * as V from '../../../wasm/venue-layout.ts';
import type { Fields, FixMessage } from '../../fix/codec.ts';
import { Session } from '../../fix/session/session.ts';
import { SharedCounters } from '../../fix/session/session-counters.ts';
import type { SessionConfig, SessionEvent } from '../../fix/session/session-types.ts';
import type { ExchangeLog } from './exchange-log.ts';
import type { ExchangeModule } from './exchange-module.ts';

/** The venue has one session. */
const SESSION = 0;
const BLOCK = L.SESSIONS;
/** A resend waits while more than this is on its way. */
const RESEND_UNREAD_BYTES_MAX = 16_384;

/** A peer that takes nothing for so long, while a mass cancel is told, does not read. */
const ROOM_WAIT_MS = 2000;

/** Where the bytes go. */
export interface ExchangeTransport {
  /** Sends what lies in TX, as far as it can. */
  send(): void;
  /** Sends it all, or what the peer takes in this time. */
  sendWaiting(waitMs: number): void;
  /** Bytes that the peer has not taken yet, beside those in TX. */
  readonly unreadBytes: number;
  /** Closes the connection once all is sent. */
  end(): void;
  /** Drops the connection. */
  destroy(): void;
}

interface ExchangeLinkParts {
  readonly memory: Memory;
  readonly module: ExchangeModule;
  readonly config: SessionConfig;
  readonly clock: Clock;
  readonly log: ExchangeLog;
  /** An application message that the kernel has left. */
  readonly onMessage: (message: FixMessage) => void;
  readonly onEvent: (kind: SessionEvent, reason: string) => void;
  /** All of a turn's messages were dealt with; market data may follow. */
  readonly onTurn: () => void;
  /** The time has moved on: what happens without the peer. */
  readonly onTimer: (nowNs: bigint) => void;
  /** The venue cannot go on: its log cannot be written. */
  readonly onFault: (fault: unknown) => void;
}

export class ExchangeLink {
  readonly session: Session;
  readonly #parts: ExchangeLinkParts;
  readonly #memory: Memory;
  #transport: ExchangeTransport | undefined;
  #nextOutAtTimer = 0;
  #nextInAtTimer = 0;

  constructor(parts: ExchangeLinkParts) {
    this.#parts = parts;
    this.#memory = parts.memory;
    this.session = new Session({
      config: parts.config,
      counters: new SharedCounters(parts.memory, SESSION),
      store: parts.log,
      port: {
        canResend: () => this.#canResend(),
        send: (bytes, msgSeqNum, _msgType, isResend) => this.#sendBytes(bytes, msgSeqNum, isResend),
        deliver: (message) => parts.onMessage(message),
        event: (kind, reason) => this.#onEvent(kind, reason),
      },
    });
  }

  get isConnected(): boolean {
    return this.#transport !== undefined;
  }

  /** A connection stands: the Logon is awaited. */
  connect(transport: ExchangeTransport): void {
    const memory = this.#memory;
    this.#transport = transport;
    memory.setI32(BLOCK + L.SES_RX_START, 0);
    memory.setI32(BLOCK + L.SES_RX_END, 0);
    memory.setI32(BLOCK + L.SES_TX_END, 0);
    memory.setI32(BLOCK + L.SES_SEARCHED, 0);
    memory.setI32(V.VEN_TOO_SLOW, 0);
    this.session.start(this.#readClock());
  }

  /** A connection is gone, whoever closed it; the session may have another by now. */
  disconnect(transport: ExchangeTransport): void {
    if (this.#transport !== transport) return;
    this.#transport = undefined;
    this.#memory.setI32(BLOCK + L.SES_TX_END, 0);
    this.session.onDisconnect();
  }

  /** Drops the connection without a word, as a failing network does. */
  cut(): void {
    const transport = this.#transport;
    if (transport === undefined) return;
    transport.destroy();
    this.disconnect(transport);
  }

  /**
   * Bytes are in RX, or what was in TX has left; CTL_NOW_NS says when. While the peer leaves much
   * unread nothing further is taken from it.
   */
  turn(): void {
    try {
      this.#takeTurn();
    } catch (fault) {
      this.#parts.onFault(fault);
    }
  }

  #takeTurn(): void {
    const { module } = this.#parts;
    for (;;) {
      const found = module.venueTurn(SESSION);
      if (found === V.REQUEST_NOTHING) break;
      if (found === V.REQUEST_SLOW) this.#onSlowMessage();
      else if (found === V.REQUEST_GARBLED) this.session.onGarbled();
      else if (!this.flush()) return;
    }
    this.#parts.onTurn();
    this.flush();
    this.#parts.log.afterSend();
    module.touchNext(SESSION);
  }

  /** Sends what lies in TX; false = the peer leaves so much unread that it must be waited for. */
  flush(): boolean {
    const memory = this.#memory;
    this.#parts.log.beforeSend();
    if (this.#transport === undefined) memory.setI32(BLOCK + L.SES_TX_END, 0);
    else if (memory.i32(BLOCK + L.SES_TX_END) > 0) this.#transport.send();
    const unsaved = memory.i64(V.VEN_LOG_HEAD) - memory.i64(V.VEN_LOG_SAVED);
    if (unsaved >= V.LOG_PAUSE_BYTES) this.#parts.log.save();
    if (memory.i32(V.VEN_TOO_SLOW) !== 0) this.#dropSlowPeer();
    return memory.i32(BLOCK + L.SES_TX_END) < V.VENUE_TX_PAUSE_BYTES;
  }

  /**
   * For one request that causes more messages than TX holds: the peer has a while to read them, then
   * it is dropped, as one that does not read.
   */
  makeRoom(): void {
    if (this.flush()) return;
    this.#transport?.sendWaiting(ROOM_WAIT_MS);
    if (!this.flush()) this.#dropSlowPeer();
  }

  /** Heartbeats, tests, resends: whatever is due. */
  onTimer(): void {
    try {
      this.#takeTimer();
    } catch (fault) {
      this.#parts.onFault(fault);
    }
  }

  #takeTimer(): void {
    const nowNs = this.#readClock();
    const { nextIn, nextOut } = this.session.counters;
    if (nextIn !== this.#nextInAtTimer) this.session.onReceived(nowNs);
    if (nextOut !== this.#nextOutAtTimer) this.session.onSent(nowNs);
    this.#nextInAtTimer = nextIn;
    this.#parts.onTimer(nowNs);
    this.#parts.onTurn();
    this.session.onTimer(nowNs);
    this.#nextOutAtTimer = this.session.counters.nextOut;
    this.flush();
    this.#parts.log.save();
  }

  sendApp(msgType: string, body: Fields): number {
    return this.session.sendApp(msgType, body, this.nowNs());
  }

  sendAppRaw(msgType: string, body: Uint8Array): number {
    return this.session.sendAppRaw(msgType, body, this.nowNs());
  }

  logout(reason: string): void {
    this.session.logout(reason, this.#readClock());
    this.flush();
  }

  /** The time of the turn: all its answers have it. */
  nowNs(): bigint {
    return this.#memory.absoluteNs(L.CTL_NOW_NS);
  }

  /** The log has what it did not read: it can ask for it when it is back. */
  #dropSlowPeer(): void {
    this.#memory.setI32(V.VEN_TOO_SLOW, 0);
    this.cut();
    this.#parts.onEvent('DISCONNECT', 'the peer leaves too much unread and was disconnected');
  }

  #readClock(): bigint {
    const nowNs = this.#parts.clock.nowNs();
    this.#memory.setAbsoluteNs(L.CTL_NOW_NS, nowNs);
    return nowNs;
  }

  /** The message stands in RX; the numbers that it leads to are noted with it afterwards. */
  #onSlowMessage(): void {
    const memory = this.#memory;
    const at = memory.i32(L.DECODED + L.DEC_MESSAGE);
    const length = memory.i32(L.DECODED + L.DEC_MESSAGE_LENGTH);
    const before = memory.i64(V.VEN_LOG_HEAD);
    this.#parts.module.logMessage(SESSION, V.LOG_IN, 0, at, length);
    this.session.onMessage(memory.bytes.subarray(at, at + length), this.nowNs());
    this.#noteNumbers(before);
  }

  /** Puts the session's numbers to the first record from a position of the ring on. */
  #noteNumbers(position: number): void {
    const memory = this.#memory;
    const { nextIn, nextOut } = this.session.counters;
    let record = V.LOG + (position % V.LOG_BYTES);
    if (memory.i32(record + V.LOG_KIND) === V.LOG_SKIP) record = V.LOG;
    memory.setI64(record + V.LOG_NEXT_IN, nextIn);
    memory.setI64(record + V.LOG_NEXT_OUT, nextOut);
  }

  #sendBytes(bytes: Uint8Array, msgSeqNum: number, isResend: boolean): void {
    const memory = this.#memory;
    const used = memory.i32(BLOCK + L.SES_TX_END);
    let at = V.VENUE_TX + used;
    if (V.VENUE_TX_BYTES - used >= bytes.length + V.REPORT_ROOM) {
      memory.setI32(BLOCK + L.SES_TX_END, used + bytes.length);
    } else {
      memory.setI32(V.VEN_TOO_SLOW, 1);
      at = V.VENUE_TX + V.VENUE_TX_BYTES; // behind it nothing is sent from
    }
    memory.bytes.set(bytes, at);
    if (!isResend) {
      this.#parts.module.logMessage(SESSION, V.LOG_OUT, msgSeqNum, at, bytes.length);
    }
  }

  #canResend(): boolean {
    const waiting = this.#memory.i32(BLOCK + L.SES_TX_END);
    return waiting + (this.#transport?.unreadBytes ?? 0) <= RESEND_UNREAD_BYTES_MAX;
  }

  #onEvent(kind: SessionEvent, reason: string): void {
    if (kind === 'DISCONNECT' && this.#transport !== undefined) {
      const transport = this.#transport;
      this.flush();
      this.#transport = undefined;
      transport.end();
    }
    this.#parts.onEvent(kind, reason);
  }
}
