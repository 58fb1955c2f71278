/** The timer that all sessions of a process share: who is called when, and in which order. */
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DeadlineEntry, DeadlineTimer, NEVER_NS, timerOf } from './deadline-timer.ts';

const START_MS = 1_700_000_000_000;
const clock = { nowNs: () => BigInt(Date.now()) * 1_000_000n };
const at = (ms: number): bigint => BigInt(START_MS + ms) * 1_000_000n;

let timer: DeadlineTimer;
let calls: string[];
beforeEach(() => {
  vi.useFakeTimers({ now: START_MS, toFake: ['Date', 'setTimeout', 'setImmediate'] });
  timer = new DeadlineTimer(clock);
  calls = [];
});
afterEach(() => {
  vi.useRealTimers();
});

const noting = (name: string, next: () => bigint = () => NEVER_NS): DeadlineEntry =>
  new DeadlineEntry(() => {
    calls.push(`${name} at ${Date.now() - START_MS}`);
    return next();
  });

test('entries are called at their deadlines, whatever order they came in', () => {
  timer.callBy(noting('late'), at(3000));
  timer.callBy(noting('early'), at(10));
  timer.callBy(noting('middle'), at(500));
  vi.advanceTimersByTime(5000);
  expect(calls).toEqual(['early at 10', 'middle at 500', 'late at 3000']);
  expect(timer.size).toBe(0);
});

test('an entry is called again when it says so', () => {
  const entry = noting('beat', () => clock.nowNs() + 1_000_000_000n);
  timer.callBy(entry, at(1000));
  vi.advanceTimersByTime(3500);
  expect(calls).toEqual(['beat at 1000', 'beat at 2000', 'beat at 3000']);
});

test('a deadline moves forward at once; one that moves back is met at the old one', () => {
  const entry = noting('entry', () => at(900));
  timer.callBy(entry, at(500));
  timer.callBy(entry, at(200));
  timer.callBy(entry, at(800));
  vi.advanceTimersByTime(850);
  expect(calls).toEqual(['entry at 200']);
});

test('an entry that is due again has its turn after the others, though the clock stands', async () => {
  vi.useRealTimers();
  const standing = new DeadlineTimer({ nowNs: () => at(0) });
  const turns: string[] = [];
  const entryOf = (name: string): DeadlineEntry => {
    let left = 3;
    return new DeadlineEntry(() => {
      turns.push(name);
      return --left > 0 ? at(-5) : NEVER_NS;
    });
  };
  standing.callBy(entryOf('one'), at(0));
  standing.callBy(entryOf('other'), at(0));
  while (standing.size > 0) await new Promise((resolve) => setImmediate(resolve));
  expect(turns).toEqual(['one', 'other', 'one', 'other', 'one', 'other']);
});

test('an entry that is dropped is not called, not even by one that is due with it', () => {
  const victim = noting('victim');
  const killer = noting('killer', () => {
    timer.drop(victim);
    return NEVER_NS;
  });
  timer.callBy(killer, at(5));
  timer.callBy(victim, at(5));
  timer.drop(noting('never there'));
  vi.advanceTimersByTime(100);
  expect(calls).toEqual(['killer at 5']);
  expect(vi.getTimerCount()).toBe(0);
});

test('a clock that is set forward is noticed within a second', () => {
  timer.callBy(noting('entry'), at(3_600_000));
  vi.setSystemTime(START_MS + 3_600_000);
  vi.advanceTimersByTime(1000);
  expect(calls).toEqual(['entry at 3601000']);
});

test('an entry that fails does not stop the others', () => {
  timer.callBy(
    new DeadlineEntry(() => {
      throw new Error('a bug');
    }),
    at(5),
  );
  timer.callBy(noting('other'), at(5));
  expect(() => vi.advanceTimersByTime(5)).toThrow('a bug');
  vi.advanceTimersByTime(5);
  expect(calls).toHaveLength(1);
});

test('everybody with the same clock has the same timer', () => {
  expect(timerOf(clock)).toBe(timerOf(clock));
  expect(timerOf({ nowNs: clock.nowNs })).not.toBe(timerOf(clock));
});

test('random moves keep the order of deadlines', () => {
  const move = fc.record({ entry: fc.nat(19), ms: fc.nat(5000), isDrop: fc.boolean() });
  fc.assert(
    fc.property(fc.array(move, { maxLength: 200 }), (moves) => {
      vi.setSystemTime(START_MS);
      const own = new DeadlineTimer(clock);
      const wanted = new Map<number, number>();
      const called: [number, number][] = [];
      const entries = Array.from({ length: 20 }, (_, index) => {
        return new DeadlineEntry(() => {
          called.push([index, Date.now() - START_MS]);
          return NEVER_NS;
        });
      });
      for (const { entry, ms, isDrop } of moves) {
        if (isDrop) {
          own.drop(entries[entry]!);
          wanted.delete(entry);
        } else {
          own.callBy(entries[entry]!, at(ms));
          wanted.set(entry, Math.min(ms, wanted.get(entry) ?? ms));
        }
      }
      vi.advanceTimersByTime(10_000);
      expect(new Map(called)).toEqual(wanted);
      expect(called).toHaveLength(wanted.size);
    }),
    { numRuns: 200, seed: 20_251 },
  );
});
