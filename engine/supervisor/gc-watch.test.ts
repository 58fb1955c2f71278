/** A collection is found in the tick that it ran in, and in no other. */
import { expect, test } from 'vitest';
import { Memory } from '../../wasm/memory.ts';
import * as S from '../../wasm/stage-layout.ts';
import { SlowTickReader } from '../slow-tick-reader.ts';
import { StageClock } from '../stage-clock.ts';
import { watchGarbageCollections } from './gc-watch.ts';
import { WallClock } from './wall-clock.ts';

/** Garbage enough for many collections; the sum keeps the compiler from leaving it out. */
function litter(): number {
  let length = 0;
  for (let i = 0; i < 2_000_000; i++) length += [i, `${i}`].length;
  return length;
}

test('a tick that garbage was collected in says for how long; its neighbours do not', async () => {
  const memory = new Memory();
  const clock = new WallClock(memory);
  const stages = new StageClock(memory);
  stages.start(clock);
  watchGarbageCollections(clock, stages.slowTicks);
  const tick = (work: () => void) => {
    stages.beginTick(clock.elapsedNs());
    stages.framed(S.TICK_MARKET_DATA, 0, 100);
    work();
    stages.endTick();
  };
  const noWork = () => {};
  tick(noWork);
  tick(() => void expect(litter()).toBe(4_000_000));
  tick(noWork);
  const reader = new SlowTickReader(memory);
  const causesOf = (number: number) =>
    reader.read().ticks.find((one) => one.tick === number)!.causes;
  await expect
    .poll(() => causesOf(2))
    .toEqual([expect.stringMatching(/^garbage collection \d+\.\d{3} ms$/)]);
  const { totalNs } = reader.read().ticks.find((one) => one.tick === 2)!;
  const gcMs = Number(/[\d.]+/.exec(causesOf(2)[0]!)![0]);
  expect(gcMs).toBeGreaterThan(0);
  expect(gcMs * 1e6).toBeLessThanOrEqual(totalNs);
  expect([causesOf(1), causesOf(3)]).toEqual([[], []]);
  expect(reader.read().unknownCauses).not.toContain('garbage collection');
});
