/** What positions are worth, row by row on kernel and twin; then both on random positions and against exact fractions. */
import { beforeEach, describe, expect, test } from 'vitest';
import { loadCore } from '../engine/core-module.ts';
import * as desk from '../test/support/desk.ts';
import { SeededRandom } from '../test/support/seeded-random.ts';
import { type Region, TwoMemories } from '../test/support/two-memories.ts';
import { EquityReference } from './equity-reference.ts';
import * as L from './layout.ts';
import type { Memory } from './memory.ts';

const { AAPL, SAP, MAKER, TAKER } = desk;
const memories = new TwoMemories();
const core = loadCore(memories.kernel);
type Equity = Pick<EquityReference, 'equityOfStrategy' | 'equityDrawdown'>;
const twin = new EquityReference(memories.twin);
const machines: readonly { name: string; memory: Memory; equity: Equity }[] = [
  { name: 'kernel', memory: memories.kernel, equity: core },
  { name: 'twin', memory: memories.twin, equity: twin },
];

interface Holding {
  readonly lots: number;
  /** Tick-lots that the open position cost. */
  readonly cost: number;
  readonly realised: number;
  /** Minor units x 1e6. */
  readonly feesE6: number;
}
interface Price {
  readonly bidTicks: number;
  readonly askTicks: number;
  readonly lastTicks: number;
}
const NOTHING: Holding = { lots: 0, cost: 0, realised: 0, feesE6: 0 };
/** Mid 10 002. */
const QUOTED: Price = { bidTicks: 10_001, askTicks: 10_003, lastTicks: 9_000 };

function hold(memory: Memory, row: number, holding: Holding): void {
  memory.setI64(row + L.POS_LOTS, holding.lots);
  memory.setI64(row + L.POS_OPEN_COST, holding.cost);
  memory.setI64(row + L.POS_REALISED, holding.realised);
  memory.setI64(row + L.POS_FEES_E6, holding.feesE6);
}
function quote(memory: Memory, instrument: number, price: Price): void {
  desk.setTouch(memory, instrument, price);
  memory.setI64(desk.instrumentAt(instrument) + L.INS_LAST_TRADE_TICKS, price.lastTicks);
}

type Row = Partial<Holding> & Partial<Price> & { what: string; total: number };
// biome-ignore format: a table
const cents: readonly Row[] = [
  { what: 'nothing',                                        total: 0 },
  { what: 'long: mid less cost',                            lots: 10,  cost: 100_000,  total: 20 },
  { what: 'short: cost less mid',                           lots: -10, cost: -100_050, total: 30 },
  { what: 'long, half a tick gained: a half goes up',       lots: 1,   cost: 10_001,   askTicks: 10_002, total: 1 },
  { what: 'short, half a tick lost: a half goes up',        lots: -1,  cost: -10_001,  askTicks: 10_002, total: 0 },
  { what: 'nobody offers: at the last trade',               lots: 10,  cost: 100_000,  askTicks: 0, lastTicks: 10_010, total: 100 },
  { what: 'nobody bids: at the last trade',                 lots: 10,  cost: 100_000,  bidTicks: 0, lastTicks: 9_990, total: -100 },
  { what: 'no quotes, never a trade: at cost',              lots: 10,  cost: 100_000,  bidTicks: 0, askTicks: 0, lastTicks: 0, total: 0 },
  { what: 'closed: what was realised',                      realised: 250, total: 250 },
  { what: 'closed and no price: what was realised',         realised: 250, bidTicks: 0, lastTicks: 0, total: 250 },
  { what: 'fees are taken off before anything is rounded',  realised: 250, feesE6: 1_250_000, total: 249 },
  { what: 'a rebate is added',                              realised: 250, feesE6: -1_600_000, total: 252 },
  { what: 'all of it',                                      lots: 10,  cost: 100_000,  realised: -7, feesE6: 500_000, total: 13 },
];
// biome-ignore format: a table
const euros: readonly Row[] = [
  { what: 'a euro is 1.25 dollars',                         realised: 100,  total: 125 },
  { what: 'rounded once, in dollars: 1.25 is 1',            realised: 1,    total: 1 },
  { what: 'rounded once, in dollars: 3.75 is 4',            realised: 3,    total: 4 },
  { what: 'a half goes up: 2.50 is 3',                      realised: 2,    total: 3 },
  { what: 'a half goes up: -2.50 is -2',                    realised: -2,   total: -2 },
  { what: 'fees are euros too',                             feesE6: 4_000_000, total: -5 },
];

describe.each(machines)('$name', ({ memory, equity }) => {
  beforeEach(() => {
    desk.openDesk(memory);
    memory.setI64(L.CTL_DRAWDOWN_MINOR_MAX, 10_000);
  });
  const maker = (field: number) => memory.i64(desk.strategyAt(MAKER) + field);
  const total = (instrument: number) =>
    memory.i64(desk.positionAt(MAKER, instrument) + L.POS_TOTAL_MINOR);

  test.each(cents)('in cents: $what', ({ total: expected, ...given }) => {
    quote(memory, AAPL, { ...QUOTED, ...given });
    hold(memory, desk.positionAt(MAKER, AAPL), { ...NOTHING, ...given });
    equity.equityOfStrategy(MAKER);
    expect([total(AAPL), maker(L.STR_EQUITY_MINOR)]).toEqual([expected, expected]);
  });

  test.each(euros)('in another currency: $what', ({ total: expected, ...given }) => {
    hold(memory, desk.positionAt(MAKER, SAP), { ...NOTHING, ...given });
    equity.equityOfStrategy(MAKER);
    expect([total(SAP), maker(L.STR_EQUITY_MINOR)]).toEqual([expected, expected]);
  });

  test('a tick on a lot is worth what the instrument says', () => {
    memory.setF64(desk.instrumentAt(AAPL) + L.INS_MINOR_PER_TICK_LOT, 12.5);
    hold(memory, desk.positionAt(MAKER, AAPL), { ...NOTHING, realised: 3 });
    equity.equityOfStrategy(MAKER);
    expect(total(AAPL)).toBe(38);
  });

  test('equity is the sum over instruments, each rounded by itself; others’ positions are theirs', () => {
    hold(memory, desk.positionAt(MAKER, AAPL), { ...NOTHING, realised: 100, feesE6: 400_000 });
    hold(memory, desk.positionAt(MAKER, SAP), { ...NOTHING, realised: 3 });
    hold(memory, desk.positionAt(TAKER, AAPL), { ...NOTHING, realised: 7_777 });
    equity.equityOfStrategy(MAKER);
    expect([total(AAPL), total(SAP), maker(L.STR_EQUITY_MINOR)]).toEqual([100, 4, 104]);
    expect(memory.i64(desk.strategyAt(TAKER) + L.STR_EQUITY_MINOR)).toBe(0);
  });

  test('the peak follows equity up and never down', () => {
    const found = [50, 20, 80, -30].map((realised) => {
      hold(memory, desk.positionAt(MAKER, AAPL), { ...NOTHING, realised });
      equity.equityOfStrategy(MAKER);
      return [maker(L.STR_EQUITY_MINOR), maker(L.STR_PEAK_MINOR)];
    });
    expect(found).toEqual([
      [50, 50],
      [20, 50],
      [80, 80],
      [-30, 80],
    ]);
  });

  // biome-ignore format: a table
  test.each([
    { what: 'a cent less than the maximum', peak: 1_000, minor: -8_999, before: 0, breaker: 0, state: L.TRADING_ACTIVE },
    { what: 'the maximum', peak: 1_000, minor: -9_000, before: 0, breaker: L.BREAKER_DRAWDOWN, state: L.TRADING_HALTED },
    { what: 'the maximum of a gain, still ahead', peak: 50_000, minor: 40_000, before: 0, breaker: L.BREAKER_DRAWDOWN, state: L.TRADING_HALTED },
    { what: 'at the peak', peak: 50_000, minor: 50_000, before: 0, breaker: 0, state: L.TRADING_ACTIVE },
    { what: 'too much, but another breaker was first', peak: 0, minor: -90_000, before: L.BREAKER_STALE_FEED, breaker: L.BREAKER_STALE_FEED, state: L.TRADING_ACTIVE },
  ])('drawdown: $what', ({ peak, minor, before, breaker, state }) => {
    const block = desk.strategyAt(MAKER);
    memory.setI64(block + L.STR_PEAK_MINOR, peak);
    memory.setI64(block + L.STR_EQUITY_MINOR, minor);
    memory.setI32(block + L.STR_BREAKER, before);
    equity.equityDrawdown(MAKER);
    expect(memory.i32(block + L.STR_BREAKER)).toBe(breaker);
    expect(memory.i32(block + L.STR_TRADING_STATE)).toBe(state);
  });

  test('drawdown stays tripped when the loss is made good', () => {
    const block = desk.strategyAt(MAKER);
    memory.setI64(block + L.STR_EQUITY_MINOR, -10_000);
    equity.equityDrawdown(MAKER);
    memory.setI64(block + L.STR_EQUITY_MINOR, 10_000);
    equity.equityDrawdown(MAKER);
    expect(memory.i32(block + L.STR_BREAKER)).toBe(L.BREAKER_DRAWDOWN);
    expect(memory.i32(block + L.STR_TRADING_STATE)).toBe(L.TRADING_HALTED);
  });
});

const STEPS = 100_000;
const REGIONS: readonly Region[] = [MAKER, TAKER].flatMap((each) => [
  { name: `strategy ${each}`, from: desk.strategyAt(each), bytes: L.STRATEGY_BYTES },
  {
    name: `positions of ${each}`,
    from: desk.positionAt(each, 0),
    bytes: L.INSTRUMENTS_MAX * L.POSITION_BYTES,
  },
]);

/** Small and large, either sign. */
const signed = (random: SeededRandom): number =>
  (random.below(2 * 10 ** random.pick([1, 3, 6, 9])) + random.below(2)) * random.pick([1, -1]);

/** Changes one thing that equity depends on, in both memories. */
function change(random: SeededRandom): void {
  const instrument = random.below(2);
  const row = desk.positionAt(random.below(2), instrument);
  const bidTicks = 1 + random.below(10 ** random.pick([2, 4, 7]));
  const price = {
    bidTicks: random.oneIn(5) ? 0 : bidTicks,
    askTicks: random.oneIn(5) ? 0 : bidTicks + 1 + random.below(9),
    lastTicks: random.oneIn(5) ? 0 : bidTicks - random.below(9),
  };
  const lots = random.oneIn(4) ? 0 : signed(random) % 1e6;
  const holding = {
    lots,
    cost: lots === 0 ? 0 : signed(random),
    realised: signed(random),
    feesE6: signed(random),
  };
  const worth = random.pick([1, 0.01, 12.5, 0.000_001, 0.1, 5]);
  const toBase = random.pick([1, 1.25, 1.0837, 0.0068, 100]);
  const steps: readonly ((memory: Memory) => void)[] = [
    (memory) => quote(memory, instrument, price),
    (memory) => hold(memory, row, holding),
    (memory) => hold(memory, row, holding),
    (memory) => memory.setF64(desk.instrumentAt(instrument) + L.INS_MINOR_PER_TICK_LOT, worth),
    (memory) => memory.setF64(L.CURRENCIES + instrument * L.CURRENCY_BYTES + L.CUR_TO_BASE, toBase),
  ];
  memories.both(random.pick(steps));
}

const EXACT = 80n;
/** The double times 2^80, which is a whole number for every factor of this test. */
const scaled = (value: number): bigint => BigInt(value * 2 ** Number(EXACT));

/** How far the total is from the exact fraction, more than half a minor unit and what doubles cannot hold. */
function excess(memory: Memory, strategy: number, instrument: number): bigint {
  const row = desk.positionAt(strategy, instrument);
  const book = L.BOOKS + instrument * L.BOOK_BYTES;
  const long = (at: number) => memory.absoluteNs(at);
  const isTwoSided =
    memory.i32(book + L.BOOK_BID_COUNT) > 0 && memory.i32(book + L.BOOK_ASK_COUNT) > 0;
  const mark2 = isTwoSided
    ? long(book + L.BOOK_BID_TICKS) + long(book + L.BOOK_ASK_TICKS)
    : 2n * long(desk.instrumentAt(instrument) + L.INS_LAST_TRADE_TICKS);
  const open2 =
    mark2 === 0n ? 0n : long(row + L.POS_LOTS) * mark2 - 2n * long(row + L.POS_OPEN_COST);
  const gained2 = 2n * long(row + L.POS_REALISED) + open2;
  const worth = scaled(memory.f64(desk.instrumentAt(instrument) + L.INS_MINOR_PER_TICK_LOT));
  const toBase = scaled(memory.f64(L.CURRENCIES + instrument * L.CURRENCY_BYTES + L.CUR_TO_BASE));
  const gained = gained2 * worth * 1_000_000n * toBase;
  const fees = ((2n * long(row + L.POS_FEES_E6)) << EXACT) * toBase;
  const one = 2_000_000n << (2n * EXACT);
  const apart = long(row + L.POS_TOTAL_MINOR) * one - (gained - fees);
  const size = (gained < 0n ? -gained : gained) + (fees < 0n ? -fees : fees);
  return (apart < 0n ? -apart : apart) - one / 2n - (size >> 50n);
}

test.each([1, 20_120_621])(
  'on random positions kernel and twin are equal to the last bit and as exact as rounding allows, seed %d',
  (seed) => {
    const random = new SeededRandom(seed);
    let trips = 0;
    memories.both((memory) => {
      desk.openDesk(memory);
      memory.setI64(L.CTL_DRAWDOWN_MINOR_MAX, 1_000_000);
    });
    for (let step = 0; step < STEPS; step++) {
      change(random);
      const strategy = random.below(2);
      core.equityOfStrategy(strategy);
      twin.equityOfStrategy(strategy);
      core.equityDrawdown(strategy);
      twin.equityDrawdown(strategy);
      const difference = memories.difference(REGIONS);
      if (difference !== undefined) expect.fail(`seed ${seed}, step ${step}: ${difference}`);
      for (const instrument of [AAPL, SAP]) {
        if (excess(memories.kernel, strategy, instrument) <= 0n) continue;
        expect.fail(`seed ${seed}, step ${step}: instrument ${instrument} is off`);
      }
      const block = desk.strategyAt(strategy);
      if (memories.kernel.i32(block + L.STR_BREAKER) === 0 || !random.oneIn(20)) continue;
      trips++;
      memories.both((memory) => {
        memory.setI32(block + L.STR_BREAKER, 0);
        memory.setI64(block + L.STR_PEAK_MINOR, memory.i64(block + L.STR_EQUITY_MINOR));
      });
    }
    expect(trips).toBeGreaterThan(500);
  },
);
