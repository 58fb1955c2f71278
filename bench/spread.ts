/** What the rounds came to, in a few numbers. */
import type { Spread } from './bench-result.ts';

/** Results keep this many digits: more would be noise, and files stay small. */
const DIGITS = 6;

export const rounded = (value: number): number => Number(value.toPrecision(DIGITS));

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}
