/**
 * For tests: the connecting side of a FIX session on Node sockets, which connects again after every
 * cut until it is stopped. The engine's own is gateways/fix/hot-link.ts, which reads in WASM.
 */
import net from 'node:net';
import {
  type ConnectionOptions,
  FixConnection,
} from '../../gateways/fix/transport/fix-connection.ts';

export interface InitiatorOptions extends ConnectionOptions {
  readonly port: number;
  readonly reconnectMs: number;
}

export class FixInitiator {
  readonly connection: FixConnection;
  readonly #options: InitiatorOptions;
  #retry: NodeJS.Timeout | undefined;
  #isStopping = false;
  #onStopped: (() => void) | undefined;

  constructor(options: InitiatorOptions) {
    this.#options = options;
    this.connection = new FixConnection(options);
  }

  start(): void {
    const socket = net.connect({ host: '127.0.0.1', port: this.#options.port, noDelay: true });
    socket.on('error', () => socket.destroy());
    socket.on('connect', () => {
      if (this.#isStopping) socket.destroy();
      else this.connection.attach(socket, new Uint8Array(0));
    });
    socket.on('close', () => {
      if (this.#isStopping) this.#onStopped?.();
      else this.#retry = setTimeout(() => this.start(), this.#options.reconnectMs);
    });
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
}
