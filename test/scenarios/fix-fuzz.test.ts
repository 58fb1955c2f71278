/**
 * Spoiled, spliced and senseless FIX against every part that reads it: the short form of
 * `npm run -s fuzz`. A failure is printed with its input made small; the run's seed repeats it.
 */
import { expect, test } from 'vitest';
import { failureText, fuzz } from '../fuzz/fuzz.ts';
import { FUZZ_TARGETS } from '../fuzz/fuzz-targets.ts';

const INPUTS = 100_000;

test('nothing that a peer may send breaks a rule of framing, decode or session', () => {
  const seed = 20_120_621;
  const { failures, inputsOf } = fuzz({ targets: FUZZ_TARGETS, inputs: INPUTS, seed });
  const told = failures.map((failure) => `seed ${seed}, ${failureText(failure)}`);
  expect(told.join('\n')).toBe('');
  for (const [name, count] of inputsOf) expect(count, name).toBeGreaterThan(INPUTS / 100);
});
