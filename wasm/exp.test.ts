/** The core's e^x against the platform's, over its whole range. */
import { expect, test } from 'vitest';
import { loadCore } from '../engine/core-module.ts';
import { SeededRandom } from '../test/support/seeded-random.ts';
import { Memory } from './memory.ts';

const { exp } = loadCore(new Memory());

/** What exp.ts promises; the platform's own function may be one unit off itself. */
const RELATIVE_ERROR_MAX = 4e-16 + 2.3e-16;

test('e^x is right to 4e-16 where the result is normal', () => {
  const random = new SeededRandom(31);
  let worst = 0;
  for (let i = 0; i < 1_000_000; i++) {
    const spread = random.pick([1e-9, 0.01, 1, 30, 708]);
    const x = (random.next() / 2 ** 31 - 1) * spread;
    worst = Math.max(worst, Math.abs(exp(x) / Math.exp(x) - 1));
  }
  expect(worst).toBeLessThan(RELATIVE_ERROR_MAX);
});

test.each([
  [0, 1],
  [-0, 1],
  [710, Infinity],
  [Infinity, Infinity],
  [-746, 0],
  [-Infinity, 0],
  [NaN, NaN],
])('e^%d is %d', (x, expected) => {
  expect(exp(x)).toBe(expected);
});

test('e^x reaches both ends of the range', () => {
  expect(exp(709.782712893384) / Math.exp(709.782712893384)).toBeCloseTo(1, 12);
  expect(exp(-745)).toBe(Number.MIN_VALUE);
  expect(exp(-720) / Math.exp(-720)).toBeCloseTo(1, 6);
});
