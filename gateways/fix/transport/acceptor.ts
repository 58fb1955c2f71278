/**
 * The listening side: one TCP port, the FIX sessions that may log on there, each with its own
 * numbers that outlive its connections. A connection that is not a known session's is closed; so is
 * a second one of a session that is connected already.
 */
import net from 'node:net';
import { GyrfalconError } from '../../../engine/errors.ts';
import type { Clock } from '../../../engine/ports.ts';
import type { FixMessage } from '../codec.ts';
import type { SessionConfig } from '../session/session-types.ts';
import { Tag } from '../tags.ts';
import { type AddressList, plainAddress } from './address-list.ts';
import { type ConnectionHandler, type ConnectionMemory, FixConnection } from './fix-connection.ts';
import { LogonGate, printable } from './logon-gate.ts';
import { RefusalNotes } from './refusal-notes.ts';
import { SessionDirectory } from './session-directory.ts';
import { nameProblem } from './tls-names.ts';
import { peerCertificateOf, TlsServer } from './tls-server.ts';
import type { TlsSource } from './tls-settings.ts';
import { ACCEPTOR_LIMITS, type AcceptorLimits } from './transport-limits.ts';

export interface AcceptorOptions {
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
  /** Without it ACCEPTOR_LIMITS. */
  readonly limits?: AcceptorLimits;
  /** Who may connect at all; without it everybody. */
  readonly addresses?: AddressList;
  /** With it only TLS is spoken here. */
  readonly tls?: TlsSource;
  /** What else must be true of a session's peer, beside its CompIDs. */
  readonly peerRules?: ReadonlyMap<SessionConfig, PeerRules>;
}

/** What one session asks of its peer's connection. */
export interface PeerRules {
  readonly addresses?: AddressList;
  /** One of these names (CN or SAN) must be in its certificate. */
  readonly certificateNames?: readonly string[];
}

export class FixAcceptor {
  readonly connections: readonly FixConnection[];
  readonly #options: AcceptorOptions;
  readonly #directory: SessionDirectory<FixConnection>;
  readonly #gate: LogonGate;
  readonly #server: net.Server;
  readonly #tls: TlsServer | undefined;
  readonly #refusals: RefusalNotes;
  /** Each resolves when its socket has closed and everybody was told. */
  readonly #ends = new Set<Promise<void>>();

  constructor(options: AcceptorOptions) {
    const { traffic, gate } = options.limits ?? ACCEPTOR_LIMITS;
    this.#options = options;
    this.#refusals = new RefusalNotes(options.clock, options.onRefused);
    this.#tls = options.tls && new TlsServer(options.tls, gate.handshakeS);
    this.connections = options.sessions.map(
      (config) => new FixConnection({ ...options, traffic, config }),
    );
    this.#directory = new SessionDirectory(this.connections);
    this.#gate = new LogonGate({
      limits: gate,
      clock: options.clock,
      sessionOf: (logon, socket) => this.#sessionOf(logon, socket),
      onRefused: (reason) => this.#refusals.add(reason),
    });
    this.#server = net.createServer({ noDelay: true }, (socket) => this.#onSocket(socket));
    // A session's old connection may still close while its next one stands.
    this.#server.maxConnections = 2 * this.connections.length + gate.waitingMax;
    this.#server.on('drop', () => this.#refusals.add('too many connections, a further was closed'));
  }

  /** Starts to listen; the port. */
  listen(): Promise<number> {
    const { host, port } = this.#options;
    return new Promise((resolve, reject) => {
      const onFault = (cause: NodeJS.ErrnoException): void =>
        reject(listenFault(cause, host, port));
      this.#server.once('error', onFault);
      this.#server.listen(port, host, () => {
        this.#server.off('error', onFault);
        // No file descriptor is left, or the like: those who are connected do not feel it.
        this.#server.on('error', ({ message }) =>
          this.#refusals.add(`a connection could not be accepted: ${message}`),
        );
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
    this.#gate.close();
    await closed;
    // The server counts a socket out before the socket has told its connection.
    await Promise.all(this.#ends);
  }

  #onSocket(socket: net.Socket): void {
    const { addresses } = this.#options;
    const address = socket.remoteAddress ?? '';
    if (addresses?.allows(address) === false) {
      socket.destroy();
      this.#refusals.add(
        `${plainAddress(address)} is not on the list of addresses that may connect`,
      );
      return;
    }
    const waiting = this.#gate.enter(socket);
    if (waiting === undefined) return;
    this.#noteEndOf(socket);
    if (this.#tls === undefined) {
      this.#gate.read(waiting, socket);
      return;
    }
    this.#tls.secure(socket, {
      done: (secured) => {
        this.#noteEndOf(secured);
        this.#gate.read(waiting, secured);
      },
      failed: (reason) => this.#gate.refuse(waiting, reason),
    });
  }

  #noteEndOf(socket: net.Socket): void {
    const ended = new Promise<void>((resolve) => socket.on('close', () => resolve()));
    this.#ends.add(ended);
    void ended.then(() => this.#ends.delete(ended));
  }

  /** The session that the Logon is for, or why the connection is closed. */
  #sessionOf(logon: FixMessage, socket: net.Socket): FixConnection | string {
    const sender = printable(logon.get(Tag.SenderCompID) ?? '');
    const target = printable(logon.get(Tag.TargetCompID) ?? '');
    const who = `${sender} (to ${target}, ${printable(logon.beginString)})`;
    const found = this.#directory.find(logon);
    if (found === undefined) return `${who} is no session that is known here`;
    const rules = this.#options.peerRules?.get(found.config);
    if (rules?.addresses?.allows(socket.remoteAddress ?? '') === false) {
      return `${who} may not connect from this address`;
    }
    const problem = nameProblem(peerCertificateOf(socket), rules?.certificateNames ?? []);
    if (problem !== undefined) return `${who} may not connect: ${problem}`;
    if (found.isConnected) return `${who} is connected already, its second connection was closed`;
    return found;
  }
}

function listenFault(cause: NodeJS.ErrnoException, host: string, port: number): GyrfalconError {
  if (cause.code === 'EADDRINUSE') {
    const text = `port ${port} on ${host} is in use: stop the process that holds it or choose another port`;
    return new GyrfalconError('PORT_IN_USE', text, { host, port }, cause);
  }
  const text = `cannot listen on ${host}:${port}: ${cause.message}`;
  return new GyrfalconError('CONFIG_INVALID', text, { host, port }, cause);
}
