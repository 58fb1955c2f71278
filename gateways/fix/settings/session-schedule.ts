/**
 * The windows in which a FIX session may be logged on, out of its configured schedule. A window
 * belongs to the date on which it starts: windows of later dates start later and none overlaps
 * another. Clock changes: what is due in a skipped hour is due at its end, what is due in an hour
 * that comes twice is due the first time (config/local-time.ts).
 */
import type { FixScheduleConfig } from '../../../config/fix-schedule.ts';
import {
  DAY_MS,
  dateOf,
  LocalTime,
  timeOfDayMs,
  WEEKDAYS,
  weekdayOf,
} from '../../../config/local-time.ts';
import { assert } from '../../../engine/errors.ts';
import type { SessionSchedule } from '../session/session-types.ts';
import { NS_PER_MS } from '../timestamp.ts';

const WEEK_DAYS = 7;

/** Milliseconds, local or since 1970; the end is not part of it. */
interface Window {
  readonly startMs: number;
  readonly endMs: number;
}

export function sessionSchedule(config: FixScheduleConfig): SessionSchedule {
  return new Schedule(config);
}

class Schedule implements SessionSchedule {
  readonly #config: FixScheduleConfig;
  readonly #holidays: ReadonlySet<string>;
  readonly #time: LocalTime;
  /** From its first millisecond to its end there is `window`, or none; asked at each timer. */
  #known: Window & { readonly window: Window | undefined };

  constructor(config: FixScheduleConfig) {
    this.#config = config;
    this.#holidays = new Set(config.holidays);
    this.#time = new LocalTime(config.timeZone);
    this.#known = { startMs: 0, endMs: 0, window: undefined };
  }

  windowAt(timeNs: bigint): { readonly startNs: bigint; readonly endNs: bigint } | undefined {
    const ms = Number(timeNs / NS_PER_MS);
    const isKnown = this.#known.startMs <= ms && ms < this.#known.endMs;
    if (!isKnown) this.#known = this.#around(ms);
    const { window } = this.#known;
    if (window === undefined) return undefined;
    return {
      startNs: BigInt(window.startMs) * NS_PER_MS,
      endNs: BigInt(window.endMs) * NS_PER_MS,
    };
  }

  nextStartNs(timeNs: bigint): bigint {
    // A fraction of a millisecond after a start is after it.
    const ms = Number((timeNs + NS_PER_MS - 1n) / NS_PER_MS);
    return BigInt(this.#nextStartMs(ms)) * NS_PER_MS;
  }

  #around(ms: number): Window & { readonly window: Window | undefined } {
    const todayMs = this.#time.midnightMs(ms);
    for (let days = -WEEK_DAYS; days <= 0; days++) {
      const windows = this.#startingOn(todayMs + days * DAY_MS);
      const window = windows.find(({ startMs, endMs }) => startMs <= ms && ms < endMs);
      if (window !== undefined) return { ...window, window };
    }
    return { startMs: ms, endMs: this.#nextStartMs(ms), window: undefined };
  }

  #nextStartMs(ms: number): number {
    const firstMs = this.#time.midnightMs(ms) - WEEK_DAYS * DAY_MS;
    // Each holiday takes at most one window away, a change of clocks two a year: soon there is one.
    const daysMax = WEEK_DAYS * (this.#holidays.size + 6);
    for (let days = 0; days < daysMax; days++) {
      const windows = this.#startingOn(firstMs + days * DAY_MS);
      const next = windows.find(({ startMs }) => startMs >= ms);
      if (next !== undefined) return next.startMs;
    }
    assert(false, 'a schedule has a window in every week that is not all holidays');
  }

  /** Windows that belong to a local date, in order. */
  #startingOn(midnightMs: number): readonly Window[] {
    return this.#localWindows(midnightMs)
      .map(({ startMs, endMs }) => ({
        startMs: this.#time.dueMs(startMs),
        endMs: this.#time.dueMs(endMs),
      }))
      .filter(({ startMs, endMs }) => startMs < endMs); // it lay in a skipped hour
  }

  #localWindows(midnightMs: number): readonly Window[] {
    const config = this.#config;
    const startMs = midnightMs + timeOfDayMs(config.start);
    if (config.every === 'day') {
      const isDay = config.days.includes(weekdayOf(midnightMs));
      if (!isDay || this.#holidays.has(dateOf(midnightMs))) return [];
      const endMs = midnightMs + timeOfDayMs(config.end);
      return [{ startMs, endMs: endMs > startMs ? endMs : endMs + DAY_MS }];
    }
    if (config.startDay !== weekdayOf(midnightMs)) return [];
    const days = WEEKDAYS.indexOf(config.endDay) - WEEKDAYS.indexOf(config.startDay);
    const endMs = midnightMs + ((days + WEEK_DAYS) % WEEK_DAYS) * DAY_MS + timeOfDayMs(config.end);
    const week = { startMs, endMs: endMs > startMs ? endMs : endMs + WEEK_DAYS * DAY_MS };
    return this.#withoutHolidays(week, midnightMs);
  }

  /** What the holidays leave of a week. */
  #withoutHolidays(week: Window, midnightMs: number): readonly Window[] {
    const left: Window[] = [];
    let { startMs } = week;
    for (let dayMs = midnightMs; dayMs < week.endMs; dayMs += DAY_MS) {
      if (!this.#holidays.has(dateOf(dayMs))) continue;
      if (startMs < dayMs) left.push({ startMs, endMs: dayMs });
      startMs = Math.max(startMs, dayMs + DAY_MS);
    }
    if (startMs < week.endMs) left.push({ startMs, endMs: week.endMs });
    return left;
  }
}
