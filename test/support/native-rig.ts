/** For tests: the addon's sockets on this thread, each with buffers of its own in one memory. */
import net from 'node:net';
import tls from 'node:tls';
import { NativeSockets } from '../../gateways/sockets/native-sockets.ts';
import { loadNative, type SocketBuffers, type TlsClient } from '../../native/index.ts';
import { Memory } from '../../wasm/memory.ts';
import * as N from '../../wasm/native-layout.ts';

const BUFFER_BYTES = 65_536;

/** Where two threads write numbered messages. */
export interface NumberedAt {
  /** The next number, i64. */
  readonly numberAt: number;
  readonly tx: number;
  readonly txWords: number;
}

/** "h4711;" under the next number. */
export function writeNext(memory: Memory, at: NumberedAt, by: string): void {
  const number = memory.i64(at.numberAt);
  memory.setI64(at.numberAt, number + 1);
  const text = Buffer.from(`${by}${number};`);
  const end = memory.i32(at.txWords);
  memory.bytes.set(text, at.tx + end);
  memory.setI32(at.txWords, end + text.length);
}

export class NativeRig {
  readonly memory = new Memory();
  readonly log: string[] = [];
  readonly sockets: NativeSockets;

  constructor(settings: { readonly spinUs?: number; readonly waitMs?: number } = {}) {
    this.sockets = new NativeSockets(loadNative().module!, this.memory, {
      spinUs: 0,
      yieldMs: 0,
      waitMs: 20,
      busyPollUs: 0,
      log: (text) => this.log.push(text),
      ...settings,
    });
  }

  /** Under way to this port of this machine. */
  connect(slot: number, port: number, secure?: TlsClient): RigSocket {
    const socket = new RigSocket(this, slot);
    const to = { address: '127.0.0.1', port, from: undefined, secure };
    socket.refused = this.sockets.connect(slot, socket, to, socket.buffers);
    return socket;
  }

  accept(listener: number, slot: number): RigSocket {
    const socket = new RigSocket(this, slot);
    socket.refused = this.sockets.accept(listener, slot, socket, socket.buffers);
    return socket;
  }

  word(slot: number, at: number): number {
    return this.memory.i32(N.SOCKET_ROWS + slot * N.SOCKET_ROW_BYTES + at);
  }
}

export class RigSocket {
  readonly #rig: NativeRig;
  readonly slot: number;
  readonly buffers: SocketBuffers;
  /** What it was told, all bits ever. */
  events = 0;
  /** All bytes that came. */
  heard = '';
  /** Of the reads, one each. */
  readonly reads: string[] = [];
  refused: string | undefined;

  constructor(rig: NativeRig, slot: number) {
    this.#rig = rig;
    this.slot = slot;
    const rx = 65_536 + slot * (2 * BUFFER_BYTES + 4096);
    const words = rx + 2 * BUFFER_BYTES;
    const tx = rx + BUFFER_BYTES;
    this.buffers = {
      rx,
      rxBytes: BUFFER_BYTES,
      rxWords: words,
      tx,
      txBytes: BUFFER_BYTES,
      txWords: words + 8,
    };
    for (let at = 0; at < 12; at += 4) rig.memory.setI32(words + at, 0);
  }

  onEvents(events: number): void {
    this.events |= events;
    if ((events & N.SOCKET_EVENT_SECURED) !== 0) this.#rig.sockets.admit(this.slot);
    if ((events & N.SOCKET_EVENT_READABLE) !== 0) this.#read();
  }

  has(event: number): boolean {
    return (this.events & event) !== 0;
  }

  get unsent(): number {
    return this.#rig.memory.i32(this.buffers.txWords);
  }

  send(text: string): void {
    const { memory, sockets } = this.#rig;
    const bytes = Buffer.from(text);
    const end = this.unsent;
    memory.bytes.set(bytes, this.buffers.tx + end);
    memory.setI32(this.buffers.txWords, end + bytes.length);
    sockets.flush(this.slot);
  }

  #read(): void {
    const { memory } = this.#rig;
    const { rx, rxWords } = this.buffers;
    const [start, end] = [memory.i32(rxWords), memory.i32(rxWords + 4)];
    const text = Buffer.from(memory.bytes.slice(rx + start, rx + end)).toString('latin1');
    memory.setI32(rxWords, end);
    this.heard += text;
    this.reads.push(text);
  }
}

/** A server of Node's, plain or with TLS, that keeps its connections. */
export class PlainServer {
  readonly server: net.Server;
  readonly peers: net.Socket[] = [];
  port = 0;

  private constructor(onPeer: (peer: net.Socket) => void, secure: tls.TlsOptions | undefined) {
    const accept = (peer: net.Socket): void => {
      this.peers.push(peer);
      peer.on('error', () => {});
      onPeer(peer);
    };
    this.server =
      secure === undefined
        ? net.createServer({ noDelay: true }, accept)
        : tls.createServer({ noDelay: true, ...secure }, accept);
  }

  static async open(
    onPeer: (peer: net.Socket) => void = () => {},
    secure?: tls.TlsOptions,
  ): Promise<PlainServer> {
    const opened = new PlainServer(onPeer, secure);
    await new Promise<void>((resolve) => opened.server.listen(0, '127.0.0.1', resolve));
    opened.port = (opened.server.address() as net.AddressInfo).port;
    return opened;
  }

  close(): void {
    for (const peer of this.peers) peer.destroy();
    this.server.close();
  }
}

/** Waits as long as it takes: a test that fails here runs into the runner's own limit. */
export async function until(isReached: () => boolean): Promise<void> {
  while (!isReached()) await new Promise((resolve) => setTimeout(resolve, 1));
}
