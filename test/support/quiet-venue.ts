/**
 * A venue that allocates nothing: writes its messages straight into the session's RX and answers what lies in
 * TX, so that whatever is allocated while it talks is the engine's.
 */
import * as L from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';

const SOH = 1;
const ZERO = 48;
const text = (ascii: string): Uint8Array => Buffer.from(ascii.replaceAll('|', '\x01'), 'latin1');
const BEGIN = text('8=FIX.4.4|9=0000|');
/** Of "8=FIX.4.4|9=ddd|35=" in what the engine sends. */
const TYPE_AT = 19;
const LENGTH_AT = 12;
const FRAME_BYTES = 16 + 7;
const UPDATE = text('35=X|');
const REPORT = text('35=8|');
const NUMBER = text('34=');
const HEADER = text('|49=SIM|52=20120621-14:00:00.000|56=GYRFALCON|');
const ENTRY = text('268=1|279=1|269=');
const SYMBOL = text('|55=');
const PRICE = text('|270=');
const FIRST_STOCK = text('AAPL');
const OTHER_STOCK = 'S'.charCodeAt(0);
const SIZE = text('|271=');
const ORDER = text('37=V1|11=');
const ORIG = text('|41=');
const EXEC = text('|17=E');
const TAG_11 = text('|11=');
const TAG_41 = text('|41=');
const TAG_54 = text('|54=');
const TAG_38 = text('|38=');
const TAG_44 = text('|44=');
const TAG_59 = text('|59=');
const TAG_55 = text('|55=');
const NEW = text('|150=0|39=0|6=0|14=0|151=');
const REPLACED = text('|150=5|39=0|6=0|14=0|151=');
const CANCELED = text('|150=4|39=4|6=0|14=0|151=0');
const FILLED = text('|150=F|39=2|6=0|151=0|14=');
const LAST_QTY = text('|32=');
const LAST_PX = text('|31=');
const MSG_NEW = 'D'.charCodeAt(0);
const MSG_CANCEL = 'F'.charCodeAt(0);
const IOC = '3'.charCodeAt(0);

export class QuietVenue {
  readonly #memory: Memory;
  readonly #bytes: Uint8Array;
  #at = 0;
  #next: number;
  #reports = 0;
  orders = 0;
  /** Where the field that was looked for last stands in TX. */
  #valueAt = 0;
  #valueEnd = 0;

  constructor(memory: Memory) {
    this.#memory = memory;
    this.#bytes = memory.bytes;
    this.#next = memory.i64(L.SESSIONS + L.SES_NEXT_IN);
  }

  /** One level's size changes: `side` 0 bid, 1 ask; the price in cents; `stock` 0 is AAPL, n is Snnn. */
  update(side: number, cents: number, lots: number, stock: number): void {
    this.#begin(UPDATE);
    this.#put(ENTRY);
    this.#bytes[this.#at++] = ZERO + side;
    this.#put(SYMBOL);
    if (stock === 0) this.#put(FIRST_STOCK);
    else {
      this.#bytes[this.#at++] = OTHER_STOCK;
      this.#digits(stock, 3);
    }
    this.#put(PRICE);
    this.#price(cents);
    this.#put(SIZE);
    this.#digits(lots, 6);
    this.#end();
  }

  /** Answers the messages from `from` to `to` in TX, one report each, and reads on at the end of RX. */
  answer(from: number, to: number): void {
    for (let at = from; at < to; ) {
      const length = this.#number(at + LENGTH_AT, at + LENGTH_AT + 3);
      const end = at + FRAME_BYTES + length;
      this.#report(at, end);
      at = end;
    }
  }

  #report(at: number, end: number): void {
    const kind = this.#bytes[at + TYPE_AT]!;
    this.#begin(REPORT);
    this.#put(ORDER);
    this.#copy(TAG_11, at, end);
    if (kind !== MSG_NEW) {
      this.#put(ORIG);
      this.#copy(TAG_41, at, end);
    }
    this.#put(EXEC);
    this.#digits(++this.#reports, 9);
    this.#put(TAG_54);
    this.#copy(TAG_54, at, end);
    this.#put(TAG_55);
    this.#copy(TAG_55, at, end);
    if (kind === MSG_CANCEL) this.#put(CANCELED);
    else if (kind === MSG_NEW && this.#isIoc(at, end)) this.#fill(at, end);
    else {
      this.#put(kind === MSG_NEW ? NEW : REPLACED);
      this.#copy(TAG_38, at, end);
      this.#put(TAG_38);
      this.#copy(TAG_38, at, end);
      this.#put(TAG_44);
      this.#copy(TAG_44, at, end);
    }
    if (kind === MSG_NEW) this.orders++;
    this.#bytes[this.#at++] = SOH;
    this.#end();
  }

  #fill(at: number, end: number): void {
    this.#put(FILLED);
    this.#copy(TAG_38, at, end);
    this.#put(LAST_QTY);
    this.#copy(TAG_38, at, end);
    this.#put(LAST_PX);
    this.#copy(TAG_44, at, end);
  }

  #isIoc(at: number, end: number): boolean {
    this.#find(TAG_59, at, end);
    return this.#bytes[this.#valueAt] === IOC;
  }

  #copy(tag: Uint8Array, at: number, end: number): void {
    this.#find(tag, at, end);
    for (let byte = this.#valueAt; byte < this.#valueEnd; byte++) {
      this.#bytes[this.#at++] = this.#bytes[byte]!;
    }
  }

  #find(tag: Uint8Array, from: number, end: number): void {
    const bytes = this.#bytes;
    for (let at = from; at < end; at++) {
      let same = 0;
      while (same < tag.length && bytes[at + same] === tag[same]) same++;
      if (same < tag.length) continue;
      this.#valueAt = at + same;
      this.#valueEnd = this.#valueAt;
      while (bytes[this.#valueEnd] !== SOH) this.#valueEnd++;
      return;
    }
    throw new Error('the order lacks a field');
  }

  #number(from: number, to: number): number {
    let value = 0;
    for (let at = from; at < to; at++) value = value * 10 + this.#bytes[at]! - ZERO;
    return value;
  }

  #begin(type: Uint8Array): void {
    const start = this.#memory.i32(L.SESSIONS + L.SES_RX_START);
    if (start === this.#memory.i32(L.SESSIONS + L.SES_RX_END)) {
      this.#memory.setI32(L.SESSIONS + L.SES_RX_START, 0);
      this.#memory.setI32(L.SESSIONS + L.SES_RX_END, 0);
    }
    this.#at = L.RX + this.#memory.i32(L.SESSIONS + L.SES_RX_END);
    this.#put(BEGIN);
    this.#put(type);
    this.#put(NUMBER);
    this.#digits(this.#next++, 9);
    this.#put(HEADER);
  }

  /** Closes the last field, then writes the length and the sum. */
  #end(): void {
    const bytes = this.#bytes;
    if (bytes[this.#at - 1] !== SOH) bytes[this.#at++] = SOH;
    const start = L.RX + this.#memory.i32(L.SESSIONS + L.SES_RX_END);
    const end = this.#at;
    this.#at = start + BEGIN.length - 5;
    this.#digits(end - start - BEGIN.length, 4);
    let sum = 0;
    for (let at = start; at < end; at++) sum += bytes[at]!;
    this.#at = end;
    bytes[this.#at++] = 49;
    bytes[this.#at++] = 48;
    bytes[this.#at++] = 61;
    this.#digits(sum & 255, 3);
    bytes[this.#at++] = SOH;
    this.#memory.setI32(L.SESSIONS + L.SES_RX_END, this.#at - L.RX);
  }

  #price(cents: number): void {
    const whole = Math.floor(cents / 100);
    this.#digits(whole, 4);
    this.#bytes[this.#at++] = 46;
    this.#digits(cents - whole * 100, 2);
  }

  #put(ascii: Uint8Array): void {
    for (let i = 0; i < ascii.length; i++) this.#bytes[this.#at++] = ascii[i]!;
  }

  #digits(value: number, width: number): void {
    let rest = value;
    for (let place = width - 1; place >= 0; place--) {
      const left = Math.floor(rest / 10);
      this.#bytes[this.#at + place] = ZERO + rest - left * 10;
      rest = left;
    }
    this.#at += width;
  }
}
