/**
 * When each instrument may be traded: its calendar's hours of the current day and its expiry, as core times in
 * the instrument's block, where the limits gate reads them. Reckoned anew at each local midnight that the
 * core's time passes, from the recorded time alone, so a replay has the same hours.
 */
import type { GyrfalconConfig, InstrumentConfig } from '../../config/schema.ts';
import * as L from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';
import { assert } from '../errors.ts';
import { NS_PER_MS } from '../units.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

type CalendarConfig = GyrfalconConfig['calendars'][string];

interface DayHours {
  readonly isTradingDay: boolean;
  /** Milliseconds since 1970. */
  readonly openMs: number;
  readonly closeMs: number;
  /** The local midnight that ends the day. */
  readonly endMs: number;
  /** The local date, YYYY-MM-DD. */
  readonly date: string;
}

export class TradingHours {
  /** Core time at which `update` is due. */
  nextNs = 0;
  readonly #memory: Memory;
  readonly #instruments: readonly InstrumentConfig[];
  readonly #calendars: ReadonlyMap<string, Calendar>;

  constructor(memory: Memory, config: Pick<GyrfalconConfig, 'instruments' | 'calendars'>) {
    this.#memory = memory;
    this.#instruments = config.instruments;
    this.#calendars = new Map(
      Object.entries(config.calendars).map(([name, calendar]) => [name, new Calendar(calendar)]),
    );
  }

  /** Brings every instrument's hours to the day of the core's time. */
  update(): void {
    const memory = this.#memory;
    const epochMs = Number(memory.absoluteNs(L.CTL_MARKET_EPOCH_NS) / 1_000_000n);
    const nowMs = epochMs + Math.floor(memory.i64(L.CTL_CORE_TIME_NS) / NS_PER_MS);
    let nextMs = Number.POSITIVE_INFINITY;
    for (const [index, instrument] of this.#instruments.entries()) {
      const calendar = this.#calendars.get(instrument.calendar);
      assert(calendar !== undefined, 'the configuration was checked: its calendars exist');
      const day = calendar.dayAt(nowMs);
      const isOpen =
        day.isTradingDay && (instrument.expiry === null || day.date <= instrument.expiry);
      const block = L.INSTRUMENTS + index * L.INSTRUMENT_BYTES;
      // Never open: closed before it opens.
      memory.setI64(block + L.INS_OPEN_NS, isOpen ? (day.openMs - epochMs) * NS_PER_MS : 1);
      const closeNs = isOpen ? (day.closeMs - epochMs) * NS_PER_MS : 1;
      // 0 would say that the hours are not known; core time is never below it, so -1 is as closed.
      memory.setI64(block + L.INS_CLOSE_NS, closeNs === 0 ? -1 : closeNs);
      nextMs = Math.min(nextMs, day.endMs);
    }
    this.nextNs = (nextMs - epochMs) * NS_PER_MS;
  }
}

/** The hours of one calendar in its own time zone. */
class Calendar {
  readonly #config: CalendarConfig;
  readonly #holidays: ReadonlySet<string>;
  readonly #format: Intl.DateTimeFormat;

  constructor(config: CalendarConfig) {
    this.#config = config;
    this.#holidays = new Set(config.holidays);
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone: config.timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  dayAt(ms: number): DayHours {
    const localMs = ms + this.#offsetMs(ms);
    const midnightMs = Math.floor(localMs / DAY_MS) * DAY_MS;
    const date = new Date(midnightMs).toISOString().slice(0, 10);
    const weekday = WEEKDAYS[new Date(midnightMs).getUTCDay()]!;
    return {
      isTradingDay: this.#config.weekdays.includes(weekday) && !this.#holidays.has(date),
      openMs: this.#toUtcMs(midnightMs + minutesOf(this.#config.open) * MINUTE_MS),
      closeMs: this.#toUtcMs(midnightMs + minutesOf(this.#config.close) * MINUTE_MS),
      endMs: this.#toUtcMs(midnightMs + DAY_MS),
      date,
    };
  }

  /** Local time less UTC at an instant. */
  #offsetMs(ms: number): number {
    const parts = Object.fromEntries(
      this.#format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]),
    ) as Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', number>;
    const { year, month, day, hour, minute, second } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(ms / 1000) * 1000;
  }

  /** The instant of a local time; where the clock skips it, the one after the skip. */
  #toUtcMs(localMs: number): number {
    const guessMs = localMs - this.#offsetMs(localMs);
    return localMs - this.#offsetMs(guessMs);
  }
}

function minutesOf(time: string): number {
  const [hours, minutes] = time.split(':').map(Number);
  return hours! * 60 + minutes!;
}
