/**
 * Decimal text of the configuration ("0.01") as exact integers at 1e-8, the scale of ticks and
 * lots in wasm/layout.ts. Read by the cross-checks and by whoever turns config into memory.
 */
const DECIMALS = 8;

/** The text's value x 1e8; the text has passed config/schema.ts. */
export function decimalE8(text: string): bigint {
  const negative = text.startsWith('-');
  const [whole = '', fraction = ''] = (negative ? text.slice(1) : text).split('.');
  const value = BigInt(whole + fraction.padEnd(DECIMALS, '0'));
  return negative ? -value : value;
}
