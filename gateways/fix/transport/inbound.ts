/**
 * The way in of one connection: bytes of the socket in, whole messages out, a bounded number a
 * turn. What the peer may not do ends here: too long or too slow a message, garbage without end,
 * more than its paces allow.
 */
import { NS_PER_S } from '../timestamp.ts';
import { NEVER_NS } from './deadline-timer.ts';
import type { FrameReader } from './frame-reader.ts';
import type { PeerPaces } from './peer-paces.ts';
import { borrowReader, returnReader } from './reader-pool.ts';
import type { TrafficCounts } from './traffic-counts.ts';
import type { TrafficLimits } from './transport-limits.ts';

/** Bytes that are framed in one go; messages that a turn has no room for are copied and wait. */
const SLICE_BYTES = 4096;

interface InboundParts {
  readonly limits: TrafficLimits;
  readonly paces: PeerPaces;
  readonly counts: TrafficCounts;
  readonly onFrame: (frame: Uint8Array, nowNs: bigint) => void;
  readonly onGarbled: () => void;
}

export class Inbound {
  readonly #parts: InboundParts;
  readonly #chunks: Uint8Array[] = [];
  /** Bytes of the first chunk that are framed. */
  #framed = 0;
  /** Whole messages of an earlier turn, in order. */
  readonly #waiting: Uint8Array[] = [];
  #reader: FrameReader | undefined;
  #isReading = false;
  #isClosed = false;
  #messagesLeft = 0;
  #bytesLeft = 0;
  #nowNs = 0n;
  /** The peer is read from again at this time. */
  #readyNs = 0n;
  /** The message that has begun must be complete by then. */
  #completeByNs = NEVER_NS;
  #garbledRuns = 0;
  #garbledBytes = 0;
  #breach: string | undefined;

  constructor(parts: InboundParts) {
    this.#parts = parts;
  }

  /** Takes bytes of the socket; they are not copied. */
  push(chunk: Uint8Array): void {
    this.#parts.counts.bytesIn += chunk.length;
    this.#chunks.push(chunk);
  }

  /** Something is left over for a later turn: the socket must not be read from until then. */
  get hasMore(): boolean {
    return this.#waiting.length > 0 || this.#chunks.length > 0;
  }

  /** When the next turn is due; another may come before. */
  get nextNs(): bigint {
    return this.hasMore ? this.#readyNs : this.#completeByNs;
  }

  /** Deals with what is there, up to the bounds; why the peer must go, if it must. */
  turn(nowNs: bigint): string | undefined {
    const { limits, paces } = this.#parts;
    this.#nowNs = nowNs;
    this.#messagesLeft = limits.turnMessages;
    this.#bytesLeft = limits.turnBytes;
    paces.fill(nowNs);
    if (!this.hasMore && nowNs >= this.#completeByNs) {
      return `a message was not complete after ${limits.messageS} s`;
    }
    const hadMessage = this.#drain();
    if (this.#isClosed) return undefined;
    this.#noteAhead();
    this.#noteIncomplete(hadMessage);
    return this.#breach ?? paces.breach(nowNs);
  }

  /** The connection is gone: nothing more comes out, not even in the middle of a turn. */
  close(): void {
    this.#isClosed = true;
    this.#chunks.length = 0;
    this.#waiting.length = 0;
    if (!this.#isReading) this.#release();
  }

  /** True when at least one message came out. */
  #drain(): boolean {
    const before = this.#messagesLeft;
    while (!this.#isClosed && this.#mayGoOn()) {
      const frame = this.#waiting.shift();
      if (frame !== undefined) {
        this.#handle(frame);
        continue;
      }
      const slice = this.#nextSlice();
      if (slice === undefined) break;
      this.#read(slice);
    }
    return this.#messagesLeft < before;
  }

  #mayGoOn(): boolean {
    return (
      this.#breach === undefined &&
      this.#messagesLeft > 0 &&
      this.#bytesLeft > 0 &&
      this.#parts.paces.readyNs(this.#nowNs) <= this.#nowNs
    );
  }

  #nextSlice(): Uint8Array | undefined {
    const chunk = this.#chunks[0];
    if (chunk === undefined) return undefined;
    const slice = chunk.subarray(this.#framed, this.#framed + SLICE_BYTES);
    this.#framed += slice.length;
    if (this.#framed >= chunk.length) {
      this.#chunks.shift();
      this.#framed = 0;
    }
    return slice;
  }

  #read(slice: Uint8Array): void {
    this.#reader ??= borrowReader();
    const reader = this.#reader;
    const garbledBefore = reader.garbled;
    const heldBefore = reader.heldBytes;
    let framedBytes = 0;
    let garbledAtFrame = garbledBefore;
    this.#isReading = true;
    reader.push(slice, (frame) => {
      framedBytes += frame.length;
      if (this.#isClosed) return;
      garbledAtFrame = reader.garbled;
      this.#garbledRuns = 0;
      this.#garbledBytes = 0;
      if (this.#waiting.length === 0 && this.#mayGoOn()) this.#handle(frame);
      else this.#waiting.push(Buffer.from(frame));
    });
    this.#isReading = false;
    const skipped = heldBefore + slice.length - framedBytes - reader.heldBytes;
    this.#bytesLeft -= slice.length - framedBytes; // messages were counted one by one
    this.#parts.counts.garbledIn += reader.garbled - garbledBefore;
    const runs = reader.garbled - garbledAtFrame;
    this.#checkHeld(reader.heldBytes);
    if (this.#isClosed || (reader.heldBytes === 0 && skipped === 0)) this.#release();
    if (skipped > 0 && !this.#isClosed) this.#onGarbled(runs, skipped);
  }

  #handle(frame: Uint8Array): void {
    const { counts, onFrame, paces } = this.#parts;
    this.#messagesLeft -= 1;
    this.#bytesLeft -= frame.length;
    counts.messagesIn += 1;
    counts.lastInNs = this.#nowNs;
    paces.takeMessage(frame);
    this.#checkHeld(frame.length);
    if (this.#breach === undefined) onFrame(frame, this.#nowNs);
  }

  #checkHeld(bytes: number): void {
    const { messageBytesMax } = this.#parts.limits;
    if (bytes > messageBytesMax)
      this.#breach ??= `a message is longer than ${messageBytesMax} bytes`;
  }

  /** `runs`: behind the last message of the slice; what stood before it was not in a row with them. */
  #onGarbled(runs: number, bytes: number): void {
    const { limits, onGarbled, paces } = this.#parts;
    paces.takeBytes(bytes);
    this.#garbledRuns += runs;
    this.#garbledBytes += bytes;
    const { garbledRunsMax, garbledBytesMax } = limits;
    if (this.#garbledRuns > garbledRunsMax || this.#garbledBytes > garbledBytesMax) {
      this.#breach ??=
        `${this.#garbledRuns} pieces of garbage, ${this.#garbledBytes} bytes, came in a row; ` +
        `${garbledRunsMax} and ${garbledBytesMax} bytes are allowed`;
    }
    onGarbled();
  }

  #noteAhead(): void {
    const { counts, paces } = this.#parts;
    const nowNs = this.#nowNs;
    const readyNs = paces.readyNs(nowNs);
    this.#readyNs = nowNs;
    if (readyNs <= nowNs) return;
    this.#readyNs = readyNs;
    if (paces.holdBack(nowNs, readyNs)) counts.slowdowns += 1;
  }

  /** The peer's time runs only while nothing of its own waits here. */
  #noteIncomplete(hadMessage: boolean): void {
    if (this.hasMore || (this.#reader?.heldBytes ?? 0) === 0) {
      this.#completeByNs = NEVER_NS;
    } else if (hadMessage || this.#completeByNs === NEVER_NS) {
      this.#completeByNs = this.#nowNs + BigInt(this.#parts.limits.messageS) * NS_PER_S;
    }
  }

  #release(): void {
    if (this.#reader === undefined) return;
    returnReader(this.#reader);
    this.#reader = undefined;
  }
}
