/** Positions and P&L by hand-made examples; the identity on random streams stands in order-stream.test.ts. */
import { beforeEach, describe, expect, test } from 'vitest';
import * as desk from '../../test/support/desk.ts';
import { OrderDesk } from '../../test/support/order-desk.ts';
import * as L from '../../wasm/layout.ts';

const { AAPL, SAP, MAKER, TAKER, BUY, SELL } = desk;
let book: OrderDesk;
beforeEach(() => {
  book = new OrderDesk();
});

/** Fills an order of its own in one go. */
function trade(side: number, lots: number, priceTicks: number, change: Partial<desk.Intent> = {}) {
  const slot = book.open({ side, qtyLots: lots, priceTicks, ...change });
  const clOrdId = book.order(slot, L.ORD_NUMBER);
  const instrument = change.instrument ?? AAPL;
  book.report({
    execType: 'F',
    ordStatus: '2',
    clOrdId,
    side,
    instrument,
    cumLots: lots,
    lastLots: lots,
    lastPxTicks: priceTicks,
  });
}
const at = (field: number) => book.position(field);
const equity = (strategy = MAKER) => {
  book.positions.markToMarket(strategy);
  return book.memory.i64(desk.strategyAt(strategy) + L.STR_EQUITY_MINOR);
};

describe('average cost', () => {
  test('buys at two prices, sold at a third', () => {
    trade(BUY, 10, 10_000);
    trade(BUY, 10, 10_010);
    expect([at(L.POS_LOTS), at(L.POS_OPEN_COST)]).toEqual([20, 200_100]);
    trade(SELL, 10, 10_020);
    expect([at(L.POS_REALISED), at(L.POS_OPEN_COST)]).toEqual([150, 100_050]);
    trade(SELL, 10, 10_020);
    expect([at(L.POS_REALISED), at(L.POS_OPEN_COST), at(L.POS_LOTS)]).toEqual([300, 0, 0]);
  });

  test('a short earns when the price falls', () => {
    trade(SELL, 10, 10_000);
    trade(BUY, 4, 9_990);
    expect([at(L.POS_REALISED), at(L.POS_LOTS), at(L.POS_OPEN_COST)]).toEqual([40, -6, -60_000]);
  });

  test('a sale through zero closes the long and opens a short at its price', () => {
    trade(BUY, 10, 10_000);
    trade(SELL, 15, 10_004);
    expect([at(L.POS_REALISED), at(L.POS_LOTS), at(L.POS_OPEN_COST)]).toEqual([40, -5, -50_020]);
  });

  test('an average that does not come out even loses nothing over time', () => {
    trade(BUY, 1, 10_000);
    trade(BUY, 2, 10_001);
    for (let sale = 0; sale < 3; sale++) trade(SELL, 1, 10_000);
    expect([at(L.POS_REALISED), at(L.POS_OPEN_COST)]).toEqual([-2, 0]);
  });
});

describe('marks', () => {
  test('the open position is worth its mid', () => {
    trade(BUY, 10, 10_000);
    expect(book.positions.positionPnl(MAKER, AAPL)).toEqual({
      realisedMinor: 0,
      unrealisedMinor: 20,
      feesMinor: 0,
      totalMinor: 20,
    });
    expect(equity()).toBe(20);
  });

  test('without two sides the last trade stands in, without one nothing is gained or lost', () => {
    trade(BUY, 10, 10_000);
    desk.setTouch(book.memory, AAPL, { bidTicks: 10_001, askTicks: 0 });
    expect(equity()).toBe(0);
    book.memory.setI64(desk.instrumentAt(AAPL) + L.INS_LAST_TRADE_TICKS, 9_999);
    expect(equity()).toBe(-10);
  });

  test('the peak keeps the best equity of the day', () => {
    trade(BUY, 10, 10_000);
    equity();
    desk.setTouch(book.memory, AAPL, { bidTicks: 9_000, askTicks: 9_002 });
    expect(equity()).toBe(-9_990);
    expect(book.memory.i64(desk.strategyAt(MAKER) + L.STR_PEAK_MINOR)).toBe(20);
  });

  test('euros enter the equity at their rate, and each view adds up what it names', () => {
    trade(BUY, 10, 10_000);
    trade(SELL, 4, 20_105, { instrument: SAP });
    trade(BUY, 3, 10_001, { strategy: TAKER, account: 1 });
    expect(equity()).toBe(20 + 4 * 100 * 1.25);
    expect(book.positions.strategyPnl(MAKER).totalMinor).toBe(520);
    expect(book.positions.accountPnl(1).totalMinor).toBe(3);
    expect(book.positions.currencyPnl(0).totalMinor).toBe(23);
    expect(book.positions.currencyPnl(1).totalMinor).toBe(400);
  });
});

describe('fees', () => {
  beforeEach(() => {
    const block = desk.instrumentAt(AAPL);
    book.memory.setF64(block + L.INS_MAKER_FEE, -0.2);
    book.memory.setF64(block + L.INS_TAKER_FEE, 0.3);
    book.memory.setF64(block + L.INS_TAKER_FEE_BPS, 1);
  });
  const TAKEN = 10 * 0.3 * 1e6 + 10 * 10_003 * 1e2;

  test.each([
    { what: 'the venue says maker', change: { priceTicks: 10_003 }, liquidity: 1, feesE6: -2e6 },
    { what: 'the venue says taker', change: { priceTicks: 10_003 }, liquidity: 2, feesE6: TAKEN },
    {
      what: 'a price through the mid counts as taker',
      change: { priceTicks: 10_003 },
      liquidity: 0,
      feesE6: TAKEN,
    },
    {
      what: 'a price behind the mid counts as maker',
      change: { priceTicks: 10_001 },
      liquidity: 0,
      feesE6: -2e6,
    },
    {
      what: 'an IOC can only take',
      change: { priceTicks: 10_001, timeInForce: desk.IOC },
      liquidity: 0,
      feesE6: TAKEN,
    },
    {
      what: 'a market order can only take',
      change: { ordType: desk.MARKET },
      liquidity: 0,
      feesE6: TAKEN,
    },
  ])('$what', ({ change, liquidity, feesE6 }) => {
    const slot = book.open(change);
    book.report({
      execType: 'F',
      ordStatus: '2',
      clOrdId: book.order(slot, L.ORD_NUMBER),
      cumLots: 10,
      lastLots: 10,
      lastPxTicks: 10_003,
      liquidity,
    });
    expect(at(L.POS_FEES_E6)).toBe(feesE6);
  });

  test('fees come off the equity', () => {
    trade(BUY, 10, 10_003, { priceTicks: 10_003 });
    expect(equity()).toBe(Math.round(-10 - 3 - 10.003));
  });
});

test('an adjustment by hand moves the position, pays no fee and is no fill', () => {
  book.memory.setF64(desk.instrumentAt(AAPL) + L.INS_TAKER_FEE, 1);
  book.positions.adjust(MAKER, AAPL, { lots: -7, priceTicks: 10_010 });
  expect([at(L.POS_LOTS), at(L.POS_ADJUSTED_LOTS), at(L.POS_FILLS)]).toEqual([-7, -7, 0]);
  expect(at(L.POS_FEES_E6)).toBe(0);
  expect(book.memory.i64(desk.strategyAt(MAKER) + L.STR_EQUITY_MINOR)).toBe(56);
});

test('a fill is shown with time, price, side and order', () => {
  trade(SELL, 3, 10_004);
  expect(book.memory.i64(L.CTL_FILL_HEAD)).toBe(1);
  expect([
    book.memory.i64(L.FILLS),
    book.memory.i64(L.FILLS + 8),
    book.memory.i64(L.FILLS + 16),
  ]).toEqual([desk.NOON_NS, 10_004, 3]);
  expect([book.memory.i32(L.FILLS + 28), book.memory.i64(L.FILLS + 40)]).toEqual([SELL, 1]);
});
