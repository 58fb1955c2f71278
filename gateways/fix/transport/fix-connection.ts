/**
 * One FIX session on Node sockets, one connection after the other: bytes in through the
 * FrameReader, bytes out through blocks that leave in one write a cork, the session's timer, a
 * bound on what a slow peer leaves unread. The acceptor owns these; the engine's hot link does
 * without (it reads in WASM).
 */
import type { Socket } from 'node:net';
import type { Clock } from '../../../engine/ports.ts';
import { MESSAGE_BYTES_MAX } from '../../../wasm/layout.ts';
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
import { FrameReader } from './frame-reader.ts';

const TIMER_MS = 50;
/** After our end of a connection the peer has this long for its own. */
const LINGER_MS = 1000;
const BLOCK_BYTES = 2 * MESSAGE_BYTES_MAX;

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

export class FixConnection {
  readonly session: Session;
  readonly #options: ConnectionOptions;
  readonly #memory: ConnectionMemory;
  readonly #reader = new FrameReader();
  #socket: Socket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  #blockEnd = 0;
  #isCorked = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#memory = options.memory?.(options.config) ?? inMemory(options.resendMessagesMax);
    this.session = new Session({
      config: options.config,
      counters: this.#memory.counters,
      store: this.#memory.store,
      port: {
        send: (bytes, msgSeqNum, msgType, isResend) =>
          this.#send(bytes, msgSeqNum, msgType, isResend),
        deliver: (message, flags) => options.handler.onMessage(this, message, flags),
        event: (kind, reason) => this.#onEvent(kind, reason),
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
    return this.#socket !== undefined;
  }

  get isLoggedOn(): boolean {
    return this.session.isLoggedOn;
  }

  /** Bytes that wait in this process. */
  get pendingBytes(): number {
    return this.#blockEnd + (this.#socket?.writableLength ?? 0);
  }

  /** Takes a connected socket over; `received` are bytes that were read from it before. */
  attach(socket: Socket, received: Uint8Array): void {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#onData(socket, chunk));
    socket.on('drain', () => this.#options.handler.onWritable(this));
    socket.on('error', () => socket.destroy()); // 'close' follows and tells the session
    socket.on('close', () => this.#onClose(socket));
    this.#reader.reset();
    this.#timer = setInterval(() => this.session.onTimer(this.#now()), TIMER_MS);
    this.session.start(this.#now());
    if (received.length > 0) this.#onData(socket, received);
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
    this.#isCorked = true;
  }

  uncork(): void {
    this.#isCorked = false;
    this.#flush();
  }

  logout(reason: string): void {
    this.session.logout(reason, this.#now());
  }

  /** Drops the connection without a Logout. */
  disconnect(): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    this.#onClose(socket);
    socket.destroy();
  }

  #now(): bigint {
    return this.#options.clock.nowNs();
  }

  #onData(socket: Socket, chunk: Uint8Array): void {
    const nowNs = this.#now();
    const garbled = this.#reader.garbled;
    this.cork();
    this.#reader.push(chunk, (frame) => {
      if (this.#socket === socket) this.session.onMessage(frame, nowNs);
    });
    if (this.#reader.garbled > garbled) this.session.onGarbled();
    this.uncork();
  }

  #onClose(socket: Socket): void {
    if (this.#socket !== socket) return;
    this.#release();
    this.session.onDisconnect();
  }

  #release(): void {
    clearInterval(this.#timer);
    this.#socket = undefined;
    this.#blockEnd = 0;
  }

  #onEvent(kind: SessionEvent, reason: string): void {
    if (kind === 'DISCONNECT') this.#close();
    this.#options.handler.onEvent(this, kind, reason);
  }

  /** What was written before still leaves. */
  #close(): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    this.#flush();
    this.#release();
    socket.end();
    const timer = setTimeout(() => socket.destroy(), LINGER_MS);
    socket.on('close', () => clearTimeout(timer));
  }

  #send(bytes: Uint8Array, msgSeqNum: number, msgType: string, isResend: boolean): void {
    if (!isResend) this.#memory.keep(msgSeqNum, msgType, bytes);
    if (this.#socket === undefined) return;
    if (this.#blockEnd + bytes.length > BLOCK_BYTES) this.#flush();
    this.#block.set(bytes, this.#blockEnd);
    this.#blockEnd += bytes.length;
    if (!this.#isCorked) this.#flush();
  }

  /**
   * The socket keeps what it is given until it is written, so a block is filled once and given
   * away.
   */
  #flush(): void {
    const socket = this.#socket;
    if (socket === undefined || this.#blockEnd === 0) return;
    const isSmall = this.#blockEnd < BLOCK_BYTES / 4;
    const filled = this.#block.subarray(0, this.#blockEnd);
    const bytes = isSmall ? Buffer.from(filled) : filled;
    if (!isSmall) this.#block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    this.#blockEnd = 0;
    socket.write(bytes);
    if (socket.writableLength > this.#options.pendingBytesMax) this.#dropSlowPeer(socket);
  }

  #dropSlowPeer(socket: Socket): void {
    const reason =
      `${this.config.targetCompId} left ${socket.writableLength} bytes unread, ` +
      `${this.#options.pendingBytesMax} are allowed: it is too slow and was disconnected`;
    this.#release();
    socket.destroy();
    this.session.onDisconnect();
    this.#options.handler.onEvent(this, 'DISCONNECT', reason);
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
