/** Quantile and mean beyond it on losses that can be counted by hand. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Tail, tailFigures, tailSize } from './tail.ts';

/** Losses 1, 2 … n, largest first. */
const ladder = (n: number) => Float64Array.from({ length: n }, (_, i) => n - i);

describe('of the losses 1 to n', () => {
  test.each([
    { n: 1000, confidence: 0.99, valueAtRisk: 990, cvar: 995.5 },
    { n: 1000, confidence: 0.95, valueAtRisk: 950, cvar: 975.5 },
    { n: 100_000, confidence: 0.99, valueAtRisk: 99_000, cvar: 99_500.5 },
    // 2.5 scenarios beyond: the third worst counts half.
    { n: 1000, confidence: 0.9975, valueAtRisk: 998, cvar: (1000 + 999 + 0.5 * 998) / 2.5 },
  ])('$n at $confidence', ({ n, confidence, valueAtRisk, cvar }) => {
    const tail = ladder(n).slice(0, tailSize(n, confidence));
    const figures = tailFigures(tail, n, confidence);
    expect(figures.var).toBe(valueAtRisk);
    expect(figures.cvar).toBeCloseTo(cvar, 9);
  });

  test('the standard error is that of a uniform quantile', () => {
    const [n, confidence] = [100_000, 0.99];
    const figures = tailFigures(ladder(n), n, confidence);
    expect(figures.standardError).toBeCloseTo(Math.sqrt(n * confidence * (1 - confidence)), 9);
  });
});

test('the kept tail is that of a full sort, however the losses are dealt out', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ noNaN: true }), { maxLength: 300 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 5 }),
      (losses, size, parts) => {
        const merged = new Tail(size);
        for (let part = 0; part < parts; part++) {
          const tail = new Tail(size);
          tail.offer(Float64Array.from(losses.filter((_, i) => i % parts === part)));
          merged.offer(tail.largest());
        }
        const sorted = Float64Array.from(losses).sort().reverse().slice(0, size);
        expect(merged.largest().map((x) => x + 0)).toEqual(sorted.map((x) => x + 0));
      },
    ),
    { numRuns: 2000, examples: [[[Number.NEGATIVE_INFINITY], 1, 1]] },
  );
});
