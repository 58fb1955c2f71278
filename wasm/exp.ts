/**
 * e^x, the same bits on every machine and in every instance, without tables in memory. x = k ln 2 +
 * r with |r| <= ln 2 / 2; e^r by its series to the 13th power (what is left out is below 5e-18);
 * then 2^k put into the exponent. Relative error below 4e-16 (two units in the last place) where
 * the result is normal.
 */
const LOG2_E: f64 = Math.LOG2E;
const LN_2_HIGH: f64 = 0.6931471803691238; // 33 bits of ln 2: k times it is exact
const LN_2_LOW: f64 = 1.9082149292705877e-10;
const X_MAX: f64 = 709.782712893384; // beyond it: infinity
const X_MIN: f64 = -745.1332191019411; // below it: 0
const PAIR_X_MIN: f64 = -700.0;
const K_NORMAL_MIN: i32 = -1021;

/** e^x as the core computes it everywhere. */
export function exp(x: f64): f64 {
  if (x > X_MAX) return Infinity;
  if (x < X_MIN) return 0.0;
  const k = nearest(x * LOG2_E);
  const r = x - k * LN_2_HIGH - k * LN_2_LOW;
  let sum = 1.0 / 6227020800.0;
  sum = sum * r + 1.0 / 479001600.0;
  sum = sum * r + 1.0 / 39916800.0;
  sum = sum * r + 1.0 / 3628800.0;
  sum = sum * r + 1.0 / 362880.0;
  sum = sum * r + 1.0 / 40320.0;
  sum = sum * r + 1.0 / 5040.0;
  sum = sum * r + 1.0 / 720.0;
  sum = sum * r + 1.0 / 120.0;
  sum = sum * r + 1.0 / 24.0;
  sum = sum * r + 1.0 / 6.0;
  sum = sum * r + 0.5;
  sum = sum * r * r + r + 1.0;
  return scaled(sum, <i32>k);
}

/**
 * Two of them side by side, the same bits as one by one: -700 <= x <= 0, where e^x needs no second step.
 * What lies below -700 counts as -700.
 */
export function expPair(x: v128): v128 {
  const bounded = f64x2.max(x, f64x2.splat(PAIR_X_MIN));
  const k = f64x2.nearest(f64x2.mul(bounded, f64x2.splat(LOG2_E)));
  const high = f64x2.sub(bounded, f64x2.mul(k, f64x2.splat(LN_2_HIGH)));
  const r = f64x2.sub(high, f64x2.mul(k, f64x2.splat(LN_2_LOW)));
  let sum = f64x2.splat(1.0 / 6227020800.0);
  sum = next(sum, r, 1.0 / 479001600.0);
  sum = next(sum, r, 1.0 / 39916800.0);
  sum = next(sum, r, 1.0 / 3628800.0);
  sum = next(sum, r, 1.0 / 362880.0);
  sum = next(sum, r, 1.0 / 40320.0);
  sum = next(sum, r, 1.0 / 5040.0);
  sum = next(sum, r, 1.0 / 720.0);
  sum = next(sum, r, 1.0 / 120.0);
  sum = next(sum, r, 1.0 / 24.0);
  sum = next(sum, r, 1.0 / 6.0);
  sum = next(sum, r, 0.5);
  sum = f64x2.add(f64x2.add(f64x2.mul(f64x2.mul(sum, r), r), r), f64x2.splat(1.0));
  const exponents = i64x2.extend_low_i32x4_s(i32x4.trunc_sat_f64x2_s_zero(k));
  return f64x2.mul(sum, i64x2.shl(i64x2.add(exponents, i64x2.splat(1023)), 52));
}

function next(sum: v128, r: v128, coefficient: f64): v128 {
  return f64x2.add(f64x2.mul(sum, r), f64x2.splat(coefficient));
}

/** value * 2^k, in two steps where 2^k itself would be too small or too large. */
function scaled(value: f64, k: i32): f64 {
  if (k < K_NORMAL_MIN) return value * powerOfTwo(k + 1000) * powerOfTwo(-1000);
  if (k > 1023) return value * powerOfTwo(1023) * powerOfTwo(k - 1023);
  return value * powerOfTwo(k);
}

function powerOfTwo(k: i32): f64 {
  return reinterpret<f64>((<i64>(k + 1023)) << 52);
}
