/**
 * Where the journal lies in memory a tick is one call into the core and an order another (wasm/tick-next.ts,
 * wasm/order-submit.ts); elsewhere, and on sampled ticks, the loop takes every step itself. Whoever does: the
 * same messages, the same journal, the same state.
 */
import { afterEach, expect, test } from 'vitest';
import { CoreRig, type OnBook } from '../test/support/core-rig.ts';
import { Narrator } from '../test/support/narrator.ts';
import { SeededRandom } from '../test/support/seeded-random.ts';
import * as R from '../wasm/journal-ring-layout.ts';
import * as L from '../wasm/layout.ts';
import type { Side } from './units.ts';

const STEPS = 4000;
const rigs: CoreRig[] = [];
afterEach(() => {
  for (const rig of rigs.splice(0)) rig.close();
});

/** Quotes, takes, withdraws, asks for what is refused: whatever the seed says, from book to book. */
function restless(seed: number): OnBook {
  const random = new SeededRandom(seed);
  return (market) => {
    if (!market.book.isTwoSided) return;
    const side = random.pick([1, 2]) as Side;
    const touch = side === 1 ? market.book.bestBidTicks : market.book.bestAskTicks;
    const price = Math.round(touch / market.incrementTicks) * market.incrementTicks;
    const steps = [
      () => {},
      () => market.take(side, 1 + random.below(50)),
      () => market.quote(side, price, 10, 0),
      () => market.withdraw(side),
      () => market.take(side, 1_000_000_000), // above every limit
      () => market.limit(side, price + 1, 10), // between two increments
    ];
    for (let decisions = random.below(3); decisions > 0; decisions--) random.pick(steps)();
  };
}

function open(seed: number, isInMemory: boolean): CoreRig {
  const rig = new CoreRig(restless(seed), () => {}, false, isInMemory);
  rigs.push(rig);
  rig.connect();
  return rig;
}

test.each([1, 2, 20_120_621])('in one call or step by step, seed %d', (seed) => {
  const inOne = new Narrator(open(seed, true), seed);
  const bySteps = new Narrator(open(seed, false), seed);
  for (let step = 0; step < STEPS; step++) {
    inOne.step();
    bySteps.step();
  }
  expect(inOne.rig.sent).toEqual(bySteps.rig.sent);
  expect(inOne.rig.stateHash).toBe(bySteps.rig.stateHash);
  expect(inOne.rig.journalBytes.equals(bySteps.rig.journalBytes)).toBe(true);
  expect(inOne.rig.sent.length).toBeGreaterThan(500);
  expect(inOne.rig.memory.i64(L.CTL_INTENT_SEQUENCE)).toBeGreaterThan(inOne.rig.sent.length);
});

test('a call that comes when a command waits or the journal is full does nothing', () => {
  const { memory, core } = open(1, true);
  const before = memory.i64(L.CTL_INTENT_SEQUENCE);
  const submit = (): number => core.module.orderSubmit();
  memory.setAtomicI32(L.CTL_KILL, 1);
  expect(submit()).toBe(L.SUBMIT_BY_STEPS);
  memory.setAtomicI32(L.CTL_KILL, 0);
  memory.setI64(R.RING_HEAD, memory.i64(R.RING_TAIL) + R.JOURNAL_RING_DATA_BYTES - 4096);
  expect(submit()).toBe(L.SUBMIT_BY_STEPS);
  expect(memory.i64(L.CTL_INTENT_SEQUENCE)).toBe(before);
});
