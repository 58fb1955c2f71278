/**
 * The kernels that take up market data against their plain twins on a random market: four instruments over two
 * sessions and a feed, three strategies with positions, fills, trips, quiet feeds. After every message all that
 * it may change is the same in both memories, and equity is the sum of what the positions are worth.
 */
import { expect, test } from 'vitest';
import { loadCore } from '../engine/core-module.ts';
import * as desk from '../test/support/desk.ts';
import { type EntryOfTest, putDecoded } from '../test/support/market-memory.ts';
import { PlainBooks } from '../test/support/plain-books.ts';
import { SeededRandom } from '../test/support/seeded-random.ts';
import { type Region, TwoMemories } from '../test/support/two-memories.ts';
import { EquityReference } from './equity-reference.ts';
import * as L from './layout.ts';
import { MarketTickReference } from './market-tick-reference.ts';
import type { Memory } from './memory.ts';

const STEPS = 100_000;
const STRATEGIES = [0, 1, 2];
const NO_SESSION = -1;
const BY_MESSAGE = -1;
const FEED = 3;
/** Where each instrument's market data come from; what a tick on a lot of it is worth; in which currency. */
const INSTRUMENTS = [
  { session: 0, worth: 1, currency: 0 },
  { session: 0, worth: 0.01, currency: 1 },
  { session: 1, worth: 12.5, currency: 0 },
  { session: NO_SESSION, worth: 0.1, currency: 1 },
] as const;
const INDICES = [0, 1, 2, FEED];
/** The first session's messages have a market time. */
const MARKET_TIME_TAG = 5060;
const BASE_TICKS = 10_000;
const START_NS = 19_999n * 86_400_000_000_000n + 3_600_000_000_000n;

const memories = new TwoMemories();
const { kernel } = memories;
const core = loadCore(kernel);

const FIXED: readonly Region[] = [
  { name: 'control', from: L.CONTROL, bytes: L.SESSIONS - L.CONTROL },
  { name: 'instruments', from: L.INSTRUMENTS, bytes: INDICES.length * L.INSTRUMENT_BYTES },
  { name: 'signals', from: L.SIGNALS, bytes: INDICES.length * L.SIGNAL_BYTES },
  { name: 'strategies', from: L.STRATEGIES, bytes: STRATEGIES.length * L.STRATEGY_BYTES },
  {
    name: 'positions',
    from: L.POSITIONS,
    bytes: STRATEGIES.length * L.INSTRUMENTS_MAX * L.POSITION_BYTES,
  },
  { name: 'trades', from: L.TRADES, bytes: L.RECORDS_KEPT * L.TRADE_BYTES },
];

/** What stands in the books; behind a side's last level the bytes mean nothing. */
function bookRegions(): readonly Region[] {
  return INDICES.flatMap((instrument) => {
    const book = L.BOOKS + instrument * L.BOOK_BYTES;
    const bids = kernel.i32(book + L.BOOK_BID_COUNT) * L.LEVEL_BYTES;
    const asks = kernel.i32(book + L.BOOK_ASK_COUNT) * L.LEVEL_BYTES;
    return [
      { name: `book ${instrument}`, from: book, bytes: L.BOOK_DROPPED + 8 },
      { name: `bids ${instrument}`, from: book + L.BOOK_BIDS, bytes: bids },
      { name: `asks ${instrument}`, from: book + L.BOOK_ASKS, bytes: asks },
    ];
  });
}

function open(memory: Memory): void {
  desk.openDesk(memory);
  memory.bytes.fill(0, L.BOOKS, L.BOOKS + INDICES.length * L.BOOK_BYTES);
  memory.setI64(L.CTL_CORE_TIME_NS, 0);
  memory.setI32(L.CTL_INSTRUMENT_COUNT, INSTRUMENTS.length);
  memory.setI32(L.CTL_STRATEGY_COUNT, STRATEGIES.length);
  memory.setI64(L.CTL_DRAWDOWN_MINOR_MAX, 5_000);
  memory.setAbsoluteNs(L.CTL_NOW_NS, START_NS);
  memory.setI32(L.SESSIONS + L.SES_MARKET_TIME_TAG, MARKET_TIME_TAG);
  for (const [index, halfLifeNs] of [1e9, 10e9, 20e9, 40e9, 5e9].entries()) {
    memory.setF64(L.CTL_SIGNAL_PARAMS + index * 8, halfLifeNs);
  }
  for (const [index, { session, worth, currency }] of INSTRUMENTS.entries()) {
    memory.setI32(desk.instrumentAt(index) + L.INS_SESSION, session);
    memory.setF64(desk.instrumentAt(index) + L.INS_MINOR_PER_TICK_LOT, worth);
    memory.setI32(desk.instrumentAt(index) + L.INS_CURRENCY, currency);
    memory.setI32(desk.instrumentAt(index) + L.INS_BOOK_STATE, L.BOOK_INIT);
  }
}

class Stream {
  readonly #random: SeededRandom;
  readonly #equity = new EquityReference(memories.twin);
  readonly #twin: MarketTickReference;
  readonly seen = new Map<string, number>();

  constructor(random: SeededRandom) {
    this.#random = random;
    memories.both(open);
    const signals = loadCore(memories.twin);
    const books = new PlainBooks(memories.twin, INSTRUMENTS.length, (trade) =>
      signals.signalTrade(trade.instrument, BigInt(trade.priceTicks), BigInt(trade.qtyLots)),
    );
    this.#twin = new MarketTickReference(memories.twin, {
      bookApply: () => books.bookApply(),
      signalUpdate: (instrument) => signals.signalUpdate(instrument),
      equity: this.#equity,
    });
  }

  step(): void {
    const random = this.#random;
    const waitNs = BigInt(random.below(random.pick([1, 1000, 1e6, 1e9])));
    memories.both((memory) => {
      memory.setAbsoluteNs(L.CTL_NOW_NS, memory.absoluteNs(L.CTL_NOW_NS) + waitNs);
    });
    const steps = [
      () => this.#fixMessage(),
      () => this.#fixMessage(),
      () => this.#feedMessage(),
      () => this.#fill(),
      () => (random.oneIn(9) ? this.#disturb() : this.#fixMessage()),
      () => (random.oneIn(2) ? this.#rearm() : this.#feedMessage()),
    ];
    random.pick(steps)();
  }

  #fixMessage(): void {
    const random = this.#random;
    const session = random.below(2);
    const own = INDICES.filter((index) => INSTRUMENTS[index]!.session === session);
    const of = random.oneIn(9) ? random.pick(own) : undefined;
    const entries = this.#entries(of === undefined ? own : [of]);
    const backNs = BigInt(random.below(random.pick([1, 5, 1e6])));
    const hasTime = !random.oneIn(9);
    memories.both((memory) => {
      putDecoded(memory, entries, of);
      const timeNs = hasTime ? memory.absoluteNs(L.CTL_NOW_NS) - backNs : 0n;
      memory.setAbsoluteNs(L.DECODED + L.DEC_MARKET_TIME_NS, timeNs);
    });
    core.timeToMessage(session);
    this.#twin.timeToMessage(session);
    this.#apply(BY_MESSAGE);
    this.#note(of, entries);
  }

  #feedMessage(): void {
    const random = this.#random;
    const of = random.oneIn(9) ? FEED : undefined;
    const entries = this.#entries([FEED]);
    const state = random.pick([L.BOOK_LIVE, L.BOOK_LIVE, L.BOOK_GAP, L.BOOK_SYNCING, L.BOOK_STALE]);
    memories.both((memory) => {
      putDecoded(memory, entries, of);
      memory.setI32(L.DECODED + L.DEC_INSTRUMENT, FEED);
    });
    core.timeToReceipt();
    this.#twin.timeToReceipt();
    this.#apply(state);
    this.#note(of, entries);
  }

  #apply(bookState: number): void {
    const before = tripped();
    if (this.#random.oneIn(3)) {
      core.marketBook(bookState);
      core.marketSignals();
    } else core.marketApply(bookState);
    this.#twin.marketApply(bookState);
    if (tripped() > before) this.#count('tripped');
  }

  /** Runs of one instrument, which may come back to one that it has left. */
  #entries(instruments: readonly number[]): readonly EntryOfTest[] {
    const random = this.#random;
    return Array.from({ length: random.below(random.pick([1, 3, 9])) }, () => {
      const type = random.oneIn(5)
        ? random.pick([L.ENTRY_TRADE, L.ENTRY_TRADE, L.ENTRY_TRADE, L.ENTRY_EMPTY_BOOK])
        : random.pick([L.ENTRY_BID, L.ENTRY_ASK]);
      const away = type === L.ENTRY_BID ? -1 : 1;
      return {
        instrument: random.pick(instruments),
        action: random.pick([L.ACTION_NEW, L.ACTION_CHANGE, L.ACTION_DELETE]),
        type,
        priceTicks: BASE_TICKS + away * (random.below(9) - 1),
        qtyLots: 1 + random.below(99),
      };
    });
  }

  /** A fill or an adjustment has made the position what it is now. */
  #fill(): void {
    const random = this.#random;
    const strategy = random.pick(STRATEGIES);
    const instrument = random.pick(INDICES);
    const row = desk.positionAt(strategy, instrument);
    const lots = random.oneIn(3) ? 0 : random.below(999) - 499;
    const cost = lots * (BASE_TICKS + random.below(5) - 2);
    const realised = random.below(1999) - 999;
    const feesE6 = random.below(99_999_999) - 9_999_999;
    memories.both((memory) => {
      memory.setI64(row + L.POS_LOTS, lots);
      memory.setI64(row + L.POS_OPEN_COST, cost);
      memory.setI64(row + L.POS_REALISED, realised);
      memory.setI64(row + L.POS_FEES_E6, feesE6);
    });
    if (random.oneIn(2)) core.equityOfStrategy(strategy);
    else core.equityOfPosition(strategy, instrument);
    this.#equity.equityOfStrategy(strategy);
    core.equityDrawdown(strategy);
    this.#equity.equityDrawdown(strategy);
  }

  /** A feed was quiet, a session lost. */
  #disturb(): void {
    const at = desk.instrumentAt(this.#random.pick(INDICES)) + L.INS_BOOK_STATE;
    const state = this.#random.pick([L.BOOK_STALE, L.BOOK_STALE, L.BOOK_GAP]);
    memories.both((memory) => memory.setI32(at, state));
  }

  #rearm(): void {
    const block = desk.strategyAt(this.#random.pick(STRATEGIES));
    if (kernel.i32(block + L.STR_BREAKER) !== 0) this.#count('armed again');
    memories.both((memory) => {
      memory.setI32(block + L.STR_BREAKER, 0);
      memory.setI32(block + L.STR_TRADING_STATE, L.TRADING_ACTIVE);
      memory.setI64(block + L.STR_PEAK_MINOR, memory.i64(block + L.STR_EQUITY_MINOR));
    });
  }

  #note(of: number | undefined, entries: readonly EntryOfTest[]): void {
    const instruments = new Set(entries.map(({ instrument }) => instrument)).size;
    const runs = entries.filter(
      ({ instrument }, index) => instrument !== entries[index - 1]?.instrument,
    ).length;
    this.#count(of === undefined ? 'update' : 'snapshot');
    if (of !== undefined && entries.length === 0) this.#count('empty snapshot');
    if (instruments > 1) this.#count('two instruments');
    if (runs > instruments) this.#count('an instrument twice');
  }

  #count(what: string): void {
    this.seen.set(what, (this.seen.get(what) ?? 0) + 1);
  }
}

function expectSums(step: number): void {
  for (const strategy of STRATEGIES) {
    const block = desk.strategyAt(strategy);
    const totals = INDICES.map((instrument) =>
      kernel.i64(desk.positionAt(strategy, instrument) + L.POS_TOTAL_MINOR),
    );
    const equity = kernel.i64(block + L.STR_EQUITY_MINOR);
    const sum = totals.reduce((all, each) => all + each, 0);
    const peak = kernel.i64(block + L.STR_PEAK_MINOR);
    if (equity === sum && peak >= equity) continue;
    expect.fail(`step ${step}, strategy ${strategy}: equity ${equity}, sum ${sum}, peak ${peak}`);
  }
}

test.each([1, 20_120_621])(
  'kernels and twins leave the same memory after every message of the market with seed %d',
  (seed) => {
    const stream = new Stream(new SeededRandom(seed));
    for (let step = 0; step < STEPS; step++) {
      stream.step();
      const difference = memories.difference([...FIXED, ...bookRegions()]);
      if (difference !== undefined) expect.fail(`seed ${seed}, step ${step}: ${difference}`);
      expectSums(step);
    }
    // A stream in which something never happens proves nothing about it.
    for (const what of [
      'empty snapshot',
      'two instruments',
      'an instrument twice',
      'armed again',
      'tripped',
    ]) {
      expect(stream.seen.get(what) ?? 0, what).toBeGreaterThan(200);
    }
  },
);

function tripped(): number {
  return STRATEGIES.filter((each) => kernel.i32(desk.strategyAt(each) + L.STR_BREAKER) !== 0)
    .length;
}
