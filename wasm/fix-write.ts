/**
 * HOT: writes FIX fields into linear memory. Every writer takes an address and returns the one after what
 * it wrote; the caller has made sure that there is room. Used by order-encode.ts.
 */
import { WRITTEN_SECOND, WRITTEN_TEXT } from './layout';

export { byteSum } from './fix-frame';

const SOH: i32 = 1;
const EQUALS: i32 = 61;
const DOT: i32 = 46;
const ZERO: i32 = 48;
const E8: i64 = 100000000;
const NS_PER_SECOND: i64 = 1000000000;
const U32_MAX: i64 = 4294967295;
const DIGITS_MAX: i32 = 19; // of an i64
const PAIR_ZERO: u32 = 0x3030; // "00"
const ONE_DIGIT_TAG: i32 = 0x3d30; // "0="
const TWO_DIGIT_TAG: u32 = 0x3d3030; // "00="
const SECONDS_PER_DAY: i64 = 86400;
const TIME_MS_BYTES: i32 = 21; // yyyymmdd-hh:mm:ss.sss

export function writeTag(at: i32, tag: i32): i32 {
  if (tag >= 100) return writeLongTag(at, tag);
  const tens = <u32>tag / 10;
  if (tens === 0) {
    store<u16>(at, ONE_DIGIT_TAG + tag);
    return at + 2;
  }
  store<u32>(at, TWO_DIGIT_TAG + tens + ((tag - tens * 10) << 8));
  return at + 3;
}

function writeLongTag(at: i32, tag: i32): i32 {
  const end = writeNumber(at, i64(tag));
  store<u8>(end, EQUALS);
  return end + 1;
}

export function endField(at: i32): i32 {
  store<u8>(at, SOH);
  return at + 1;
}

/** tag=c where c is one character. */
export function writeCharField(at: i32, tag: i32, code: i32): i32 {
  const end = writeTag(at, tag);
  store<u8>(end, code);
  return endField(end + 1);
}

/** tag=text, copied from an address. */
export function writeTextField(at: i32, tag: i32, text: i32, length: i32): i32 {
  const end = writeTag(at, tag);
  copyText(end, text, length);
  return endField(end + length);
}

export function writeNumberField(at: i32, tag: i32, value: i64): i32 {
  return endField(writeNumber(writeTag(at, tag), value));
}

/** tag=price or quantity: steps of stepE8 / 10^8 each, exact, without trailing zeros. */
export function writeDecimalField(at: i32, tag: i32, steps: i64, stepE8: i64): i32 {
  return endField(writeDecimal(writeTag(at, tag), steps, stepE8));
}

/**
 * tag=yyyymmdd-hh:mm:ss.nnnnnnnnn of nanoseconds since 1970, UTC; only the first `bytes` of it, so
 * a coarser time is the one before, never after.
 */
export function writeTimeField(at: i32, tag: i32, absoluteNs: i64, bytes: i32): i32 {
  const time = writeTag(at, tag);
  const second = absoluteNs / NS_PER_SECOND;
  // The text up to the second, as it was written last.
  if (load<i64>(WRITTEN_SECOND) !== second + 1) writeSecond(second);
  v128.store(time, v128.load(WRITTEN_TEXT));
  store<u16>(time + 16, load<u16>(WRITTEN_TEXT + 16));
  const fraction = <u32>(absoluteNs - second * NS_PER_SECOND);
  if (bytes === TIME_MS_BYTES) writeDigits(time + 18, fraction / 1000000, 3);
  else writeDigits(time + 18, fraction, 9);
  return endField(time + bytes);
}

/** A number from 0 on, without leading zeros. */
export function writeNumber(at: i32, value: i64): i32 {
  if (value > U32_MAX) return writePadded(at, value, digitCount(value));
  const small = <u32>value;
  return writeDigits(at, small, digitCount32(small));
}

/** A number from 0 on in exactly `digits` places; 32-bit division where it does, it is far faster. */
export function writePadded(at: i32, value: i64, digits: i32): i32 {
  let place = at + digits - 1;
  let rest = value;
  for (; rest > U32_MAX; place--) {
    store<u8>(place, ZERO + i32(rest % 10));
    rest /= 10;
  }
  writeDigits(at, <u32>rest, place + 1 - at);
  return at + digits;
}

/** Likewise below 2^32, two digits a step. */
function writeDigits(at: i32, value: u32, digits: i32): i32 {
  let place = at + digits - 2;
  let rest = value;
  for (; place >= at; place -= 2) {
    const left = rest / 100;
    const pair = rest - left * 100;
    const tens = pair / 10;
    store<u16>(place, PAIR_ZERO + tens + ((pair - tens * 10) << 8));
    rest = left;
  }
  if (place === at - 1) store<u8>(at, ZERO + (rest % 10));
  return at + digits;
}

/** Copies by words: up to 7 bytes after the text are overwritten too, which the next field does anyway. */
export function copyText(to: i32, from: i32, length: i32): void {
  for (let at: i32 = 0; at < length; at += 8) store<u64>(to + at, load<u64>(from + at));
}

export function digitCount(value: i64): i32 {
  let digits: i32 = 1;
  for (let power: i64 = 10; power <= value; power *= 10) {
    digits++;
    if (digits === DIGITS_MAX) break;
  }
  return digits;
}

function digitCount32(value: u32): i32 {
  if (value < 10000) return value < 100 ? (value < 10 ? 1 : 2) : value < 1000 ? 3 : 4;
  if (value < 100000000) {
    if (value < 1000000) return value < 100000 ? 5 : 6;
    return value < 10000000 ? 7 : 8;
  }
  return value < 1000000000 ? 9 : 10;
}

/** Both factors are cut at 10^8 so that no product passes i64. */
export function writeDecimal(at: i32, steps: i64, stepE8: i64): i32 {
  const fraction = stepE8 % E8;
  const low = (steps % E8) * fraction;
  const whole = steps * (stepE8 / E8) + (steps / E8) * fraction + low / E8;
  let rest = <u32>(low % E8);
  const end = writeNumber(at, whole);
  if (rest === 0) return end;
  let digits: i32 = 8;
  if (rest % 10000 === 0) {
    rest /= 10000;
    digits = 4;
  }
  for (; rest % 10 === 0; rest /= 10) digits--;
  store<u8>(end, DOT);
  return writeDigits(end + 1, rest, digits);
}

/** The text of a time up to its second, kept for the next one. */
function writeSecond(second: i64): void {
  const day = second / SECONDS_PER_DAY;
  const ofDay = i32(second - day * SECONDS_PER_DAY);
  let end = writeDate(WRITTEN_TEXT, i32(day));
  store<u8>(end, 45); // -
  end = writeDigits(end + 1, ofDay / 3600, 2);
  store<u8>(end, 58); // :
  end = writeDigits(end + 1, (ofDay / 60) % 60, 2);
  store<u8>(end, 58);
  end = writeDigits(end + 1, ofDay % 60, 2);
  store<u8>(end, DOT);
  store<i64>(WRITTEN_SECOND, second + 1);
}

/** Days since 1970 as yyyymmdd; years run from March, so that the leap day is the last of its year. */
function writeDate(at: i32, days: i32): i32 {
  const shifted = days + 719468; // since 1 March of year 0
  const era = shifted / 146097;
  const dayOfEra = shifted % 146097;
  const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
  const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const monthFromMarch = (5 * dayOfYear + 2) / 153;
  const day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return writePadded(writePadded(writePadded(at, year, 4), month, 2), day, 2);
}
