/** The random numbers of the simulation: published generator, normals of stated accuracy. */
import { describe, expect, test } from 'vitest';
import { normalPair } from './normal-reference.ts';
import { PrngReference } from './prng-reference.ts';

const MASK = (1n << 64n) - 1n;

/** xoshiro256++ once more, in BigInt, from a state of four words. */
function* xoshiro(state: bigint[]): Generator<bigint> {
  const rotate = (x: bigint, k: bigint) => ((x << k) | (x >> (64n - k))) & MASK;
  let [a, b, c, d] = state as [bigint, bigint, bigint, bigint];
  while (true) {
    yield (rotate((a + d) & MASK, 23n) + a) & MASK;
    const t = (b << 17n) & MASK;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotate(d, 45n);
  }
}

function splitMix(z: bigint): bigint {
  let x = z & MASK;
  x = ((x ^ (x >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
  x = ((x ^ (x >> 27n)) * 0x94d049bb133111ebn) & MASK;
  return x ^ (x >> 31n);
}

describe('the generator', () => {
  test('is xoshiro256++: its published first outputs for the state 1, 2, 3, 4', () => {
    const numbers = xoshiro([1n, 2n, 3n, 4n]);
    const first = Array.from({ length: 4 }, () => numbers.next().value);
    expect(first).toEqual([41943041n, 58720359n, 3588806011781223n, 3591011842654386n]);
  });

  test.each([
    [0, 0],
    [1, 5],
    [20120621, 63],
    [Number.MAX_SAFE_INTEGER, 999],
  ])('seed %d, stream %d: the twin in 32-bit halves equals BigInt', (seed, stream) => {
    const golden = 0x9e3779b97f4a7c15n;
    const start = splitMix(splitMix(BigInt(seed) + golden) ^ BigInt(stream));
    const words = [1n, 2n, 3n, 4n].map((word) => splitMix(start + golden * word));
    const expected = xoshiro(words);
    const prng = new PrngReference(seed, stream);
    for (let i = 0; i < 10_000; i++) {
      prng.next();
      expect((BigInt(prng.high) << 32n) | BigInt(prng.low)).toBe(expected.next().value);
    }
  });
});

describe('the normals', () => {
  const COUNT = 1_000_000;
  const normals = new Float64Array(COUNT);
  const prng = new PrngReference(42, 0);
  for (let i = 0; i < COUNT; i += 2) normalPair(prng, normals, i);

  test('are within 4e-15 of Box-Muller by the machine, a million draws', () => {
    const again = new PrngReference(42, 0);
    let worst = 0;
    for (let i = 0; i < COUNT; i += 2) {
      const radius = Math.sqrt(-2 * Math.log(1 - again.nextUnit()));
      const angle = 2 * Math.PI * again.nextUnit();
      worst = Math.max(
        worst,
        Math.abs(normals[i]! - radius * Math.cos(angle)),
        Math.abs(normals[i + 1]! - radius * Math.sin(angle)),
      );
    }
    expect(worst).toBeLessThan(4e-15);
  });

  test('have the moments of a standard normal within 4 standard errors', () => {
    const moment = (power: number) => normals.reduce((sum, x) => sum + x ** power, 0) / COUNT;
    for (const [power, exact, variance] of [
      [1, 0, 1],
      [2, 1, 2],
      [3, 0, 15],
      [4, 3, 96],
    ] as const) {
      const error = Math.abs(moment(power) - exact);
      expect(error, `moment ${power}`).toBeLessThan(4 * Math.sqrt(variance / COUNT));
    }
  });

  test('neighbours, and the two of a pair, are uncorrelated', () => {
    for (const lag of [1, 2, 3]) {
      let sum = 0;
      for (let i = 0; i + lag < COUNT; i++) sum += normals[i]! * normals[i + lag]!;
      expect(Math.abs(sum / COUNT)).toBeLessThan(4 / Math.sqrt(COUNT));
    }
  });

  test('lie beyond 1, 2, 3 and 4 as often as they should', () => {
    for (const [bound, share] of [
      [1, 0.31731050786],
      [2, 0.0455002639],
      [3, 0.00269979606],
      [4, 0.00006334248],
    ] as const) {
      const found = normals.reduce((sum, x) => sum + (Math.abs(x) > bound ? 1 : 0), 0);
      const sigma = Math.sqrt(COUNT * share * (1 - share));
      expect(Math.abs(found - COUNT * share), `beyond ${bound}`).toBeLessThan(4 * sigma);
    }
  });
});
