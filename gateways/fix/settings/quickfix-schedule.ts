/**
 * The hours of a QuickFIX session as ours. QuickFIX means UTC where no zone is named; with a day it
 * means one window a week, without one a window each day, or on the named weekdays.
 */
import type { FixScheduleConfig } from '../../../config/fix-schedule.ts';
import { isTimeZone, WEEKDAYS, type Weekday } from '../../../config/local-time.ts';
import type { QuickfixEntry } from './quickfix-file.ts';
import type { QuickfixReader } from './quickfix-reader.ts';

interface TimeOfDay {
  readonly entry: QuickfixEntry;
  readonly time: string;
  /** Named behind the time, as QuickFIX/J allows. */
  readonly zone: string | undefined;
}

export function convertSchedule(reader: QuickfixReader): FixScheduleConfig | null {
  const nonStop = reader.flag('NonStopSession');
  const start = timeOfDay(reader, 'StartTime');
  const end = timeOfDay(reader, 'EndTime');
  convertLogonHours(reader, start, end);
  if (nonStop?.isYes === true) {
    reader.taken(nonStop.entry, 'schedule: null, the session never ends and its numbers go on');
    for (const time of [start, end]) {
      if (time !== undefined) reader.left(time.entry, 'says nothing to a session that never ends');
    }
    return null;
  }
  if (nonStop !== undefined) reader.taken(nonStop.entry, 'the session has hours');
  const timeZone = zoneOf(reader, start, end);
  if (start === undefined || end === undefined) {
    reader.added('schedule: null, since StartTime and EndTime are not both there: always open');
    return null;
  }
  const week = weekOf(reader);
  const days = week === undefined ? weekdays(reader) : undefined;
  const span = { start: start.time, end: end.time };
  reader.converted(start.entry, `schedule.start: "${span.start}", in ${timeZone}`);
  reader.converted(end.entry, `schedule.end: "${span.end}", not part of the window itself`);
  if (week !== undefined) return { every: 'week', timeZone, ...week, ...span, holidays: [] };
  return { every: 'day', timeZone, ...span, days: days ?? [...WEEKDAYS], holidays: [] };
}

function timeOfDay(reader: QuickfixReader, key: string): TimeOfDay | undefined {
  const entry = reader.take(key);
  if (entry === undefined) return undefined;
  const match = /^(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.0+)?(?:\s+(\S.*))?$/.exec(entry.value);
  const [hours = 24, minutes = 60, seconds = 0] = (match ?? [])
    .slice(1, 4)
    .map((n) => Number(n ?? 0));
  if (match === null || hours > 23 || minutes > 59 || seconds > 59) {
    reader.left(entry, `is "${entry.value}", no time of day HH:MM:SS`);
    return undefined;
  }
  const text = [hours, minutes, seconds].map((n) => String(n).padStart(2, '0')).join(':');
  return { entry, time: text.replace(/:00$/, ''), zone: match[4] };
}

/** LogonTime and its kin narrow the hours in which a session that is open logs on; ours does at once. */
function convertLogonHours(
  reader: QuickfixReader,
  start: TimeOfDay | undefined,
  end: TimeOfDay | undefined,
): void {
  const same = new Map([
    ['LogonTime', start?.time],
    ['LogoutTime', end?.time],
  ]);
  for (const [key, expected] of same) {
    const time = timeOfDay(reader, key);
    if (time === undefined) continue;
    if (time.time === expected) reader.taken(time.entry, 'as the hours of the session');
    else reader.left(time.entry, 'a session is logged on in all of its hours: narrow the schedule');
  }
  for (const entry of reader.takeAll(/^log(on|out)day$/)) {
    reader.left(entry, 'a session is logged on in all of its hours: narrow the schedule');
  }
}

function zoneOf(
  reader: QuickfixReader,
  start: TimeOfDay | undefined,
  end: TimeOfDay | undefined,
): string {
  const named = reader.take('TimeZone');
  const isLocal = reader.flag('UseLocalTime');
  const local = new Intl.DateTimeFormat('en-US').resolvedOptions().timeZone;
  if (isLocal?.isYes === true) {
    const text = `schedule.timeZone: ${local}, that of this machine: put in that of the one that ran it`;
    reader.converted(isLocal.entry, text);
  } else if (isLocal !== undefined) reader.taken(isLocal.entry, 'the hours are not local ones');
  if (named !== undefined && isTimeZone(named.value)) {
    reader.taken(named, `schedule.timeZone: ${named.value}`);
  } else if (named !== undefined) {
    reader.left(named, `is "${named.value}", no IANA time zone that is known here`);
  }
  const fallback = isLocal?.isYes === true ? local : 'UTC';
  const zone = named !== undefined && isTimeZone(named.value) ? named.value : fallback;
  const own = start?.zone ?? end?.zone;
  if (own === undefined) return zone;
  const place = (start?.zone === undefined ? end : start)!.entry;
  if (!isTimeZone(own)) {
    reader.left(place, `names the time zone "${own}", which is not known here; ${zone} is put in`);
    return zone;
  }
  const isMixed = start !== undefined && end !== undefined && start.zone !== end.zone;
  if (isMixed) reader.left(end.entry, `is taken to be in ${own}: one zone serves both times here`);
  return own;
}

function weekOf(reader: QuickfixReader): { startDay: Weekday; endDay: Weekday } | undefined {
  const [start, end] = [reader.take('StartDay'), reader.take('EndDay')];
  const startDay = start && weekday(start.value);
  const endDay = end && weekday(end.value);
  for (const [entry, day] of [
    [start, startDay],
    [end, endDay],
  ] as const) {
    if (entry === undefined) continue;
    if (day === undefined) reader.left(entry, `is "${entry.value}", no English day of the week`);
    else if (startDay !== undefined && endDay !== undefined) {
      reader.taken(entry, 'a window a week (schedule.every: week)');
    } else
      reader.left(entry, 'StartDay and EndDay belong together: the session has a window each day');
  }
  return startDay === undefined || endDay === undefined ? undefined : { startDay, endDay };
}

function weekdays(reader: QuickfixReader): Weekday[] | undefined {
  const entry = reader.take('Weekdays');
  if (entry === undefined) return undefined;
  const names = entry.value.split(',').map((name) => name.trim());
  const days = names.map(weekday);
  const found = WEEKDAYS.filter((day) => days.includes(day));
  const wrong = names.filter((_, i) => days[i] === undefined);
  if (wrong.length > 0 || found.length === 0) {
    reader.left(
      entry,
      `"${wrong.join(', ')}" is no English day of the week: the session has all days`,
    );
    return undefined;
  }
  reader.taken(entry, `schedule.days: [${found.join(', ')}], those on which a window starts`);
  return found;
}

/** An English name or its beginning, two letters at least. */
function weekday(name: string): Weekday | undefined {
  const full = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
  const index = full.findIndex((day) => name.length >= 2 && day.startsWith(name.toLowerCase()));
  return WEEKDAYS[index];
}
