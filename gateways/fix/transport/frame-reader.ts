/**
 * Cuts a byte stream into whole FIX messages: 8, 9 and 35 in front, BodyLength and CheckSum right.
 * BodyLength says where CheckSum stands. Where it does not, the message ends with the next CheckSum
 * field behind that place and is dropped whole, as one with a wrong sum is: a BodyLength too large
 * takes the message behind it along, and both come again as a gap. What does not begin as a message
 * is skipped to the next "8=FIX". Both count as garbled, and no number is used up. The same rule as
 * wasm/fix-frame.ts, and the answer never depends on how the bytes were cut.
 */
import { MESSAGE_BYTES_MAX } from '../../../wasm/layout.ts';
import { checksumOf, SOH } from '../codec.ts';

const START = Buffer.from('8=FIX', 'latin1');
const BODY_LENGTH_START = Buffer.from('9=', 'latin1');
const MSG_TYPE_START = Buffer.from('35=', 'latin1');
const CHECKSUM_FIELD_START = Buffer.from('\x0110=', 'latin1');
const BEGIN_BYTES_MAX = 18; // "8=" and the value
const LENGTH_DIGITS_MAX = 9; // padded with zeros by some engines
const TRAILER_BYTES = 7; // "10=nnn|"
const CHECKSUM_BYTES_MAX = 16; // a longer value is none
const AROUND_BODY_BYTES = 64; // what stands before and behind a body is shorter
const IDLE_BYTES = 4096;
const NEED_MORE = 0;
const GARBLED = -1; // no beginning of a message
const UNSOUND = -2; // one that is dropped to its end, #unsoundBytes long
const NOTHING = Buffer.alloc(0);

const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57;

export class FrameReader {
  /** Beginnings of a message, and runs of other bytes, that were skipped since construction. */
  garbled = 0;
  readonly #bodyBytesMax: number;
  /** Holds the part of a message that waits: small, as long as that is small. */
  #own: Buffer = NOTHING;
  #idle: Buffer | undefined;
  /** The bytes in hand: #own, or the caller's chunk while nothing waits. */
  #bytes: Buffer = NOTHING;
  #start = 0;
  #end = 0;
  /** The search for the CheckSum of the message at #start goes on so many bytes behind it. */
  #searched = 0;
  #unsoundBytes = 0;
  #isSkipping = false;

  /** A BodyLength above `bodyBytesMax` is garbled: no more than such a message is ever held. */
  constructor(bodyBytesMax = MESSAGE_BYTES_MAX) {
    this.#bodyBytesMax = bodyBytesMax;
  }

  /** Bytes of memory that the reader holds. */
  get bytesHeld(): number {
    return this.#own.length;
  }

  /** Calls `onFrame` for each whole message; its bytes are valid only until it returns. */
  push(chunk: Uint8Array, onFrame: (frame: Uint8Array) => void): void {
    let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    try {
      while (rest.length > 0) {
        rest = rest.subarray(this.#take(rest));
        for (let frame = this.#next(); frame !== undefined; frame = this.#next()) onFrame(frame);
      }
    } finally {
      this.#settle();
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
    this.#searched = 0;
    this.#isSkipping = false;
  }

  /** Takes bytes in, how many it says: where nothing waits they are read where they lie. */
  #take(rest: Buffer): number {
    if (this.#start === this.#end) {
      this.#bytes = rest;
      this.#start = 0;
      this.#end = rest.length;
      return rest.length;
    }
    const own = this.#own;
    if (this.#start > 0) own.copyWithin(0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
    if (this.#end === own.length) this.#grow();
    const count = rest.copy(this.#own, this.#end);
    this.#end += count;
    return count;
  }

  #grow(): void {
    const larger = this.#allocate(this.#end * 2);
    this.#own.copy(larger);
    this.#own = larger;
    this.#bytes = larger;
  }

  #allocate(bytes: number): Buffer {
    return Buffer.allocUnsafeSlow(Math.min(bytes, this.#bodyBytesMax + AROUND_BODY_BYTES));
  }

  /** What waits moves from the chunk, or from a buffer that has become too large, to its own. */
  #settle(): void {
    const held = this.#end - this.#start;
    if (held === 0) this.#own = this.#idle ?? NOTHING;
    else if (held <= IDLE_BYTES) this.#own = this.#idle ??= Buffer.allocUnsafeSlow(IDLE_BYTES);
    else if (this.#own.length < held) this.#own = this.#allocate(held * 2);
    if (this.#bytes === this.#own) return;
    this.#bytes.copy(this.#own, 0, this.#start, this.#end);
    this.#bytes = this.#own;
    this.#start = 0;
    this.#end = held;
  }

  #next(): Uint8Array | undefined {
    while (this.#seekStart()) {
      const length = this.#frameLength();
      if (length === NEED_MORE) return undefined;
      if (length < 0) {
        if (length === GARBLED) this.#skip(1);
        else this.#drop(this.#unsoundBytes);
        continue;
      }
      const { buffer, byteOffset } = this.#bytes;
      const frame = new Uint8Array(buffer, byteOffset + this.#start, length);
      this.#advance(length);
      return frame;
    }
    return undefined;
  }

  #advance(count: number): void {
    this.#start += count;
    this.#searched = 0;
  }

  /** Leaves the beginning of what is no message; counted once up to the next "8=FIX". */
  #skip(count: number): void {
    if (!this.#isSkipping) this.garbled++;
    this.#isSkipping = true;
    this.#advance(count);
  }

  #drop(count: number): void {
    this.garbled++;
    this.#advance(count);
  }

  /** Moves to the next "8=FIX"; true when one is at the start. */
  #seekStart(): boolean {
    const held = this.#bytes.subarray(this.#start, this.#end);
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
    const bytes = this.#bytes;
    const end = this.#end;
    const beginEnd = this.#start + BEGIN_BYTES_MAX;
    let at = this.#start + START.length;
    while (at < end && at < beginEnd && bytes[at] !== SOH) at++;
    if (at === end) return NEED_MORE;
    if (bytes[at++] !== SOH) return GARBLED;
    const second = matchStart(bytes, at, end, BODY_LENGTH_START);
    if (second <= 0) return second;
    at = second;
    const digitsAt = at;
    let bodyLength = 0;
    while (at < end && isDigit(bytes[at]!)) bodyLength = bodyLength * 10 + bytes[at++]! - 48;
    if (at - digitsAt > LENGTH_DIGITS_MAX || bodyLength > this.#bodyBytesMax) return GARBLED;
    if (at === end) return NEED_MORE;
    if (at === digitsAt || bytes[at++] !== SOH) return GARBLED;
    const third = matchStart(bytes, at, end, MSG_TYPE_START);
    return third <= 0 ? third : this.#bodyEnd(at, at + bodyLength);
  }

  /** The same, of a message whose body begins at `body` and should end at `stated`. */
  #bodyEnd(body: number, stated: number): number {
    const limit = body + this.#bodyBytesMax + TRAILER_BYTES;
    const bytes = this.#bytes.subarray(0, Math.min(this.#end, limit));
    let from = Math.max(this.#start + this.#searched, stated - 1);
    for (;;) {
      const found = bytes.indexOf(CHECKSUM_FIELD_START, from);
      if (found < 0) {
        from = Math.max(from, bytes.length - CHECKSUM_FIELD_START.length + 1);
        break;
      }
      const value = found + CHECKSUM_FIELD_START.length;
      const valueEnd = bytes.subarray(value, value + CHECKSUM_BYTES_MAX + 1).indexOf(SOH);
      if (valueEnd >= 0) return this.#ended(stated, found + 1, value + valueEnd + 1);
      from = found;
      if (bytes.length - value <= CHECKSUM_BYTES_MAX) break;
      from++;
    }
    if (this.#end >= limit) return GARBLED;
    this.#searched = from - this.#start;
    return NEED_MORE;
  }

  /** Its CheckSum field stands at `trailer` and ends at `end`. */
  #ended(stated: number, trailer: number, end: number): number {
    const bytes = this.#bytes;
    const length = end - this.#start;
    const isWhole = trailer === stated && end - trailer === TRAILER_BYTES;
    if (isWhole && statedSum(bytes, trailer) === checksumOf(bytes, this.#start, trailer)) {
      return length;
    }
    this.#unsoundBytes = length;
    return UNSOUND;
  }
}

/** One past `start` where it stands at `at`, NEED_MORE as long as it still may, GARBLED. */
function matchStart(bytes: Buffer, at: number, end: number, start: Buffer): number {
  for (let index = 0; index < start.length; index++) {
    if (at + index === end) return NEED_MORE;
    if (bytes[at + index] !== start[index]) return GARBLED;
  }
  return at + start.length;
}

/** nnn of "10=nnn|", -1 = no number. */
function statedSum(bytes: Buffer, trailer: number): number {
  let stated = 0;
  for (let at = trailer + 3; at < trailer + 6; at++) {
    if (!isDigit(bytes[at]!)) return -1;
    stated = stated * 10 + bytes[at]! - 48;
  }
  return stated;
}
