/**
 * One FIX session on Node sockets, one connection after the other: bytes in through Inbound, bytes
 * out through Outbound, the session's deadlines on the timer that all share. Acceptor and initiator
 * own these; the engine's hot link does without (it reads in WASM).
 */
import type { Socket } from 'node:net';
import { assert } from '../../../engine/errors.ts';
import type { Clock } from '../../../engine/ports.ts';
import type { Fields, FixMessage } from '../codec.ts';
import { MemoryMessageStore } from '../session/message-store.ts';
import { Session } from '../session/session.ts';
import { plainCounters, type SessionCounters } from '../session/session-counters.ts';
import type {
  DeliveryFlags,
  MessageStore,
  SessionConfig,
  SessionEvent,
} from '../session/session-types.ts';
import { ADMIN_MSG_TYPES } from '../tags.ts';
import { NS_PER_S } from '../timestamp.ts';
import { DeadlineEntry, type DeadlineTimer, earlier, NEVER_NS, timerOf } from './deadline-timer.ts';
import { Inbound } from './inbound.ts';
import { Outbound } from './outbound.ts';
import { PeerPaces } from './peer-paces.ts';
import { countEvent, noTraffic, type TrafficCounts } from './traffic-counts.ts';
import type { TrafficLimits } from './transport-limits.ts';

/** After our end of a connection the peer has this long for its own. */
const LINGER_NS = NS_PER_S;
/** A peer without Heartbeats (108=0) that has vanished must not hold its session for ever. */
const KEEP_ALIVE_MS = 60_000;

export interface ConnectionHandler {
  /** An application message, in order, once. */
  onMessage(connection: FixConnection, message: FixMessage, flags: DeliveryFlags): void;
  onEvent(connection: FixConnection, kind: SessionEvent, reason: string): void;
  /** What was pending has left the process; a sender that paused goes on. */
  onWritable(connection: FixConnection): void;
}

export interface ConnectionOptions {
  readonly config: SessionConfig;
  readonly clock: Clock;
  readonly handler: ConnectionHandler;
  /** A peer that leaves more than this unread is disconnected. */
  readonly pendingBytesMax: number;
  /** Sent messages kept for resends. */
  readonly resendMessagesMax: number;
  readonly traffic: TrafficLimits;
  /** Where numbers and messages outlive the process; without it they live in memory. */
  readonly memory?: (config: SessionConfig) => ConnectionMemory;
}

/** What a session goes on with after a restart. */
export interface ConnectionMemory {
  readonly counters: SessionCounters;
  readonly store: MessageStore;
  /** Every message under its first number, before it leaves. */
  keep(msgSeqNum: number, msgType: string, bytes: Uint8Array): void;
}

/** One connection of the session. */
interface Link {
  readonly socket: Socket;
  readonly inbound: Inbound;
  readonly outbound: Outbound;
}

export class FixConnection {
  readonly session: Session;
  readonly counts: TrafficCounts = noTraffic();
  readonly #options: ConnectionOptions;
  readonly #memory: ConnectionMemory;
  readonly #paces: PeerPaces;
  readonly #timer: DeadlineTimer;
  readonly #entry = new DeadlineEntry((nowNs) => this.#onDeadline(nowNs));
  #link: Link | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#memory = options.memory?.(options.config) ?? inMemory(options.resendMessagesMax);
    this.#paces = new PeerPaces(options.traffic);
    this.#timer = timerOf(options.clock);
    this.session = new Session({
      config: options.config,
      counters: this.#memory.counters,
      store: this.#memory.store,
      port: {
        send: (bytes, msgSeqNum, msgType, isResend) =>
          this.#send(bytes, msgSeqNum, msgType, isResend),
        deliver: (message, flags) => options.handler.onMessage(this, message, flags),
        event: (kind, reason) => this.#onEvent(kind, reason),
        canResend: () => this.#link?.outbound.hasRoom ?? false,
      },
    });
  }

  get config(): SessionConfig {
    return this.#options.config;
  }

  get counters(): SessionCounters {
    return this.session.counters;
  }

  get isConnected(): boolean {
    return this.#link !== undefined;
  }

  get isLoggedOn(): boolean {
    return this.session.isLoggedOn;
  }

  /** Bytes that wait in this process. */
  get pendingBytes(): number {
    return this.#link?.outbound.pendingBytes ?? 0;
  }

  /** Takes a connected socket over; `received` are bytes that were read from it before. */
  attach(socket: Socket, received: Uint8Array): void {
    assert(this.#link === undefined, 'a session has one connection at a time');
    const { traffic, pendingBytesMax } = this.#options;
    const link: Link = {
      socket,
      inbound: new Inbound({
        limits: traffic,
        paces: this.#paces,
        counts: this.counts,
        // Each at its own time: no answer may look older than what the owner sent meanwhile.
        onFrame: (frame) => this.session.onMessage(frame, this.#now()),
        onGarbled: () => this.session.onGarbled(),
      }),
      outbound: new Outbound(socket, pendingBytesMax),
    };
    this.#link = link;
    this.counts.connections += 1;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.on('data', (chunk) => this.#onData(link, chunk));
    socket.on('drain', () => this.#onDrain(link));
    socket.on('error', () => socket.destroy()); // 'close' follows and tells the session
    socket.on('end', () => this.#onEnd(link));
    socket.on('close', () => this.#onEnd(link));
    this.session.start(this.#now());
    this.#timer.callBy(this.#entry, this.#nextNs(link));
    if (received.length > 0) this.#onData(link, received);
  }

  /** Sends an application message; its number, or NOT_SENT. */
  sendApp(msgType: string, body: Fields, nowNs = this.#now()): number {
    return this.session.sendApp(msgType, body, nowNs);
  }

  /** The same with the body encoded before. */
  sendAppRaw(msgType: string, body: Uint8Array, nowNs = this.#now()): number {
    return this.session.sendAppRaw(msgType, body, nowNs);
  }

  /** Puts back what an earlier process sent under this number: it can be asked for again. */
  keepForResend(msgSeqNum: number, msgType: string, bytes: Uint8Array): void {
    this.#memory.keep(msgSeqNum, msgType, bytes);
  }

  /** From here to uncork messages are gathered and leave in as few writes as possible. */
  cork(): void {
    this.#link?.outbound.cork();
  }

  uncork(): void {
    this.#link?.outbound.uncork();
  }

  logout(reason: string): void {
    this.session.logout(reason, this.#now());
    if (this.#link !== undefined) this.#timer.callBy(this.#entry, this.#nextNs(this.#link));
  }

  /** Drops the connection without a Logout. */
  disconnect(): void {
    const link = this.#link;
    if (link === undefined) return;
    this.#release(link);
    link.socket.destroy();
    this.session.onDisconnect();
  }

  #now(): bigint {
    return this.#options.clock.nowNs();
  }

  #nextNs(link: Link): bigint {
    if (link.outbound.isTooSlow) return 0n;
    return earlier(this.session.nextDeadlineNs(), link.inbound.nextNs);
  }

  #onData(link: Link, chunk: Uint8Array): void {
    if (this.#link !== link) return; // our end of it is closed: what still comes is not looked at
    link.inbound.push(chunk);
    this.#turn(link, this.#now());
    if (this.#link === link) this.#timer.callBy(this.#entry, this.#nextNs(link));
  }

  /** One session's share of the time that all have. */
  #turn(link: Link, nowNs: bigint): void {
    link.outbound.cork();
    const breach = link.inbound.turn(nowNs);
    if (this.#link !== link) return;
    link.outbound.uncork();
    if (breach !== undefined) this.#onBreach(link, breach);
    else if (link.inbound.hasMore) link.socket.pause();
    else if (link.socket.isPaused()) link.socket.resume();
  }

  #onDeadline(nowNs: bigint): bigint {
    const link = this.#link;
    if (link === undefined) return NEVER_NS;
    if (link.outbound.isTooSlow) this.#dropSlowPeer(link);
    else if (link.inbound.nextNs <= nowNs) this.#turn(link, nowNs);
    if (this.#link === link && this.session.nextDeadlineNs() <= nowNs) {
      link.outbound.cork();
      this.session.onTimer(nowNs);
      link.outbound.uncork();
    }
    return this.#link === link ? this.#nextNs(link) : NEVER_NS;
  }

  /** What waited for the peer to read goes on. */
  #onDrain(link: Link): void {
    if (this.#link !== link) return;
    this.#timer.callBy(this.#entry, this.#nextNs(link));
    this.#options.handler.onWritable(this);
  }

  /** The peer has closed its end, or the connection is gone: the session is free at once. */
  #onEnd(link: Link): void {
    const nowNs = this.#now();
    while (this.#link === link && link.inbound.hasMore && link.inbound.nextNs <= nowNs) {
      this.#turn(link, nowNs); // what it said before is heard
    }
    if (this.#link !== link) return;
    this.#end(link);
    this.session.onDisconnect();
  }

  #onEvent(kind: SessionEvent, reason: string): void {
    countEvent(this.counts, kind, this.#now());
    if (kind === 'DISCONNECT' && this.#link !== undefined) this.#end(this.#link);
    this.#options.handler.onEvent(this, kind, reason);
  }

  /** The peer passed a limit: it is told why, and goes. */
  #onBreach(link: Link, breach: string): void {
    const reason = `${this.config.targetCompId} was disconnected: ${breach}`;
    this.counts.breaches += 1;
    this.session.logout(breach, this.#now());
    if (this.#link !== link) return; // it was not logged on, and the session has closed
    this.#end(link);
    this.session.onDisconnect();
    this.#options.handler.onEvent(this, 'DISCONNECT', reason);
  }

  #dropSlowPeer(link: Link): void {
    const reason =
      `${this.config.targetCompId} left ${link.socket.writableLength} bytes unread, ` +
      `${this.#options.pendingBytesMax} are allowed: it is too slow and was disconnected`;
    this.counts.breaches += 1;
    this.#release(link);
    link.socket.destroy();
    this.session.onDisconnect();
    this.#options.handler.onEvent(this, 'DISCONNECT', reason);
  }

  /** What was written before still leaves. */
  #end(link: Link): void {
    const { socket } = link;
    link.outbound.flush();
    this.#release(link);
    if (socket.destroyed) return;
    const linger = new DeadlineEntry(() => {
      socket.destroy();
      return NEVER_NS;
    });
    socket.on('close', () => this.#timer.drop(linger));
    this.#timer.callBy(linger, this.#now() + LINGER_NS);
    socket.end();
    socket.resume(); // the peer's end is seen only by who reads
  }

  #release(link: Link): void {
    this.#link = undefined;
    this.#timer.drop(this.#entry);
    link.inbound.close();
    link.outbound.discard();
  }

  #send(bytes: Uint8Array, msgSeqNum: number, msgType: string, isResend: boolean): void {
    const { counts } = this;
    if (isResend) counts.resentOut += 1;
    else this.#memory.keep(msgSeqNum, msgType, bytes);
    const link = this.#link;
    if (link === undefined) return;
    counts.messagesOut += 1;
    counts.bytesOut += bytes.length;
    counts.lastOutNs = this.#now();
    link.outbound.send(bytes);
    if (link.outbound.isTooSlow) this.#timer.callBy(this.#entry, 0n);
  }
}

/** Session messages are never sent again. */
function inMemory(messagesMax: number): ConnectionMemory {
  const store = new MemoryMessageStore(messagesMax);
  return {
    counters: plainCounters(),
    store,
    keep: (msgSeqNum, msgType, bytes) => {
      if (!ADMIN_MSG_TYPES.has(msgType)) store.keep(msgSeqNum, msgType, bytes);
    },
  };
}
