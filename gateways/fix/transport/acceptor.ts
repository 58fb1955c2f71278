/**
 * The listening side: one TCP port, the FIX sessions that may log on there, each with its own
 * numbers that outlive its connections. A connection that is not a known session's is closed; so is
 * a second one of a session that is connected already.
 */
import net from 'node:net';
import { GyrfalconError } from '../../../engine/errors.ts';
import type { Clock } from '../../../engine/ports.ts';
import { type FixMessage, parseMessage, SOH } from '../codec.ts';
import type { SessionConfig } from '../session/session-types.ts';
import { MsgType, Tag } from '../tags.ts';
import { beginStringOf } from '../version.ts';
import { type ConnectionHandler, type ConnectionMemory, FixConnection } from './fix-connection.ts';
import { FrameReader } from './frame-reader.ts';

const LOGON_WAIT_MS = 10_000;
/** A Logon is short; who sends more before it is complete is no FIX engine. */
const LOGON_BYTES_MAX = 16_384;
const TRAILER_BYTES = 7;
const TRAILER = /^10=\d{3}$/;

interface AcceptorOptions {
  readonly host: string;
  /** 0 = any free one. */
  readonly port: number;
  readonly sessions: readonly SessionConfig[];
  readonly clock: Clock;
  readonly handler: ConnectionHandler;
  /** A connection was refused before it was a session's. */
  readonly onRefused: (reason: string) => void;
  readonly pendingBytesMax: number;
  readonly resendMessagesMax: number;
  readonly memory?: (config: SessionConfig) => ConnectionMemory;
}

export class FixAcceptor {
  readonly connections: readonly FixConnection[];
  readonly #options: AcceptorOptions;
  readonly #server: net.Server;
  /** Connections that are no session's yet. */
  readonly #strangers = new Set<net.Socket>();
  /** Each resolves when its socket has closed and everybody was told. */
  readonly #ends = new Set<Promise<void>>();

  constructor(options: AcceptorOptions) {
    this.#options = options;
    this.connections = options.sessions.map((config) => new FixConnection({ ...options, config }));
    this.#server = net.createServer({ noDelay: true }, (socket) => this.#onSocket(socket));
  }

  /** Starts to listen; the port. */
  listen(): Promise<number> {
    const { host, port } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once('error', (cause: NodeJS.ErrnoException) =>
        reject(listenFault(cause, host, port)),
      );
      this.#server.listen(port, host, () => {
        const address = this.#server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  }

  /** Logs every session out, then closes; a peer that does not answer is waited for 2 s. */
  async close(reason: string): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    for (const connection of this.connections) connection.logout(reason);
    for (const socket of this.#strangers) socket.destroy();
    await closed;
    // The server counts a socket out before the socket has told its connection.
    await Promise.all(this.#ends);
  }

  #onSocket(socket: net.Socket): void {
    const reader = new FrameReader();
    const received: Buffer[] = [];
    let bytes = 0;
    this.#strangers.add(socket);
    const ended = new Promise<void>((resolve) => socket.on('close', () => resolve()));
    this.#ends.add(ended);
    void ended.then(() => this.#ends.delete(ended));
    const refuse = (reason: string): void => {
      clearTimeout(timer);
      socket.destroy();
      this.#options.onRefused(reason);
    };
    const timer = setTimeout(() => refuse('a connection sent no Logon'), LOGON_WAIT_MS);
    const onData = (chunk: Buffer): void => {
      received.push(chunk);
      bytes += chunk.length;
      let first: FixMessage | undefined;
      reader.push(chunk, (frame) => {
        first ??= parseMessage(frame);
      });
      const isOpen = reader.garbled === 0 && bytes <= LOGON_BYTES_MAX && !endsInTrailer(chunk);
      if (first === undefined && isOpen) return;
      const found = this.#connectionFor(first);
      if (typeof found === 'string') {
        refuse(found);
        return;
      }
      clearTimeout(timer);
      this.#strangers.delete(socket);
      socket.off('data', onData);
      found.attach(socket, Buffer.concat(received));
    };
    socket.on('data', onData);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(timer);
      this.#strangers.delete(socket);
    });
  }

  /** The session that the first message belongs to, or why there is none. */
  #connectionFor(first: FixMessage | undefined): FixConnection | string {
    if (first === undefined) return 'a connection sent bytes that are no FIX message';
    if (first.msgType !== MsgType.Logon)
      return `a connection began with 35=${first.msgType}, not a Logon`;
    const sender = first.get(Tag.SenderCompID);
    const target = first.get(Tag.TargetCompID);
    const who = `${sender} (to ${target}, ${first.beginString})`;
    const found = this.connections.find(
      ({ config }) =>
        beginStringOf(config.version) === first.beginString &&
        config.targetCompId === sender &&
        config.senderCompId === target,
    );
    if (found === undefined) return `${who} is no session that is known here`;
    if (found.isConnected) return `${who} is connected already, its second connection was closed`;
    return found;
  }
}

/**
 * A CheckSum field at the end, and still no message: its BodyLength is wrong, nothing more will
 * come.
 */
const endsInTrailer = (chunk: Buffer): boolean =>
  chunk.at(-1) === SOH && TRAILER.test(chunk.subarray(-TRAILER_BYTES, -1).toString('latin1'));

function listenFault(cause: NodeJS.ErrnoException, host: string, port: number): GyrfalconError {
  if (cause.code === 'EADDRINUSE') {
    const text = `port ${port} on ${host} is in use: stop the process that holds it or choose another port`;
    return new GyrfalconError('PORT_IN_USE', text, { host, port }, cause);
  }
  const text = `cannot listen on ${host}:${port}: ${cause.message}`;
  return new GyrfalconError('CONFIG_INVALID', text, { host, port }, cause);
}
