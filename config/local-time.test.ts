/** Local times over the days on which clocks change, against a plain clock that is read each minute. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_MS, dateOf, isTimeZone, LocalTime, timeOfDayMs } from './local-time.ts';

const MINUTE_MS = 60_000;

const dueAt = (timeZone: string, local: string): string =>
  new Date(new LocalTime(timeZone).dueMs(Date.parse(`${local}Z`))).toISOString();

describe('a local time is due', () => {
  test.each([
    ['in winter', 'America/New_York', '2024-01-15T09:30', '2024-01-15T14:30:00.000Z'],
    ['in summer', 'America/New_York', '2024-07-15T09:30', '2024-07-15T13:30:00.000Z'],
    [
      'just before the skipped hour',
      'America/New_York',
      '2024-03-10T01:59',
      '2024-03-10T06:59:00.000Z',
    ],
    [
      'at its end when it falls into it',
      'America/New_York',
      '2024-03-10T02:30',
      '2024-03-10T07:00:00.000Z',
    ],
    [
      'at its end when it is its end',
      'America/New_York',
      '2024-03-10T03:00',
      '2024-03-10T07:00:00.000Z',
    ],
    [
      'at its end east of Greenwich too',
      'Europe/Berlin',
      '2024-03-31T02:30',
      '2024-03-31T01:00:00.000Z',
    ],
    [
      'the first time when it comes twice',
      'America/New_York',
      '2024-11-03T01:30',
      '2024-11-03T05:30:00.000Z',
    ],
    [
      'the first time when it comes twice east',
      'Europe/Berlin',
      '2024-10-27T02:30',
      '2024-10-27T00:30:00.000Z',
    ],
    [
      'after the hour that comes twice',
      'America/New_York',
      '2024-11-03T02:00',
      '2024-11-03T07:00:00.000Z',
    ],
    [
      'where clocks move by half an hour',
      'Australia/Lord_Howe',
      '2024-04-07T01:45',
      '2024-04-06T14:45:00.000Z',
    ],
    [
      'on a day that the zone left out',
      'Pacific/Apia',
      '2011-12-30T12:00',
      '2011-12-30T10:00:00.000Z',
    ],
    ['where clocks never change', 'UTC', '2024-03-10T02:30', '2024-03-10T02:30:00.000Z'],
  ])('%s', (_when, zone, local, utc) => {
    expect(dueAt(zone, local)).toBe(utc);
  });
});

test('a day that the clock goes back into does not begin again', () => {
  // 2010-11-07 00:01 in Newfoundland was followed by 23:01 of the day before.
  const time = new LocalTime('America/St_Johns');
  const changeMs = Date.parse('2010-11-07T02:31:00Z');
  for (const ms of [
    changeMs - MINUTE_MS,
    changeMs,
    changeMs + 30 * MINUTE_MS,
    changeMs + DAY_MS / 2,
  ])
    expect(dateOf(time.midnightMs(ms))).toBe('2010-11-07');
  expect(dateOf(time.midnightMs(changeMs - 2 * MINUTE_MS))).toBe('2010-11-06');
});

const ZONES = [
  'America/New_York',
  'Europe/Berlin',
  'Asia/Tokyo',
  'Australia/Lord_Howe',
  'America/St_Johns',
  'America/Santiago',
  'Africa/Cairo',
  'Asia/Kolkata',
  'Pacific/Apia',
];

test('a local time is due in the first minute in which the clock on the wall has reached it', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...ZONES),
      fc.integer({ min: Date.parse('2005-01-01'), max: Date.parse('2030-12-31') }),
      (timeZone, ms) => {
        const localMs = Math.floor(ms / MINUTE_MS) * MINUTE_MS;
        const time = new LocalTime(timeZone);
        const dueMs = time.dueMs(localMs);
        expect(wallMs(timeZone, dueMs)).toBeGreaterThanOrEqual(localMs);
        // Later local times are due later, over a month and its change of clocks.
        expect(time.dueMs(localMs + MINUTE_MS)).toBeGreaterThanOrEqual(dueMs);
        for (let back = 1; back <= 180; back++)
          expect(wallMs(timeZone, dueMs - back * MINUTE_MS)).toBeLessThan(localMs);
      },
    ),
    { numRuns: 60 },
  );
});

/** The clock on the wall, as the platform prints it. */
function wallMs(timeZone: string, ms: number): number {
  const printed = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'medium',
  }).format(ms);
  return Date.parse(`${printed.replace(' ', 'T')}Z`);
}

test.each([
  ['00:00', 0],
  ['09:30', 34_200_000],
  ['23:59:59', 86_399_000],
  ['24:00', DAY_MS],
])('%s is %d ms after midnight', (text, ms) => {
  expect(timeOfDayMs(text)).toBe(ms);
});

test('a time zone is known by its IANA name', () => {
  expect(['UTC', 'Europe/London', 'Nowhere/Land', ''].map(isTimeZone)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
