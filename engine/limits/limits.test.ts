/** Limits as configured become limits as checked. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { GyrfalconConfig, LimitConfig } from '../../config/schema.ts';
import * as desk from '../../test/support/desk.ts';
import * as L from '../../wasm/layout.ts';
import { Memory } from '../../wasm/memory.ts';
import { mergeLimits } from './limits.ts';

const memory = new Memory();
beforeEach(() => memory.bytes.fill(0, L.LIMITS, L.STRATEGIES));

const everyone: LimitConfig = {
  strategy: '*',
  account: '*',
  instrument: '*',
  orderQtyMax: '1000',
  orderNotionalMax: '1000000',
  positionQtyMax: '2000',
  collarBps: 200,
  messagesPerSMax: 1000,
  staleMs: 5000,
  duplicateMs: 10,
  dailyLossMax: '25000.50',
  openOrdersMax: 64,
};

/** The parts of a configuration that limits speak of. */
function config(limits: readonly LimitConfig[], lotSize = '1'): GyrfalconConfig {
  return {
    baseCurrency: 'USD',
    currencies: { USD: { decimals: 2, toBase: '1' } },
    accounts: ['PROP-A', 'PROP-B'],
    instruments: [
      { symbol: 'AAPL', lotSize },
      { symbol: 'SAP', lotSize },
    ],
    strategies: [
      { name: 'maker', account: 'PROP-A', instruments: ['AAPL'] },
      { name: 'taker', account: 'PROP-B', instruments: ['AAPL', 'SAP'] },
    ],
    limits,
  } as unknown as GyrfalconConfig;
}
const { MAKER, TAKER, AAPL, SAP } = desk;
const long = (strategy: number, instrument: number, field: number) =>
  memory.i64(desk.limitAt(strategy, instrument) + field);
const int = (strategy: number, instrument: number, field: number) =>
  memory.i32(desk.limitAt(strategy, instrument) + field);

test('money becomes minor units, quantities lots, milliseconds nanoseconds', () => {
  mergeLimits(memory, config([everyone], '0.01'));
  expect(long(MAKER, AAPL, L.LIM_ORDER_LOTS_MAX)).toBe(100_000);
  expect(long(MAKER, AAPL, L.LIM_ORDER_NOTIONAL_MINOR_MAX)).toBe(100_000_000);
  expect(long(MAKER, AAPL, L.LIM_DAILY_LOSS_MINOR_MAX)).toBe(2_500_050);
  expect(long(MAKER, AAPL, L.LIM_STALE_NS)).toBe(5e9);
  expect(long(MAKER, AAPL, L.LIM_DUPLICATE_NS)).toBe(1e7);
  expect(int(MAKER, AAPL, L.LIM_COLLAR_BPS)).toBe(200);
});

test('of several rows the strictest value of each limit holds', () => {
  const desk2 = { ...everyone, account: 'PROP-B', orderQtyMax: '500', openOrdersMax: 100 };
  const one = { ...everyone, strategy: 'taker', instrument: 'SAP', collarBps: 50 };
  mergeLimits(memory, config([everyone, desk2, one]));
  expect(long(MAKER, AAPL, L.LIM_ORDER_LOTS_MAX)).toBe(1000);
  expect(long(TAKER, AAPL, L.LIM_ORDER_LOTS_MAX)).toBe(500);
  expect(int(TAKER, AAPL, L.LIM_OPEN_ORDERS_MAX)).toBe(64);
  expect(int(TAKER, AAPL, L.LIM_COLLAR_BPS)).toBe(200);
  expect(int(TAKER, SAP, L.LIM_COLLAR_BPS)).toBe(50);
});

test('of several duplicate windows the longest holds: it refuses most', () => {
  const longer = { ...everyone, account: 'PROP-B', duplicateMs: 500 };
  for (const rows of [
    [everyone, longer],
    [longer, everyone],
  ]) {
    mergeLimits(memory, config(rows));
    expect(long(TAKER, AAPL, L.LIM_DUPLICATE_NS)).toBe(500_000_000);
    expect(long(MAKER, AAPL, L.LIM_DUPLICATE_NS)).toBe(10_000_000);
  }
});

test('a strategy may trade what its configuration names, and nothing else', () => {
  mergeLimits(memory, config([everyone]));
  expect(int(MAKER, AAPL, L.LIM_PERMITTED)).toBe(1);
  expect(int(MAKER, SAP, L.LIM_PERMITTED)).toBe(0);
});

test('where no row matches no limit is set, and so no order is possible', () => {
  mergeLimits(memory, config([{ ...everyone, strategy: 'taker' }]));
  expect(int(MAKER, AAPL, L.LIM_SET)).toBe(0);
  expect(int(TAKER, AAPL, L.LIM_SET)).toBe(1);
});

describe('a row that cannot be meant is refused with its place', () => {
  test.each([
    {
      change: { strategy: 'makr' },
      says: 'limits[0].strategy is "makr", which does not exist; there are maker, taker',
    },
    {
      change: { account: 'PROP-C' },
      says: 'limits[0].account is "PROP-C", which does not exist; there are PROP-A, PROP-B',
    },
    {
      change: { instrument: 'IBM' },
      says: 'limits[0].instrument is "IBM", which does not exist; there are AAPL, SAP',
    },
    {
      change: { orderQtyMax: '0.5' },
      says: 'limits: orderQtyMax "0.5" is less than a lot of AAPL; it must allow one at least',
    },
    {
      change: { dailyLossMax: '0.001' },
      says: 'limits: dailyLossMax "0.001" is less than a minor unit; it must allow one at least',
    },
  ])('$says', ({ change, says }) => {
    expect(() => mergeLimits(memory, config([{ ...everyone, ...change }]))).toThrow(says);
  });
});
