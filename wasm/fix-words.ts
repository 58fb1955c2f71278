/**
 * HOT: FIX values read eight or sixteen bytes at once, without a step a byte: what is short, as nearly all values
 * are. Each does what its namesake in fix-value.ts does byte by byte, which is its plain twin in the tests. Up to
 * 16 bytes behind a value and 8 before it are read, never judged.
 */
const SOH: i32 = 1;
const SIXTEEN: i32 = 0x10000; // the bit behind those of sixteen bytes
const ZEROS: u64 = ((<u64>0x30303030) << 32) | 0x30303030;
const POINTS: u64 = ((<u64>0x2e2e2e2e) << 32) | 0x2e2e2e2e;
const ONES: u64 = ((<u64>0x01010101) << 32) | 0x01010101;
const HIGH_BITS: u64 = ((<u64>0x80808080) << 32) | 0x80808080;
const OVER_NINE: u64 = ((<u64>0x76767676) << 32) | 0x76767676; // 10 and more spill into the high bit
const EVERY_FOURTH: u64 = ((<u64>0x000000ff) << 32) | 0x000000ff;
const HUNDRED_AND_MILLION: u64 = ((<u64>1000000) << 32) | 100;
const ONE_AND_TEN_THOUSAND: u64 = ((<u64>10000) << 32) | 1;
const PLAIN_DIGITS_MAX: i32 = 15; // so many stay below 2^53
const POWERS_OF_TEN: i32 = <i32>(
  memory.data<i64>([1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000])
);
/** The longest value that digitsBefore and plainBefore read. */
export const WORD_BYTES: i32 = 8;

/** Bytes before the first SOH, 16 = none among sixteen. */
export function lengthTo16(at: i32): i32 {
  return ctz(i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(<i8>SOH))) | SIXTEEN);
}

/** Whether `length` bytes are alike; both sides are readable to the next sixteen. */
export function sameBytes(left: i32, right: i32, length: i32): bool {
  let at = 0;
  for (; length - at > 16; at += 16) {
    if (!i8x16.all_true(i8x16.eq(v128.load(left + at), v128.load(right + at)))) return false;
  }
  const alike = i8x16.bitmask(i8x16.eq(v128.load(left + at), v128.load(right + at)));
  return (~alike & ((1 << (length - at)) - 1)) === 0;
}

/** The number of the `length` digits before `end`, 1 to 8; -1 = one of them is none. */
export function digitsBefore(end: i32, length: i32): i64 {
  const digits = (load<u64>(end - 8) ^ ZEROS) & lastBytes(length);
  return isDigits(digits) ? numberOf(digits) : -1;
}

/**
 * Digits with at most one point, 1 to 8 bytes before `end`, in units of 10^-stepDecimals; -1 = anything else, more
 * decimals than that among it, and what may pass 2^53.
 */
export function plainBefore(end: i32, length: i32, stepDecimals: i32): i64 {
  const text = load<u64>(end - 8);
  const kept = lastBytes(length);
  const toPoint = (text ^ POINTS) | ~kept;
  const point = (toPoint - ONES) & ~toPoint & HIGH_BITS;
  let digits = (text ^ ZEROS) & kept;
  let decimals = 0;
  if (point !== 0) {
    if (length === 1) return -1;
    // The point goes: what stands before it moves up into its place.
    decimals = 7 - <i32>(ctz(point) >> 3);
    const behind = lastBytes(decimals);
    digits = (digits & behind) | ((digits << 8) & ~behind);
  }
  const missing = stepDecimals - decimals;
  const count = point === 0 ? length : length - 1;
  if (missing < 0 || count + missing > PLAIN_DIGITS_MAX || !isDigits(digits)) return -1;
  return numberOf(digits) * powerOfTen(missing);
}

/** 10^n, n from 0 to 8. */
export function powerOfTen(n: i32): i64 {
  return load<i64>(POWERS_OF_TEN + (n << 3));
}

/** The bytes of a word that were last in memory, `count` of 0 to 8. */
function lastBytes(count: i32): u64 {
  return count === 0 ? 0 : (<u64>-1) << ((8 - count) << 3);
}

function isDigits(digits: u64): bool {
  return (((digits + OVER_NINE) | digits) & HIGH_BITS) === 0;
}

/** Eight digits, the first in the lowest byte: pairs, then fours, then all. */
function numberOf(digits: u64): i64 {
  const pairs = digits * 10 + (digits >> 8);
  const first = (pairs & EVERY_FOURTH) * HUNDRED_AND_MILLION;
  const second = ((pairs >> 16) & EVERY_FOURTH) * ONE_AND_TEN_THOUSAND;
  return <i64>((first + second) >> 32);
}
