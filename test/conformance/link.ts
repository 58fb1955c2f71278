/** One TCP connection of the runner: bytes out, messages in with the time at which each came. */
import net from 'node:net';
import type { WireField } from './compose.ts';
import { WireReader } from './wire.ts';

export type Arrival =
  | {
      readonly kind: 'message';
      readonly atMs: number;
      readonly raw: string;
      readonly fields: readonly WireField[];
    }
  | { readonly kind: 'fault'; readonly atMs: number; readonly text: string }
  | { readonly kind: 'close'; readonly atMs: number };

const CONNECT_MS = 10_000;

export class Link {
  readonly #socket: net.Socket;
  readonly #reader: WireReader;
  readonly #arrivals: Arrival[] = [];
  #isClosed = false;
  #wake: (() => void) | undefined;

  constructor(socket: net.Socket, dataTags: ReadonlyMap<number, number>) {
    this.#socket = socket;
    this.#reader = new WireReader(dataTags);
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#onData(chunk));
    socket.on('error', () => this.#onClose());
    socket.on('end', () => this.#onClose());
    socket.on('close', () => this.#onClose());
  }

  static connect(port: number, host: string, dataTags: ReadonlyMap<number, number>): Promise<Link> {
    return new Promise((resolve, reject) => {
      const socket = net.connect({ host, port, noDelay: true });
      const timer = setTimeout(() => socket.destroy(new Error('no connection')), CONNECT_MS);
      socket.once('error', reject);
      socket.once('connect', () => {
        clearTimeout(timer);
        socket.off('error', reject);
        resolve(new Link(socket, dataTags));
      });
    });
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  send(bytes: Buffer): Promise<void> {
    return new Promise((resolve) => {
      if (this.#socket.destroyed) resolve();
      else this.#socket.write(bytes, () => resolve());
    });
  }

  /** Each byte in a segment of its own. */
  async trickle(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; at++) {
      await this.send(bytes.subarray(at, at + 1));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** What came next, waiting for it; undefined = nothing came in time. */
  async next(withinMs: number): Promise<Arrival | undefined> {
    const untilMs = performance.now() + withinMs;
    for (;;) {
      const arrival = this.#arrivals.shift();
      if (arrival !== undefined) return arrival;
      const leftMs = untilMs - performance.now();
      if (leftMs <= 0) return undefined;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  drop(): void {
    this.#socket.destroy();
  }

  #onData(chunk: Buffer): void {
    const atMs = performance.now();
    for (const cut of this.#reader.push(chunk)) this.#arrived({ ...cut, atMs });
  }

  #onClose(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const atMs = performance.now();
    const { rest } = this.#reader;
    if (rest !== '') this.#arrived({ kind: 'fault', atMs, text: `half a message came: ${rest}` });
    this.#arrived({ kind: 'close', atMs });
    this.#socket.end();
  }

  #arrived(arrival: Arrival): void {
    this.#arrivals.push(arrival);
    this.#wake?.();
    this.#wake = undefined;
  }
}
