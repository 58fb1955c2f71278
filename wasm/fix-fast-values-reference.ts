/**
 * What the fast path takes of the values that it does not decode, and where the fields of an entry
 * stand: as FIX 4.4 lists them, part of the plain twin in fix-decode-reference.ts.
 */

/** The fields of an entry, in the order of the standard. */
export const ENTRY_ORDER: Readonly<Record<string, readonly string[]>> = {
  W: '269 270 271 272 273 346 290'.split(' '),
  X: '279 269 278 55 48 22 207 270 271 272 273 346 290'.split(' '),
};
/** What may stand beside the group. */
export const BESIDE: Readonly<Record<string, readonly string[]>> = {
  W: '262 48 22 207'.split(' '),
  X: ['262'],
};
const decimal = (value: string): boolean => /^-?(\d+\.?\d*|\.\d+)$/.test(value);
const FAST_VALUES: Readonly<Record<string, (value: string) => boolean>> = {
  6: decimal,
  12: decimal,
  13: (value) => /^[1-6]$/.test(value),
  15: (value) => /^[A-Za-z]{3}$/.test(value),
  22: (value) => /^[1-9]$/.test(value),
  39: (value) => /^[0-46-9A-E]$/.test(value),
  40: (value) => /^[1-46-9DEGIJ-MP]$/.test(value),
  59: (value) => /^[0-7]$/.test(value),
  60: (value) => timestamp(value) !== undefined,
  102: (value) => /^([0-6]|99)$/.test(value),
  103: (value) => /^(\d|1[01345]|99)$/.test(value),
  150: (value) => /^[03-9A-I]$/.test(value),
  272: (value) => /^\d{8}$/.test(value) && timestamp(`${value}-00:00:00`) !== undefined,
  273: (value) => timestamp(`20120621-${value}`) !== undefined,
  290: (value) => /^\d{1,18}$/.test(value),
  346: (value) => /^\d{1,18}$/.test(value),
  434: (value) => /^[12]$/.test(value),
  851: (value) => /^[1-3]$/.test(value),
};
/** What 35=9 may hold on the fast path, and what it must. */
export const CANCEL_REJECT = new Set('1 11 37 39 41 58 60 102 434'.split(' '));
export const CANCEL_REJECT_REQUIRED = '34 49 56 52 37 11 41 39 434';
/** Whether the fast path takes the value for what it is. */
export const isFastValue = (tag: string, value: string): boolean =>
  FAST_VALUES[tag]?.(value) ?? true;

/** Nanoseconds since 1970 of a UTC timestamp, undefined = not one. */
export function timestamp(text: string): bigint | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)-(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?$/.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as number[];
  if (year! < 1970 || year! > 2261 || hour! > 23 || minute! > 59 || second! > 60) return undefined;
  const midnight = new Date(Date.UTC(year!, month! - 1, day!));
  if (midnight.getUTCMonth() !== month! - 1 || midnight.getUTCDate() !== day!) return undefined;
  const seconds = midnight.getTime() / 1000 + hour! * 3600 + minute! * 60 + Math.min(second!, 59);
  return BigInt(seconds) * 1_000_000_000n + BigInt((match[7] ?? '').padEnd(9, '0'));
}

/** FNV-1a, 64 bits, as a signed number. */
export function fnv1a64(text: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(text, 'latin1')) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return BigInt.asIntN(64, hash);
}
