/**
 * The matching venue's connections over Node's sockets, where the addon is not there: a listener
 * that lets one peer in at a time, its bytes into RX, TX to its socket.
 */
import net from 'node:net';
import { GyrfalconError } from '../../../engine/errors.ts';
import { NS_PER_MS } from '../../../engine/units.ts';
import * as L from '../../../wasm/layout.ts';
import type { Memory } from '../../../wasm/memory.ts';
import * as V from '../../../wasm/venue-layout.ts';
import type { ExchangeTransport } from './exchange-link.ts';
import type { ExchangePort, ExchangePortParts } from './exchange-port.ts';

const BLOCK = L.SESSIONS;
/** A peer that leaves more than this unread is dropped. */
const UNREAD_BYTES_MAX = 64 << 20;
/** After our end of a connection the peer has this long for its own. */
const LINGER_MS = 1000;

export class ExchangeNet implements ExchangePort {
  readonly #parts: ExchangePortParts;
  readonly #server: net.Server;

  constructor(parts: ExchangePortParts) {
    this.#parts = parts;
    this.#server = net.createServer({ noDelay: true }, (socket) => this.#onSocket(socket));
  }

  /** Starts to listen; the port. */
  listen(): Promise<number> {
    const { host, port } = this.#parts;
    return new Promise((resolve, reject) => {
      this.#server.once('error', (cause: NodeJS.ErrnoException) => {
        const code = cause.code === 'EADDRINUSE' ? 'PORT_IN_USE' : 'CONFIG_INVALID';
        const text = `cannot listen on ${host}:${port}: ${cause.message}`;
        reject(new GyrfalconError(code, text, { host, port }, cause));
      });
      this.#server.listen(port, host, () => {
        const address = this.#server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  }

  /** Resolves when every connection is gone. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  dispose(): void {}

  #onSocket(socket: net.Socket): void {
    const { link, memory } = this.#parts;
    if (link.isConnected) {
      socket.destroy();
      this.#parts.onRefused('a peer is connected already, a second connection was closed');
      return;
    }
    const transport = new NetTransport(socket, memory);
    socket.on('data', (chunk) => this.#onData(chunk));
    socket.on('drain', () => link.turn());
    socket.on('error', () => socket.destroy()); // 'close' follows
    socket.on('end', () => socket.end());
    socket.on('close', () => link.disconnect(transport));
    link.connect(transport);
  }

  /** A chunk may be larger than what RX has room for. */
  #onData(chunk: Buffer): void {
    const { memory, link } = this.#parts;
    writeNow(memory);
    for (let taken = 0; taken < chunk.length && link.isConnected; ) {
      const start = memory.i32(BLOCK + L.SES_RX_START);
      const held = memory.i32(BLOCK + L.SES_RX_END) - start;
      if (start > 0) memory.bytes.copyWithin(L.RX, L.RX + start, L.RX + start + held);
      const count = Math.min(chunk.length - taken, L.RX_BYTES - held);
      memory.bytes.set(chunk.subarray(taken, taken + count), L.RX + held);
      memory.setI32(BLOCK + L.SES_RX_START, 0);
      memory.setI32(BLOCK + L.SES_RX_END, held + count);
      taken += count;
      link.turn();
    }
  }
}

/** CTL_NOW_NS from the performance counter, without a BigInt: right to 256 ns. */
function writeNow(memory: Memory): void {
  memory.setI64(L.CTL_NOW_NS, (performance.timeOrigin + performance.now()) * NS_PER_MS);
}

class NetTransport implements ExchangeTransport {
  readonly #socket: net.Socket;
  readonly #memory: Memory;

  constructor(socket: net.Socket, memory: Memory) {
    this.#socket = socket;
    this.#memory = memory;
  }

  get unreadBytes(): number {
    return this.#socket.writableLength;
  }

  /** The socket keeps what it is given until it is written: a copy. */
  send(): void {
    const memory = this.#memory;
    const end = memory.i32(BLOCK + L.SES_TX_END);
    if (this.#socket.writable) {
      this.#socket.write(Buffer.from(memory.bytes.subarray(V.VENUE_TX, V.VENUE_TX + end)));
    }
    memory.setI32(BLOCK + L.SES_TX_END, 0);
    if (this.#socket.writableLength > UNREAD_BYTES_MAX) memory.setI32(V.VEN_TOO_SLOW, 1);
  }

  /** The socket takes everything. */
  sendWaiting(): void {
    this.send();
  }

  end(): void {
    this.#socket.end();
    const linger = setTimeout(() => this.#socket.destroy(), LINGER_MS);
    this.#socket.on('close', () => clearTimeout(linger));
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
