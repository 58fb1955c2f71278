/** What was refused is counted and shown. */
import { beforeEach, expect, test } from 'vitest';
import * as desk from '../../test/support/desk.ts';
import * as L from '../../wasm/layout.ts';
import { Memory } from '../../wasm/memory.ts';
import { RefusalLog } from './refusals.ts';

const memory = new Memory();
const log = new RefusalLog(memory);
beforeEach(() => desk.openDesk(memory));

function refuse(code: number, change: Partial<desk.Intent> = {}): void {
  desk.setIntent(memory, { ...desk.QUIET_BUY, ...change });
  memory.setI32(L.INTENT + L.INT_VERDICT, code);
  log.record();
}
const head = () => memory.i64(L.CTL_REFUSAL_HEAD);
const entry = (number: number) => L.REFUSALS + (number % L.RECORDS_KEPT) * L.REFUSAL_BYTES;

test('a refusal is counted for firm, strategy and code, and shown with its order', () => {
  refuse(L.DENY_POSITION, { strategy: desk.TAKER, instrument: desk.SAP, qtyLots: 99 });
  expect(memory.i64(L.CTL_DENIED)).toBe(1);
  expect(memory.i64(desk.strategyAt(desk.TAKER) + L.STR_DENIED)).toBe(1);
  expect(memory.i64(L.REFUSAL_COUNTS + L.DENY_POSITION * 8)).toBe(1);
  expect([memory.i64(entry(0)), memory.i32(entry(0) + 8)]).toEqual([desk.NOON_NS, L.DENY_POSITION]);
  expect([memory.i32(entry(0) + 12), memory.i32(entry(0) + 16)]).toEqual([desk.TAKER, desk.SAP]);
  expect([memory.i64(entry(0) + 24), memory.i64(entry(0) + 32)]).toEqual([10_000, 99]);
});

test('the same refusal again and again fills one entry, which counts', () => {
  for (let time = 0; time < 5; time++) refuse(L.DENY_STALE_BOOK, { priceTicks: 10_000 - time });
  expect([head(), memory.i64(entry(0) + 40)]).toEqual([1, 5]);
  expect(memory.i64(entry(0) + 24)).toBe(9_996);
  expect(memory.i64(L.REFUSAL_COUNTS + L.DENY_STALE_BOOK * 8)).toBe(5);
  refuse(L.DENY_STALE_BOOK, { side: desk.SELL });
  expect(head()).toBe(2);
});

test('the ring keeps the last records and goes on counting', () => {
  for (let time = 0; time < L.RECORDS_KEPT + 3; time++) {
    refuse(time % 2 === 0 ? L.DENY_STATE : L.DENY_KILLED);
  }
  expect(head()).toBe(L.RECORDS_KEPT + 3);
  expect(memory.i32(entry(L.RECORDS_KEPT + 2) + 8)).toBe(L.DENY_STATE);
});
