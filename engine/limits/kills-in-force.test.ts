/** Which releases end which kills. */
import { expect, test } from 'vitest';
import type { CommandScope } from '../event/event.ts';
import { type KillInForce, killsAfter } from './kills-in-force.ts';

const who = { type: 'COMMAND', reason: 'a test', operator: 'ann', generation: 1 } as const;
const NOW_MS = 1000;

function killed(scope: CommandScope, target: string): readonly KillInForce[] {
  return killsAfter([], { ...who, kind: 'KILL', scope, target }, NOW_MS);
}

const releases: { kill: [CommandScope, string]; release: [CommandScope, string]; ends: boolean }[] =
  [
    { kill: ['FIRM', ''], release: ['FIRM', ''], ends: true },
    { kill: ['STRATEGY', 'mm'], release: ['STRATEGY', 'mm'], ends: true },
    { kill: ['STRATEGY', 'mm'], release: ['STRATEGY', 'ofi'], ends: false },
    { kill: ['STRATEGY', 'mm'], release: ['FIRM', ''], ends: false },
    { kill: ['FIRM', ''], release: ['STRATEGY', 'mm'], ends: false },
    { kill: ['INSTRUMENT', 'mm'], release: ['STRATEGY', 'mm'], ends: false },
  ];

test.each(releases)(
  'a kill of $kill released for $release: ended $ends',
  ({ kill, release, ends }) => {
    const [scope, target] = release;
    const left = killsAfter(killed(...kill), { ...who, kind: 'REARM', scope, target }, NOW_MS + 1);
    expect(left).toHaveLength(ends ? 0 : 1);
  },
);

test('kills add up, keep their time, and other commands change nothing', () => {
  const first = killed('FIRM', '');
  const both = killsAfter(
    first,
    { ...who, kind: 'KILL', scope: 'STRATEGY', target: 'mm' },
    NOW_MS + 5,
  );
  expect(both.map(({ command, requestedMs }) => [command.scope, requestedMs])).toEqual([
    ['FIRM', NOW_MS],
    ['STRATEGY', NOW_MS + 5],
  ]);
  expect(killsAfter(both, { ...who, kind: 'STOP' }, NOW_MS + 9)).toBe(both);
});
