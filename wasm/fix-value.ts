/**
 * FIX values to integers: decimals onto the tick or lot grid, UTC timestamps to nanoseconds,
 * sequence numbers, our ClOrdIDs. Integer arithmetic only; a value that is not exact is refused,
 * never rounded.
 */
import { digitsBefore, plainBefore, powerOfTen, sameBytes, WORD_BYTES } from './fix-words';
import { CLORDID_PREFIX_BYTES, CTL_CLORDID_PREFIX, READ_DATE, READ_DAY_NS } from './layout';

export const BAD_VALUE: i64 = i64.MIN_VALUE; // not a number at all
export const OFF_GRID: i64 = i64.MIN_VALUE + 1; // a number between grid points, or past 2^53
const EXACT_MAX: i64 = 9007199254740992; // 2^53
const SCALE: i64 = 100000000;
const WHOLE_DIGITS_ROOM: i64 = 100000000000000000; // one more digit still fits an i64
const WHOLE_DIRECT_MAX: i64 = 90000000000; // whole * SCALE still fits an i64
const NS_PER_SECOND: i64 = 1000000000;
const NS_PER_DAY: i64 = 86400000000000;
const DIGITS_MAX: i32 = 18;
const PLAIN_BYTES_MAX: i32 = 15; // so many digits stay below 2^53
const ALL_SOH: u64 = (0x01010101 << 32) | 0x01010101;
const CLOCK_TEXT: u64 = (0x30303a30 << 32) | 0x303a3030; // "00:00:00"
const CLOCK_EXCESS: u64 = (0x76767f76 << 32) | 0x767f7676; // what a digit over 9, or a colon that is none, spills over with
const HIGH_BITS: u64 = (0x80808080 << 32) | 0x80808080;

/** Digits alone, at most 18 of them; -1 = anything else. */
export function parseUnsigned(at: i32, end: i32): i64 {
  if (at === end || end - at > DIGITS_MAX) return -1;
  let value: i64 = 0;
  for (let cursor = at; cursor < end; cursor++) {
    const digit = <i32>load<u8>(cursor) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** Address of the first SOH from `at` on; there is one. */
export function sohAt(at: i32): i32 {
  let cursor = at;
  while (true) {
    const length = textLength(cursor);
    cursor += length;
    if (length < 8) return cursor;
  }
}

/** Bytes before the first SOH, 8 = none among eight. */
export function textLength(at: i32): i32 {
  const word = load<u64>(at) ^ ALL_SOH;
  const zeros = (word - ALL_SOH) & ~word & HIGH_BITS;
  return zeros === 0 ? 8 : <i32>(ctz(zeros) >> 3);
}

/** A decimal in units of `stepE8` / 10^8, BAD_VALUE or OFF_GRID. */
export function parseOnGrid(at: i32, end: i32, stepE8: i64): i64 {
  const value = parsePlain(at, end, stepE8);
  return value >= 0 ? value : parseAny(at, end, stepE8);
}

/** Digits with at most one point, on a grid of a power of ten, of a moderate length; -1 = anything else. */
export function parsePlain(at: i32, end: i32, stepE8: i64): i64 {
  const stepDecimals = decimalsOf(stepE8);
  const length = end - at;
  if (stepDecimals < 0 || length === 0 || length > PLAIN_BYTES_MAX) return -1;
  if (length <= WORD_BYTES) return plainBefore(end, length, stepDecimals);
  let value: i64 = 0;
  let point = end;
  for (let cursor = at; cursor < end; cursor++) {
    const digit = <i32>load<u8>(cursor) - 48;
    if (<u32>digit < 10) value = value * 10 + digit;
    else if (digit === -2 && point === end) point = cursor;
    else return -1;
  }
  const decimals = point === end ? 0 : end - point - 1;
  const digits = end - at - (point === end ? 0 : 1);
  // More decimals than the step has may be zeros, more digits may pass 2^53.
  const missing = stepDecimals - decimals;
  if (digits === 0 || missing < 0 || digits + missing > PLAIN_BYTES_MAX) return -1;
  return value * powerOfTen(missing);
}

/** n of a step of 10^-n, 0 to 8; -1 = another step. */
function decimalsOf(stepE8: i64): i32 {
  if (stepE8 === 100000000) return 0;
  if (stepE8 === 1000000) return 2;
  if (stepE8 === 10000) return 4;
  if (stepE8 === 1) return 8;
  if (stepE8 === 10000000) return 1;
  if (stepE8 === 100000) return 3;
  if (stepE8 === 1000) return 5;
  if (stepE8 === 100) return 6;
  return stepE8 === 10 ? 7 : -1;
}

function parseAny(at: i32, end: i32, stepE8: i64): i64 {
  const negative = at < end && load<u8>(at) === 45; // -
  let whole: i64 = 0;
  let fraction: i64 = 0;
  let decimals = -1; // -1 until the point
  let digits = 0;
  let exact = true;
  for (let cursor = negative ? at + 1 : at; cursor < end; cursor++) {
    const digit = <i32>load<u8>(cursor) - 48;
    if (digit === -2 && decimals < 0) {
      decimals = 0;
      continue;
    }
    if (digit < 0 || digit > 9) return BAD_VALUE;
    digits++;
    if (decimals < 0) {
      if (whole < WHOLE_DIGITS_ROOM) whole = whole * 10 + digit;
      else exact = false;
    } else if (decimals < 8) {
      fraction = fraction * 10 + digit;
      decimals++;
    } else if (digit !== 0) exact = false;
  }
  if (digits === 0) return BAD_VALUE;
  if (!exact) return OFF_GRID;
  for (let i = max(decimals, 0); i < 8; i++) fraction *= 10;
  const steps = divideExactly(whole, fraction, stepE8);
  return negative && steps !== OFF_GRID ? -steps : steps;
}

/** (whole + fraction / 10^8) / (stepE8 / 10^8), when that is an integer up to 2^53. */
function divideExactly(whole: i64, fraction: i64, stepE8: i64): i64 {
  let steps: i64;
  let rest: i64;
  if (whole <= WHOLE_DIRECT_MAX) {
    const value = whole * SCALE + fraction;
    steps = value / stepE8;
    rest = value - steps * stepE8;
  } else {
    // Long division, a decimal digit at a time: whole * 10^8 itself would overflow.
    steps = whole / stepE8;
    rest = whole % stepE8;
    let place: i64 = SCALE / 10;
    for (let i = 0; i < 8; i++) {
      if (steps > EXACT_MAX) return OFF_GRID;
      rest = rest * 10 + ((fraction / place) % 10);
      steps = steps * 10 + rest / stepE8;
      rest %= stepE8;
      place /= 10;
    }
  }
  return rest !== 0 || steps > EXACT_MAX ? OFF_GRID : steps;
}

/** `count` digits as a number, -1 = one of them is none. */
function fixedDigits(at: i32, count: i32): i32 {
  let value = 0;
  for (let i = 0; i < count; i++) {
    const digit = <i32>load<u8>(at + i) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/**
 * YYYYMMDD-HH:MM:SS[.s…], 1 to 9 decimals, as ns since 1970; -1 = not one. A leap second counts as
 * :59.
 */
export function parseTimestamp(at: i32, end: i32): i64 {
  const length = end - at;
  if (length < 17 || length === 18 || length > 27 || load<u8>(at + 8) !== 45) return -1;
  const time = parseTime(at + 9, end);
  if (time < 0) return -1;
  // The day that was read last, and its text.
  if (load<u64>(at) === load<u64>(READ_DATE)) return load<i64>(READ_DAY_NS) + time;
  const days = parseDate(at);
  if (days < 0) return -1;
  store<u64>(READ_DATE, load<u64>(at));
  store<i64>(READ_DAY_NS, days * NS_PER_DAY);
  return days * NS_PER_DAY + time;
}

/** YYYYMMDD, a day that exists, as days since 1970; -1 = not one. */
export function parseDate(at: i32): i64 {
  const year = fixedDigits(at, 4);
  const month = fixedDigits(at + 4, 2);
  const day = fixedDigits(at + 6, 2);
  if (year < 1970 || year > 2261 || month < 1 || month > 12 || day < 1) return -1;
  return day > daysOfMonth(year, month) ? -1 : daysSince1970(year, month, day);
}

/** HH:MM:SS[.s…], 1 to 9 decimals, as ns since midnight; -1 = not one. */
export function parseTime(at: i32, end: i32): i64 {
  const length = end - at;
  if (length < 8 || length === 9 || length > 18) return -1;
  // Eight bytes at once: digits to their values, colons to 0; whatever is neither shows in a high bit.
  const clock = load<u64>(at) ^ CLOCK_TEXT;
  if (((clock + CLOCK_EXCESS) | clock) & HIGH_BITS) return -1;
  const pairs = clock * 10 + (clock >> 8);
  const hour = <i32>(pairs & 0xff);
  const minute = <i32>((pairs >> 24) & 0xff);
  const second = <i32>((pairs >> 48) & 0xff);
  if (hour > 23 || minute > 59 || second > 60) return -1;
  let ns: i64 = 0;
  if (length > 8) {
    if (load<u8>(at + 8) !== 46) return -1;
    ns = fractionNs(end, length - 9);
    if (ns < 0) return -1;
  }
  return <i64>(hour * 3600 + minute * 60 + min(second, 59)) * NS_PER_SECOND + ns;
}

/** 1 to 9 decimals of a second that end at `end`; -1 = other bytes. */
function fractionNs(end: i32, decimals: i32): i64 {
  if (decimals <= WORD_BYTES) {
    const digits = digitsBefore(end, decimals);
    return digits < 0 ? -1 : digits * powerOfTen(8 - decimals) * 10;
  }
  const first = <i32>load<u8>(end - decimals) - 48;
  const rest = digitsBefore(end, WORD_BYTES);
  return <u32>first > 9 || rest < 0 ? -1 : <i64>first * powerOfTen(WORD_BYTES) + rest;
}

function isLeap(year: i32): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function daysOfMonth(year: i32, month: i32): i32 {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Counts years from March, so that the leap day is the last of its year. */
function daysSince1970(year: i32, month: i32, day: i32): i64 {
  const marchYear = month > 2 ? year : year - 1;
  const marchMonth = month > 2 ? month - 3 : month + 9;
  const dayOfYear = (153 * marchMonth + 2) / 5 + day - 1;
  const leapDays = marchYear / 4 - marchYear / 100 + marchYear / 400;
  return <i64>(marchYear * 365 + leapDays + dayOfYear - 719468);
}

/** The intent sequence in a ClOrdID that we made, -1 = not ours. */
export function parseClOrdId(at: i32, end: i32): i64 {
  const digits = at + CLORDID_PREFIX_BYTES;
  if (digits >= end) return -1;
  if (!sameBytes(at, CTL_CLORDID_PREFIX, CLORDID_PREFIX_BYTES)) return -1;
  const sequence = parseUnsigned(digits, end);
  return sequence > EXACT_MAX ? -1 : sequence;
}

/** A number as FIX writes one: digits with at most one point, perhaps a minus. */
export function isDecimal(at: i32, end: i32): boolean {
  return parseOnGrid(at, end, 1) !== BAD_VALUE;
}

/** One character of those whose bits are set: bit 0 for "0", 17 for "A". */
export function isListed(at: i32, end: i32, values: i64): boolean {
  const bit = <i32>load<u8>(at) - 48;
  return end - at === 1 && bit >= 0 && bit < 64 && ((values >> bit) & 1) !== 0;
}

/** Three letters. */
export function isCurrency(at: i32, end: i32): boolean {
  for (let cursor = at; cursor < end; cursor++) {
    const capital = <i32>load<u8>(cursor) & 0xdf;
    if (capital < 65 || capital > 90) return false;
  }
  return end - at === 3;
}

/** FNV-1a, 64 bits. */
export function hash64(at: i32, end: i32): i64 {
  let hash: u64 = ((<u64>0xcbf29ce4) << 32) | 0x84222325;
  for (let cursor = at; cursor < end; cursor++) {
    hash = (hash ^ load<u8>(cursor)) * 0x100000001b3;
  }
  return <i64>hash;
}
