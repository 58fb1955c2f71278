/** Decimal text to ticks and lots: cases a trader can read, and every text against plain BigInt. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  DECIMAL_MALFORMED,
  DECIMAL_OFF_GRID,
  DECIMAL_OVERFLOW,
  decimalsOf,
  decimalText,
  unitE8OfDecimals,
  unitsOf,
} from './decimal.ts';

const CENT = 1_000_000;
const CASES: [text: string, unitE8: number, units: number][] = [
  ['61800.20', CENT, 6_180_020],
  ['0.00', CENT, 0],
  ['0.1', 1, 10_000_000],
  ['61837.63000000', CENT, 6_183_763],
  ['61837.6300000000000', CENT, 6_183_763],
  ['61800.25', 5 * CENT, 1_236_005],
  ['61800.23', 5 * CENT, DECIMAL_OFF_GRID],
  ['61800.205', CENT, DECIMAL_OFF_GRID],
  ['0.000000001', 1, DECIMAL_OFF_GRID],
  ['123456789012.00000000', 100_000_000, 123_456_789_012],
  ['90071992.54740991', 1, Number.MAX_SAFE_INTEGER],
  ['90071992.54740992', 1, DECIMAL_OVERFLOW],
  ['99999999999999999999', 100_000_000, DECIMAL_OVERFLOW],
  ['', CENT, DECIMAL_MALFORMED],
  ['-1', CENT, DECIMAL_MALFORMED],
  ['1e5', CENT, DECIMAL_MALFORMED],
  ['1.2.3', CENT, DECIMAL_MALFORMED],
  ['.5', CENT, DECIMAL_MALFORMED],
  ['5.', CENT, DECIMAL_MALFORMED],
  [' 5', CENT, DECIMAL_MALFORMED],
  ['1'.repeat(41), CENT, DECIMAL_MALFORMED],
];

test.each(CASES)("'%s' in units of %i / 1e8 is %i", (text, unitE8, units) => {
  expect(unitsOf(text, unitE8)).toBe(units);
});

test('every text of whole units comes back as the same integer, however large', () => {
  const units = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
  fc.assert(
    fc.property(units, fc.integer({ min: 0, max: 8 }), (count, decimals) => {
      const text = decimalText(count, decimals);
      expect(decimalsOf(text)).toBe(decimals);
      expect(unitsOf(text, unitE8OfDecimals(decimals))).toBe(count);
    }),
  );
});

test('a text between two steps of the grid is never rounded onto it', () => {
  const step = fc.integer({ min: 2, max: 1_000_000_000 });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e15 }), step, (scaled, unitE8) => {
      const exact = BigInt(scaled) % BigInt(unitE8) === 0n;
      const expected = exact ? Number(BigInt(scaled) / BigInt(unitE8)) : DECIMAL_OFF_GRID;
      expect(unitsOf(decimalText(scaled, 8), unitE8)).toBe(expected);
    }),
  );
});
