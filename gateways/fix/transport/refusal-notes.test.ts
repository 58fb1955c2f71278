/** Refusals are told one by one while they are few, and summed up when they are many. */
import { expect, test } from 'vitest';
import { RefusalNotes } from './refusal-notes.ts';

test('a storm of refusals is told at a bounded pace, and none is forgotten', () => {
  let nowNs = 1_700_000_000_000_000_000n;
  const told: string[] = [];
  const notes = new RefusalNotes({ nowNs: () => nowNs }, (reason) => told.push(reason));
  for (let second = 0; second < 60; second++) {
    for (let i = 0; i < 1000; i++) {
      notes.add('go away');
      nowNs += 1_000_000n;
    }
  }
  expect(told.length).toBeLessThan(101 + 60 * 5 + 1);
  expect(told.slice(0, 101)).toEqual(Array.from({ length: 101 }, () => 'go away'));
  nowNs += 1_000_000_000n;
  notes.add('last');
  expect(told.at(-1)).toMatch(/^last; \d+ refusals before it were not told$/);
  const untold = told.reduce((sum, text) => sum + Number(/; (\d+) /.exec(text)?.[1] ?? 0), 0);
  expect(told.length + untold).toBe(60_001);
});
