// NOTE to the author: see FRAMING-NOTE.txt in the root before going on; the framing rule changes (simpler).
/**
 * Walks a message field by field while its end, as BodyLength states it, has not come: a CheckSum
 * field met on the way says that BodyLength is wrong. A data field is stepped over by its Length
 * field. The walk goes on where it stopped: bytes that come one by one cost no more than together.
 */
import { dataTagOf } from './fix-data-tag';

export const WALK_GARBLED: i32 = -1;
const NO_MATCH: i32 = -2;
const UNDECIDED: i32 = -3; // more bytes are needed to say
const SOH: i32 = 1;
const ZERO: i32 = 48;
const EQUALS: i32 = 61;
const CHECKSUM_BYTES: i32 = 7; // "10=ddd|"
const DIGITS_MAX: i32 = 9;

/**
 * From `from` (the body's first byte, or where the last call stopped) towards `stated`, where the
 * body should end, with bytes up to `end`; where the walk stopped, or WALK_GARBLED. Stops at
 * `stated` or beyond when there is nothing wrong.
 */
export function walkFields(from: i32, stated: i32, end: i32): i32 {
  const limit = min(stated, end);
  let cursor = from;
  while (cursor < limit) {
    // Behind an SOH a field begins; anywhere else the walk stopped within one.
    if (load<u8>(cursor - 1) === SOH) {
      const checkSum = matchCheckSum(cursor, end);
      if (checkSum === UNDECIDED) return cursor;
      if (checkSum !== NO_MATCH) return WALK_GARBLED;
      const behindData = matchData(cursor, stated, end);
      if (behindData === UNDECIDED) return cursor;
      if (behindData !== NO_MATCH) {
        cursor = behindData;
        continue;
      }
    }
    while (cursor < limit && load<u8>(cursor) !== SOH) cursor++;
    if (cursor < limit) cursor++;
  }
  return cursor;
}

/** "10=ddd|" at `at`: its end, NO_MATCH or UNDECIDED. */
function matchCheckSum(at: i32, end: i32): i32 {
  for (let i = 0; i < CHECKSUM_BYTES; i++) {
    if (at + i === end) return UNDECIDED;
    const byte = <i32>load<u8>(at + i);
    if (i >= 3 && i < 6) {
      if (byte < ZERO || byte > ZERO + 9) return NO_MATCH;
    } else if (byte !== (i === 0 ? 49 : i === 1 ? 48 : i === 2 ? EQUALS : SOH)) return NO_MATCH;
  }
  return at + CHECKSUM_BYTES;
}

/**
 * "length tag=n|data tag=" at `at`, with n bytes and an SOH behind it before `stated`: where the
 * next field begins, NO_MATCH or UNDECIDED.
 */
function matchData(at: i32, stated: i32, end: i32): i32 {
  const limit = min(stated, end);
  const cut = stated > end ? UNDECIDED : NO_MATCH; // when the bytes do not suffice
  const tagEnd = digitsEnd(at, limit);
  if (tagEnd === limit) return cut;
  const dataTag = load<u8>(tagEnd) === EQUALS ? dataTagOf(tagValue(at, tagEnd)) : 0;
  if (dataTag === 0) return NO_MATCH;
  const lengthEnd = digitsEnd(tagEnd + 1, limit);
  if (lengthEnd === limit) return cut;
  if (lengthEnd === tagEnd + 1 || load<u8>(lengthEnd) !== SOH) return NO_MATCH;
  const nextEnd = digitsEnd(lengthEnd + 1, limit);
  if (nextEnd === limit) return cut;
  if (load<u8>(nextEnd) !== EQUALS || tagValue(lengthEnd + 1, nextEnd) !== dataTag) return NO_MATCH;
  const dataEnd = nextEnd + 1 + digitsValue(tagEnd + 1, lengthEnd);
  if (dataEnd >= stated) return NO_MATCH;
  if (dataEnd >= end) return UNDECIDED;
  return load<u8>(dataEnd) === SOH ? dataEnd + 1 : NO_MATCH;
}

/** One past the digits at `at`, of which there may be DIGITS_MAX. */
function digitsEnd(at: i32, limit: i32): i32 {
  const last = min(at + DIGITS_MAX, limit);
  let cursor = at;
  while (cursor < last && <i32>load<u8>(cursor) - ZERO >= 0 && load<u8>(cursor) <= 57) cursor++;
  return cursor;
}

function digitsValue(at: i32, end: i32): i32 {
  let value = 0;
  for (let cursor = at; cursor < end; cursor++) value = value * 10 + <i32>load<u8>(cursor) - ZERO;
  return value;
}

/** The digits as a tag; 0 = none, for no tag begins with 0. */
function tagValue(at: i32, end: i32): i32 {
  return at < end && load<u8>(at) !== ZERO ? digitsValue(at, end) : 0;
}
