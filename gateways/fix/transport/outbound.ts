/**
 * The way out of one connection: messages are gathered in a block while it is corked and leave in
 * one write. What the peer leaves unread has a bound; past it nothing more is written, and the
 * owner ends the connection.
 */
import type { Socket } from 'node:net';

const BLOCK_BYTES = 65_536;
const ROOM_BYTES = 16_384;
/** Blocks kept for the next connection that is corked; nearly always it is one at a time. */
const SPARE_MAX = 4;
const spare: Buffer[] = [];

export class Outbound {
  readonly #socket: Socket;
  readonly #pendingBytesMax: number;
  #block: Buffer | undefined;
  #blockEnd = 0;
  #isCorked = false;
  #isTooSlow = false;

  constructor(socket: Socket, pendingBytesMax: number) {
    this.#socket = socket;
    this.#pendingBytesMax = pendingBytesMax;
  }

  /** Bytes that wait in this process. */
  get pendingBytes(): number {
    return this.#blockEnd + this.#socket.writableLength;
  }

  /** Little of what was written before is still on its way to the kernel. */
  get hasRoom(): boolean {
    return this.#socket.writableLength <= ROOM_BYTES;
  }

  /** The peer has left more unread than it may. */
  get isTooSlow(): boolean {
    return this.#isTooSlow;
  }

  /** Copies the bytes. */
  send(bytes: Uint8Array): void {
    if (this.#isTooSlow) return; // the store has them: the peer can ask when it is back
    if (this.#blockEnd + bytes.length > BLOCK_BYTES) this.flush();
    if (bytes.length > BLOCK_BYTES) {
      this.#write(Buffer.from(bytes));
      return;
    }
    this.#block ??= spare.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
    this.#block.set(bytes, this.#blockEnd);
    this.#blockEnd += bytes.length;
    if (!this.#isCorked) this.flush();
  }

  cork(): void {
    this.#isCorked = true;
  }

  uncork(): void {
    this.#isCorked = false;
    this.flush();
  }

  /** The socket keeps what it is given until it is written; the block is used again at once. */
  flush(): void {
    const block = this.#block;
    if (block === undefined) return;
    const bytes = Buffer.from(block.subarray(0, this.#blockEnd));
    this.discard();
    this.#write(bytes);
  }

  /** What is in the block never leaves. */
  discard(): void {
    if (this.#block !== undefined && spare.length < SPARE_MAX) spare.push(this.#block);
    this.#block = undefined;
    this.#blockEnd = 0;
  }

  #write(bytes: Buffer): void {
    this.#socket.write(bytes);
    this.#isTooSlow = this.#socket.writableLength > this.#pendingBytesMax;
  }
}
