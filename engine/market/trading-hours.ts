/**
 * When each instrument may be traded: its calendar's hours of the current day and its expiry, as core times in
 * the instrument's block, where the limits gate reads them. Reckoned anew at each local midnight that the
 * core's time passes, from the recorded time alone, so a replay has the same hours.
 */
import { DAY_MS, dateOf, LocalTime, timeOfDayMs, weekdayOf } from '../../config/local-time.ts';
import type { GyrfalconConfig, InstrumentConfig } from '../../config/schema.ts';
import * as L from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';
import { assert } from '../errors.ts';
import { NS_PER_MS } from '../units.ts';

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

  /** Brings every instrument's hours to the day of the core's time; CTL_NEXT_DAY_NS is when it is due again. */
  update(): void {
    const memory = this.#memory;
    const epochMs = Number(memory.absoluteNs(L.CTL_MARKET_EPOCH_NS) / 1_000_000n);
    const nowMs = epochMs + Math.floor(memory.i64(L.CTL_CORE_TIME_NS) / NS_PER_MS);
    let nextMs = Number.POSITIVE_INFINITY;
    // Once a calendar: a day takes a dozen questions to the time zone, and the market waits.
    const days = new Map<string, DayHours>();
    for (const [name, calendar] of this.#calendars) days.set(name, calendar.dayAt(nowMs));
    for (const [index, instrument] of this.#instruments.entries()) {
      const day = days.get(instrument.calendar);
      assert(day !== undefined, 'the configuration was checked: its calendars exist');
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
    memory.setI64(L.CTL_NEXT_DAY_NS, (nextMs - epochMs) * NS_PER_MS);
  }
}

/** The hours of one calendar in its own time zone. */
class Calendar {
  readonly #config: CalendarConfig;
  readonly #holidays: ReadonlySet<string>;
  readonly #time: LocalTime;

  constructor(config: CalendarConfig) {
    this.#config = config;
    this.#holidays = new Set(config.holidays);
    this.#time = new LocalTime(config.timeZone);
  }

  dayAt(ms: number): DayHours {
    const midnightMs = this.#time.midnightMs(ms);
    const date = dateOf(midnightMs);
    const { weekdays, open, close } = this.#config;
    return {
      isTradingDay: weekdays.includes(weekdayOf(midnightMs)) && !this.#holidays.has(date),
      openMs: this.#time.dueMs(midnightMs + timeOfDayMs(open)),
      closeMs: this.#time.dueMs(midnightMs + timeOfDayMs(close)),
      endMs: this.#time.dueMs(midnightMs + DAY_MS),
      date,
    };
  }
}
