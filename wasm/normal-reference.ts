/** The plain twin of normal.ts: the same series with the same IEEE operations in the same order. */
import type { PrngReference } from './prng-reference.ts';

const LN_2_HIGH = 0.6931471801362932;
const LN_2_LOW = 4.236521365809284e-10;
const TWO_PI = 6.283185307179586;
const LOGARITHM = [21, 19, 17, 15, 13, 11, 9, 7, 5, 3].map((n) => 1 / n);
const SINE = [-1307674368000, 6227020800, -39916800, 362880, -5040, 120, -6].map((n) => 1 / n);
const COSINE = [20922789888000, -87178291200, 479001600, -3628800, 40320, -720, 24, -2].map(
  (n) => 1 / n,
);

function polynomial(coefficients: readonly number[], x: number): number {
  let sum = coefficients[0]!;
  for (let i = 1; i < coefficients.length; i++) sum = sum * x + coefficients[i]!;
  return sum;
}

/** ln u for 0 < u <= 1. */
function logarithm(u: number): number {
  let k = 0;
  let m = u;
  while (m < Math.SQRT1_2) {
    m *= 2; // exact
    k--;
  }
  const f = m - 1;
  const s = f / (m + 1);
  const z = s * s;
  const small = s * (f - (z + z) * polynomial(LOGARITHM, z));
  return k * LN_2_HIGH + (f + (k * LN_2_LOW - small));
}

/** Two normals of one stream into target[at] and target[at + 1]: by cosine, by sine. */
export function normalPair(prng: PrngReference, target: Float64Array, at: number): void {
  const radius = Math.sqrt(-2 * logarithm(1 - prng.nextUnit()));
  const turn = prng.nextUnit();
  const quarters = nearestEven(turn * 4);
  const a = (turn - quarters * 0.25) * TWO_PI;
  const a2 = a * a;
  const sine = radius * (a + a * (a2 * polynomial(SINE, a2)));
  const cosine = radius * (1 + a2 * polynomial(COSINE, a2));
  target[at] = [cosine, -sine, -cosine, sine][quarters & 3]!;
  target[at + 1] = [sine, cosine, -sine, -cosine][quarters & 3]!;
}

/** The nearest whole number, a half to the even one. */
function nearestEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}
