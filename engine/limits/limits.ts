/**
 * Turns the limit rows of the configuration into one row of LIMITS per strategy and instrument. Of several
 * rows that match (a name or *), the strictest value of each limit holds; a pair that no row matches gets no
 * limit and therefore no order. Runs once at start, after instruments, accounts and strategies were written.
 */
import { decimalE8 } from '../../config/decimal.ts';
import type { GyrfalconConfig, LimitConfig } from '../../config/schema.ts';
import * as L from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';
import { GyrfalconError } from '../errors.ts';
import { NS_PER_MS } from '../units.ts';

const ANY = '*';
const E8 = 100_000_000n;

/** The integers of one LIMITS row. */
type Row = { -readonly [Field in keyof typeof FIELDS]: number };

/** Offset and width of each limit; for all but the duplicate window the least is strictest. */
const FIELDS = {
  orderLotsMax: { offset: L.LIM_ORDER_LOTS_MAX, bits: 64 },
  orderNotionalMinorMax: { offset: L.LIM_ORDER_NOTIONAL_MINOR_MAX, bits: 64 },
  positionLotsMax: { offset: L.LIM_POSITION_LOTS_MAX, bits: 64 },
  collarBps: { offset: L.LIM_COLLAR_BPS, bits: 32 },
  messagesPerSMax: { offset: L.LIM_MESSAGES_PER_S_MAX, bits: 32 },
  staleNs: { offset: L.LIM_STALE_NS, bits: 64 },
  duplicateNs: { offset: L.LIM_DUPLICATE_NS, bits: 64 },
  dailyLossMinorMax: { offset: L.LIM_DAILY_LOSS_MINOR_MAX, bits: 64 },
  openOrdersMax: { offset: L.LIM_OPEN_ORDERS_MAX, bits: 32 },
} as const;
const NAMES = Object.keys(FIELDS) as (keyof typeof FIELDS)[];

/** Writes LIMITS; CONFIG_INVALID where a row names what does not exist or rounds to nothing. */
export function mergeLimits(memory: Memory, config: GyrfalconConfig): void {
  for (const [index, row] of config.limits.entries()) checkNames(config, row, index);
  for (const [strategy, { name, account, instruments }] of config.strategies.entries()) {
    for (const [instrument, { symbol }] of config.instruments.entries()) {
      const address = L.LIMITS + (strategy * L.INSTRUMENTS_MAX + instrument) * L.LIMIT_BYTES;
      const matching = config.limits.filter(
        (row) =>
          matches(row.strategy, name) &&
          matches(row.account, account) &&
          matches(row.instrument, symbol),
      );
      memory.setI32(address + L.LIM_PERMITTED, instruments.includes(symbol) ? 1 : 0);
      memory.setI32(address + L.LIM_SET, matching.length > 0 ? 1 : 0);
      if (matching.length === 0) continue;
      writeRow(memory, address, strictest(matching.map((row) => scaled(config, row, instrument))));
    }
  }
}

function matches(pattern: string, name: string): boolean {
  return pattern === ANY || pattern === name;
}

function checkNames(config: GyrfalconConfig, row: LimitConfig, index: number): void {
  mustExist(
    row.strategy,
    'strategy',
    config.strategies.map((each) => each.name),
    index,
  );
  mustExist(row.account, 'account', config.accounts, index);
  mustExist(
    row.instrument,
    'instrument',
    config.instruments.map((each) => each.symbol),
    index,
  );
}

function mustExist(name: string, what: string, known: readonly string[], index: number): void {
  if (name === ANY || known.includes(name)) return;
  const choice = known.length === 0 ? 'there is none' : `there are ${known.join(', ')}`;
  throw invalid(`limits[${index}].${what} is "${name}", which does not exist; ${choice}`);
}

/** A row of the configuration in lots, minor units of the base currency and nanoseconds. */
function scaled(config: GyrfalconConfig, row: LimitConfig, instrument: number): Row {
  const { symbol, lotSize } = config.instruments[instrument]!;
  const minorPerUnit = 10n ** BigInt(config.currencies[config.baseCurrency]!.decimals);
  const lots = (key: 'orderQtyMax' | 'positionQtyMax') =>
    positive(
      decimalE8(row[key]) / decimalE8(lotSize),
      `${key} "${row[key]}"`,
      `a lot of ${symbol}`,
    );
  const minor = (key: 'orderNotionalMax' | 'dailyLossMax') =>
    positive((decimalE8(row[key]) * minorPerUnit) / E8, `${key} "${row[key]}"`, 'a minor unit');
  return {
    orderLotsMax: lots('orderQtyMax'),
    orderNotionalMinorMax: minor('orderNotionalMax'),
    positionLotsMax: lots('positionQtyMax'),
    collarBps: row.collarBps,
    messagesPerSMax: row.messagesPerSMax,
    staleNs: row.staleMs * NS_PER_MS,
    duplicateNs: row.duplicateMs * NS_PER_MS,
    dailyLossMinorMax: minor('dailyLossMax'),
    openOrdersMax: row.openOrdersMax,
  };
}

/** A limit beyond what the engine can count is no stricter than the largest it can. */
function positive(value: bigint, what: string, least: string): number {
  if (value <= 0n)
    throw invalid(`limits: ${what} is less than ${least}; it must allow one at least`);
  const largest = BigInt(Number.MAX_SAFE_INTEGER);
  return Number(value > largest ? largest : value);
}

function strictest(rows: readonly Row[]): Row {
  const result = { ...rows[0]! };
  for (const row of rows) {
    for (const name of NAMES) {
      // The longer an order counts as just sent, the more is refused.
      const stricter = name === 'duplicateNs' ? Math.max : Math.min;
      result[name] = stricter(result[name], row[name]);
    }
  }
  return result;
}

function writeRow(memory: Memory, address: number, row: Row): void {
  for (const name of NAMES) {
    const { offset, bits } = FIELDS[name];
    if (bits === 32) memory.setI32(address + offset, row[name]);
    else memory.setI64(address + offset, row[name]);
  }
}

function invalid(message: string): GyrfalconError {
  return new GyrfalconError('CONFIG_INVALID', message);
}
