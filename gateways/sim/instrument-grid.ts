/**
 * Prices and sizes of one instrument as integers: decimal text to ticks and lots and back. Read by
 * the recording reader, the flow generator and the order desk of the simulated venue. Decimals are
 * read here from bytes and without BigInt (config/decimal.ts) for the speed of a recorded day; what
 * is no number is NaN, which the desk refuses, where a feed (gateways/ws/decimal.ts) names why.
 */
import { decimalE8 } from '../../config/decimal.ts';
import type { InstrumentConfig } from '../../config/schema.ts';
import { DECIMAL_SCALE } from '../../engine/units.ts';

const DECIMALS_MAX = 8;
const DOT = 46;
const MINUS = 45;
const ZERO = 48;
const NINE = 57;

export interface InstrumentGrid {
  readonly symbol: string;
  readonly symbolBytes: Buffer;
  readonly tickE8: number;
  readonly lotE8: number;
  /** Order prices must be multiples of this. */
  readonly incrementTicks: number;
}

export function gridOf(instrument: InstrumentConfig): InstrumentGrid {
  const tickE8 = Number(decimalE8(instrument.tickSize));
  return {
    symbol: instrument.symbol,
    symbolBytes: Buffer.from(instrument.symbol, 'latin1'),
    tickE8,
    lotE8: Number(decimalE8(instrument.lotSize)),
    incrementTicks: Math.round(Number(decimalE8(instrument.minPriceIncrement)) / tickE8),
  };
}

/** Decimal text in bytes, times 1e8; NaN where it is no plain decimal number that stays exact. */
export function decimalBytesE8(bytes: Uint8Array, start: number, end: number): number {
  const isNegative = bytes[start] === MINUS;
  let value = 0;
  let decimals = -1;
  let digits = 0;
  for (let at = isNegative ? start + 1 : start; at < end; at++) {
    const code = bytes[at]!;
    if (code === DOT && decimals < 0) {
      decimals = 0;
    } else if (code >= ZERO && code <= NINE) {
      value = value * 10 + code - ZERO;
      digits++;
      if (decimals >= 0) decimals++;
    } else {
      return Number.NaN;
    }
  }
  if (digits === 0 || decimals > DECIMALS_MAX) return Number.NaN;
  const scaled = value * 10 ** (DECIMALS_MAX - Math.max(decimals, 0));
  if (scaled > Number.MAX_SAFE_INTEGER) return Number.NaN;
  return isNegative ? -scaled : scaled;
}

/** As decimalBytesE8, of a string. */
export function decimalTextE8(text: string): number {
  return decimalBytesE8(Buffer.from(text, 'latin1'), 0, text.length);
}

/** Whole steps of the grid; NaN where the value is off the grid. */
export function stepsE8(valueE8: number, stepE8: number): number {
  const steps = valueE8 / stepE8;
  return Number.isInteger(steps) ? steps : Number.NaN;
}

/** Shortest decimal text of steps on a grid: 57940 ticks of 0.01 are "579.4". */
export function stepsText(steps: number, stepE8: number): string {
  const value = steps * stepE8;
  const magnitude = Math.abs(value);
  const whole = Math.floor(magnitude / DECIMAL_SCALE);
  const fraction = magnitude - whole * DECIMAL_SCALE;
  const sign = value < 0 ? '-' : '';
  if (fraction === 0) return `${sign}${whole}`;
  return `${sign}${whole}.${String(fraction).padStart(DECIMALS_MAX, '0').replace(/0+$/, '')}`;
}
