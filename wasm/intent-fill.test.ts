/** What a strategy wants, in the INTENT block: kernel and twin, on books and wishes out of a seed. */
import { expect, test } from 'vitest';
import { loadCore } from '../engine/core-module.ts';
import * as desk from '../test/support/desk.ts';
import { SeededRandom } from '../test/support/seeded-random.ts';
import { TwoMemories } from '../test/support/two-memories.ts';
import { IntentFillReference } from './intent-fill-reference.ts';
import * as L from './layout.ts';
import type { Memory } from './memory.ts';

const ROUNDS = 20_000;
const INTENT = { name: 'intent', from: L.INTENT, bytes: L.INT_FEATURES + L.FEATURES * 8 };
const memories = new TwoMemories();
const { kernel } = memories;
const core = loadCore(kernel);
const twin = new IntentFillReference(memories.twin);

/** A book whose touches lie anywhere between the increments, signals and a position. */
function stir(memory: Memory, random: SeededRandom): void {
  const book = L.BOOKS + desk.AAPL * L.BOOK_BYTES;
  const bidTicks = random.below(2_000_000) - 1_000_000;
  memory.setI64(book + L.BOOK_BID_TICKS, bidTicks);
  memory.setI64(book + L.BOOK_ASK_TICKS, bidTicks + random.below(500));
  memory.setI64(desk.instrumentAt(desk.AAPL) + L.INS_MIN_INCREMENT_TICKS, 1 + random.below(100));
  const signal = L.SIGNALS + desk.AAPL * L.SIGNAL_BYTES;
  for (const at of [L.SIG_MICROPRICE, L.SIG_OFI, L.SIG_EWMA_VOL, L.SIG_Z_SCORE]) {
    memory.setF64(signal + at, random.below(1_000_000) / 1000 - 500);
  }
  memory.setI64(desk.positionAt(desk.MAKER, desk.AAPL) + L.POS_LOTS, random.below(2000) - 1000);
}

test.each([1, 20_120_621])('kernel and twin leave the same intent, seed %d', (seed) => {
  const random = new SeededRandom(seed);
  memories.both(desk.openDesk);
  for (let round = 0; round < ROUNDS; round++) {
    const market = random.below(2 ** 31);
    memories.both((memory) => stir(memory, new SeededRandom(market)));
    const side = random.pick([1, 2]);
    const lots = random.below(random.pick([10, 2 ** 31])) * random.pick([1, 4_000_000]);
    const place = [desk.MAKER, desk.AAPL, side] as const;
    if (random.oneIn(2)) {
      core.intentTake(...place, lots);
      twin.intentTake(...place, lots);
    } else {
      const kind = random.pick([L.INTENT_NEW, L.INTENT_REPLACE, L.INTENT_CANCEL]);
      const ticks = random.below(2 ** 31) - 2 ** 30;
      core.intentFill(kind, ...place, ticks, lots);
      twin.intentFill(kind, ...place, ticks, lots);
    }
    const difference = memories.difference([INTENT]);
    if (difference !== undefined) expect.fail(`seed ${seed}, round ${round}: ${difference}`);
  }
  expect(kernel.i32(L.INTENT + L.INT_STRATEGY)).toBe(desk.MAKER);
});

test('a buy is rounded up to the next increment, a sell down', () => {
  memories.both(desk.openDesk);
  const book = L.BOOKS + desk.AAPL * L.BOOK_BYTES;
  kernel.setI64(book + L.BOOK_BID_TICKS, 10_050);
  kernel.setI64(book + L.BOOK_ASK_TICKS, 10_150);
  kernel.setI64(desk.instrumentAt(desk.AAPL) + L.INS_MIN_INCREMENT_TICKS, 100);
  core.intentTake(desk.MAKER, desk.AAPL, 1, 5);
  expect(kernel.i64(L.INTENT + L.INT_PRICE_TICKS)).toBe(10_200);
  core.intentTake(desk.MAKER, desk.AAPL, 2, 5);
  expect(kernel.i64(L.INTENT + L.INT_PRICE_TICKS)).toBe(10_000);
});
