/**
 * Finds the next FIX message among received bytes: "8=FIX…|9=length|35=…|10=sum|". Judges the frame
 * alone (first three fields, BodyLength, CheckSum), never what the fields mean; used by
 * fix-decode.ts. BodyLength says where CheckSum stands. Where it does not, the message ends with the
 * next CheckSum field behind that place and is dropped whole, as one with a wrong sum is. What does
 * not begin as a message is skipped to the next "8=FIX". The answer never depends on how the bytes
 * were cut.
 */
import {
  FIX_BODY_LENGTH,
  FIX_CHECKSUM,
  FIX_FIRST_FIELDS,
  MESSAGE_BYTES_MAX,
  SES_SEARCHED,
} from './layout';

const SOH: i32 = 1;
const ZERO: i32 = 48;
const BEGIN_STRING_BYTES_MAX: i32 = 16;
const LENGTH_DIGITS_MAX: i32 = 9;
const START_BYTES: i32 = 5; // "8=FIX"
const START_WORD: u32 = 0x49463d38; // "8=FI", little-endian
const START_LAST: i32 = 0x58; // "X"
/** "10=ddd|" */
export const TRAILER_BYTES: i32 = 7;
const CHECKSUM_VALUE_BYTES_MAX: i32 = 16; // a longer one is none
const CHECKSUM_START: u32 = 0x3d303101; // SOH "10=", little-endian
const CHECKSUM_START_BYTES: i32 = 4;
const NONE: i32 = -1;
const UNDECIDED: i32 = -2;

/**
 * How many bytes the whole message at `at` has, 0 = not all of it is here yet, -FIX_* = garbled:
 * with FIX_FIRST_FIELDS it is skipped (garbledLength), else SES_SEARCHED says how long it is.
 */
export function frameLength(block: i32, at: i32, end: i32): i32 {
  const matched = startMatch(at, end);
  if (matched < START_BYTES) return at + matched === end ? 0 : -FIX_FIRST_FIELDS;
  let cursor = at + START_BYTES;
  const last = at + 2 + BEGIN_STRING_BYTES_MAX;
  while (cursor < end && load<u8>(cursor) !== SOH) {
    if (cursor === last) return -FIX_FIRST_FIELDS;
    cursor++;
  }
  cursor++;
  if (cursor >= end) return 0;
  if (load<u8>(cursor) !== 57) return -FIX_FIRST_FIELDS; // 9
  if (cursor + 1 === end) return 0;
  if (load<u8>(cursor + 1) !== 61) return -FIX_FIRST_FIELDS; // =
  return bodyLength(block, at, cursor + 2, end);
}

/** The second field's value and all that follows from it. */
function bodyLength(block: i32, at: i32, from: i32, end: i32): i32 {
  let cursor = from;
  let length = 0;
  while (true) {
    if (cursor === end) return 0;
    const digit = <i32>load<u8>(cursor) - ZERO;
    if (digit === SOH - ZERO) break;
    if (digit < 0 || digit > 9 || cursor - from === LENGTH_DIGITS_MAX) return -FIX_FIRST_FIELDS;
    length = length * 10 + digit;
    if (length > MESSAGE_BYTES_MAX) return -FIX_FIRST_FIELDS;
    cursor++;
  }
  if (cursor === from) return -FIX_FIRST_FIELDS;
  cursor++;
  for (let i = 0; i < 3; i++) {
    if (cursor + i === end) return 0;
    const expected = i === 0 ? 51 : i === 1 ? 53 : 61; // 35=
    if (load<u8>(cursor + i) !== expected) return -FIX_FIRST_FIELDS;
  }
  const trailer = cursor + length;
  if (trailer + TRAILER_BYTES <= end && trailerFault(at, trailer) === 0) {
    return trailer + TRAILER_BYTES - at;
  }
  return searchTrailer(block, at, cursor, trailer, end);
}

/** No sound trailer stands at `stated`: where the message ends all the same. */
function searchTrailer(block: i32, at: i32, body: i32, stated: i32, end: i32): i32 {
  const endMax = body + MESSAGE_BYTES_MAX + TRAILER_BYTES;
  const limit = min(end, endMax);
  let cursor = max(at + load<i32>(block + SES_SEARCHED), stated - 1);
  while (cursor + CHECKSUM_START_BYTES <= limit) {
    if (load<u32>(cursor) === CHECKSUM_START) {
      const valueEnd = checkSumEnd(cursor + CHECKSUM_START_BYTES, limit);
      if (valueEnd === UNDECIDED) break;
      if (valueEnd !== NONE) {
        store<i32>(block + SES_SEARCHED, valueEnd + 1 - at);
        const isWhole = cursor + 1 === stated && valueEnd + 1 === stated + TRAILER_BYTES;
        return isWhole ? -trailerFault(at, stated) : -FIX_BODY_LENGTH;
      }
    }
    cursor++;
  }
  if (end >= endMax) return -FIX_FIRST_FIELDS;
  store<i32>(block + SES_SEARCHED, cursor - at);
  return 0;
}

/** Address of the SOH behind a CheckSum value, NONE = too long for one, UNDECIDED = not here yet. */
function checkSumEnd(from: i32, limit: i32): i32 {
  for (let cursor = from; cursor <= from + CHECKSUM_VALUE_BYTES_MAX; cursor++) {
    if (cursor >= limit) return UNDECIDED;
    if (load<u8>(cursor) === SOH) return cursor;
  }
  return NONE;
}

/** 0, or what is wrong with the CheckSum field at `trailer`: FIX_*. */
export function trailerFault(at: i32, trailer: i32): i32 {
  if (load<u8>(trailer - 1) !== SOH || load<u8>(trailer + 6) !== SOH) return FIX_BODY_LENGTH;
  if (load<u16>(trailer) !== 0x3031 || load<u8>(trailer + 2) !== 61) return FIX_BODY_LENGTH; // 10=
  let stated = 0;
  for (let i = 3; i < 6; i++) {
    const digit = <i32>load<u8>(trailer + i) - ZERO;
    if (digit < 0 || digit > 9) return FIX_CHECKSUM;
    stated = stated * 10 + digit;
  }
  return stated === byteSum(at, trailer) ? 0 : FIX_CHECKSUM;
}

/** Sum of bytes modulo 256; the lanes wrap, which is just what modulo 256 asks for. */
export function byteSum(at: i32, end: i32): i32 {
  let lanes = i8x16.splat(0);
  let cursor = at;
  for (; cursor + 16 <= end; cursor += 16) lanes = i8x16.add(lanes, v128.load(cursor));
  const pairs = i16x8.extadd_pairwise_i8x16_u(lanes);
  const quads = i32x4.extadd_pairwise_i16x8_u(pairs);
  let sum =
    i32x4.extract_lane(quads, 0) +
    i32x4.extract_lane(quads, 1) +
    i32x4.extract_lane(quads, 2) +
    i32x4.extract_lane(quads, 3);
  for (; cursor < end; cursor++) sum += <i32>load<u8>(cursor);
  return sum & 255;
}

/** How many of the bytes at `at` agree with "8=FIX", up to all five. */
function startMatch(at: i32, end: i32): i32 {
  if (at + START_BYTES <= end && load<u32>(at) === START_WORD) {
    return load<u8>(at + 4) === START_LAST ? START_BYTES : 4;
  }
  let matched = 0;
  while (matched < 4 && at + matched < end) {
    if (load<u8>(at + matched) !== ((START_WORD >> (matched << 3)) & 255)) break;
    matched++;
  }
  return matched;
}

/**
 * How many garbled bytes to drop: what begins as a message to its own end, all else to the next
 * beginning of one. `framed`: what frameLength said of them.
 */
export function droppedLength(block: i32, framed: i32, at: i32, end: i32): i32 {
  if (framed === -FIX_FIRST_FIELDS) return garbledLength(at, end);
  return load<i32>(block + SES_SEARCHED);
}

/**
 * How many bytes of a garbled message to skip: up to the next "8=FIX", or to what may yet become
 * one.
 */
function garbledLength(at: i32, end: i32): i32 {
  let cursor = at + 1;
  while (cursor < end) {
    const matched = startMatch(cursor, end);
    if (matched === START_BYTES || cursor + matched === end) break;
    cursor++;
  }
  return cursor - at;
}

/** Address of the third field of a framed message, 0 = the bytes are no such frame. */
export function bodyStart(at: i32, end: i32): i32 {
  let cursor = at;
  for (let field = 0; field < 2; field++) {
    while (cursor < end && load<u8>(cursor) !== SOH) cursor++;
    cursor++;
  }
  return cursor + 3 + TRAILER_BYTES <= end ? cursor : 0;
}

/** Address of the CheckSum field of a framed message. */
export function bodyEnd(end: i32): i32 {
  return end - TRAILER_BYTES;
}
