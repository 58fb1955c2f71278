/**
 * The last accepted figures of each bench (baseline/*.json) and the comparison with them. Only
 * ratios to the plain variant are compared: they hold from machine to machine far better than
 * times.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { BenchResult } from './harness.ts';

const FOLDER = new URL('./baseline/', import.meta.url);
/** A ratio may fall to this share of the accepted one before it counts as slower. */
const TOLERATED_SHARE = 0.75;

const fileOf = (bench: string): URL => new URL(`${bench}.json`, FOLDER);

export function acceptBaseline(result: BenchResult): void {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(fileOf(result.bench), `${JSON.stringify(result, null, 2)}\n`);
}

export function readBaseline(bench: string): BenchResult | undefined {
  const file = fileOf(bench);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** One line a variant that got slower against the plain one; empty = as good as before. */
export function slowerThanBaseline(result: BenchResult, baseline: BenchResult): string[] {
  return result.variants.flatMap(({ name, ratioToPlain }) => {
    const accepted = baseline.variants.find((variant) => variant.name === name);
    if (accepted === undefined || ratioToPlain >= accepted.ratioToPlain * TOLERATED_SHARE)
      return [];
    const before = accepted.ratioToPlain.toFixed(2);
    return [
      `${result.bench}: ${name} is ${ratioToPlain.toFixed(2)}x the plain version, was ${before}x`,
    ];
  });
}
