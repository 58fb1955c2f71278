/** The state hash: it moves with every part of the state that a replay must rebuild, and with nothing else. */
import { beforeEach, expect, test } from 'vitest';
import * as desk from '../test/support/desk.ts';
import * as L from '../wasm/layout.ts';
import { Memory } from '../wasm/memory.ts';
import { HISTOGRAMS } from '../wasm/stage-layout.ts';
import { loadCore } from './core-module.ts';
import { stateHashOf, strategyStateHashOf } from './state-hash.ts';

const memory = new Memory();
const core = loadCore(memory);
const book = L.BOOKS + desk.SAP * L.BOOK_BYTES;
const order = desk.orderAt(5);

beforeEach(() => {
  desk.openDesk(memory);
  memory.setI64(order + L.ORD_NUMBER, 3);
  memory.setI64(desk.strategyAt(1) + L.STR_MESSAGES, 2);
});

const seen = [
  { what: 'core time', at: L.CTL_CORE_TIME_NS },
  { what: 'the intent sequence', at: L.CTL_INTENT_SEQUENCE },
  { what: 'the firm’s state', at: L.CTL_FIRM_STATE },
  { what: 'a fill counted', at: L.CTL_FILLS },
  { what: 'an order state counted', at: L.CTL_ORDER_BY_STATE + 4 * L.ORDER_UNKNOWN },
  { what: 'the last trade', at: desk.instrumentAt(desk.SAP) + L.INS_LAST_TRADE_TICKS },
  { what: 'the last book update', at: desk.instrumentAt(desk.SAP) + L.INS_LAST_UPDATE_NS },
  { what: 'a level in use', at: book + L.BOOK_ASKS },
  { what: 'a signal', at: L.SIGNALS + L.SIGNAL_BYTES + L.SIG_OFI },
  { what: 'a position', at: desk.positionAt(1, 1) + L.POS_LOTS },
  { what: 'a strategy’s pause', at: desk.strategyAt(1) + L.STR_PAUSED },
  { what: 'a breaker’s window', at: desk.strategyAt(1) + L.STR_REJECT_WINDOW + 8 },
  { what: 'declared state', at: L.STRATEGY_STATE + L.STRATEGY_STATE_BYTES },
  { what: 'a message time in use', at: L.RATE_RINGS + (L.RATE_RING_SLOTS + 1) * 8 },
  { what: 'an account’s state', at: L.ACCOUNTS + L.ACCOUNT_BYTES },
  { what: 'an order', at: order + L.ORD_CUM_LOTS },
  { what: 'a refusal counted', at: L.REFUSAL_COUNTS + 8 * L.DENY_POSITION },
];

test.each(seen)('$what is part of the hash', ({ at }) => {
  const before = stateHashOf(memory, core);
  memory.setI32(at, memory.i32(at) ^ 1);
  expect(stateHashOf(memory, core)).not.toBe(before);
  memory.setI32(at, memory.i32(at) ^ 1);
  expect(stateHashOf(memory, core)).toBe(before);
});

const outside = [
  { what: 'the time of receipt', at: L.CTL_NOW_NS },
  { what: 'an instrument’s time of receipt', at: desk.instrumentAt(0) + L.INS_LAST_RECEIVE_NS },
  { what: 'the heartbeat', at: L.CTL_HEARTBEAT },
  { what: 'the journal’s size', at: L.CTL_JOURNAL_BYTES },
  { what: 'a session’s number', at: L.SESSIONS + L.SES_NEXT_IN },
  { what: 'a level not in use', at: book + L.BOOK_ASKS + L.LEVEL_BYTES },
  { what: 'a message time not in use', at: L.RATE_RINGS + (L.RATE_RING_SLOTS + 2) * 8 },
  { what: 'a slot never used', at: desk.orderAt(6) + L.ORD_CUM_LOTS },
  { what: 'a histogram', at: HISTOGRAMS },
  { what: 'scratch', at: L.SCRATCH + 64 },
];

test.each(outside)('$what is not', ({ at }) => {
  const before = stateHashOf(memory, core);
  memory.setI32(at, 12_345);
  expect(stateHashOf(memory, core)).toBe(before);
});

test('every NaN of a signal is one, and -0 is not 0', () => {
  const zScore = L.SIGNALS + L.SIG_Z_SCORE;
  const hashOf = (high: number, low: number) => {
    memory.setI32(zScore, low);
    memory.setI32(zScore + 4, high);
    return stateHashOf(memory, core);
  };
  const quiet = hashOf(0x7ff80000, 0);
  expect(hashOf(0xfff80000 | 0, 0)).toBe(quiet);
  expect(hashOf(0x7ff80000, 77)).toBe(quiet);
  expect(hashOf(0x80000000 | 0, 0)).not.toBe(hashOf(0, 0));
});

test('values that change places change the hash', () => {
  const positions = desk.positionAt(0, 0);
  memory.setI64(positions + L.POS_BOUGHT_LOTS, 5);
  memory.setI64(positions + L.POS_SOLD_LOTS, 7);
  const before = stateHashOf(memory, core);
  memory.setI64(positions + L.POS_BOUGHT_LOTS, 7);
  memory.setI64(positions + L.POS_SOLD_LOTS, 5);
  expect(stateHashOf(memory, core)).not.toBe(before);
});

/** The documented arithmetic once more, in BigInt, over two strategies' declared state. */
function strategyHashReference(): string {
  const u64 = (value: bigint) => BigInt.asUintN(64, value);
  let hash = 0x243f6a8885a308d3n;
  for (let at = 0; at < 2 * L.STRATEGY_STATE_BYTES; at += 8) {
    const word = u64(memory.absoluteNs(L.STRATEGY_STATE + at));
    const mixed = hash ^ u64(word * 0x9e3779b97f4a7c15n);
    const turned = u64(mixed << 29n) | (mixed >> 35n);
    hash = u64(turned * 0xbf58476d1ce4e5b9n + 0x165667b19e3779f9n);
  }
  hash = u64((hash ^ (hash >> 30n)) * 0xbf58476d1ce4e5b9n);
  hash = u64((hash ^ (hash >> 27n)) * 0x94d049bb133111ebn);
  return (hash ^ (hash >> 31n)).toString(16).padStart(16, '0');
}

test('the strategies’ state has a hash of its own, the same on every machine', () => {
  memory.setF64(L.STRATEGY_STATE + 16, -1.5);
  memory.setF64(L.STRATEGY_STATE + L.STRATEGY_STATE_BYTES, 1e300);
  expect(strategyStateHashOf(memory, core)).toBe(strategyHashReference());
  memory.setI64(L.CTL_FILLS, 9);
  expect(strategyStateHashOf(memory, core)).toBe(strategyHashReference());
});
