/**
 * UTCTimestamp of FIX, "YYYYMMDD-HH:MM:SS[.s…]" with up to nine decimals, to and from nanoseconds
 * since 1970. The session stamps milliseconds (FIX 4.4); market times carry all nine digits.
 */
const SHAPE = /^(\d{4})(\d{2})(\d{2})-(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?$/;
export const NS_PER_MS = 1_000_000n;
export const NS_PER_S = 1_000_000_000n;

/** Decimals of the second: none, milli, micro, nano. */
type TimestampDigits = 0 | 3 | 6 | 9;

export function formatTimestamp(timeNs: bigint, digits: TimestampDigits = 3): string {
  const ms = timeNs / NS_PER_MS;
  const iso = new Date(Number(ms)).toISOString();
  const day = iso.slice(0, 4) + iso.slice(5, 7) + iso.slice(8, 10);
  const seconds = `${day}-${iso.slice(11, 19)}`;
  if (digits === 0) return seconds;
  const below = String(timeNs - ms * NS_PER_MS).padStart(6, '0');
  return `${seconds}.${(iso.slice(20, 23) + below).slice(0, digits)}`;
}

/**
 * Nanoseconds since 1970; undefined where the text is no UTCTimestamp. A leap second counts as :59.
 */
export function parseTimestamp(text: string): bigint | undefined {
  const match = SHAPE.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const ms = Date.UTC(year, month - 1, day, hour, minute, Math.min(second, 59));
  const date = new Date(ms);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return BigInt(ms) * NS_PER_MS + BigInt((match[7] ?? '').padEnd(9, '0'));
}
