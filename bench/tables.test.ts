/** The tables of suites that the common one does not suit. */
import { expect, test } from 'vitest';
import { codecTable } from './codec/codec-table.ts';
import { startEnvironment } from './environment.ts';
import { instructionsTable } from './instructions/instructions-table.ts';
import { buildResult, type ResultHead } from './result-builder.ts';
import { startupTable } from './startup-table.ts';
import { VariantTimings } from './variant-timings.ts';

const HEAD = { operation: 'thing', operationsPerSample: 1, rounds: 1, seed: 1 };

/** One round in which each variant took so many ns. */
function result(head: Partial<ResultHead> & { bench: string }, timesNs: Record<string, number>) {
  const timings = Object.entries(timesNs).map(([name, ns]) => {
    const timing = new VariantTimings(name);
    timing.addSamples(new Float64Array(10).fill(ns), 10);
    return timing;
  });
  return buildResult({ ...HEAD, ...head }, timings, startEnvironment()());
}

test('codecs stand side by side; one that lacks an operation has a dash', () => {
  const text = codecTable([
    result({ bench: 'codec: decode 35=X' }, { kernel: 100, twin: 1000 }),
    result({ bench: 'codec: encode 35=D' }, { kernel: 50, other: 100, twin: 200 }),
  ]);
  expect(text.split('\n').slice(0, 5)).toEqual([
    '| codec | decode 35=X, p50 | encode 35=D, p50 |',
    '|---|---:|---:|',
    '| kernel | 100 ns, 10.00x (10.00–10.00) | 50.0 ns, 4.00x (4.00–4.00) |',
    '| twin | 1.00 µs, 1.00x (1.00–1.00) | 200 ns, 1.00x (1.00–1.00) |',
    '| other | – | 100 ns, 2.00x (2.00–2.00) |',
  ]);
});

test('a start has its milestones with a journal beside those without', () => {
  const times = {
    'console ready': 1e9,
    'logged on': 2e9,
    'console ready, with a journal to recover': 3e9,
    'bare Node.js process': 4e7,
  };
  expect(
    startupTable([result({ bench: 'startup' }, times)])
      .split('\n')
      .slice(2, 6),
  ).toEqual([
    '| console ready | 1.00 s (1.00 s) | 3.00 s (3.00 s) |',
    '| logged on | 2.00 s (2.00 s) | – |',
    '| first order | – | – |',
    '| bare Node.js process | 40.00 ms (40.00 ms) | – |',
  ]);
});

test('counts are a line', () => {
  const figures = [
    { name: 'decode', unit: 'instructions', rounds: [99.6, 100.4, 101] },
    { name: 'encode', unit: 'instructions', rounds: [7] },
  ] as const;
  expect(instructionsTable([result({ bench: 'instructions', figures }, {})])).toBe(
    '- instructions: thing: decode 100, encode 7.',
  );
});
