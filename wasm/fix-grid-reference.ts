/** How the plain twin of the decode refuses, and the numbers that it reads. */
import * as L from './layout.ts';

export class Refused {
  readonly reason: number;
  constructor(reason: number) {
    this.reason = reason;
  }
}

export function demand(condition: boolean, reason: number): asserts condition {
  if (!condition) throw new Refused(reason);
}

export const TWO_53 = 2n ** 53n;

/** A decimal as a whole number of steps; throws the reason when it is none. */
export function onGrid(text: string, stepE8: bigint): bigint {
  const match = /^(-?)(\d*)(?:\.(\d*))?$/.exec(text);
  demand(match !== null, L.FIX_BAD_VALUE);
  const [, sign, whole = '', fraction = ''] = match;
  demand(whole + fraction !== '', L.FIX_BAD_VALUE);
  demand(/^\d{0,8}0*$/.test(fraction), L.FIX_OFF_GRID);
  const value = BigInt(whole + fraction.slice(0, 8).padEnd(8, '0'));
  demand(value % stepE8 === 0n && value / stepE8 <= TWO_53, L.FIX_OFF_GRID);
  return sign === '-' ? -(value / stepE8) : value / stepE8;
}

export function quantity(text: string, lotE8: bigint): bigint {
  const lots = onGrid(text, lotE8);
  demand(lots >= 0n, L.FIX_BAD_VALUE);
  return lots;
}
