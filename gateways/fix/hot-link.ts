/**
 * The engine's side of one FIX venue: bytes go straight into the session's RX, where the WASM fast path
 * reads them; what that leaves goes to the Session here. After each logon it subscribes again and asks
 * what became of every open order.
 */
import type { FixVenueConfig } from '../../config/schema.ts';
import type { SessionEvent as SessionRecord } from '../../engine/event/event.ts';
import { SessionEventKind } from '../../engine/event/generated/session-event-kind.ts';
import type { AppMessage, OpenOrder, VenueLink } from '../../engine/ports.ts';
import { CTL_NOW_NS, SES_TX_END, SESSION_BYTES, SESSIONS, TX_BYTES } from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';
import type { NativeSockets } from '../sockets/native-sockets.ts';
import type { FixMessage } from './codec.ts';
import { marketDataRequest } from './market-data.ts';
import { massCancelRequest, orderStatusRequest } from './order-entry.ts';
import { withoutSecrets } from './secret-tags.ts';
import { Session } from './session/session.ts';
import { SharedCounters } from './session/session-counters.ts';
import type { MessageStore, SessionEvent } from './session/session-types.ts';
import { venueSession } from './settings/venue-session.ts';
import { MsgType } from './tags.ts';
import { formatTimestamp, NS_PER_MS } from './timestamp.ts';
import { VenueConnection } from './venue-connection.ts';

const TIMER_MS = 50;
/** A resend waits while the venue has left more than this unread. */
const RESEND_UNREAD_BYTES_MAX = 16_384;

/** The hot loop as the link needs it. */
interface LinkLoop {
  lockSession(session: number): void;
  unlockSession(session: number): void;
  onReadable(session: number): void;
  deliver(session: number, message: AppMessage): void;
  sendFromSession(session: number, bytes: Uint8Array, journaled?: Uint8Array): boolean;
  onSession(event: SessionRecord): void;
  /** The session has refused a message of the venue. */
  onRejected(message: AppMessage): void;
  endTurn(): void;
}

interface LinkClock {
  elapsedNs(): number;
  nowNs(): bigint;
}

interface HotLinkParts {
  readonly memory: Memory;
  readonly index: number;
  readonly venue: FixVenueConfig;
  /** undefined = over Node's own. */
  readonly sockets: NativeSockets | undefined;
  readonly loop: LinkLoop;
  readonly clock: LinkClock;
  readonly store: MessageStore & { note(nextOut: number): void };
  /** What the venue trades for us. */
  readonly symbols: readonly string[];
  /** Orders that are not final, to be asked for after a logon. */
  readonly openOrders: () => readonly OpenOrder[];
  readonly log: (text: string) => void;
}

/** What is known of a session's numbers from before: of its journal, when an engine starts again. */
export interface AgreedNumbers {
  /** Both sides have agreed on them: only the very first logon asks for a reset. */
  readonly hasLoggedOn: boolean;
  /** When they were last in use, nanoseconds since 1970, 0 = never. */
  readonly usedNs: bigint;
}

export class HotLink implements VenueLink {
  readonly #parts: HotLinkParts;
  readonly #session: Session;
  readonly #block: number;
  readonly #connection: VenueConnection;
  #timer: NodeJS.Timeout | undefined;
  #resendTimer: NodeJS.Timeout | undefined;
  /** Numbers are agreed: only the very first logon of a journal asks for a reset. */
  #hasLoggedOn: boolean;
  #wasFastSinceTimer = false;
  #didSendSinceTimer = false;
  #requests = 0;
  #afterLogon = false;
  #onStopped: (() => void) | undefined;

  constructor(parts: HotLinkParts, numbers: AgreedNumbers) {
    this.#parts = parts;
    this.#hasLoggedOn = numbers.hasLoggedOn;
    this.#block = SESSIONS + parts.index * SESSION_BYTES;
    this.#session = new Session({
      config: venueSession(parts.venue, () => this.#hasLoggedOn, parts.log),
      counters: new SharedCounters(parts.memory, parts.index),
      store: parts.store,
      usedNs: numbers.usedNs,
      port: {
        canResend: () => this.#canResend(),
        lock: () => parts.loop.lockSession(parts.index),
        unlock: () => parts.loop.unlockSession(parts.index),
        send: (bytes, _msgSeqNum, msgType) => this.#sendBytes(bytes, msgType),
        deliver: (message) => parts.loop.deliver(parts.index, message),
        event: (kind, reason, about) => this.#onEvent(kind, reason, about),
      },
    });
    this.#connection = new VenueConnection({
      memory: parts.memory,
      index: parts.index,
      venue: parts.venue,
      schedule: this.#session.config.schedule,
      sockets: parts.sockets,
      clock: parts.clock,
      log: parts.log,
      onConnect: () => this.#onConnect(),
      onReadable: () => parts.loop.onReadable(parts.index),
      onClose: (wasOpen) => this.#onClose(wasOpen),
    });
  }

  start(): void {
    this.#timer = setInterval(() => this.#onTimer(), TIMER_MS);
    this.#connection.start();
  }

  get isLoggedOn(): boolean {
    return this.#session.isLoggedOn;
  }

  /** A connection that is lost from now on stays lost; one that is still being made is given up. */
  stopReconnecting(): void {
    this.#connection.stopReconnecting();
  }

  /** Logs out and closes; resolves when the connection is gone. */
  stop(reason: string): Promise<void> {
    this.stopReconnecting();
    return new Promise((resolve) => {
      const finish = (): void => {
        clearInterval(this.#timer);
        clearTimeout(this.#resendTimer);
        resolve();
      };
      if (!this.#connection.isAny) return finish();
      this.#onStopped = finish;
      this.#session.logout(reason, this.#parts.clock.nowNs());
      this.#parts.loop.endTurn();
    });
  }

  // ---- VenueLink, called by the hot loop

  flush(): boolean {
    const isSeenTo = this.#connection.flush();
    if (isSeenTo) this.#didSendSinceTimer = true;
    return isSeenTo;
  }

  send(bytes: Uint8Array): boolean {
    const isTaken = this.#connection.write(bytes);
    if (isTaken) this.#didSendSinceTimer = true;
    return isTaken;
  }

  onSlowMessage(frame: Uint8Array): void {
    this.#session.onMessage(frame, this.#now());
    this.#resendSoon();
    if (this.#afterLogon) this.#subscribeAndReconcile();
  }

  onFastMessage(): void {
    this.#wasFastSinceTimer = true;
  }

  requestStatus(order: OpenOrder): void {
    this.#session.sendApp(MsgType.OrderStatusRequest, orderStatusRequest(order), this.#now());
  }

  massCancel(): boolean {
    const now = this.#now();
    const clOrdId = `MC${now}-${++this.#requests}`;
    const body = massCancelRequest(clOrdId, formatTimestamp(now));
    return this.#session.sendApp(MsgType.OrderMassCancelRequest, body, now) !== 0;
  }

  resubscribe(): void {
    const mdReqId = `MD${++this.#requests}`;
    const { venue, symbols } = this.#parts;
    const body = marketDataRequest({ mdReqId, marketDepth: venue.marketDepth, symbols });
    this.#session.sendApp(MsgType.MarketDataRequest, body, this.#now());
  }

  // ---- connection

  #onConnect(): void {
    this.#tell(SessionEventKind.CONNECTED, 'connected');
    this.#session.start(this.#now()); // what a replay has for it
    this.#parts.loop.endTurn();
  }

  #onClose(wasOpen: boolean): void {
    this.#afterLogon = false;
    this.#session.onDisconnect();
    if (wasOpen) this.#tell(SessionEventKind.DISCONNECTED, 'the connection is gone');
    this.#onStopped?.();
  }

  #onTimer(): void {
    const now = this.#parts.clock.nowNs();
    if (this.#wasFastSinceTimer) this.#session.onReceived(now);
    if (this.#didSendSinceTimer) this.#session.onSent(now);
    this.#wasFastSinceTimer = false;
    this.#didSendSinceTimer = false;
    this.#session.onTimer(now);
    this.#parts.store.note(this.#session.counters.nextOut);
    this.#parts.loop.endTurn();
    this.#resendSoon();
  }

  /** A batch of a resend is due before the next look at the clock: live messages go between them. */
  #resendSoon(): void {
    if (this.#resendTimer !== undefined) return;
    const waitNs = this.#session.nextDeadlineNs() - this.#parts.clock.nowNs();
    if (waitNs > BigInt(TIMER_MS) * NS_PER_MS) return;
    const waitMs = Number(waitNs / NS_PER_MS) + 1;
    this.#resendTimer = setTimeout(() => {
      this.#resendTimer = undefined;
      this.#onTimer();
    }, waitMs);
  }

  #canResend(): boolean {
    const waiting = this.#parts.memory.i32(this.#block + SES_TX_END);
    return waiting < TX_BYTES / 4 && this.#connection.unsentBytes <= RESEND_UNREAD_BYTES_MAX;
  }

  // ---- session

  #onEvent(kind: SessionEvent, reason: string, about?: FixMessage): void {
    const { venue, log } = this.#parts;
    if (kind === 'LOGGED_ON') {
      this.#hasLoggedOn = true;
      this.#connection.onLogon();
      this.#tell(SessionEventKind.LOGGED_ON, reason);
      log(`${venue.name}: logged on`);
      this.#afterLogon = true;
    } else if (kind === 'LOGGED_OUT') {
      this.#tell(SessionEventKind.LOGGED_OUT, reason);
      log(`${venue.name}: logged out: ${reason}`);
    } else if (kind === 'DISCONNECT') {
      log(`${venue.name}: closing the connection: ${reason}`);
      this.#connection.end();
    } else if (kind === 'GAP_FILLED') {
      this.#tell(SessionEventKind.GAP_FILLED, reason);
      // Market data are not sent again: what the books missed only a snapshot can say.
      this.#afterLogon = true;
    } else if (kind === 'RESENT') {
      log(`${venue.name}: ${reason}`);
      // What we asked for since the logon was in the gap and was not sent late: ask anew.
      this.#afterLogon = true;
    } else if (kind !== 'SEQUENCE_RESET') {
      if (about !== undefined) this.#parts.loop.onRejected(about);
      log(`${venue.name}: ${kind.toLowerCase().replaceAll('_', ' ')}: ${reason}`);
    }
  }

  /** Not from within the session's own call: it has finished with the Logon when this runs. */
  #subscribeAndReconcile(): void {
    this.#afterLogon = false;
    for (const order of this.#parts.openOrders()) this.requestStatus(order);
    this.resubscribe();
  }

  #sendBytes(bytes: Uint8Array, msgType: string): void {
    const { loop, index, venue, log } = this.#parts;
    const journaled = msgType === MsgType.Logon ? withoutSecrets(bytes) : bytes;
    if (loop.sendFromSession(index, bytes, journaled)) return;
    log(`${venue.name}: the venue does not read what we send; closing the connection`);
    // Its number is used and in no journal: nothing may be numbered after it.
    this.#session.onDisconnect();
    // A socket that closes waits for the send lock, which is held here.
    setImmediate(() => this.#connection.destroy());
  }

  #tell(kind: SessionEventKind, reason: string): void {
    const { nextIn, nextOut } = this.#session.counters;
    const { index: session, loop } = this.#parts;
    loop.onSession({ type: 'SESSION', kind, session, nextIn, nextOut, reason });
  }

  /** The time of the record in hand: a turn has one time, so that a replay says the same. */
  #now(): bigint {
    return this.#parts.memory.absoluteNs(CTL_NOW_NS);
  }
}
