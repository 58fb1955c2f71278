/** What a reader sees: rows, units, the spread of ratios, the README's markers. */
import { describe, expect, test } from 'vitest';
import { GyrfalconError } from '../engine/errors.ts';
import { startEnvironment } from './environment.ts';
import { withTable } from './readme-table.ts';
import { count, duration, reportTable } from './report.ts';
import { buildResult, type ResultHead } from './result-builder.ts';
import { VariantTimings } from './variant-timings.ts';

const head: ResultHead = {
  bench: 'toy',
  operation: 'thing',
  operationsPerSample: 2,
  rounds: 2,
  seed: 9,
  ratiosOf: ['p50', 'p99'],
  remarks: ['it was quiet'],
  figures: [
    { name: 'RSS', unit: 'bytes', rounds: [90e6, 110e6, 100e6] },
    { name: 'idle', unit: 'percent of a core', rounds: [1.5, 1.5] },
  ],
};

function result() {
  const [engine, plain] = [new VariantTimings('engine'), new VariantTimings('plain')];
  for (const factor of [1, 2]) {
    engine.addSamples(new Float64Array(200).fill(200), 400);
    plain.addSamples(new Float64Array(200).fill(400 * factor), 400);
  }
  return buildResult(head, [engine, plain], startEnvironment()());
}

describe('the table', () => {
  const text = reportTable([result()]);

  test.each([
    '| bench | variant | per second | p50 | p99 | p99.9 | max | vs plain | min–max |',
    '| toy | engine | 10.00 M | 100 ns | 100 ns | – | 100 ns | 3.00x | 2.00–4.00 |',
    '| toy | RSS | 100.0 MB | 90.0 MB–110.0 MB |',
    '| toy | idle | 1.50 % | – |',
    'a time is the mean of 2, ratios are of p50; 2 rounds, seed 9;',
    ' It was quiet.',
  ])('has %s', (line) => expect(text).toContain(line));
});

test.each([
  [12.34, '12.3 ns'],
  [123.4, '123 ns'],
  [1234, '1.23 µs'],
  [1_234_000, '1.23 ms'],
  [1_234_000_000, '1.23 s'],
])('%d ns is shown as %s', (ns, text) => expect(duration(ns)).toBe(text));

test.each([
  [12.34, '12.3'],
  [12_340, '12.3 k'],
  [12_340_000, '12.34 M'],
])('%d a second is shown as %s', (perSecond, text) => expect(count(perSecond)).toBe(text));

describe('the README', () => {
  test('is changed between the markers only', () => {
    const readme = 'a\n<!-- bench:begin -->\nold\n<!-- bench:end -->\nz\n';
    expect(withTable(readme, 'new')).toBe('a\n<!-- bench:begin -->\nnew\n<!-- bench:end -->\nz\n');
  });

  test.each(['no markers', '<!-- bench:end --> <!-- bench:begin -->'])(
    'without its markers (%s) is refused',
    (readme) => expect(() => withTable(readme, 'new')).toThrow(GyrfalconError),
  );
});
