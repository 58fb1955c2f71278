/**
 * Decimal text of a venue to whole ticks or lots and back, exactly: digits are counted as integers
 * below 2^53 (BigInt beyond), never as a fraction. A text that is no multiple of the unit is a
 * refusal that names why. Beside config/decimal.ts for its speed: two texts a level of every
 * message.
 */
import { DECIMAL_SCALE } from '../../engine/units.ts';

/**
 * unitsOf gives one of these where the text is not a whole number of units; all others are >= 0.
 */
export const DECIMAL_MALFORMED = -1;
export const DECIMAL_OFF_GRID = -2;
export const DECIMAL_OVERFLOW = -3;

const SCALE_DIGITS = 8;
const TEXT_MAX = 40;
const EXACT_DIGITS = 15; // every integer of so many digits is below 2^53
const POWERS = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];
const DIGIT_0 = 48;
const DIGIT_9 = 57;
const POINT = 46;

/** `text` in units of unitE8 / 1e8, or DECIMAL_*. */
export function unitsOf(text: string, unitE8: number): number {
  const length = text.length;
  if (length === 0 || length > TEXT_MAX) return DECIMAL_MALFORMED;
  let digits = 0;
  let point = -1;
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    if (code === POINT && point < 0 && index > 0 && index < length - 1) point = index;
    else if (code >= DIGIT_0 && code <= DIGIT_9) digits = digits * 10 + code - DIGIT_0;
    else return DECIMAL_MALFORMED;
  }
  const whole = point < 0 ? length : point;
  const decimals = point < 0 ? 0 : length - point - 1;
  if (decimals > SCALE_DIGITS || whole + SCALE_DIGITS > EXACT_DIGITS)
    return longUnits(text, unitE8);
  const scaled = digits * POWERS[SCALE_DIGITS - decimals]!;
  return scaled % unitE8 === 0 ? scaled / unitE8 : DECIMAL_OFF_GRID;
}

/** The same for texts whose digits may pass 2^53; `text` has only digits and at most one point. */
function longUnits(text: string, unitE8: number): number {
  const [whole = '', fraction = ''] = text.split('.');
  if (/[1-9]/.test(fraction.slice(SCALE_DIGITS))) return DECIMAL_OFF_GRID;
  const scaled = BigInt(whole + fraction.slice(0, SCALE_DIGITS).padEnd(SCALE_DIGITS, '0'));
  if (scaled % BigInt(unitE8) !== 0n) return DECIMAL_OFF_GRID;
  const units = scaled / BigInt(unitE8);
  return units > BigInt(Number.MAX_SAFE_INTEGER) ? DECIMAL_OVERFLOW : Number(units);
}

/** Digits after the point. */
export function decimalsOf(text: string): number {
  const point = text.indexOf('.');
  return point < 0 ? 0 : text.length - point - 1;
}

/** The unit of a text with so many decimals, x 1e8; more than 8 decimals count as 8. */
export const unitE8OfDecimals = (decimals: number): number =>
  DECIMAL_SCALE / POWERS[Math.min(decimals, SCALE_DIGITS)]!;

/** `units` steps of 10^-decimals as text with exactly so many decimals. */
export function decimalText(units: number, decimals: number): string {
  if (decimals === 0) return String(units);
  const digits = String(units).padStart(decimals + 1, '0');
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}
