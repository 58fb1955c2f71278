/** Configured instruments become exact integers, or a complaint that says what is wrong. */
import { expect, test } from 'vitest';
import type { FixVenueConfig, InstrumentConfig } from '../../config/schema.ts';
import * as L from '../../wasm/layout.ts';
import { Memory } from '../../wasm/memory.ts';
import { loadCore } from '../core-module.ts';
import { loadInstruments } from './instrument.ts';

const SHARE: InstrumentConfig = {
  symbol: 'GOOG',
  venue: 'SIM',
  currency: 'USD',
  multiplier: '1',
  tickSize: '0.0001',
  minPriceIncrement: '0.01',
  lotSize: '1',
  expiry: null,
  calendar: 'XNAS',
  fees: { makerPerLot: '-0.0020', takerPerLot: '0.0030', makerBps: 0, takerBps: 0.3 },
};
const CURRENCIES = {
  USD: { decimals: 2, toBase: '1' },
  JPY: { decimals: 0, toBase: '0.0067' },
  USDT: { decimals: 8, toBase: '1' },
};
const VENUES = [
  { name: 'FEED', protocol: 'binance', url: '', snapshotUrl: '', reconnectMs: 1 },
  { name: 'SIM', protocol: 'fix' } as FixVenueConfig,
] as const;

function load(...changes: readonly Partial<InstrumentConfig>[]): Memory {
  const memory = new Memory();
  const instruments = changes.map((change) => ({ ...SHARE, ...change }));
  loadInstruments(memory, loadCore(memory), {
    instruments,
    currencies: CURRENCIES,
    venues: [...VENUES],
  });
  return memory;
}

const at = (index: number, field: number): number =>
  L.INSTRUMENTS + index * L.INSTRUMENT_BYTES + field;

test('a share and a future have their grids, sessions and decimals', () => {
  const memory = load(
    {},
    { symbol: 'ES', venue: 'FEED', tickSize: '0.25', minPriceIncrement: '0.5', lotSize: '10' },
  );
  expect(memory.i32(L.CTL_INSTRUMENT_COUNT)).toBe(2);
  expect(memory.i64(at(0, L.INS_TICK_E8))).toBe(10_000);
  expect(memory.i64(at(0, L.INS_LOT_E8))).toBe(100_000_000);
  expect(memory.i64(at(0, L.INS_MIN_INCREMENT_TICKS))).toBe(100);
  expect(memory.i32(at(0, L.INS_PRICE_DECIMALS))).toBe(4);
  expect(memory.i32(at(0, L.INS_QTY_DECIMALS))).toBe(0);
  expect(memory.i32(at(0, L.INS_SESSION))).toBe(0);
  expect(memory.text(at(1, L.INS_SYMBOL), 32)).toBe('ES');
  expect(memory.i64(at(1, L.INS_MIN_INCREMENT_TICKS))).toBe(2);
  expect(memory.i32(at(1, L.INS_PRICE_DECIMALS))).toBe(2);
  expect(memory.i32(at(1, L.INS_SESSION))).toBe(-1);
});

test.each([
  { name: 'a share in dollars', change: {}, minor: 0.01 },
  {
    name: 'a future with a multiplier',
    change: { tickSize: '0.25', minPriceIncrement: '0.25', multiplier: '50' },
    minor: 1250,
  },
  {
    name: 'a share in yen',
    change: { currency: 'JPY', tickSize: '0.5', minPriceIncrement: '1', lotSize: '100' },
    minor: 50,
  },
  {
    name: 'a coin in 1e-8 of a dollar',
    change: { currency: 'USDT', tickSize: '0.1', minPriceIncrement: '0.1', lotSize: '0.001' },
    minor: 10_000,
  },
  {
    name: 'a product that no binary fraction is',
    change: { tickSize: '0.1', minPriceIncrement: '0.1', lotSize: '0.03', multiplier: '0.7' },
    minor: 0.21,
  },
])('one tick on one lot is worth $minor minor units: $name', ({ change, minor }) => {
  expect(load(change).f64(at(0, L.INS_MINOR_PER_TICK_LOT))).toBe(minor);
});

test('fees are minor units a lot, a rebate is negative', () => {
  const memory = load({});
  expect(memory.f64(at(0, L.INS_TAKER_FEE))).toBe(0.3);
  expect(memory.f64(at(0, L.INS_MAKER_FEE))).toBe(-0.2);
  expect(memory.f64(at(0, L.INS_TAKER_FEE_BPS))).toBe(0.3);
  expect(memory.f64(at(0, L.INS_MAKER_FEE_BPS))).toBe(0);
});

test('all symbols that fit are found, and nothing else', () => {
  const symbols = Array.from({ length: L.INSTRUMENTS_MAX }, (_, index) => `SYM${index}`);
  const memory = load(...symbols.map((symbol) => ({ symbol })));
  const core = loadCore(memory);
  const find = (symbol: string): number => {
    memory.setText(L.SCRATCH, 64, symbol);
    return core.symbolFind(L.SCRATCH, symbol.length);
  };
  expect(symbols.map(find)).toEqual(symbols.map((_, index) => index));
  expect(['SYM', 'SYM1024', 'SYM00', '', 'sym1'].map(find)).toEqual([-1, -1, -1, -1, -1]);
});

test.each([
  {
    name: 'an increment off the grid',
    changes: [{ minPriceIncrement: '0.00015' }],
    says: 'minPriceIncrement 0.00015 is not a multiple of tickSize 0.0001',
  },
  {
    name: 'a tick too large',
    changes: [{ tickSize: '90071993', minPriceIncrement: '90071993' }],
    says: 'tickSize 90071993 is too large',
  },
  { name: 'a tick of nothing', changes: [{ tickSize: '0' }], says: 'tickSize 0 is not positive' },
  {
    name: 'a currency that is not configured',
    changes: [{ currency: 'EUR' }],
    says: 'currency EUR is not among the currencies',
  },
  { name: 'a symbol twice', changes: [{}, {}], says: 'symbol is configured twice' },
  {
    name: 'too many',
    changes: Array.from({ length: L.INSTRUMENTS_MAX + 1 }, (_, i) => ({ symbol: `S${i}` })),
    says: '1025 instruments, at most 1024 fit',
  },
])('is refused: $name', ({ changes, says }) => {
  expect(() => load(...changes)).toThrow(says);
});
