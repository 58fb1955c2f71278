/** Numbers and times as traders read them: fixed decimals, real minus signs, UTC; "–" where there is none. */

const NONE = '–';
const DATE_MS_MAX = 8.64e15; // beyond it JavaScript has no date
const formats = new Map<number, Intl.NumberFormat>();

function formatOf(decimals: number): Intl.NumberFormat {
  let format = formats.get(decimals);
  if (format === undefined) {
    const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
    format = new Intl.NumberFormat('en-US', digits);
    formats.set(decimals, format);
  }
  return format;
}

export function number(value: number, decimals = 0): string {
  if (!Number.isFinite(value)) return NONE;
  const text = formatOf(decimals).format(Math.abs(value));
  const zero = Number(text.replaceAll(',', '')) === 0;
  return value < 0 && !zero ? `−${text}` : text;
}

/** With its sign, because colour alone must not carry it. */
export function signed(value: number, decimals = 2): string {
  const text = number(value, decimals);
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

/** Fraction digits that the quantities of a column need, so that their decimals stand in one line. */
export function decimalsOf(values: Iterable<number>): number {
  let most = 0;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    const text = value.toFixed(8).replace(/0+$/, '');
    most = Math.max(most, text.length - text.indexOf('.') - 1);
  }
  return most;
}

export function timeOfDay(ms: number, withMs = true): string {
  if (!(Math.abs(ms) <= DATE_MS_MAX) || ms === 0) return NONE;
  return new Date(ms).toISOString().slice(11, withMs ? 23 : 19);
}

export const dayOf = (ms: number): string =>
  Math.abs(ms) <= DATE_MS_MAX ? new Date(ms).toISOString().slice(0, 10) : '';

export function nanoseconds(ns: number): string {
  if (!Number.isFinite(ns)) return NONE;
  if (ns < 1000) return `${number(ns)} ns`;
  if (ns < 1_000_000) return `${number(ns / 1000, 1)} µs`;
  if (ns < 1_000_000_000) return `${number(ns / 1_000_000, 1)} ms`;
  return `${number(ns / 1_000_000_000, 1)} s`;
}

export function bytes(count: number): string {
  if (count < 1_000_000) return `${number(count / 1000, 1)} kB`;
  if (count < 1_000_000_000) return `${number(count / 1_000_000, 1)} MB`;
  return `${number(count / 1_000_000_000, 2)} GB`;
}

/** What a screen reader and a colour-blind reader need too: the side as a word. */
export const sideWord = (side: number): string => (side === 1 ? 'Buy' : side === 2 ? 'Sell' : NONE);

export const toneOf = (value: number): string => (value > 0 ? 'up' : value < 0 ? 'down' : '');

/** Where a list is cut: how much of it there is to see. */
export const shownOf = (shown: number, count: number): string =>
  shown === count ? '' : `${number(shown)} of ${number(count)} shown`;
