/** What `gyrfalcon bench` says to a person who asks for help or asks for what it cannot do. */
import { describe, expect, test } from 'vitest';
import { SUITE_NAMES } from '../../bench/suites.ts';
import { gyrfalcon } from '../../test/support/engine-process.ts';
import { EXIT_OK, EXIT_USAGE } from '../errors.ts';

test('help lists every suite with what it measures', async () => {
  const { code, stdout } = await gyrfalcon(['bench', '--help']);
  expect(code).toBe(EXIT_OK);
  for (const name of SUITE_NAMES) expect(stdout).toMatch(new RegExp(`^  ${name} +\\S`, 'm'));
});

describe('refused before anything is measured', () => {
  test.each([
    { args: ['bok'], says: 'there is no bench bok; name one of: ' },
    { args: ['book', 'codec'], says: 'name one bench' },
    { args: ['limits', '--rounds', '0'], says: '--rounds 0: give a whole number from 1' },
    { args: ['limits', '--rounds', '2.5'], says: '--rounds 2.5: give a whole number' },
    { args: ['limits', '--accept', '--rounds', '3'], says: 'need at least 8 rounds' },
    { args: ['fix-sessions', '--sessions', 'many'], says: '--sessions many: give a whole number' },
  ])('bench $args', async ({ args, says }) => {
    const { code, stdout, stderr } = await gyrfalcon(['bench', ...args]);
    expect({ code, stdout }).toEqual({ code: EXIT_USAGE, stdout: '' });
    expect(stderr).toContain(says);
  });
});

test('one quick round gives the whole result as JSON', async () => {
  const { code, stdout } = await gyrfalcon([
    'bench',
    'limits',
    '--rounds',
    '1',
    '--json',
    '--compare',
  ]);
  expect(code).toBe(EXIT_OK);
  const { results, changes } = JSON.parse(stdout);
  expect(results[0]).toMatchObject({ bench: 'limits', rounds: 1, format: 2 });
  expect(results[0].variants[0].ratios[0].rounds).toHaveLength(1);
  expect(Array.isArray(changes)).toBe(true);
});
