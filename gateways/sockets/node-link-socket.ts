/** A session's connection over Node's own sockets, with or without TLS: reads straight into RX. */
import net from 'node:net';

import type { Memory } from '../../wasm/memory.ts';
import { connectTls } from '../fix/transport/tls-client.ts';
import type { TlsSettings } from '../fix/transport/tls-settings.ts';
import type { LinkBuffers, LinkSocket, LinkSocketEvents, LinkTarget } from './link-socket.ts';

/** A peer that leaves this much unread is not sent to any more. */
const PENDING_BYTES_MAX = 1_048_576;
/** A full RX, which the loop does not read now, is looked at again after this time. */
const FULL_WAIT_MS = 5;

export interface NodeLinkParts {
  readonly memory: Memory;
  readonly buffers: LinkBuffers;
  readonly clock: { elapsedNs(): number };
  readonly events: LinkSocketEvents;
  /** undefined = in the clear. */
  readonly secure: TlsSettings | undefined;
}

export class NodeLinkSocket implements LinkSocket {
  readonly #parts: NodeLinkParts;
  readonly #socket: net.Socket;

  constructor(target: LinkTarget, parts: NodeLinkParts) {
    this.#parts = parts;
    const { secure, events } = parts;
    const options: net.TcpNetConnectOpts = {
      host: target.host,
      port: target.port,
      noDelay: true,
      ...(target.bindHost === null ? {} : { localAddress: target.bindHost }),
      onread: { buffer: () => this.#room(), callback: (count) => this.#onBytes(count) },
    };
    const socket = secure === undefined ? net.connect(options) : connectTls(options, secure);
    this.#socket = socket;
    socket.on(secure === undefined ? 'connect' : 'secureConnect', () => events.onConnect());
    socket.on('error', (error: NodeJS.ErrnoException) =>
      events.onError(error.code ?? error.message),
    );
    socket.on('close', () => events.onClose());
  }

  get unsentBytes(): number {
    return this.#socket.writableLength;
  }

  flush(): boolean {
    return false;
  }

  write(bytes: Uint8Array): boolean {
    if (!this.#socket.writable) return true; // nobody there: the journal has it
    if (this.#socket.writableLength > PENDING_BYTES_MAX) return false;
    this.#socket.write(bytes);
    return true;
  }

  end(lingerMs: number): void {
    const socket = this.#socket;
    setImmediate(() => socket.destroySoon()); // once what the turn still sends is on its way
    const linger = setTimeout(() => socket.destroy(), lingerMs);
    socket.on('close', () => clearTimeout(linger));
  }

  destroy(why?: string): void {
    this.#socket.destroy(why === undefined ? undefined : new Error(why));
  }

  /** false = RX is full, as the loop does not read now: the peer waits until there is room. */
  #onBytes(count: number): boolean {
    const { memory, buffers, events, clock } = this.#parts;
    const end = buffers.rxWords + 4;
    memory.setI32(end, memory.i32(end) + count);
    memory.setF64(buffers.receivedNs, clock.elapsedNs());
    events.onReadable();
    if (this.#freeBytes > 0) return true;
    setTimeout(() => this.#readOn(), FULL_WAIT_MS);
    return false;
  }

  #readOn(): void {
    if (this.#freeBytes > 0) this.#socket.resume();
    else setTimeout(() => this.#readOn(), FULL_WAIT_MS);
  }

  get #freeBytes(): number {
    const { memory, buffers } = this.#parts;
    return buffers.rxBytes - (memory.i32(buffers.rxWords + 4) - memory.i32(buffers.rxWords));
  }

  /** Room behind the last byte; unread bytes move to the front first. */
  #room(): Uint8Array {
    const { memory, buffers } = this.#parts;
    const { rx, rxBytes, rxWords } = buffers;
    const start = memory.i32(rxWords);
    const end = memory.i32(rxWords + 4);
    if (start > 0) {
      memory.bytes.copyWithin(rx, rx + start, rx + end);
      memory.setI32(rxWords, 0);
      memory.setI32(rxWords + 4, end - start);
    }
    return memory.bytes.subarray(rx + end - start, rx + rxBytes);
  }
}
