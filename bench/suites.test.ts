/** The quick benches give an answer that they find right themselves, and a figure for each variant. */
import { expect, test } from 'vitest';
import { measure } from './harness.ts';
import { suiteOf } from './suites.ts';

test.each(['codec', 'limits', 'signals', 'journal'])('the suite %s runs', async (name) => {
  const prepared = await suiteOf(name).prepare({ rounds: 1, sessions: 1 });
  if ('leftOut' in prepared) return expect(prepared.leftOut).not.toBe('');
  for (const bench of prepared) {
    const result = 'check' in bench ? await measure(name, bench, 1) : bench;
    if ('check' in bench) await bench.close?.();
    expect(result.variants.length).toBeGreaterThan(1);
    for (const { ratios, operationsPerS } of result.variants) {
      expect(operationsPerS).toBeGreaterThan(0);
      expect(ratios[0]?.median).toBeGreaterThan(0);
    }
  }
});
