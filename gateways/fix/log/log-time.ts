/**
 * Times of a log as keys that sort: `YYYYMMDD-HH:MM:SS[.s…]`. Logs write dates in several ways, and
 * people ask for a time of day alone.
 */
const TIME = /(\d{4})-?(\d{2})-?(\d{2})[-T ](\d{2}:\d{2}:\d{2})(?:[.,](\d{1,12}))?/;
const TIME_OF_DAY = /^([01]\d|2[0-3]):[0-5]\d(:([0-5]\d|60)(\.\d{1,12})?)?$/;
const DAY_CHARS = 9; // YYYYMMDD-

/** The first time in the text; '' = there is none. */
export function timeKeyIn(text: string): string {
  const match = TIME.exec(text);
  if (match === null) return '';
  const [, year, month, day, time, decimals] = match;
  return `${year}${month}${day}-${time}${decimals === undefined ? '' : `.${decimals}`}`;
}

/** What somebody asks for: a time of some day, or of any day. */
export interface TimeBound {
  readonly key: string;
  readonly isOfDay: boolean;
}

/** undefined: not a time. `13:30`, `13:30:00.5`, `20240102-13:30`, `2024-01-02T13:30:00`. */
export function timeBound(text: string): TimeBound | undefined {
  const [, date, time] = /^(\d{4}-?\d{2}-?\d{2})?(?:(?:^|[-T ])(\d{2}:\d{2}.*))?$/.exec(text) ?? [];
  if (time !== undefined && !TIME_OF_DAY.test(time)) return undefined;
  if (date === undefined) return time === undefined ? undefined : { key: time, isOfDay: true };
  return { key: `${date.replaceAll('-', '')}-${time ?? ''}`, isOfDay: false };
}

/** Both ends belong to it; a bound without seconds holds the whole minute. */
export function isBetween(
  time: string,
  from: TimeBound | undefined,
  to: TimeBound | undefined,
): boolean {
  if (from === undefined && to === undefined) return true;
  if (time === '') return false;
  if (from !== undefined && part(time, from) < from.key) return false;
  return to === undefined || part(time, to).slice(0, to.key.length) <= to.key;
}

const part = (time: string, bound: TimeBound): string =>
  bound.isOfDay ? time.slice(DAY_CHARS) : time;
