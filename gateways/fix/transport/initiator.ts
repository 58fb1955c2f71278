/**
 * The connecting side of one FIX session: connects while the schedule allows it, to one address
 * after the other, again and again with growing pauses, until it is stopped.
 */
import net from 'node:net';
import { formatTimestamp, NS_PER_MS, NS_PER_S } from '../timestamp.ts';
import { BackOff, type BackOffLimits } from './back-off.ts';
import { DeadlineEntry, type DeadlineTimer, NEVER_NS, timerOf } from './deadline-timer.ts';
import { type ConnectionOptions, FixConnection } from './fix-connection.ts';
import { connectTls } from './tls-client.ts';
import type { TlsSource } from './tls-settings.ts';
import { INITIATOR_TRAFFIC, type TrafficLimits } from './transport-limits.ts';

/** A connection stands or it does not: nobody waits longer. */
const CONNECT_WAIT_S = 10;

export interface PeerAddress {
  readonly host: string;
  readonly port: number;
}

export interface InitiatorOptions extends Omit<ConnectionOptions, 'traffic'> {
  /** The first is tried first, after every lost session; the others when it does not let us in. */
  readonly addresses: readonly PeerAddress[];
  /** After a round through the addresses the pause doubles. */
  readonly reconnect: BackOffLimits;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Our own address, where the machine has several. */
  readonly bindHost?: string;
  readonly tls?: TlsSource;
  /** Without it CONNECT_WAIT_S; the TLS handshake is in it. */
  readonly connectWaitS?: number;
  /** Without it INITIATOR_TRAFFIC. */
  readonly traffic?: TrafficLimits;
  /** Why there is no connection, each time that the reason changes. */
  readonly onUnreachable?: (reason: string) => void;
}

export class FixInitiator {
  readonly connection: FixConnection;
  readonly #options: InitiatorOptions;
  readonly #timer: DeadlineTimer;
  readonly #backOff: BackOff;
  readonly #next = new DeadlineEntry((nowNs) => this.#connectOrWait(nowNs));
  #socket: net.Socket | undefined;
  #address = 0;
  #lastReason = '';
  #isStarted = false;
  /** The peer has not yet answered our Logon. */
  #isLogonOpen = false;
  #onStopped: (() => void) | undefined;

  constructor(options: InitiatorOptions) {
    const { handler } = options;
    this.#options = options;
    this.#timer = timerOf(options.clock);
    this.#backOff = new BackOff(options.reconnect, options.random);
    this.connection = new FixConnection({
      ...options,
      traffic: options.traffic ?? INITIATOR_TRAFFIC,
      handler: {
        onMessage: (connection, message, flags) => handler.onMessage(connection, message, flags),
        onEvent: (connection, kind, reason) => {
          if (kind === 'LOGGED_ON') this.#onLoggedOn();
          handler.onEvent(connection, kind, reason);
        },
        onWritable: (connection) => handler.onWritable(connection),
      },
    });
  }

  start(): void {
    this.#isStarted = true;
    this.#timer.callBy(this.#next, this.#options.clock.nowNs());
  }

  /** Logs out and stops; resolves once the connection is gone. */
  stop(reason: string): Promise<void> {
    this.#isStarted = false;
    this.#timer.drop(this.#next);
    const socket = this.#socket;
    if (socket === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onStopped = resolve;
      this.connection.logout(reason);
      if (!this.connection.isConnected) socket.destroy();
    });
  }

  #connectOrWait(nowNs: bigint): bigint {
    const { schedule } = this.connection.config;
    if (schedule !== undefined && schedule.windowAt(nowNs) === undefined) {
      const nextNs = schedule.nextStartNs(nowNs);
      const { name } = this.connection.config;
      const until = formatTimestamp(nextNs, 0);
      this.#options.onUnreachable?.(`${name}: outside its hours until ${until} UTC`);
      return nextNs;
    }
    this.#connect();
    return NEVER_NS;
  }

  #connect(): void {
    const { addresses, clock, connectWaitS = CONNECT_WAIT_S, tls } = this.#options;
    const { host, port } = addresses[this.#address]!;
    const where = `${host}:${port}`;
    const socket = this.#open({ host, port });
    const tooLate = new DeadlineEntry(() => {
      socket.destroy(new Error(`no connection in ${connectWaitS} s`));
      return NEVER_NS;
    });
    this.#socket = socket;
    this.#isLogonOpen = false;
    this.#timer.callBy(tooLate, clock.nowNs() + BigInt(connectWaitS) * NS_PER_S);
    socket.on(tls === undefined ? 'connect' : 'secureConnect', () => {
      this.#timer.drop(tooLate);
      this.#isLogonOpen = true;
      this.connection.attach(socket, new Uint8Array(0));
    });
    socket.on('error', (error) => {
      if (!this.connection.isConnected)
        this.#tell(`${where} cannot be reached: ${messageOf(error)}`);
    });
    socket.on('close', () => {
      this.#timer.drop(tooLate);
      if (this.#isLogonOpen) this.#tell(`${where} closed the connection instead of a Logon`);
      this.#onClose();
    });
  }

  #open({ host, port }: PeerAddress): net.Socket {
    const { bindHost, tls } = this.#options;
    const local = bindHost === undefined ? {} : { localAddress: bindHost };
    const target = { host, port, noDelay: true, ...local };
    return tls === undefined ? net.connect(target) : connectTls(target, tls.current());
  }

  #onLoggedOn(): void {
    this.#isLogonOpen = false;
    this.#backOff.reset();
    this.#address = -1; // the first is next
    this.#lastReason = '';
  }

  #onClose(): void {
    this.#socket = undefined;
    if (!this.#isStarted) {
      this.#onStopped?.();
      return;
    }
    this.#address = (this.#address + 1) % this.#options.addresses.length;
    const pauseMs = this.#backOff.pauseMs();
    if (this.#address === 0) this.#backOff.grow();
    this.#timer.callBy(this.#next, this.#options.clock.nowNs() + BigInt(pauseMs) * NS_PER_MS);
  }

  #tell(reason: string): void {
    if (reason === this.#lastReason || !this.#isStarted) return;
    this.#lastReason = reason;
    this.#options.onUnreachable?.(reason);
  }
}

/** A host with several addresses fails for several reasons; the first stands for all. */
function messageOf(error: Error): string {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return first instanceof Error ? first.message : String(first);
}
