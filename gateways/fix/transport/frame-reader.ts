/**
 * Cuts a byte stream into whole FIX messages: BodyLength and CheckSum right, 8, 9 and 35 in front.
 * What is not such a message is skipped to the next "8=FIX" and counted as garbled; its number is
 * not used up. The buffer is bounded: a BodyLength above MESSAGE_BYTES_MAX is garbled.
 */
import { MESSAGE_BYTES_MAX } from '../../../wasm/layout.ts';
import { checksumOf, SOH } from '../codec.ts';

const START = Buffer.from('8=FIX', 'latin1');
const AFTER_TRAILER = Buffer.from('\x018=FIX', 'latin1');
const BEGIN_BYTES_MAX = 18; // "8=" and the value
const LENGTH_DIGITS_MAX = 9; // padded with zeros by some engines
const TRAILER_BYTES = 7; // "10=nnn|"
const CAPACITY = 2 * MESSAGE_BYTES_MAX;
const NEED_MORE = 0;
const GARBLED = -1;

const isDigit = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= 48 && byte <= 57;

export class FrameReader {
  /** Beginnings of a message, and runs of other bytes, that were skipped since construction. */
  garbled = 0;
  readonly #bytes = new Uint8Array(CAPACITY);
  readonly #buffer = Buffer.from(this.#bytes.buffer);
  #start = 0;
  #end = 0;
  #isSkipping = false;

  /** Calls `onFrame` for each whole message; its bytes are valid only until it returns. */
  push(chunk: Uint8Array, onFrame: (frame: Uint8Array) => void): void {
    let taken = 0;
    while (taken < chunk.length) {
      this.#makeRoom();
      const count = Math.min(CAPACITY - this.#end, chunk.length - taken);
      this.#buffer.set(chunk.subarray(taken, taken + count), this.#end);
      this.#end += count;
      taken += count;
      for (let frame = this.#next(); frame !== undefined; frame = this.#next()) onFrame(frame);
    }
  }

  /** Bytes of a message that is not complete yet. */
  get heldBytes(): number {
    return this.#end - this.#start;
  }

  /** Forgets a half-received message: the connection is gone. */
  reset(): void {
    this.#start = 0;
    this.#end = 0;
    this.#isSkipping = false;
  }

  #makeRoom(): void {
    if (this.#start === 0) return;
    this.#buffer.copyWithin(0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
  }

  #next(): Uint8Array | undefined {
    while (this.#seekStart()) {
      const length = this.#frameLength();
      if (length === NEED_MORE) return undefined;
      if (length !== GARBLED) {
        const frame = this.#bytes.subarray(this.#start, this.#start + length);
        if (isSound(frame)) {
          this.#start += length;
          return frame;
        }
      }
      this.#skip(1);
    }
    return undefined;
  }

  /** Leaves the beginning of what is no message; counted once up to the next "8=FIX". */
  #skip(count: number): void {
    if (!this.#isSkipping) this.garbled++;
    this.#isSkipping = true;
    this.#start += count;
  }

  /** Moves to the next "8=FIX"; true when there is one, or a beginning of one, at the start. */
  #seekStart(): boolean {
    const held = this.#buffer.subarray(this.#start, this.#end);
    if (held.length === 0) return false;
    const found = held.indexOf(START);
    if (found >= 0) {
      if (found > 0) this.#skip(found);
      this.#isSkipping = false;
      return true;
    }
    let tail = Math.min(START.length - 1, held.length);
    while (tail > 0 && held.compare(START, 0, tail, held.length - tail) !== 0) tail--;
    if (held.length > tail) this.#skip(held.length - tail);
    return false;
  }

  /** Length of the frame at the start, GARBLED, or NEED_MORE. */
  #frameLength(): number {
    const buffer = this.#bytes;
    const begin = this.#start;
    const end = this.#end;
    let at = begin + START.length;
    while (at < end && buffer[at] !== SOH) at++;
    if (at - begin > BEGIN_BYTES_MAX) return GARBLED;
    if (at + 2 >= end)
      return at < end && !startsLike(buffer, at + 1, end, '9=') ? GARBLED : NEED_MORE;
    if (buffer[at + 1] !== 57 || buffer[at + 2] !== 61) return GARBLED;
    at += 3;
    const digits = at;
    let bodyLength = 0;
    while (at < end && isDigit(buffer[at])) bodyLength = bodyLength * 10 + buffer[at++]! - 48;
    if (at - digits > LENGTH_DIGITS_MAX || bodyLength > MESSAGE_BYTES_MAX) return GARBLED;
    if (at === end) return NEED_MORE;
    if (at === digits || buffer[at] !== SOH) return GARBLED;
    const total = at + 1 + bodyLength + TRAILER_BYTES - begin;
    if (begin + total > end) return this.#endsEarly(begin) ? GARBLED : NEED_MORE;
    const trailer = begin + total - TRAILER_BYTES;
    return isTrailer(buffer, trailer) ? total : GARBLED;
  }

  /**
   * A BodyLength too large must not swallow the messages behind: a trailer with a new start behind
   * it ends it.
   */
  #endsEarly(begin: number): boolean {
    const held = this.#buffer.subarray(begin, this.#end);
    let at = held.indexOf(AFTER_TRAILER);
    while (at >= 0) {
      if (isTrailer(held, at + 1 - TRAILER_BYTES)) return true;
      at = held.indexOf(AFTER_TRAILER, at + 1);
    }
    return false;
  }
}

function startsLike(buffer: Uint8Array, at: number, end: number, text: string): boolean {
  for (let index = 0; at + index < end && index < text.length; index++) {
    if (buffer[at + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}

/** "|10=nnn|" with its SOH in front, trailer starting at `at`. */
function isTrailer(buffer: Uint8Array, at: number): boolean {
  return (
    buffer[at - 1] === SOH &&
    buffer[at] === 49 &&
    buffer[at + 1] === 48 &&
    buffer[at + 2] === 61 &&
    isDigit(buffer[at + 3]) &&
    isDigit(buffer[at + 4]) &&
    isDigit(buffer[at + 5]) &&
    buffer[at + 6] === SOH
  );
}

/** CheckSum right and MsgType the third field. */
function isSound(frame: Uint8Array): boolean {
  const trailer = frame.length - TRAILER_BYTES;
  const stated =
    (frame[trailer + 3]! - 48) * 100 + (frame[trailer + 4]! - 48) * 10 + frame[trailer + 5]! - 48;
  if (stated !== checksumOf(frame, 0, trailer)) return false;
  const second = frame.indexOf(SOH);
  const third = frame.indexOf(SOH, second + 1) + 1;
  return frame[third] === 51 && frame[third + 1] === 53 && frame[third + 2] === 61;
}
