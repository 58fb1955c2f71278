/** The last accepted figures of each suite: bench/baseline/SUITE.json, a list of results. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { GyrfalconError } from '../engine/errors.ts';
import { type BenchResult, RESULT_FORMAT } from './bench-result.ts';

const FOLDER = new URL('./baseline/', import.meta.url);
const NUMBERS =
  /\[\s+(?:-?[\d.]+(?:e[+-]?\d+)?|null)(?:,\s+(?:-?[\d.]+(?:e[+-]?\d+)?|null))*\s+\]/g;

const fileOf = (suite: string): URL => new URL(`${suite}.json`, FOLDER);

export function acceptBaseline(suite: string, results: readonly BenchResult[]): void {
  mkdirSync(FOLDER, { recursive: true });
  // A list of numbers on one line: a changed figure is a changed line, and files stay short.
  const text = JSON.stringify(results, null, 1).replaceAll(NUMBERS, (list) =>
    list.replaceAll(/\s+/g, ' '),
  );
  writeFileSync(fileOf(suite), `${text}\n`);
}

/** Empty where nothing was accepted yet. */
export function readBaseline(suite: string): readonly BenchResult[] {
  const file = fileOf(suite);
  if (!existsSync(file)) return [];
  const results = JSON.parse(readFileSync(file, 'utf8'));
  if (Array.isArray(results) && results.every(({ format }) => format === RESULT_FORMAT)) {
    return results;
  }
  throw new GyrfalconError(
    'INPUT_INVALID',
    `bench/baseline/${suite}.json is not in format ${RESULT_FORMAT}: ` +
      `accept new figures with "npm run bench -- ${suite} --accept"`,
  );
}
