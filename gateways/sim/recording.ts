/**
 * Reads a recorded day, one 35=W or 35=X a line (.fix, or .fix.zst), and hands out its bodies: the
 * session fields go, the recorded time (52) becomes tag 5060 with all its digits. Works on bytes:
 * >= 100,000 messages a second. A line that is cut, or whose BodyLength or CheckSum is wrong, stops
 * the run.
 */
import { GyrfalconError } from '../../engine/errors.ts';
import {
  lineBlocks,
  recordedFileFault,
  requireRecordedFile,
} from '../../engine/event/recorded-file.ts';
import { MESSAGE_BYTES_MAX } from '../../wasm/layout.ts';
import type { MarketMessage, MarketSource } from './market-source.ts';

const SOH = 1;
const NEWLINE = 10;
const EQUALS = 61;
const ZERO = 48;
const DOT = 46;
const TRAILER_BYTES = 7; // "10=nnn|"
const MARKET_TIME = Buffer.from('5060=', 'latin1');
const TIME_BYTES_MIN = 17; // YYYYMMDD-HH:MM:SS
const TIME_BYTES_MAX = 27; // with nine decimals
const CODE_SNAPSHOT = 87; // W
const CODE_INCREMENT = 88; // X

export class Recording implements MarketSource {
  readonly #file: string;
  readonly #blocks: AsyncGenerator<Buffer>;
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  #line = 0;
  #epochMs = Number.NaN;
  /** The day last seen, as the number YYYYMMDD, and its midnight relative to the epoch. */
  #day = 0;
  #dayNs = 0;
  readonly #message: MarketMessage = {
    isSnapshot: false,
    timeNs: 0,
    bytes: Buffer.alloc(MESSAGE_BYTES_MAX + 64),
    bodyStart: 0,
    bodyEnd: 0,
    fieldsStart: 0,
  };

  constructor(file: string) {
    requireRecordedFile(file);
    this.#file = file;
    this.#blocks = lineBlocks(file, MESSAGE_BYTES_MAX);
  }

  where(): string {
    return `${this.#file}:${this.#line}`;
  }

  epochMs(): number {
    return this.#epochMs;
  }

  close(): void {
    void this.#blocks.return(undefined);
  }

  async more(): Promise<boolean> {
    try {
      const { value, done } = await this.#blocks.next();
      if (done === true) return false;
      this.#bytes = value;
      this.#at = 0;
      return true;
    } catch (cause) {
      throw recordedFileFault(this.#file, this.#line + 1, cause);
    }
  }

  next(): MarketMessage | undefined {
    const bytes = this.#bytes;
    const start = this.#at;
    if (start === bytes.length) return undefined;
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline; // the last line may lack its newline
    this.#at = newline < 0 ? end : newline + 1;
    this.#line++;
    this.#takeLine(bytes, start, end);
    return this.#message;
  }

  #invalid(what: string): GyrfalconError {
    return new GyrfalconError('INPUT_INVALID', `${this.where()}: ${what}`);
  }

  #takeLine(bytes: Buffer, start: number, end: number): void {
    const bodyStart = this.#checkFrame(bytes, start, end);
    const trailer = end - TRAILER_BYTES;
    let at = bodyStart;
    let typeCode = 0;
    let timeStart = 0;
    let timeEnd = 0;
    while (at < trailer) {
      const fieldStart = at;
      let tag = 0;
      while (bytes[at] !== EQUALS && at < trailer) tag = tag * 10 + bytes[at++]! - ZERO;
      const valueStart = ++at;
      while (bytes[at] !== SOH && at < trailer) at++;
      if (tag === 35) typeCode = at - valueStart === 1 ? bytes[valueStart]! : 0;
      else if (tag === 52) {
        timeStart = valueStart;
        timeEnd = at;
      } else if (tag !== 49 && tag !== 56 && tag !== 34) {
        at = fieldStart;
        break;
      }
      at++;
    }
    if (typeCode !== CODE_SNAPSHOT && typeCode !== CODE_INCREMENT)
      throw this.#invalid('MsgType (35) is not W or X');
    this.#message.isSnapshot = typeCode === CODE_SNAPSHOT;
    this.#message.timeNs = this.#timeNs(bytes, timeStart, timeEnd);
    this.#writeBody(bytes, { timeStart, timeEnd, fieldsStart: at, fieldsEnd: trailer });
  }

  /** BeginString, BodyLength and CheckSum; returns where the body starts (at 35=). */
  #checkFrame(bytes: Buffer, start: number, end: number): number {
    const first = bytes.indexOf(SOH, start);
    const isStart = bytes[start] === 56 && bytes[start + 1] === EQUALS && first > 0 && first < end;
    if (!isStart || bytes[first + 1] !== 57 || bytes[first + 2] !== EQUALS) {
      throw this.#invalid('the line does not start with 8= and 9=');
    }
    let at = first + 3;
    let stated = 0;
    while (at < end && bytes[at] !== SOH) stated = stated * 10 + bytes[at++]! - ZERO;
    const bodyStart = at + 1;
    const trailer = end - TRAILER_BYTES;
    const isWhole =
      trailer > bodyStart &&
      bytes[trailer] === 49 &&
      bytes[trailer + 1] === ZERO &&
      bytes[trailer + 2] === EQUALS &&
      bytes[end - 1] === SOH &&
      bytes[trailer - 1] === SOH;
    if (!isWhole) throw this.#invalid('the message is cut: it does not end in a CheckSum (10)');
    if (stated !== trailer - bodyStart) {
      throw this.#invalid(
        `BodyLength (9) says ${stated}, the body has ${trailer - bodyStart} bytes`,
      );
    }
    let sum = 0;
    for (let index = start; index < trailer; index++) sum += bytes[index]!;
    const checksum = threeDigits(bytes, trailer + 3);
    if ((sum & 255) !== checksum)
      throw this.#invalid(`CheckSum (10) says ${checksum}, the bytes give ${sum & 255}`);
    return bodyStart;
  }

  #timeNs(bytes: Buffer, start: number, end: number): number {
    const length = end - start;
    const hasFraction = length > TIME_BYTES_MIN + 1 && bytes[start + TIME_BYTES_MIN] === DOT;
    if (length > TIME_BYTES_MAX || !(length === TIME_BYTES_MIN || hasFraction)) {
      throw this.#invalid('SendingTime (52) is missing or no UTC timestamp');
    }
    const day = digits(bytes, start, 8);
    if (day !== this.#day) this.#newDay(day);
    const seconds =
      digits(bytes, start + 9, 2) * 3600 +
      digits(bytes, start + 12, 2) * 60 +
      digits(bytes, start + 15, 2);
    const decimals = hasFraction ? length - TIME_BYTES_MIN - 1 : 0;
    const fraction = digits(bytes, start + TIME_BYTES_MIN + 1, decimals) * 10 ** (9 - decimals);
    const timeNs = this.#dayNs + seconds * 1e9 + fraction;
    if (!Number.isSafeInteger(timeNs)) throw this.#invalid('SendingTime (52) is no UTC timestamp');
    return timeNs;
  }

  #newDay(day: number): void {
    const ms = Date.UTC(Math.floor(day / 10_000), (Math.floor(day / 100) % 100) - 1, day % 100);
    if (Number.isNaN(this.#epochMs)) this.#epochMs = ms;
    this.#day = day;
    this.#dayNs = (ms - this.#epochMs) * 1e6;
  }

  #writeBody(
    bytes: Buffer,
    from: { timeStart: number; timeEnd: number; fieldsStart: number; fieldsEnd: number },
  ): void {
    const message = this.#message;
    const out = message.bytes;
    if (from.fieldsEnd - from.fieldsStart > MESSAGE_BYTES_MAX)
      throw this.#invalid('the message is too long');
    let at = MARKET_TIME.copy(out, 0);
    at += bytes.copy(out, at, from.timeStart, from.timeEnd);
    out[at++] = SOH;
    message.fieldsStart = at;
    message.bodyEnd = at + bytes.copy(out, at, from.fieldsStart, from.fieldsEnd);
  }
}

/** `count` digits as a number; something that is no safe integer where one is no digit. */
function digits(bytes: Buffer, start: number, count: number): number {
  let value = 0;
  for (let at = start; at < start + count; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

const threeDigits = (bytes: Buffer, at: number): number => digits(bytes, at, 3);
