/** No two tables of the memory map share a byte, all lie inside the memory, and the compiler is told the same. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { JOURNAL_RING, JOURNAL_RING_BYTES } from './journal-ring-layout.ts';
import * as L from './layout.ts';
import { CLOCK_REAL_NS, SOCKET_LOOP, SOCKET_ROW_BYTES, SOCKET_ROWS } from './native-layout.ts';
import { HISTOGRAM_BYTES, HISTOGRAMS, HISTOGRAMS_MAX, SLOW_TICKS } from './stage-layout.ts';
import * as V from './venue-layout.ts';

const PAGE_BYTES = 65_536;
/** AssemblyScript's own data: as far as the matching venue's map lets it go. */
const STATIC_BYTES = 1_048_576;
const ROWS = L.STRATEGIES_MAX * L.INSTRUMENTS_MAX;

interface Table {
  readonly name: string;
  readonly from: number;
  readonly bytes: number;
}

// biome-ignore format: a table
const TABLES: readonly Table[] = [
  { name: 'CONTROL',          from: L.CONTROL,          bytes: L.CTL_NEXT_DAY_NS + 8 - L.CONTROL },
  { name: 'SESSIONS',         from: L.SESSIONS,         bytes: L.SESSIONS_MAX * L.SESSION_BYTES },
  { name: 'RX',               from: L.RX,               bytes: L.SESSIONS_MAX * L.RX_BYTES },
  { name: 'TX',               from: L.TX,               bytes: L.SESSIONS_MAX * L.TX_BYTES },
  { name: 'DECODED',          from: L.DECODED,          bytes: L.DEC_ENTRIES + L.DECODED_ENTRIES_MAX * L.ENTRY_BYTES },
  { name: 'INTENT',           from: L.INTENT,           bytes: L.INTENT_BYTES },
  { name: 'JOURNAL_STAGE',    from: L.JOURNAL_STAGE,    bytes: L.JOURNAL_STAGE_BYTES },
  { name: 'INPUT_RING',       from: L.INPUT_RING,       bytes: L.INPUT_RING_DATA + L.INPUT_RING_BYTES },
  { name: 'INSTRUMENTS',      from: L.INSTRUMENTS,      bytes: L.INSTRUMENTS_MAX * L.INSTRUMENT_BYTES },
  { name: 'SYMBOL_TABLE',     from: L.SYMBOL_TABLE,     bytes: L.SYMBOL_SLOTS * 4 },
  { name: 'SIGNALS',          from: L.SIGNALS,          bytes: L.INSTRUMENTS_MAX * L.SIGNAL_BYTES },
  { name: 'POSITIONS',        from: L.POSITIONS,        bytes: ROWS * L.POSITION_BYTES },
  { name: 'LIMITS',           from: L.LIMITS,           bytes: ROWS * L.LIMIT_BYTES },
  { name: 'STRATEGIES',       from: L.STRATEGIES,       bytes: L.STRATEGIES_MAX * L.STRATEGY_BYTES },
  { name: 'STRATEGY_STATE',   from: L.STRATEGY_STATE,   bytes: L.STRATEGIES_MAX * L.STRATEGY_STATE_BYTES },
  { name: 'RATE_RINGS',       from: L.RATE_RINGS,       bytes: L.STRATEGIES_MAX * L.RATE_RING_SLOTS * 8 },
  { name: 'ACCOUNTS',         from: L.ACCOUNTS,         bytes: L.ACCOUNTS_MAX * L.ACCOUNT_BYTES },
  { name: 'CURRENCIES',       from: L.CURRENCIES,       bytes: L.CURRENCIES_MAX * L.CURRENCY_BYTES },
  { name: 'CLORDIDS',         from: L.CLORDIDS,         bytes: L.CLORDIDS_MAX * L.CLORDID_BYTES },
  { name: 'ORDERS',           from: L.ORDERS,           bytes: L.ORDERS_MAX * L.ORDER_BYTES },
  { name: 'TRADES',           from: L.TRADES,           bytes: L.RECORDS_KEPT * L.TRADE_BYTES },
  { name: 'REFUSALS',         from: L.REFUSALS,         bytes: L.RECORDS_KEPT * L.REFUSAL_BYTES },
  { name: 'FILLS',            from: L.FILLS,            bytes: L.RECORDS_KEPT * L.FILL_BYTES },
  { name: 'REFUSAL_COUNTS',   from: L.REFUSAL_COUNTS,   bytes: 64 * 8 },
  { name: 'SCRATCH',          from: L.SCRATCH,          bytes: L.SCRATCH_BYTES },
  { name: 'SOCKET_LOOP',      from: SOCKET_LOOP,        bytes: CLOCK_REAL_NS + 8 - SOCKET_LOOP },
  { name: 'SOCKET_ROWS',      from: SOCKET_ROWS,        bytes: L.SESSIONS_MAX * SOCKET_ROW_BYTES },
  { name: 'JOURNAL_RING',     from: JOURNAL_RING,       bytes: JOURNAL_RING_BYTES },
  { name: 'HISTOGRAMS',       from: HISTOGRAMS,         bytes: HISTOGRAMS_MAX * HISTOGRAM_BYTES },
  { name: 'SLOW_TICKS',       from: SLOW_TICKS,         bytes: 1 },
  { name: 'INTENT_TEMPLATES', from: L.INTENT_TEMPLATES, bytes: L.STRATEGIES_MAX * L.INTENT_TEMPLATE_BYTES },
  { name: 'BOOK_VWAP_LOTS',   from: L.BOOK_VWAP_LOTS,   bytes: 8 },
  { name: 'THRESHOLDS',       from: L.THRESHOLDS,       bytes: L.STRATEGIES_MAX * L.THRESHOLD_BYTES },
  { name: 'FEATURE_VALUES',   from: L.FEATURE_VALUES,   bytes: L.MODEL_FEATURES_MAX * 8 },
  { name: 'MODELS',           from: L.MODELS,           bytes: L.STRATEGIES_MAX * L.MODEL_BYTES },
  { name: 'STATIC_DATA',      from: L.STATIC_DATA,      bytes: STATIC_BYTES },
  { name: 'BOOKS',            from: L.BOOKS,            bytes: L.INSTRUMENTS_MAX * L.BOOK_BYTES },
];

test('the tables lie one behind the other inside the memory, each on an 8-byte boundary', () => {
  let end = { name: 'the first KiB', at: L.CONTROL };
  for (const { name, from, bytes } of TABLES.toSorted((a, b) => a.from - b.from)) {
    if (from < end.at) expect.fail(`${name} begins at ${from}, inside ${end.name}`);
    expect(from % 8, name).toBe(0);
    end = { name, at: from + bytes };
  }
  expect(end.at).toBeLessThanOrEqual(L.MEMORY_PAGES * PAGE_BYTES);
});

test('a book holds what it says, and no symbol is looked for long', () => {
  expect(L.BOOK_ASKS).toBe(L.BOOK_BIDS + L.LEVELS_MAX * L.LEVEL_BYTES);
  expect(L.BOOK_BYTES).toBe(L.BOOK_ASKS + L.LEVELS_MAX * L.LEVEL_BYTES);
  expect(L.SYMBOL_SLOTS).toBe(4 * L.INSTRUMENTS_MAX);
});

test('the matching venue keeps the books of the engine out of its memory, and the rest in its place', () => {
  expect(V.VENUE).toBe(L.STATIC_DATA + STATIC_BYTES);
  const changed = V.VEN_CHANGED + L.INSTRUMENTS_MAX * 4;
  expect(V.VEN_CHANGED).toBeGreaterThanOrEqual(V.PRINTS + V.PRINTS_MAX * V.PRINT_BYTES);
  expect(changed).toBeLessThanOrEqual(V.VENUE_TX);
});

test('the compiler is told the same sizes', () => {
  const { targets } = JSON.parse(readFileSync('asconfig.json', 'utf8'));
  const sizes = (pages: number) => ({
    initialMemory: pages,
    maximumMemory: pages,
    memoryBase: L.STATIC_DATA,
  });
  expect(targets.core).toMatchObject(sizes(L.MEMORY_PAGES));
  expect(targets.venue).toMatchObject(sizes(V.VENUE_MEMORY_PAGES));
});
