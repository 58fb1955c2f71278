/** What so many lots cost on average: by hand-worked books, and by the plain twin on random ones. */
import { beforeEach, expect, test } from 'vitest';
import { BookView } from '../engine/market/book-view.ts';
import { marketMemory } from '../test/support/market-memory.ts';
import { SeededRandom } from '../test/support/seeded-random.ts';
import { ReferenceBook } from './book-reference.ts';
import * as L from './layout.ts';

const { memory, core } = marketMemory([
  { symbol: 'AAA', tickSize: '0.01', lotSize: '1' },
  { symbol: 'BBB', tickSize: '0.01', lotSize: '1' },
]);
const INSTRUMENT = 1;
const view = new BookView(memory, INSTRUMENT, core);
let twin = new ReferenceBook();

beforeEach(() => restart());

function restart(): void {
  core.bookClear(INSTRUMENT);
  twin = new ReferenceBook();
}

function set(side: 0 | 1, priceTicks: number, lots: number): void {
  core.bookSet(INSTRUMENT, side, BigInt(priceTicks), BigInt(lots));
  twin.set(side, priceTicks, lots);
}

/** "5@100 7@101": levels in any order. */
function fill(side: 0 | 1, levels: string): void {
  for (const level of levels.split(' ').filter((text) => text !== '')) {
    const [lots, ticks] = level.split('@').map(Number);
    set(side, ticks!, lots!);
  }
}

const { ENTRY_BID, ENTRY_ASK } = L;
test.each([
  { name: 'an empty side', side: ENTRY_ASK, levels: '', lots: 5, ticks: 0, found: 0 },
  {
    name: 'part of the best level',
    side: ENTRY_ASK,
    levels: '9@101',
    lots: 5,
    ticks: 101,
    found: 5,
  },
  {
    name: 'just the best level',
    side: ENTRY_BID,
    levels: '5@99 7@98',
    lots: 5,
    ticks: 99,
    found: 5,
  },
  { name: 'two levels', side: ENTRY_ASK, levels: '3@102 1@101', lots: 4, ticks: 101.75, found: 4 },
  { name: 'into a level', side: ENTRY_BID, levels: '2@100 9@97', lots: 3, ticks: 99, found: 3 },
  { name: 'more than there is', side: ENTRY_BID, levels: '1@10 1@8', lots: 50, ticks: 9, found: 2 },
  { name: 'no lots', side: ENTRY_BID, levels: '1@10', lots: 0, ticks: 0, found: 0 },
  { name: 'fewer than none', side: ENTRY_BID, levels: '1@10', lots: -3, ticks: 0, found: 0 },
  { name: 'prices below zero', side: ENTRY_ASK, levels: '1@-3 1@-5', lots: 2, ticks: -4, found: 2 },
  { name: 'a price of zero', side: ENTRY_ASK, levels: '4@0', lots: 2, ticks: 0, found: 2 },
] as const)('VWAP to depth: $name', ({ side, levels, lots, ticks, found }) => {
  fill(side, levels);
  expect([view.vwapTicks(side, lots), view.vwapLots]).toEqual([ticks, found]);
  expect(twin.vwap(side, lots)).toEqual({ ticks, lots: found });
});

test('asking for what is not a number finds nothing and answers a number', () => {
  fill(ENTRY_BID, '5@100');
  expect([view.vwapTicks(ENTRY_BID, Number.NaN), view.vwapLots]).toEqual([0, 0]);
});

test('without the kernels there is no VWAP to ask for', () => {
  expect(() => new BookView(memory, INSTRUMENT).vwapTicks(ENTRY_BID, 1)).toThrow('the kernels');
});

test('on 100,000 questions of random books the kernel says what exact integers say', () => {
  const seed = 81;
  const random = new SeededRandom(seed);
  for (let run = 0; run < 1000; run++) {
    restart();
    const base = random.pick([0, 57_000, 2 ** 45]);
    for (let level = random.below(30); level >= 0; level--) {
      set(ENTRY_BID, base - random.below(200), 1 + random.below(random.pick([9, 900, 2 ** 31])));
      set(ENTRY_ASK, base + 1 + random.below(200), 1 + random.below(random.pick([9, 2 ** 31])));
    }
    for (let question = 0; question < 100; question++) {
      const side = random.pick([ENTRY_BID, ENTRY_ASK] as const);
      const lots = random.below(random.pick([5, 5000, 2 ** 35]));
      const expected = twin.vwap(side, lots);
      const ticks = view.vwapTicks(side, lots);
      const isNear = Math.abs(ticks - expected.ticks) <= 1e-12 * Math.max(1, Math.abs(ticks));
      if (isNear && view.vwapLots === expected.lots) continue;
      expect.fail(
        `seed ${seed}, run ${run}: ${lots} lots of side ${side} cost ${ticks}, not ${expected.ticks}`,
      );
    }
  }
});
