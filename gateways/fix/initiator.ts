/**
 * The connecting side: keeps one session's connection up, trying again after reconnectMs, doubled at each
 * failure up to a bound, until it is stopped.
 */
import net from 'node:net';
import { type ConnectionOptions, FixConnection } from './fix-connection.ts';

const RECONNECT_DOUBLINGS_MAX = 5;

export interface InitiatorOptions extends ConnectionOptions {
  readonly host: string;
  readonly port: number;
  readonly reconnectMs: number;
}

export class FixInitiator {
  readonly connection: FixConnection;
  readonly #options: InitiatorOptions;
  #retry: NodeJS.Timeout | undefined;
  #failures = 0;
  #isStopping = false;
  #onStopped: (() => void) | undefined;

  constructor(options: InitiatorOptions) {
    this.#options = options;
    this.connection = new FixConnection(options);
  }

  start(): void {
    this.#connect();
  }

  /** Logs out and stops; resolves once the connection is gone. */
  stop(reason: string): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#retry);
    return new Promise((resolve) => {
      this.#onStopped = resolve;
      this.connection.logout(reason);
      if (!this.connection.isConnected) resolve();
    });
  }

  #connect(): void {
    const { host, port } = this.#options;
    const socket = net.connect({ host, port, noDelay: true });
    let isUp = false;
    socket.on('error', () => socket.destroy());
    socket.on('connect', () => {
      isUp = true;
      if (this.#isStopping) socket.destroy();
      else this.connection.attach(socket, new Uint8Array(0));
    });
    socket.on('close', () => this.#onClose(isUp && this.connection.wasLoggedOn));
  }

  #onClose(wasLoggedOn: boolean): void {
    if (this.#isStopping) {
      this.#onStopped?.();
      return;
    }
    if (wasLoggedOn) this.#failures = 0;
    const doublings = Math.min(this.#failures, RECONNECT_DOUBLINGS_MAX);
    this.#failures += 1;
    this.#retry = setTimeout(() => this.#connect(), this.#options.reconnectMs * 2 ** doublings);
  }
}
