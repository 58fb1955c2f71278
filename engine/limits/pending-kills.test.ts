/** Kills kept while a hung loop is ended: what was kept comes back, and nothing else is taken for it. */
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { KillInForce } from './kills-in-force.ts';
import { dropPendingKills, keepPendingKills, readPendingKills } from './pending-kills.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gyrfalcon-kills-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const kill = (scope: 'FIRM' | 'STRATEGY', target: string, generation: number): KillInForce => {
  const by = { reason: 'a "quoted" reason', operator: 'tester' };
  const command = { type: 'COMMAND', kind: 'KILL', scope, target, ...by, generation } as const;
  return { command, requestedMs: 1_700_000_000_000 + generation };
};

test('what was kept comes back in its order, until it is dropped; its owner alone can read it', () => {
  expect(readPendingKills(directory)).toEqual([]);
  const kills = [kill('FIRM', '', 3), kill('STRATEGY', 'mm', 4)];
  keepPendingKills(directory, kills);
  expect(readPendingKills(directory)).toEqual(kills);
  expect(readdirSync(directory)).toEqual(['journal.kills']);
  expect(statSync(join(directory, 'journal.kills')).mode & 0o777).toBe(0o600);
  dropPendingKills(directory);
  expect(readPendingKills(directory)).toEqual([]);
});

test.each([
  ['cut off', '[{"command":{"type":"COMM'],
  ['no list', '{}'],
  ['no kill', JSON.stringify([{ ...kill('FIRM', '', 1), command: { kind: 'STOP' } }])],
  ['without a time', JSON.stringify([{ command: kill('FIRM', '', 1).command }])],
  [
    'without a reason',
    JSON.stringify([{ requestedMs: 1, command: { kind: 'KILL', scope: 'FIRM' } }]),
  ],
])('a file that is %s is told, not passed over', (_, text) => {
  writeFileSync(join(directory, 'journal.kills'), text);
  expect(() => readPendingKills(directory)).toThrow(
    /journal\.kills holds kills that cannot be read/,
  );
});
