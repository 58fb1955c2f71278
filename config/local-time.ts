/**
 * The wall clock of a time zone: local times from instants and back. Where a clock goes back, an
 * hour comes twice; what is due then is due the first time. Where it skips an hour, what falls into
 * the hole is due at the end of the hole. So "due at" never runs backwards. Read by the trading
 * hours of instruments and by the schedules of FIX sessions.
 */
export const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

export const DAY_MS = 86_400_000;
/** Offsets lie between UTC-12 and UTC+14. */
const OFFSET_MS_MAX = 14 * 3_600_000;

/** Local times are milliseconds since 1970 as if the zone were UTC. */
export class LocalTime {
  readonly #format: Intl.DateTimeFormat;

  constructor(timeZone: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  /** The local midnight that began the day of an instant; a day does not begin twice. */
  midnightMs(ms: number): number {
    const localMs = ms + this.#offsetMs(ms);
    const midnightMs = Math.floor(localMs / DAY_MS) * DAY_MS;
    return this.dueMs(midnightMs + DAY_MS) <= ms ? midnightMs + DAY_MS : midnightMs;
  }

  /** The first instant at which the wall clock has reached the local time. */
  dueMs(localMs: number): number {
    let beforeMs = localMs - OFFSET_MS_MAX;
    let afterMs = localMs + OFFSET_MS_MAX;
    const oldMs = this.#offsetMs(beforeMs);
    const newMs = this.#offsetMs(afterMs);
    if (oldMs === newMs) return localMs - oldMs;
    // The clock changes in between; no zone changes it twice within so short a time.
    while (afterMs - beforeMs > 1) {
      const middleMs = Math.floor((beforeMs + afterMs) / 2);
      if (this.#offsetMs(middleMs) === oldMs) beforeMs = middleMs;
      else afterMs = middleMs;
    }
    return localMs - oldMs < afterMs ? localMs - oldMs : Math.max(afterMs, localMs - newMs);
  }

  /** Local time less UTC at an instant. */
  #offsetMs(ms: number): number {
    const parts = Object.fromEntries(
      this.#format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]),
    ) as Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', number>;
    const { year, month, day, hour, minute, second } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(ms / 1000) * 1000;
  }
}

/** The date of a local midnight, YYYY-MM-DD. */
export const dateOf = (midnightMs: number): string =>
  new Date(midnightMs).toISOString().slice(0, 10);

export const weekdayOf = (midnightMs: number): Weekday =>
  WEEKDAYS[new Date(midnightMs).getUTCDay()]!;

/** "09:30" or "09:30:15" in milliseconds from midnight. */
export function timeOfDayMs(text: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = text.split(':').map(Number);
  return ((hours * 60 + minutes) * 60 + seconds) * 1000;
}

export function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone });
    return true;
  } catch {
    return false;
  }
}
