/**
 * Walks a message field by field while its end, as BodyLength states it, has not come: a CheckSum
 * field met on the way says that BodyLength is wrong. A data field is stepped over by its Length
 * field. The walk goes on where it stopped: bytes that come one by one cost no more than together.
 * wasm/fix-walk.ts does the same for the fast path. Used by FrameReader.
 */
import { SOH } from '../codec.ts';
import { DATA_TAGS } from '../data-tags.ts';

export const WALK_GARBLED = -1;
const NO_MATCH = -2;
const UNDECIDED = -3; // more bytes are needed to say
const ZERO = 48;
const EQUALS = 61;
const CHECKSUM = [49, 48, EQUALS, -1, -1, -1, SOH]; // "10=ddd|", -1 for a digit
const DIGITS_MAX = 9;

/**
 * From `from` (the body's first byte, or where the last call stopped) towards `stated`, where the
 * body should end, with bytes up to `end`; where the walk stopped, or WALK_GARBLED. Stops at
 * `stated` or beyond when there is nothing wrong.
 */
export function walkFields(bytes: Uint8Array, from: number, stated: number, end: number): number {
  const limit = Math.min(stated, end);
  let cursor = from;
  while (cursor < limit) {
    // Behind an SOH a field begins; anywhere else the walk stopped within one.
    if (bytes[cursor - 1] === SOH) {
      const checkSum = matchCheckSum(bytes, cursor, end);
      if (checkSum === UNDECIDED) return cursor;
      if (checkSum !== NO_MATCH) return WALK_GARBLED;
      const behindData = matchData(bytes, cursor, stated, end);
      if (behindData === UNDECIDED) return cursor;
      if (behindData !== NO_MATCH) {
        cursor = behindData;
        continue;
      }
    }
    while (cursor < limit && bytes[cursor] !== SOH) cursor++;
    if (cursor < limit) cursor++;
  }
  return cursor;
}

/** "10=ddd|" at `at`: its end, NO_MATCH or UNDECIDED. */
function matchCheckSum(bytes: Uint8Array, at: number, end: number): number {
  for (let index = 0; index < CHECKSUM.length; index++) {
    if (at + index >= end) return UNDECIDED;
    const byte = bytes[at + index]!;
    const expected = CHECKSUM[index]!;
    if (expected < 0 ? !isDigit(byte) : byte !== expected) return NO_MATCH;
  }
  return at + CHECKSUM.length;
}

/**
 * "length tag=n|data tag=" at `at`, with n bytes and an SOH behind it before `stated`: where the
 * next field begins, NO_MATCH or UNDECIDED.
 */
function matchData(bytes: Uint8Array, at: number, stated: number, end: number): number {
  const limit = Math.min(stated, end);
  const cut = stated > end ? UNDECIDED : NO_MATCH; // when the bytes do not suffice
  const tagEnd = digitsEnd(bytes, at, limit);
  if (tagEnd === limit) return cut;
  const dataTag = bytes[tagEnd] === EQUALS ? DATA_TAGS.get(tagValue(bytes, at, tagEnd)) : undefined;
  if (dataTag === undefined) return NO_MATCH;
  const lengthEnd = digitsEnd(bytes, tagEnd + 1, limit);
  if (lengthEnd === limit) return cut;
  if (lengthEnd === tagEnd + 1 || bytes[lengthEnd] !== SOH) return NO_MATCH;
  const nextEnd = digitsEnd(bytes, lengthEnd + 1, limit);
  if (nextEnd === limit) return cut;
  if (bytes[nextEnd] !== EQUALS) return NO_MATCH;
  if (tagValue(bytes, lengthEnd + 1, nextEnd) !== dataTag) return NO_MATCH;
  const dataEnd = nextEnd + 1 + digitsValue(bytes, tagEnd + 1, lengthEnd);
  if (dataEnd >= stated) return NO_MATCH;
  if (dataEnd >= end) return UNDECIDED;
  return bytes[dataEnd] === SOH ? dataEnd + 1 : NO_MATCH;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= ZERO + 9;
}

/** One past the digits at `at`, of which there may be DIGITS_MAX. */
function digitsEnd(bytes: Uint8Array, at: number, limit: number): number {
  const last = Math.min(at + DIGITS_MAX, limit);
  let cursor = at;
  while (cursor < last && isDigit(bytes[cursor]!)) cursor++;
  return cursor;
}

function digitsValue(bytes: Uint8Array, at: number, end: number): number {
  let value = 0;
  for (let cursor = at; cursor < end; cursor++) value = value * 10 + bytes[cursor]! - ZERO;
  return value;
}

/** The digits as a tag; 0 = none, for no tag begins with 0. */
function tagValue(bytes: Uint8Array, at: number, end: number): number {
  return at < end && bytes[at] !== ZERO ? digitsValue(bytes, at, end) : 0;
}
