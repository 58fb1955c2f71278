/** Hours and expiry of instruments, in the words of a trader. */
import { expect, test } from 'vitest';
import type { InstrumentConfig } from '../../config/schema.ts';
import * as L from '../../wasm/layout.ts';
import { Memory } from '../../wasm/memory.ts';
import { NS_PER_MS } from '../units.ts';
import { TradingHours } from './trading-hours.ts';

const NEW_YORK = {
  timeZone: 'America/New_York',
  open: '09:30',
  close: '16:00',
  weekdays: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri'],
  holidays: ['2012-07-04'],
} as const;
const ALWAYS = {
  timeZone: 'UTC',
  open: '00:00',
  close: '24:00',
  weekdays: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'],
  holidays: [],
} as const;

const memory = new Memory();

/** Whether an instrument may be traded at a UTC time. */
function isOpen(utc: string, calendar: object, expiry: string | null = null): boolean {
  const instrument = { symbol: 'X', calendar: 'C', expiry } as InstrumentConfig;
  const hours = new TradingHours(memory, {
    instruments: [instrument],
    calendars: { C: calendar as never },
  });
  const atMs = Date.parse(utc);
  const epochMs = Math.floor(atMs / 86_400_000) * 86_400_000;
  memory.setAbsoluteNs(L.CTL_MARKET_EPOCH_NS, BigInt(epochMs) * 1_000_000n);
  memory.setI64(L.CTL_CORE_TIME_NS, (atMs - epochMs) * NS_PER_MS);
  hours.update();
  expect(memory.i64(L.CTL_NEXT_DAY_NS)).toBeGreaterThan(memory.i64(L.CTL_CORE_TIME_NS));
  const nowNs = memory.i64(L.CTL_CORE_TIME_NS);
  const openNs = memory.i64(L.INSTRUMENTS + L.INS_OPEN_NS);
  return nowNs >= openNs && nowNs < memory.i64(L.INSTRUMENTS + L.INS_CLOSE_NS);
}

test.each([
  ['the opening minute in summer', '2012-06-21T13:30:00Z', true],
  ['a second before it', '2012-06-21T13:29:59Z', false],
  ['the last second', '2012-06-21T19:59:59Z', true],
  ['the closing minute', '2012-06-21T20:00:00Z', false],
  ['the opening minute in winter is an hour later in UTC', '2012-12-20T14:30:00Z', true],
  ['an hour before it', '2012-12-20T13:30:00Z', false],
  ['a Saturday', '2012-06-23T15:00:00Z', false],
  ['a holiday', '2012-07-04T15:00:00Z', false],
  ['the first day after the clocks changed', '2012-03-12T13:30:00Z', true],
])('a New York stock trades, or not: %s', (_what, utc, open) => {
  expect(isOpen(utc, NEW_YORK)).toBe(open);
});

test('a venue that never closes is open at midnight and on Sundays', () => {
  expect(isOpen('2024-08-11T00:00:00Z', ALWAYS)).toBe(true);
  expect(isOpen('2024-08-11T23:59:59.999Z', ALWAYS)).toBe(true);
});

test('a close at midnight UTC is a close', () => {
  const late = { ...NEW_YORK, open: '04:00', close: '20:00' };
  expect(isOpen('2012-06-21T23:59:59Z', late)).toBe(true);
  expect(isOpen('2012-06-22T00:00:01Z', late)).toBe(false);
  // To the limits gate 0 means "not known yet", which refuses nothing.
  expect(memory.i64(L.INSTRUMENTS + L.INS_CLOSE_NS)).not.toBe(0);
});

test('an expired contract is not traded; on its last day it is', () => {
  expect(isOpen('2012-06-21T15:00:00Z', NEW_YORK, '2012-06-21')).toBe(true);
  expect(isOpen('2012-06-22T15:00:00Z', NEW_YORK, '2012-06-21')).toBe(false);
});
