// Standard normals by Box and Muller (1958) on two lanes. Logarithm, sine and cosine are own
// series of plain IEEE operations in a fixed order, so every machine and the plain twin get the
// same bits. Error: each normal is within 4e-15 of the exact value for its random bits
// (normal.test.ts); 52-bit uniforms reach out to +-8.49.
import { prngNext } from './prng';

const ONE_BITS: i64 = 0x3ff0000000000000;
const ROOT_HALF_BITS: i64 = ((<i64>0x3fe6a09e) << 32) | 0x667f3bcd; // of sqrt(1/2)
// 1.5 * 2^52: adding it leaves the nearest integer in the low bits of a double, and back.
const INTEGER_MAGIC: f64 = 6755399441055744.0;
const INTEGER_MAGIC_BITS: i64 = 0x4338000000000000;
const LN_2_HIGH: f64 = 0.6931471801362932; // trailing bits zero: k times it is exact
const LN_2_LOW: f64 = 4.236521365809284e-10;
const TWO_PI: f64 = 6.283185307179586;

// ln u for 0 < u <= 1: u = 2^k m with m in [sqrt(1/2), sqrt 2), ln m = 2 atanh((m - 1) / (m + 1)).
function logarithm(u: v128): v128 {
  const above = i64x2.add(u, i64x2.splat(ONE_BITS - ROOT_HALF_BITS));
  const k = i64x2.sub(i64x2.shr_s(above, 52), i64x2.splat(1023));
  const m = i64x2.sub(u, i64x2.shl(k, 52));
  const magic = f64x2.splat(INTEGER_MAGIC);
  const exponent = f64x2.sub(i64x2.add(k, i64x2.splat(INTEGER_MAGIC_BITS)), magic);
  const one = f64x2.splat(1);
  const f = f64x2.sub(m, one);
  const s = f64x2.div(f, f64x2.add(m, one));
  const z = f64x2.mul(s, s);
  let sum = f64x2.splat(1.0 / 21.0);
  sum = f64x2.add(f64x2.mul(sum, z), f64x2.splat(1.0 / 19.0));
  sum = f64x2.add(f64x2.mul(sum, z), f64x2.splat(1.0 / 17.0));
  sum = f64x2.add(f64x2.mul(sum, z), f64x2.splat(1.0 / 15.0));
  sum = f64x2.add(f64x2.mul(sum, z), f64x2.splat(1.0 / 13.0));
  sum = f64x2.add(f64x2.mul(sum, z), f64x2.splat(1.0 / 11.0));
  sum = f64x2.add(f64x2.mul(sum, z), f64x2.splat(1.0 / 9.0));
  sum = f64x2.add(f64x2.mul(sum, z), f64x2.splat(1.0 / 7.0));
  sum = f64x2.add(f64x2.mul(sum, z), f64x2.splat(1.0 / 5.0));
  sum = f64x2.add(f64x2.mul(sum, z), f64x2.splat(1.0 / 3.0));
  // ln m = f - s (f - 2 z sum): f is exact, and the rest is small beside it.
  const small = f64x2.mul(s, f64x2.sub(f, f64x2.mul(f64x2.add(z, z), sum)));
  const low = f64x2.sub(f64x2.mul(exponent, f64x2.splat(LN_2_LOW)), small);
  return f64x2.add(f64x2.mul(exponent, f64x2.splat(LN_2_HIGH)), f64x2.add(f, low));
}

function sinePolynomial(a: v128, a2: v128): v128 {
  let sum = f64x2.splat(-1.0 / 1307674368000.0);
  sum = f64x2.add(f64x2.mul(sum, a2), f64x2.splat(1.0 / 6227020800.0));
  sum = f64x2.add(f64x2.mul(sum, a2), f64x2.splat(-1.0 / 39916800.0));
  sum = f64x2.add(f64x2.mul(sum, a2), f64x2.splat(1.0 / 362880.0));
  sum = f64x2.add(f64x2.mul(sum, a2), f64x2.splat(-1.0 / 5040.0));
  sum = f64x2.add(f64x2.mul(sum, a2), f64x2.splat(1.0 / 120.0));
  sum = f64x2.add(f64x2.mul(sum, a2), f64x2.splat(-1.0 / 6.0));
  return f64x2.add(a, f64x2.mul(a, f64x2.mul(a2, sum)));
}

function cosinePolynomial(a2: v128): v128 {
  let sum = f64x2.splat(1.0 / 20922789888000.0);
  sum = f64x2.add(f64x2.mul(sum, a2), f64x2.splat(-1.0 / 87178291200.0));
  sum = f64x2.add(f64x2.mul(sum, a2), f64x2.splat(1.0 / 479001600.0));
  sum = f64x2.add(f64x2.mul(sum, a2), f64x2.splat(-1.0 / 3628800.0));
  sum = f64x2.add(f64x2.mul(sum, a2), f64x2.splat(1.0 / 40320.0));
  sum = f64x2.add(f64x2.mul(sum, a2), f64x2.splat(-1.0 / 720.0));
  sum = f64x2.add(f64x2.mul(sum, a2), f64x2.splat(1.0 / 24.0));
  sum = f64x2.add(f64x2.mul(sum, a2), f64x2.splat(-0.5));
  return f64x2.add(f64x2.splat(1), f64x2.mul(a2, sum));
}

// Four normals at `target`: |lane 0, lane 1 by cosine |lane 0, lane 1 by sine|.
export function normalFour(state: i32, target: i32): void {
  const one = i64x2.splat(ONE_BITS);
  const first = v128.or(i64x2.shr_u(prngNext(state), 12), one); // in [1, 2)
  const second = v128.or(i64x2.shr_u(prngNext(state), 12), one);
  const logs = logarithm(f64x2.sub(f64x2.splat(2), first));
  const radius = f64x2.sqrt(f64x2.mul(f64x2.splat(-2), logs));
  const turn = f64x2.sub(second, f64x2.splat(1)); // of the circle, in [0, 1)
  // Nearest quarter turn; what is left is at most an eighth, and both steps are exact.
  const shifted = f64x2.add(f64x2.mul(turn, f64x2.splat(4)), f64x2.splat(INTEGER_MAGIC));
  const quarters = f64x2.sub(shifted, f64x2.splat(INTEGER_MAGIC));
  const rest = f64x2.sub(turn, f64x2.mul(quarters, f64x2.splat(0.25)));
  const a = f64x2.mul(rest, f64x2.splat(TWO_PI));
  const a2 = f64x2.mul(a, a);
  const sine = f64x2.mul(radius, sinePolynomial(a, a2));
  const cosine = f64x2.mul(radius, cosinePolynomial(a2));
  // An odd quarter swaps sine and cosine; the signs follow the quadrant.
  const odd = i64x2.sub(i64x2.splat(0), v128.and(shifted, i64x2.splat(1)));
  const two = i64x2.splat(2);
  const sineSign = i64x2.shl(v128.and(shifted, two), 62);
  const cosineSign = i64x2.shl(v128.and(i64x2.add(shifted, i64x2.splat(1)), two), 62);
  v128.store(target, v128.xor(v128.bitselect(sine, cosine, odd), cosineSign));
  v128.store(target, v128.xor(v128.bitselect(cosine, sine, odd), sineSign), 16);
}
