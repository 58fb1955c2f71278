/**
 * HOT: writes FIX fields into linear memory. Every writer takes an address and returns the one after what
 * it wrote; the caller has made sure that there is room. Used by order-encode.ts.
 */

const SOH: i32 = 1;
const EQUALS: i32 = 61;
const DOT: i32 = 46;
const ZERO: i32 = 48;
const E8: i64 = 100000000;
const NS_PER_SECOND: i64 = 1000000000;
const U32_MAX: i64 = 4294967295;
const DIGITS_MAX: i32 = 19; // of an i64
const EVEN_BYTES: u64 = (0x00ff00ff << 32) | 0x00ff00ff;
const NS_PER_DAY: i64 = 86400000000000;

export function writeTag(at: i32, tag: i32): i32 {
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
  writeTime(time, absoluteNs);
  return endField(time + bytes);
}

/** A number from 0 on, without leading zeros. */
export function writeNumber(at: i32, value: i64): i32 {
  return writePadded(at, value, digitCount(value));
}

/** A number from 0 on in exactly `digits` places; 32-bit division where it does, it is far faster. */
export function writePadded(at: i32, value: i64, digits: i32): i32 {
  let place = at + digits - 1;
  let rest = value;
  for (; rest > U32_MAX; place--) {
    store<u8>(place, ZERO + i32(rest % 10));
    rest /= 10;
  }
  for (let small = u32(rest); place >= at; place--) {
    store<u8>(place, ZERO + (small % 10));
    small /= 10;
  }
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

/** Sum of at most 1024 bytes, two lanes of four 16-bit sums at a time. */
export function byteSum(from: i32, to: i32): i32 {
  let lanes: u64 = 0;
  let at = from;
  for (; at + 8 <= to; at += 8) {
    const word = load<u64>(at);
    lanes += (word & EVEN_BYTES) + ((word >> 8) & EVEN_BYTES);
  }
  let sum = i32((lanes & 0xffff) + ((lanes >> 16) & 0xffff) + ((lanes >> 32) & 0xffff));
  sum += i32(lanes >> 48);
  for (; at < to; at++) sum += load<u8>(at);
  return sum;
}

/** Both factors are cut at 10^8 so that no product passes i64. */
function writeDecimal(at: i32, steps: i64, stepE8: i64): i32 {
  const fraction = stepE8 % E8;
  const low = (steps % E8) * fraction;
  const whole = steps * (stepE8 / E8) + (steps / E8) * fraction + low / E8;
  let rest = low % E8;
  let end = writeNumber(at, whole);
  if (rest === 0) return end;
  let digits: i32 = 8;
  for (; rest % 10 === 0; rest /= 10) digits--;
  store<u8>(end, DOT);
  end++;
  return writePadded(end, rest, digits);
}

function writeTime(at: i32, absoluteNs: i64): i32 {
  const day = absoluteNs / NS_PER_DAY;
  const nsOfDay = absoluteNs - day * NS_PER_DAY;
  const second = i32(nsOfDay / NS_PER_SECOND);
  let end = writeDate(at, i32(day));
  store<u8>(end, 45); // -
  end = writePadded(end + 1, second / 3600, 2);
  store<u8>(end, 58); // :
  end = writePadded(end + 1, (second / 60) % 60, 2);
  store<u8>(end, 58);
  end = writePadded(end + 1, second % 60, 2);
  store<u8>(end, DOT);
  return writePadded(end + 1, nsOfDay - i64(second) * NS_PER_SECOND, 9);
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
