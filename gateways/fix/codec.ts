/**
 * FIX tag=value text on the cold path: a message out of fields, fields out of a framed message, the
 * checksum. Values are latin1 text, one character a byte, so that every byte survives. The hot path
 * decodes in WASM (wasm/fix-decode.ts) and never comes here.
 */
import { DATA_TAGS } from './data-tags.ts';
import { HEADER_TAGS, Tag, TRAILER_TAGS } from './tags.ts';

export const SOH = 1;
const SOH_TEXT = '\x01';
const EQUALS = 61;
const ZERO = 48;
const DATA_LENGTH = /^\d{1,9}$/;

/** One field; a repeating group is its fields in order. */
export type Field = readonly [tag: number, value: string | number];
export type Fields = readonly Field[];

/** Sum of bytes modulo 256, as CheckSum (10) counts it. */
export function checksumOf(bytes: Uint8Array, start: number, end: number): number {
  let sum = 0;
  for (let at = start; at < end; at++) sum += bytes[at]!;
  return sum & 255;
}

/** `tag=value|tag=value|` as latin1 text. */
export function encodeFields(fields: Fields): string {
  let text = '';
  for (const [tag, value] of fields) text += `${tag}=${value}${SOH_TEXT}`;
  return text;
}

/**
 * A parsed message. It owns its text: it stays valid when the bytes that it was read from are
 * reused.
 */
export class FixMessage {
  readonly text: string;
  readonly beginString: string;
  readonly msgType: string;
  readonly #tags: readonly number[];
  readonly #starts: readonly number[];
  readonly #ends: readonly number[];

  constructor(text: string, tags: number[], starts: number[], ends: number[]) {
    this.text = text;
    this.#tags = tags;
    this.#starts = starts;
    this.#ends = ends;
    this.beginString = this.valueAt(0);
    this.msgType = this.valueAt(2);
  }

  /** How many fields there are, 8 to 10 included. */
  get count(): number {
    return this.#tags.length;
  }

  tagAt(index: number): number {
    return this.#tags[index]!;
  }

  /** Where the value starts in `text`. */
  startAt(index: number): number {
    return this.#starts[index]!;
  }

  /** Where the SOH behind the value stands in `text`. */
  endAt(index: number): number {
    return this.#ends[index]!;
  }

  valueAt(index: number): string {
    return this.text.slice(this.#starts[index]!, this.#ends[index]!);
  }

  has(tag: number): boolean {
    return this.#tags.includes(tag);
  }

  /** The first value of the tag. */
  get(tag: number): string | undefined {
    const index = this.#tags.indexOf(tag);
    return index < 0 ? undefined : this.valueAt(index);
  }

  /**
   * The first value of the tag as a whole number; undefined where it is absent or no such number.
   */
  getInt(tag: number): number | undefined {
    const value = this.get(tag);
    return value !== undefined && /^-?\d{1,15}$/.test(value) ? Number(value) : undefined;
  }

  isYes(tag: number): boolean {
    return this.get(tag) === 'Y';
  }

  /** Header fields but 8, 9 and 35, in order. */
  headerFields(): Field[] {
    return this.#fields((tag) => HEADER_TAGS.has(tag) && !FIRST_TAGS.has(tag));
  }

  /** Body fields in order, repeated tags included. */
  bodyFields(): Field[] {
    return this.#fields((tag) => !HEADER_TAGS.has(tag) && !TRAILER_TAGS.has(tag));
  }

  #fields(wanted: (tag: number) => boolean): Field[] {
    const fields: Field[] = [];
    for (let index = 0; index < this.#tags.length; index++) {
      const tag = this.#tags[index]!;
      if (wanted(tag)) fields.push([tag, this.valueAt(index)]);
    }
    return fields;
  }
}

const FIRST_TAGS: ReadonlySet<number> = new Set([Tag.BeginString, Tag.BodyLength, Tag.MsgType]);

/**
 * Splits one whole frame into fields; undefined = garbled: no tag=value text, 8, 9, 35 not the first
 * three, CheckSum not the last or not the only one, a data field not as long as its Length says.
 */
export function parseMessage(bytes: Uint8Array): FixMessage | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const tags: number[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  let at = 0;
  let dataTag = 0;
  let dataLength = 0;
  while (at < text.length) {
    const tag = readTag(text, at);
    if (tag === undefined) return undefined;
    const start = text.indexOf('=', at) + 1;
    const end =
      dataTag !== 0 && tag === dataTag ? start + dataLength : text.indexOf(SOH_TEXT, start);
    if (end < start || text.charCodeAt(end) !== SOH) return undefined;
    tags.push(tag);
    starts.push(start);
    ends.push(end);
    dataTag = DATA_TAGS.get(tag) ?? 0;
    if (dataTag !== 0) {
      const length = text.slice(start, end);
      if (DATA_LENGTH.test(length)) dataLength = Number(length);
      else dataTag = 0;
    }
    at = end + 1;
  }
  const inOrder = tags[0] === 8 && tags[1] === 9 && tags[2] === 35;
  const isEnded = tags.indexOf(10) === tags.length - 1;
  return inOrder && isEnded ? new FixMessage(text, tags, starts, ends) : undefined;
}

/**
 * The tag at `at`; undefined unless whole digits (a sign is let through, to be refused by number)
 * end in "=".
 */
function readTag(text: string, at: number): number | undefined {
  const negative = text[at] === '-';
  const first = negative ? at + 1 : at;
  let tag = 0;
  for (let index = first; index < at + 11; index++) {
    const code = text.charCodeAt(index);
    if (code === EQUALS) return index === first ? undefined : negative ? -tag : tag;
    const digit = code - ZERO;
    if (!(digit >= 0 && digit <= 9)) return undefined;
    tag = tag * 10 + digit;
  }
  return undefined;
}
