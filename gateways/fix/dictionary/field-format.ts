/**
 * HOT: how the value of each FIX datatype is written, judged on the characters of a message without
 * cutting them out. Sources: FIX 4.2, FIX 4.4 volume 1 and FIX 5.0 SP2 volume 1, data types. Where
 * the standard leaves the number of decimals of a second open, one to twelve are taken.
 */
const DECIMALS_MAX = 12;
const DASH = 45;
const DOT = 46;
const ZERO = 48;
const COLON = 58;
const SPACE = 32;
const LETTER_N = 78;
const LETTER_W = 119;
const LETTER_Y = 89;
const LETTER_Z = 90;
const PLUS = 43;

/** The value stands in `text` from `start` to `end`, which are never equal. */
type Format = (text: string, start: number, end: number) => boolean;

interface Datatype {
  readonly fits: Format;
  /** For people. */
  readonly text: string;
}

/** -1: no digit stands there. */
function digitAt(text: string, at: number): number {
  const digit = text.charCodeAt(at) - ZERO;
  return digit >= 0 && digit <= 9 ? digit : -1;
}

function isDigits(text: string, start: number, end: number): boolean {
  if (start >= end) return false;
  for (let at = start; at < end; at++) if (digitAt(text, at) < 0) return false;
  return true;
}

/** Two digits as a number; -1: they are none. */
function twoDigits(text: string, at: number): number {
  const tens = digitAt(text, at);
  const ones = digitAt(text, at + 1);
  return tens < 0 || ones < 0 ? -1 : tens * 10 + ones;
}

const isBetween = (value: number, min: number, max: number): boolean =>
  value >= min && value <= max;

function isInt(text: string, start: number, end: number): boolean {
  return isDigits(text, text.charCodeAt(start) === DASH ? start + 1 : start, end);
}

/** Digits with at most one point before, among or behind them: no "+", no exponent. */
function isDecimal(text: string, start: number, end: number): boolean {
  let digits = 0;
  let points = 0;
  for (let at = text.charCodeAt(start) === DASH ? start + 1 : start; at < end; at++) {
    if (digitAt(text, at) >= 0) digits += 1;
    else if (text.charCodeAt(at) === DOT) points += 1;
    else return false;
  }
  return digits > 0 && points <= 1;
}

function isTagNumber(text: string, start: number, end: number): boolean {
  return isDigits(text, start, end) && text.charCodeAt(start) !== ZERO;
}

function isDayOfMonth(text: string, start: number, end: number): boolean {
  const day = end - start === 1 ? digitAt(text, start) : twoDigits(text, start);
  return end - start <= 2 && isBetween(day, 1, 31);
}

function isBoolean(text: string, start: number, end: number): boolean {
  const code = text.charCodeAt(start);
  return end - start === 1 && (code === LETTER_Y || code === LETTER_N);
}

const letters =
  (count: number): Format =>
  (text, start, end) => {
    for (let at = start; at < end; at++) {
      const code = text.charCodeAt(at) & ~SPACE; // small letters as capital ones
      if (code < 65 || code > LETTER_Z) return false;
    }
    return end - start === count;
  };

const DAYS = [0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** YYYYMMDD, a day that exists. */
function isDateAt(text: string, at: number): boolean {
  if (!isDigits(text, at, at + 4)) return false;
  const month = twoDigits(text, at + 4);
  if (!isBetween(month, 1, 12)) return false;
  const day = twoDigits(text, at + 6);
  if (!isBetween(day, 1, DAYS[month]!)) return false;
  if (month !== 2 || day !== 29) return true;
  const century = twoDigits(text, at);
  const year = twoDigits(text, at + 2);
  return year === 0 ? century % 4 === 0 : year % 4 === 0;
}

function isDate(text: string, start: number, end: number): boolean {
  return end - start === 8 && isDateAt(text, start);
}

/** YYYYMM, YYYYMMDD or YYYYMMwN, week N of the month. */
function isMonthYear(text: string, start: number, end: number): boolean {
  if (end - start === 6) {
    return isDigits(text, start, start + 4) && isBetween(twoDigits(text, start + 4), 1, 12);
  }
  if (end - start !== 8) return false;
  if (text.charCodeAt(start + 6) !== LETTER_W) return isDateAt(text, start);
  return isMonthYear(text, start, start + 6) && isBetween(digitAt(text, start + 7), 1, 5);
}

/** HH:MM; a leap second is 60. */
function isMinuteAt(text: string, at: number): boolean {
  return (
    isBetween(twoDigits(text, at), 0, 23) &&
    text.charCodeAt(at + 2) === COLON &&
    isBetween(twoDigits(text, at + 3), 0, 59)
  );
}

/** Where ":SS" and decimals that stand at `at` end; `at` itself where they are none. */
function endOfSeconds(text: string, at: number, end: number): number {
  if (text.charCodeAt(at) !== COLON || !isBetween(twoDigits(text, at + 1), 0, 60)) return at;
  let next = at + 3;
  if (next >= end || text.charCodeAt(next) !== DOT) return next;
  do next += 1;
  while (next < end && digitAt(text, next) >= 0);
  const decimals = next - at - 4;
  return isBetween(decimals, 1, DECIMALS_MAX) ? next : at;
}

/** HH:MM:SS with or without decimals. */
function isTime(text: string, start: number, end: number): boolean {
  return end - start >= 8 && isMinuteAt(text, start) && endOfSeconds(text, start + 5, end) === end;
}

function isLocalTime(text: string, start: number, end: number): boolean {
  return end - start === 8 && isTime(text, start, end);
}

function isTimestamp(text: string, start: number, end: number): boolean {
  return (
    end - start >= 17 &&
    isDateAt(text, start) &&
    text.charCodeAt(start + 8) === DASH &&
    isTime(text, start + 9, end)
  );
}

/** HH:MM[:SS[.s…]][Z|+hh[:mm]|-hh[:mm]] */
function isZonedTime(text: string, start: number, end: number): boolean {
  if (end - start < 5 || !isMinuteAt(text, start)) return false;
  const zone = endOfSeconds(text, start + 5, end);
  if (zone > end) return false;
  if (zone === end) return true;
  const code = text.charCodeAt(zone);
  if (code === LETTER_Z) return end - zone === 1;
  if (code !== PLUS && code !== DASH) return false;
  if (end - zone !== 3 && end - zone !== 6) return false;
  if (!isBetween(twoDigits(text, zone + 1), 0, 14)) return false;
  if (end - zone === 3) return true;
  return text.charCodeAt(zone + 3) === COLON && isBetween(twoDigits(text, zone + 4), 0, 59);
}

function isZonedTimestamp(text: string, start: number, end: number): boolean {
  return (
    end - start >= 14 &&
    isDateAt(text, start) &&
    text.charCodeAt(start + 8) === DASH &&
    isZonedTime(text, start + 9, end)
  );
}

/** Items with one space between them. */
function isList(text: string, start: number, end: number): boolean {
  let before = SPACE;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === SPACE && before === SPACE) return false;
    before = code;
  }
  return before !== SPACE;
}

function isCharList(text: string, start: number, end: number): boolean {
  if ((end - start) % 2 === 0) return false;
  for (let at = start; at < end; at++) {
    if ((text.charCodeAt(at) === SPACE) !== ((at - start) % 2 === 1)) return false;
  }
  return true;
}

const isOneChar: Format = (_text, start, end) => end - start === 1;
const isAnything: Format = () => true;

const WHOLE: Datatype = { fits: isInt, text: 'a whole number without "+"' };
const COUNT: Datatype = { fits: isDigits, text: 'a whole number without sign' };
const DECIMAL: Datatype = { fits: isDecimal, text: 'a decimal number without "+" or exponent' };
const ANYTHING: Datatype = { fits: isAnything, text: 'text' };
const DATE: Datatype = { fits: isDate, text: 'a date YYYYMMDD' };
const LIST: Datatype = { fits: isList, text: 'values with one space between them' };

/**
 * Every datatype that the dictionaries name. EXCHANGE stays free: FIX 4.2 asks for Reuters codes,
 * later versions for market identifier codes, and venues use names of their own.
 */
export const DATATYPES = {
  AMT: DECIMAL,
  BOOLEAN: { fits: isBoolean, text: 'Y or N' },
  CHAR: { fits: isOneChar, text: 'one character' },
  COUNTRY: { fits: letters(2), text: 'a country of two letters' },
  CURRENCY: { fits: letters(3), text: 'a currency of three letters' },
  DATA: ANYTHING,
  DAYOFMONTH: { fits: isDayOfMonth, text: 'a day from 1 to 31' },
  EXCHANGE: ANYTHING,
  FLOAT: DECIMAL,
  INT: WHOLE,
  LANGUAGE: { fits: letters(2), text: 'a language of two letters' },
  LENGTH: COUNT,
  LOCALMKTDATE: DATE,
  LOCALMKTTIME: { fits: isLocalTime, text: 'a time HH:MM:SS' },
  MONTHYEAR: { fits: isMonthYear, text: 'YYYYMM, YYYYMMDD or YYYYMMwN' },
  MULTIPLECHARVALUE: { fits: isCharList, text: 'single characters with one space between them' },
  MULTIPLESTRINGVALUE: LIST,
  MULTIPLEVALUESTRING: LIST,
  NUMINGROUP: COUNT,
  PERCENTAGE: DECIMAL,
  PRICE: DECIMAL,
  PRICEOFFSET: DECIMAL,
  QTY: DECIMAL,
  SEQNUM: COUNT,
  STRING: ANYTHING,
  TAGNUM: { fits: isTagNumber, text: 'a tag number without leading zeros' },
  TZTIMEONLY: { fits: isZonedTime, text: 'a time with zone, HH:MM:SS+hh:mm or HH:MM:SSZ' },
  TZTIMESTAMP: { fits: isZonedTimestamp, text: 'a timestamp with zone, YYYYMMDD-HH:MM:SS+hh:mm' },
  UTCDATE: DATE,
  UTCDATEONLY: DATE,
  UTCTIMEONLY: { fits: isTime, text: 'a time HH:MM:SS with up to 12 decimals' },
  UTCTIMESTAMP: {
    fits: isTimestamp,
    text: 'a timestamp YYYYMMDD-HH:MM:SS with up to 12 decimals',
  },
  XID: ANYTHING,
  XIDREF: ANYTHING,
  XMLDATA: ANYTHING,
} as const satisfies Readonly<Record<string, Datatype>>;
export type FieldType = keyof typeof DATATYPES;

/** Values that hold several items of the field's enumeration, one space between them. */
export function isMultipleValue(type: FieldType): boolean {
  return (
    type === 'MULTIPLEVALUESTRING' || type === 'MULTIPLESTRINGVALUE' || type === 'MULTIPLECHARVALUE'
  );
}
