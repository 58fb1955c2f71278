/** Session windows as a connectivity desk reads them, and against a clock that is read each minute. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FixScheduleConfig } from '../../../config/fix-schedule.ts';
import { DAY_MS, dateOf, timeOfDayMs, WEEKDAYS } from '../../../config/local-time.ts';
import { NS_PER_MS, NS_PER_S } from '../timestamp.ts';
import { sessionSchedule } from './session-schedule.ts';

const MINUTE_MS = 60_000;

type Daily = Extract<FixScheduleConfig, { every: 'day' }>;
type Weekly = Extract<FixScheduleConfig, { every: 'week' }>;

const DESK: Daily = {
  every: 'day',
  timeZone: 'America/New_York',
  start: '07:00',
  end: '17:30',
  days: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri'],
  holidays: ['2024-07-04'],
};
const NIGHT: Daily = {
  ...DESK,
  start: '18:00',
  end: '17:00',
  days: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu'],
};
const ROUND_THE_CLOCK: Daily = { ...DESK, start: '17:00', end: '17:00', days: [...WEEKDAYS] };
const WEEK: Weekly = {
  every: 'week',
  timeZone: 'America/New_York',
  startDay: 'Sun',
  start: '17:05',
  endDay: 'Fri',
  end: '17:00',
  holidays: [],
};

const ns = (utc: string): bigint => BigInt(Date.parse(utc)) * NS_PER_MS;
const utcOf = (timeNs: bigint): string =>
  `${new Date(Number(timeNs / NS_PER_MS)).toISOString().slice(0, 16)}Z`;

/** "start/end" of the window at a time, or "closed, next …". */
function at(config: FixScheduleConfig, utc: string): string {
  const schedule = sessionSchedule(config);
  const window = schedule.windowAt(ns(utc));
  if (window !== undefined) return `${utcOf(window.startNs)}/${utcOf(window.endNs)}`;
  return `closed, next ${utcOf(schedule.nextStartNs(ns(utc)))}`;
}

describe('a session on weekdays', () => {
  test.each([
    [
      'is open from its first instant',
      '2024-07-02T11:00:00Z',
      '2024-07-02T11:00Z/2024-07-02T21:30Z',
    ],
    ['is closed a moment before', '2024-07-02T10:59:59.999Z', 'closed, next 2024-07-02T11:00Z'],
    ['is open up to its end', '2024-07-02T21:29:59.999Z', '2024-07-02T11:00Z/2024-07-02T21:30Z'],
    ['is closed at its end', '2024-07-02T21:30:00Z', 'closed, next 2024-07-03T11:00Z'],
    ['skips a holiday', '2024-07-03T22:00:00Z', 'closed, next 2024-07-05T11:00Z'],
    ['skips the weekend', '2024-07-06T12:00:00Z', 'closed, next 2024-07-08T11:00Z'],
    [
      'keeps its local time when clocks change',
      '2024-11-04T12:30:00Z',
      '2024-11-04T12:00Z/2024-11-04T22:30Z',
    ],
  ])('%s', (_what, utc, expected) => {
    expect(at(DESK, utc)).toBe(expected);
  });
});

describe('a session over midnight', () => {
  test.each([
    [
      'belongs to the day on which it starts',
      '2024-07-02T12:00:00Z',
      '2024-07-01T22:00Z/2024-07-02T21:00Z',
    ],
    ['starts on Sunday', '2024-07-07T22:00:00Z', '2024-07-07T22:00Z/2024-07-08T21:00Z'],
    ['does not start on Friday', '2024-07-05T21:00:00Z', 'closed, next 2024-07-07T22:00Z'],
    ['does not start on a holiday', '2024-07-04T23:00:00Z', 'closed, next 2024-07-07T22:00Z'],
    ['runs into a holiday', '2024-07-04T12:00:00Z', '2024-07-03T22:00Z/2024-07-04T21:00Z'],
    [
      'is an hour longer when clocks go back',
      '2024-11-03T12:00:00Z',
      'closed, next 2024-11-03T23:00Z',
    ],
  ])('%s', (_what, utc, expected) => {
    expect(at(NIGHT, utc)).toBe(expected);
  });
});

test('a 24-hour session starts anew each day, 23 or 25 hours after the last when clocks change', () => {
  expect(at(ROUND_THE_CLOCK, '2024-07-02T20:59:59Z')).toBe('2024-07-01T21:00Z/2024-07-02T21:00Z');
  expect(at(ROUND_THE_CLOCK, '2024-07-02T21:00:00Z')).toBe('2024-07-02T21:00Z/2024-07-03T21:00Z');
  expect(at(ROUND_THE_CLOCK, '2024-03-10T12:00:00Z')).toBe('2024-03-09T22:00Z/2024-03-10T21:00Z');
  expect(at(ROUND_THE_CLOCK, '2024-11-03T12:00:00Z')).toBe('2024-11-02T21:00Z/2024-11-03T22:00Z');
});

describe('a weekly session', () => {
  test.each([
    ['is one window', '2024-07-03T12:00:00Z', '2024-06-30T21:05Z/2024-07-05T21:00Z'],
    ['is closed at the weekend', '2024-07-06T12:00:00Z', 'closed, next 2024-07-07T21:05Z'],
    ['spans a change of clocks', '2024-03-13T12:00:00Z', '2024-03-10T21:05Z/2024-03-15T21:00Z'],
  ])('%s', (_what, utc, expected) => {
    expect(at(WEEK, utc)).toBe(expected);
  });

  test('is cut by a holiday that it names: what is left are windows of their own', () => {
    const cut: Weekly = { ...WEEK, holidays: ['2024-07-04'] };
    expect(at(cut, '2024-07-03T12:00:00Z')).toBe('2024-06-30T21:05Z/2024-07-04T04:00Z');
    expect(at(cut, '2024-07-04T12:00:00Z')).toBe('closed, next 2024-07-05T04:00Z');
    expect(at(cut, '2024-07-05T12:00:00Z')).toBe('2024-07-05T04:00Z/2024-07-05T21:00Z');
  });

  test('that ends when it starts never closes', () => {
    const always: Weekly = { ...WEEK, endDay: 'Sun', end: WEEK.start };
    expect(at(always, '2024-07-07T21:04:59Z')).toBe('2024-06-30T21:05Z/2024-07-07T21:05Z');
    expect(at(always, '2024-07-07T21:05:00Z')).toBe('2024-07-07T21:05Z/2024-07-14T21:05Z');
  });
});

test('a window that lies in the skipped hour is left out; one that reaches out of it is shorter', () => {
  const early: Daily = { ...DESK, start: '02:15', end: '02:45', days: ['Sun'] };
  expect(at(early, '2024-03-10T06:59:00Z')).toBe('closed, next 2024-03-17T06:15Z');
  expect(at({ ...early, end: '04:00' }, '2024-03-10T07:00:00Z')).toBe(
    '2024-03-10T07:00Z/2024-03-10T08:00Z',
  );
});

test('the next start is at or after the time, to the nanosecond', () => {
  const schedule = sessionSchedule(DESK);
  const startNs = ns('2024-07-02T11:00:00Z');
  expect(schedule.nextStartNs(startNs)).toBe(startNs);
  expect(schedule.nextStartNs(startNs - 1n)).toBe(startNs);
  expect(schedule.nextStartNs(startNs + 1n)).toBe(ns('2024-07-03T11:00:00Z'));
  expect(schedule.windowAt(startNs - 1n)).toBeUndefined();
});

// ---- the slow plain twin: a clock on the wall, read each minute, that never counts an hour twice

/** Base date and part of the window that holds a local time. */
function windowOf(config: FixScheduleConfig, localMs: number): string | undefined {
  const todayMs = Math.floor(localMs / DAY_MS) * DAY_MS;
  const isHoliday = (ms: number): boolean => config.holidays.includes(dateOf(ms));
  for (let baseMs = todayMs - 7 * DAY_MS; baseMs <= todayMs; baseMs += DAY_MS) {
    const weekday = WEEKDAYS[new Date(baseMs).getUTCDay()]!;
    const startMs = baseMs + timeOfDayMs(config.start);
    let endMs = baseMs + timeOfDayMs(config.end);
    if (config.every === 'day') {
      if (!config.days.includes(weekday) || isHoliday(baseMs)) continue;
      if (endMs <= startMs) endMs += DAY_MS;
      if (startMs <= localMs && localMs < endMs) return dateOf(baseMs);
    } else {
      if (config.startDay !== weekday) continue;
      while (new Date(endMs).getUTCDay() !== WEEKDAYS.indexOf(config.endDay) || endMs <= startMs)
        endMs += DAY_MS;
      if (localMs < startMs || localMs >= endMs || isHoliday(todayMs)) continue;
      const cuts = config.holidays.filter(
        (date) => date < dateOf(todayMs) && date >= dateOf(startMs),
      );
      return `${dateOf(baseMs)} ${new Set(cuts).size}`;
    }
  }
  return undefined;
}

const minuteOfDay = fc
  .integer({ min: 0, max: 1439 })
  .map((m) => `${String(Math.floor(m / 60)).padStart(2, '0')}:${String(m % 60).padStart(2, '0')}`);
const nightly = fc
  .integer({ min: 0, max: 240 })
  .map((m) => `0${Math.floor(m / 60)}:${String(m % 60).padStart(2, '0')}`);
const time = fc.oneof(minuteOfDay, nightly);
const weekday = fc.constantFrom(...WEEKDAYS);

/** A zone and a day on which its clocks change. */
const change = fc.constantFrom(
  ['America/New_York', '2024-03-10'],
  ['America/New_York', '2024-11-03'],
  ['Europe/London', '2025-03-30'],
  ['Europe/Berlin', '2025-10-26'],
  ['Australia/Sydney', '2024-10-06'],
  ['Australia/Lord_Howe', '2024-04-07'],
  ['America/St_Johns', '2010-11-07'],
  ['America/Santiago', '2024-09-08'],
  ['Africa/Cairo', '2024-04-26'],
  ['Asia/Tokyo', '2024-03-10'],
  ['Pacific/Apia', '2011-12-30'],
);
const scheduleAndDay = change.chain(([timeZone = '', day = '']) => {
  const near = fc
    .integer({ min: -4, max: 4 })
    .map((days) => dateOf(Date.parse(day) + days * DAY_MS));
  const holidays = fc.array(near, { maxLength: 3 });
  const days = fc.uniqueArray(weekday, { minLength: 1 });
  const every = fc.oneof(
    fc.record({ every: fc.constant('day' as const), start: time, end: time, days, holidays }),
    fc.record({
      every: fc.constant('week' as const),
      startDay: weekday,
      start: time,
      endDay: weekday,
      end: time,
      holidays,
    }),
  );
  return every.map((schedule) => ({ day, config: { ...schedule, timeZone } as FixScheduleConfig }));
});

test('windows are what a clock says that is read each minute, over changes of clocks too', () => {
  fc.assert(
    fc.property(scheduleAndDay, ({ day, config }) => {
      const format = new Intl.DateTimeFormat('sv-SE', {
        timeZone: config.timeZone,
        dateStyle: 'short',
        timeStyle: 'medium',
      });
      const schedule = sessionSchedule(config);
      let furthestMs = 0;
      let before: string | undefined;
      let beforeEndNs = 0n;
      const firstMs = Date.parse(day) - 2 * DAY_MS;
      for (let ms = firstMs; ms < firstMs + 4 * DAY_MS; ms += MINUTE_MS) {
        const localMs = Date.parse(`${format.format(ms).replace(' ', 'T')}Z`);
        furthestMs = Math.max(furthestMs, localMs);
        const expected = windowOf(config, furthestMs);
        const nowNs = BigInt(ms) * NS_PER_MS;
        const window = schedule.windowAt(nowNs);
        expect(window !== undefined, `${utcOf(nowNs)} ${expected}`).toBe(expected !== undefined);
        if (window !== undefined && expected !== before && ms > firstMs) {
          expect(utcOf(window.startNs)).toBe(utcOf(nowNs));
          expect(utcOf(schedule.nextStartNs(nowNs - 59n * NS_PER_S))).toBe(utcOf(nowNs));
          // Whatever was asked before, the answer is the same.
          expect(sessionSchedule(config).windowAt(nowNs)).toEqual(window);
          expect(window.startNs >= beforeEndNs).toBe(true);
        }
        if (window !== undefined) beforeEndNs = window.endNs;
        before = expected;
      }
    }),
    { numRuns: 60 },
  );
}, 60_000);
