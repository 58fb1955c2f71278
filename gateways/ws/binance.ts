/**
 * The mapping file of Binance (spot and USD-M futures): one message of a combined stream, or one
 * REST depth snapshot, to a typed message in whole ticks and lots. Read by the feed worker and the
 * book command. What cannot be read is a refusal with a name, never a throw: a feed outlives a bad
 * message.
 */
import { DECIMAL_MALFORMED, DECIMAL_OFF_GRID, DECIMAL_OVERFLOW, unitsOf } from './decimal.ts';

/** The instrument that a symbol stands for, and its grid. */
export interface FeedInstrument {
  readonly symbol: string;
  /** Row in the memory map. */
  readonly instrument: number;
  readonly tickE8: number;
  readonly lotE8: number;
}

/** Levels as |ticks, lots, ticks, lots …|; 0 lots = the level is gone. */
export type Levels = readonly number[];

export interface DepthDiff {
  readonly kind: 'diff';
  readonly target: FeedInstrument;
  /** USD-M messages say which update they follow (pu); spot ones follow U - 1. */
  readonly hasPrevious: boolean;
  /** The update that this one follows: pu, or U - 1. */
  readonly previousId: number;
  readonly firstId: number;
  readonly finalId: number;
  readonly exchangeTimeMs: number;
  readonly bids: Levels;
  readonly asks: Levels;
}

export interface DepthSnapshot {
  readonly kind: 'snapshot';
  readonly target: FeedInstrument;
  readonly lastUpdateId: number;
  readonly exchangeTimeMs: number;
  readonly bids: Levels;
  readonly asks: Levels;
}

interface BookTicker {
  readonly kind: 'bookTicker';
  readonly target: FeedInstrument;
  readonly updateId: number;
  readonly bidTicks: number;
  readonly bidLots: number;
  readonly askTicks: number;
  readonly askLots: number;
}

interface Trade {
  readonly kind: 'trade';
  readonly target: FeedInstrument;
  readonly tradeId: number;
  readonly exchangeTimeMs: number;
  readonly priceTicks: number;
  readonly qtyLots: number;
}

type FeedRefusalReason =
  | 'NOT_JSON'
  | 'UNKNOWN_MESSAGE'
  | 'UNKNOWN_SYMBOL'
  | 'BAD_FIELD'
  | 'OFF_GRID'
  | 'OVERFLOW'
  | 'VENUE_ERROR';

interface FeedRefusal {
  readonly kind: 'refused';
  readonly reason: FeedRefusalReason;
  /** What was wrong, for one line. */
  readonly detail: string;
  /** Set where the lost message was a diff or snapshot: the book of this instrument has a hole. */
  readonly target: FeedInstrument | null;
}

export type BinanceMessage = DepthDiff | DepthSnapshot | BookTicker | Trade | FeedRefusal;
/** By the venue's spelling of the symbol. */
type InstrumentsBySymbol = ReadonlyMap<string, FeedInstrument>;
type Fields = Record<string, unknown>;

const refused = (reason: FeedRefusalReason, detail: string): FeedRefusal => ({
  kind: 'refused',
  reason,
  detail,
  target: null,
});

const SNAPSHOT_LEVELS = 1000;

/**
 * Address of one combined stream for diffs and trades of all symbols. USD-M alone sends every
 * change.
 */
export function streamUrl(url: string, snapshotUrl: string, symbols: Iterable<string>): string {
  const depth = snapshotUrl.includes('/fapi/') ? 'depth@0ms' : 'depth@100ms';
  const streams: string[] = [];
  for (const symbol of symbols) {
    const name = symbol.toLowerCase();
    streams.push(`${name}@${depth}`, `${name}@trade`);
  }
  return `${url}/stream?streams=${streams.join('/')}`;
}

/** `snapshotUrl` is the whole address of the depth endpoint, such as https://…/fapi/v1/depth. */
export const snapshotUrlOf = (snapshotUrl: string, symbol: string): string =>
  `${snapshotUrl}?symbol=${symbol}&limit=${SNAPSHOT_LEVELS}`;

/** A REST snapshot does not name its symbol: the one that was asked for comes along. */
export function parseBinance(
  text: string,
  instruments: InstrumentsBySymbol,
  snapshotSymbol = '',
): BinanceMessage {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return refused('NOT_JSON', `not JSON: ${text.slice(0, 60)}`);
  }
  if (!isFields(parsed)) return refused('UNKNOWN_MESSAGE', 'not a JSON object');
  const data = isFields(parsed.data) ? parsed.data : parsed;
  if (typeof data.code === 'number' && typeof data.msg === 'string') {
    return refused('VENUE_ERROR', `the venue says ${data.code}: ${data.msg.slice(0, 200)}`);
  }
  const isSnapshot = data.lastUpdateId !== undefined;
  const symbol = isSnapshot ? snapshotSymbol : data.s;
  if (typeof symbol !== 'string') return refused('UNKNOWN_MESSAGE', 'no symbol (s)');
  const target = instruments.get(symbol);
  if (target === undefined)
    return refused('UNKNOWN_SYMBOL', `symbol '${symbol}' is not configured`);
  if (isSnapshot || data.e === 'depthUpdate') {
    const depth = isSnapshot ? snapshotOf(data, target) : diffOf(data, target);
    return depth.kind === 'refused' ? { ...depth, target } : depth;
  }
  if (data.e === 'trade') return tradeOf(data, target);
  // Spot sends a bookTicker without its name.
  if (data.e === 'bookTicker' || (data.e === undefined && data.B !== undefined)) {
    return tickerOf(data, target);
  }
  return refused('UNKNOWN_MESSAGE', `event '${String(data.e).slice(0, 40)}' is not known`);
}

function diffOf(data: Fields, target: FeedInstrument): DepthDiff | FeedRefusal {
  const { U: firstId, u: finalId, pu, E: exchangeTimeMs } = data;
  const hasPrevious = pu !== undefined;
  const previousId = hasPrevious ? pu : Number(firstId) - 1;
  if (!isId(firstId) || !isId(finalId) || !isId(previousId) || !isId(exchangeTimeMs)) {
    return refused('BAD_FIELD', 'U, u, pu and E must be whole numbers below 2^53');
  }
  if (finalId < firstId || previousId >= firstId) {
    return refused('BAD_FIELD', `update ids go back: pu ${previousId}, U ${firstId}, u ${finalId}`);
  }
  const bids = levelsOf(data.b, target, 'b');
  if (isRefusal(bids)) return bids;
  const asks = levelsOf(data.a, target, 'a');
  if (isRefusal(asks)) return asks;
  const ids = { hasPrevious, previousId, firstId, finalId };
  return { kind: 'diff', target, ...ids, exchangeTimeMs, bids, asks };
}

function snapshotOf(data: Fields, target: FeedInstrument): DepthSnapshot | FeedRefusal {
  const { lastUpdateId, E } = data;
  const exchangeTimeMs = E === undefined ? 0 : E; // spot snapshots carry no time
  if (!isId(lastUpdateId) || !isId(exchangeTimeMs)) {
    return refused('BAD_FIELD', 'lastUpdateId and E must be whole numbers below 2^53');
  }
  const bids = levelsOf(data.bids, target, 'bids');
  if (isRefusal(bids)) return bids;
  const asks = levelsOf(data.asks, target, 'asks');
  if (isRefusal(asks)) return asks;
  return { kind: 'snapshot', target, lastUpdateId, exchangeTimeMs, bids, asks };
}

function tickerOf(data: Fields, target: FeedInstrument): BookTicker | FeedRefusal {
  if (!isId(data.u)) return refused('BAD_FIELD', 'u must be a whole number below 2^53');
  const level = levelsOf(
    [
      [data.b, data.B],
      [data.a, data.A],
    ],
    target,
    'b, B, a, A',
  );
  if (isRefusal(level)) return level;
  const [bidTicks = 0, bidLots = 0, askTicks = 0, askLots = 0] = level;
  return { kind: 'bookTicker', target, updateId: data.u, bidTicks, bidLots, askTicks, askLots };
}

function tradeOf(data: Fields, target: FeedInstrument): Trade | FeedRefusal {
  const { t: tradeId, T: exchangeTimeMs } = data;
  if (!isId(tradeId) || !isId(exchangeTimeMs)) {
    return refused('BAD_FIELD', 't and T must be whole numbers below 2^53');
  }
  const level = levelsOf([[data.p, data.q]], target, 'p, q');
  if (isRefusal(level)) return level;
  const [priceTicks = 0, qtyLots = 0] = level;
  return { kind: 'trade', target, tradeId, exchangeTimeMs, priceTicks, qtyLots };
}

function levelsOf(value: unknown, target: FeedInstrument, field: string): number[] | FeedRefusal {
  if (!Array.isArray(value)) return refused('BAD_FIELD', `${field} must be a list`);
  const levels: number[] = new Array(value.length * 2);
  for (let index = 0; index < value.length; index++) {
    const row: unknown = value[index];
    if (!Array.isArray(row)) return refused('BAD_FIELD', `${field} must hold pairs`);
    const [price, quantity]: unknown[] = row;
    if (typeof price !== 'string' || typeof quantity !== 'string') {
      return refused('BAD_FIELD', `${field} must hold decimals as text`);
    }
    const ticks = unitsOf(price, target.tickE8);
    if (ticks < 0) return refusedDecimal(ticks, price, `a price in ${field}`);
    const lots = unitsOf(quantity, target.lotE8);
    if (lots < 0) return refusedDecimal(lots, quantity, `a quantity in ${field}`);
    levels[index * 2] = ticks;
    levels[index * 2 + 1] = lots;
  }
  return levels;
}

const DECIMAL_REASONS: Readonly<Record<number, readonly [FeedRefusalReason, string]>> = {
  [DECIMAL_MALFORMED]: ['BAD_FIELD', 'is not a decimal number'],
  [DECIMAL_OFF_GRID]: ['OFF_GRID', 'is off the configured grid'],
  [DECIMAL_OVERFLOW]: ['OVERFLOW', 'passes 2^53 ticks or lots'],
};

function refusedDecimal(code: number, text: string, what: string): FeedRefusal {
  const [reason, words] = DECIMAL_REASONS[code]!;
  return refused(reason, `${what} ${words}: '${text.slice(0, 40)}'`);
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isId = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const isRefusal = (value: number[] | FeedRefusal): value is FeedRefusal => !Array.isArray(value);
