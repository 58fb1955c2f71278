/** When a threshold strategy takes and leaves a position, row by row, in the kernel and in its twin. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { ThresholdConfig } from '../config/threshold.ts';
import { loadCore } from '../engine/core-module.ts';
import type { OrderGate } from '../engine/orders/order-gate.ts';
import { stateClassOf } from '../engine/strategy/declared-state.ts';
import { MarketHandle } from '../engine/strategy/market-handle.ts';
import { QuoteSlots } from '../engine/strategy/quote-slots.ts';
import { writeThreshold } from '../engine/strategy/threshold-strategy.ts';
import * as desk from '../test/support/desk.ts';
import { thresholdTwin } from '../test/support/threshold-twin.ts';
import * as L from './layout.ts';
import { Memory } from './memory.ts';

const memory = new Memory();
const core = loadCore(memory);
const STATE = L.STRATEGY_STATE + desk.TAKER * L.STRATEGY_STATE_BYTES;
const MS = 1e6;
const NOW_NS = 50_000 * MS;
const SIGNAL = L.SIGNALS + desk.AAPL * L.SIGNAL_BYTES;
const RULE: ThresholdConfig = {
  signal: 'zScore',
  side: 'with',
  entry: 2,
  exit: 0.5,
  qtyLots: 70,
  holdMs: 1000,
  restMs: 100,
};

/** What reached the gate: "buy 70 @ 10002", or nothing. */
let asked: string[] = [];
const gate = {
  submit() {
    const at = L.INTENT;
    const side = memory.i32(at + L.INT_SIDE) === desk.BUY ? 'buy' : 'sell';
    const price = memory.i64(at + L.INT_PRICE_TICKS);
    asked.push(`${side} ${memory.i64(at + L.INT_QTY_LOTS)} @ ${price}`);
    return L.ALLOWED;
  },
} as OrderGate;
const State = stateClassOf(['sinceNs']);
/** As the host builds it, when the instruments are known. */
const handle = (): MarketHandle =>
  new MarketHandle(
    { memory, core, gate, quotes: new QuoteSlots(memory) },
    {
      strategy: desk.TAKER,
      instrument: desk.AAPL,
      symbol: 'AAPL',
      parameters: {},
      fields: ['sinceNs'],
      stateAddress: STATE,
      state: new State(memory, STATE),
    },
  );
const machines = [
  { name: 'kernel', decide: () => handle().decideByThreshold() },
  { name: 'twin', decide: (rule: ThresholdConfig) => thresholdTwin(rule, 0).onBook(handle()) },
];

const bookSide = (side: 0 | 1, ticks: number, lots: number): void =>
  core.bookSet(desk.AAPL, side, BigInt(ticks), BigInt(lots));
const position = (field: number, lots: number): void =>
  memory.setI64(desk.positionAt(desk.TAKER, desk.AAPL) + field, lots);

beforeEach(() => {
  asked = [];
  desk.openDesk(memory);
  core.bookClear(desk.AAPL);
  bookSide(L.ENTRY_BID, 9_999, 100);
  bookSide(L.ENTRY_ASK, 10_002, 300);
  memory.setI64(L.CTL_CORE_TIME_NS, NOW_NS);
  memory.setI64(desk.instrumentAt(desk.AAPL) + L.INS_MIN_INCREMENT_TICKS, 1);
  memory.bytes.fill(0, SIGNAL, SIGNAL + L.SIGNAL_BYTES);
  memory.bytes.fill(0xff, L.INTENT, L.INTENT + L.INTENT_BYTES);
  memory.setF64(STATE, 0);
});

interface Row {
  readonly name: string;
  readonly rule?: Partial<ThresholdConfig>;
  readonly zScore?: number;
  readonly orderFlow?: number;
  readonly microprice?: number;
  readonly vwap?: number;
  readonly lots?: number;
  /** Since the last order; left out: none yet. */
  readonly agoMs?: number;
  readonly prepare?: () => void;
  readonly expected: string;
}

const rows: readonly Row[] = [
  { name: 'at the entry level it buys at the ask', zScore: 2, expected: 'buy 70 @ 10002' },
  { name: 'below it nothing', zScore: 1.99, expected: '' },
  { name: 'far below 0 it sells at the bid', zScore: -3, expected: 'sell 70 @ 9999' },
  {
    name: 'against a high one sells',
    rule: { side: 'against' },
    zScore: 3,
    expected: 'sell 70 @ 9999',
  },
  {
    name: 'against a low one buys',
    rule: { side: 'against' },
    zScore: -2,
    expected: 'buy 70 @ 10002',
  },
  { name: 'a long one stays above the exit', lots: 40, agoMs: 10, zScore: 0.51, expected: '' },
  { name: 'and leaves at it', lots: 40, agoMs: 10, zScore: 0.5, expected: 'sell 40 @ 9999' },
  { name: 'and when it turns', lots: 40, agoMs: 10, zScore: -9, expected: 'sell 40 @ 9999' },
  { name: 'a short one stays below', lots: -40, agoMs: 10, zScore: -0.51, expected: '' },
  {
    name: 'and leaves at minus the exit',
    lots: -40,
    agoMs: 10,
    zScore: -0.5,
    expected: 'buy 40 @ 10002',
  },
  { name: 'held to the last moment', lots: 40, agoMs: 999, zScore: 9, expected: '' },
  { name: 'then left', lots: 40, agoMs: 1000, zScore: 9, expected: 'sell 40 @ 9999' },
  {
    name: 'a negative exit waits for a turn',
    rule: { exit: -1 },
    lots: 5,
    agoMs: 1,
    zScore: -0.9,
    expected: '',
  },
  {
    name: 'that far',
    rule: { exit: -1 },
    lots: 5,
    agoMs: 1,
    zScore: -1,
    expected: 'sell 5 @ 9999',
  },
  { name: 'it rests after an order', agoMs: 99, zScore: 9, expected: '' },
  { name: 'for so long', agoMs: 100, zScore: 9, expected: 'buy 70 @ 10002' },
  {
    name: 'on order flow',
    rule: { signal: 'orderFlow', entry: 500 },
    orderFlow: 500,
    zScore: -9,
    expected: 'buy 70 @ 10002',
  },
  {
    name: 'on the microprice',
    rule: { signal: 'micropriceDistanceTicks', entry: 1 },
    microprice: 9_999.5,
    expected: 'sell 70 @ 9999',
  },
  {
    name: 'on the VWAP',
    rule: { signal: 'vwapDistanceTicks', entry: 10 },
    vwap: 9_990,
    expected: 'buy 70 @ 10002',
  },
  {
    name: 'on a VWAP without a trade',
    rule: { signal: 'vwapDistanceTicks', entry: 10 },
    expected: '',
  },
  {
    name: 'while an order is out nothing',
    zScore: 9,
    prepare: () => position(L.POS_OPEN_SELL_LOTS, 1),
    expected: '',
  },
  {
    name: 'without an ask nothing',
    zScore: -9,
    prepare: () => bookSide(L.ENTRY_ASK, 10_002, 0),
    expected: '',
  },
  {
    name: 'a touch between two increments is reached from the next',
    zScore: 9,
    prepare: () => memory.setI64(desk.instrumentAt(desk.AAPL) + L.INS_MIN_INCREMENT_TICKS, 5),
    expected: 'buy 70 @ 10005',
  },
  {
    name: 'downwards for a sale',
    zScore: -9,
    prepare: () => memory.setI64(desk.instrumentAt(desk.AAPL) + L.INS_MIN_INCREMENT_TICKS, 5),
    expected: 'sell 70 @ 9995',
  },
];

describe.each(machines)('$name', ({ decide }) => {
  test.each(rows)('$name', (row) => {
    const { rule = {}, agoMs, prepare, expected } = row;
    const complete = { ...RULE, ...rule };
    writeThreshold(memory, desk.TAKER, complete);
    memory.setF64(SIGNAL + L.SIG_Z_SCORE, row.zScore ?? 0);
    memory.setF64(SIGNAL + L.SIG_OFI, row.orderFlow ?? 0);
    memory.setF64(SIGNAL + L.SIG_MICROPRICE, row.microprice ?? 10_000.5);
    memory.setF64(SIGNAL + L.SIG_VWAP, row.vwap ?? 0);
    position(L.POS_LOTS, row.lots ?? 0);
    const since = agoMs === undefined ? 0 : NOW_NS - agoMs * MS;
    memory.setF64(STATE, since);
    prepare?.();
    decide(complete);
    expect(asked.join()).toBe(expected);
    expect(memory.f64(STATE)).toBe(expected === '' ? since : NOW_NS);
  });

  test('the intent is an IOC limit order that holds what was seen', () => {
    writeThreshold(memory, desk.TAKER, RULE);
    memory.setF64(SIGNAL + L.SIG_Z_SCORE, 2.5);
    memory.setF64(SIGNAL + L.SIG_EWMA_VOL, 7);
    memory.setF64(SIGNAL + L.SIG_OFI, -8);
    memory.setF64(SIGNAL + L.SIG_MICROPRICE, 10_000);
    position(L.POS_LOTS, 0);
    decide(RULE);
    const word = (field: number): number => memory.i32(L.INTENT + field);
    expect([word(L.INT_KIND), word(L.INT_STRATEGY), word(L.INT_INSTRUMENT)]).toEqual([
      L.INTENT_NEW,
      desk.TAKER,
      desk.AAPL,
    ]);
    expect([word(L.INT_ORD_TYPE), word(L.INT_TIME_IN_FORCE)]).toEqual([desk.LIMIT, desk.IOC]);
    expect([word(L.INT_ORDER_SLOT), word(L.INT_FLAGS)]).toEqual([-1, 0]);
    const account = memory.i32(desk.strategyAt(desk.TAKER) + L.STR_ACCOUNT);
    expect(word(L.INT_ACCOUNT)).toBe(account);
    const features = Array.from({ length: L.FEATURES }, (_, index) =>
      memory.f64(L.INTENT + L.INT_FEATURES + index * 8),
    );
    expect(features).toEqual([9_999, 10_002, 20_001, 10_000, -8, 7, 2.5, 0]);
  });
});
