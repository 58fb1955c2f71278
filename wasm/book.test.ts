/** The fast book and its plain twin: the same tables, the same random days. */
import { expect, test } from 'vitest';
import { BookView } from '../engine/market/book-view.ts';
import { type EntryOfTest, marketMemory, putDecoded } from '../test/support/market-memory.ts';
import { SeededRandom } from '../test/support/seeded-random.ts';
import { ReferenceBooks } from './book-reference.ts';
import * as L from './layout.ts';

const { memory, core } = marketMemory([
  { symbol: 'AAA', tickSize: '0.01', lotSize: '1' },
  { symbol: 'BBB', tickSize: '0.25', lotSize: '0.001' },
]);
const INSTRUMENTS = 2;
const NOW_REL = 5_000;
memory.setI64(L.CTL_CORE_TIME_NS, NOW_REL);
memory.setI64(L.CTL_NOW_NS, 1_000_000);
let twin = new ReferenceBooks(INSTRUMENTS);

/** Fast book and twin start empty. */
function restart(): void {
  for (let instrument = 0; instrument < INSTRUMENTS; instrument++) {
    memory.bytes.fill(
      0,
      L.BOOKS + instrument * L.BOOK_BYTES,
      L.BOOKS + (instrument + 1) * L.BOOK_BYTES,
    );
    const block = L.INSTRUMENTS + instrument * L.INSTRUMENT_BYTES;
    memory.bytes.fill(0, block + L.INS_LAST_TRADE_SIDE, block + L.INS_TAKER_FEE);
  }
  memory.setI64(L.CTL_TRADE_HEAD, 0);
  twin = new ReferenceBooks(INSTRUMENTS);
}

function apply(entries: readonly EntryOfTest[], snapshotOf?: number): void {
  putDecoded(memory, entries, snapshotOf);
  expect(core.bookApply()).toBe(twin.apply(entries, snapshotOf));
}

function side(instrument: number, which: 0 | 1): string {
  const view = new BookView(memory, instrument);
  const levels: string[] = [];
  for (let depth = 0; depth < view.count(which); depth++) {
    levels.push(`${view.levelLots(which, depth)}@${view.levelTicks(which, depth)}`);
  }
  return levels.join(' ');
}

const twinSide = (instrument: number, which: 0 | 1): string =>
  twin.books[instrument]!.levels(which)
    .map((level) => `${level.qtyLots}@${level.priceTicks}`)
    .join(' ');

/** What is cheap to compare after every message. */
function touchDiffers(instrument: number): boolean {
  const view = new BookView(memory, instrument);
  const book = twin.books[instrument]!;
  return (
    (view.bidCount === 0 ? undefined : view.bestBidTicks) !== book.best(L.ENTRY_BID) ||
    (view.askCount === 0 ? undefined : view.bestAskTicks) !== book.best(L.ENTRY_ASK)
  );
}

function expectEqual(instrument: number, where: string): void {
  const block = L.INSTRUMENTS + instrument * L.INSTRUMENT_BYTES;
  const book = twin.books[instrument]!;
  const view = new BookView(memory, instrument);
  for (const which of [L.ENTRY_BID, L.ENTRY_ASK] as const) {
    expect(side(instrument, which), where).toBe(twinSide(instrument, which));
  }
  const [bid] = book.levels(L.ENTRY_BID);
  const [ask] = book.levels(L.ENTRY_ASK);
  expect([view.bestBidTicks, view.bestBidLots], where).toEqual([
    bid?.priceTicks ?? 0,
    bid?.qtyLots ?? 0,
  ]);
  expect([view.bestAskTicks, view.bestAskLots], where).toEqual([
    ask?.priceTicks ?? 0,
    ask?.qtyLots ?? 0,
  ]);
  expect(memory.i64(L.BOOKS + instrument * L.BOOK_BYTES + L.BOOK_DROPPED), where).toBe(
    book.dropped,
  );
  expect(memory.i64(block + L.INS_BOOK_UPDATES), where).toBe(book.updates);
  expect(memory.i64(block + L.INS_TRADE_COUNT), where).toBe(book.tradeCount);
  expect(memory.i64(block + L.INS_VOLUME_LOTS), where).toBe(book.volumeLots);
  expect(memory.i32(block + L.INS_LAST_TRADE_SIDE), where).toBe(book.lastTrade?.side ?? 0);
}

const WORDS: Readonly<Record<string, number>> = {
  new: L.ACTION_NEW,
  change: L.ACTION_CHANGE,
  delete: L.ACTION_DELETE,
  bid: L.ENTRY_BID,
  ask: L.ENTRY_ASK,
  trade: L.ENTRY_TRADE,
  empty: L.ENTRY_EMPTY_BOOK,
};

/** "new bid 5@100": action, type, size@price, of instrument 0. */
function entry(text: string): EntryOfTest {
  const [action, type, at = '0@0'] = text.split(' ');
  const [qtyLots, priceTicks] = at.split('@').map(Number);
  return {
    instrument: 0,
    action: WORDS[action!]!,
    type: WORDS[type!]!,
    priceTicks: priceTicks!,
    qtyLots: qtyLots!,
  };
}

const cases: readonly {
  name: string;
  messages: readonly string[];
  bids: string;
  asks: string;
  trades?: string;
}[] = [
  {
    name: 'levels are sorted from the touch',
    messages: ['new bid 1@98,new bid 2@100,new bid 3@99,new ask 4@103,new ask 5@101,new ask 6@102'],
    bids: '2@100 3@99 1@98',
    asks: '5@101 6@102 4@103',
  },
  {
    name: 'a change replaces the size',
    messages: ['new bid 1@98', 'change bid 7@98'],
    bids: '7@98',
    asks: '',
  },
  {
    name: 'a change of an absent level adds it',
    messages: ['change ask 7@98'],
    bids: '',
    asks: '7@98',
  },
  {
    name: 'a deletion removes the level alone',
    messages: ['new bid 1@98,new bid 2@99,new bid 3@97', 'delete bid 0@98'],
    bids: '2@99 3@97',
    asks: '',
  },
  {
    name: 'a deletion of an absent level does nothing',
    messages: ['new bid 1@98', 'delete bid 0@97,delete bid 0@99,delete ask 0@98'],
    bids: '1@98',
    asks: '',
  },
  {
    name: 'no size removes the level',
    messages: ['new ask 1@98,new ask 1@99', 'change ask 0@98'],
    bids: '',
    asks: '1@99',
  },
  {
    name: 'prices below zero sort like all others',
    messages: ['new bid 1@-3,new bid 2@-1,new bid 3@-2,new ask 1@0,new ask 2@1'],
    bids: '2@-1 3@-2 1@-3',
    asks: '1@0 2@1',
  },
  {
    name: 'an empty-book entry empties both sides',
    messages: ['new bid 1@98,new ask 1@99', 'new empty,new bid 5@90'],
    bids: '5@90',
    asks: '',
  },
  {
    name: 'a trade leaves the levels alone',
    messages: ['new bid 1@98,new ask 1@100', 'new trade 5@100'],
    bids: '1@98',
    asks: '1@100',
    trades: '5@100 buy',
  },
  {
    name: 'a trade at the bid is a sale',
    messages: ['new bid 1@98,new ask 1@100', 'new trade 5@98'],
    bids: '1@98',
    asks: '1@100',
    trades: '5@98 sell',
  },
  {
    name: 'a trade is judged by the quotes before its message',
    messages: ['new bid 1@98,new bid 1@90,new ask 1@100', 'delete bid 0@98,new trade 1@98'],
    bids: '1@90',
    asks: '1@100',
    trades: '1@98 sell',
  },
  {
    name: 'at the mid the tick rule decides, unchanged is as before',
    messages: [
      'new bid 1@98,new ask 1@100',
      'new trade 1@99,new trade 1@98,new trade 1@99,new trade 1@99',
    ],
    bids: '1@98',
    asks: '1@100',
    trades: '1@99 ?,1@98 sell,1@99 buy,1@99 buy',
  },
  {
    name: 'with one side the tick rule decides',
    messages: ['new bid 1@98', 'new trade 1@105,new trade 1@104,new trade 1@106'],
    bids: '1@98',
    asks: '',
    trades: '1@105 ?,1@104 sell,1@106 buy',
  },
  {
    name: 'a corrected trade is not counted again',
    messages: ['new trade 1@105', 'change trade 2@105,delete trade 1@105'],
    bids: '',
    asks: '',
    trades: '1@105 ?',
  },
];

test.each(cases)('$name', ({ messages, bids, asks, trades = '' }) => {
  restart();
  for (const message of messages) apply(message.split(',').map(entry));
  expect(side(0, L.ENTRY_BID)).toBe(bids);
  expect(side(0, L.ENTRY_ASK)).toBe(asks);
  expect(tradesOf(memory.i64(L.CTL_TRADE_HEAD)).join(',')).toBe(trades);
  expectEqual(0, 'twin');
});

function tradesOf(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => {
    const at = L.TRADES + (index % L.RECORDS_KEPT) * L.TRADE_BYTES;
    const word = ['?', 'buy', 'sell'][memory.i32(at + 28)]!;
    return `${memory.i64(at + 16)}@${memory.i64(at + 8)} ${word}`;
  });
}

test('a snapshot replaces the book of its instrument, even by nothing, and no other', () => {
  restart();
  apply([
    entry('new bid 1@98'),
    entry('new ask 1@99'),
    { ...entry('new bid 7@70'), instrument: 1 },
  ]);
  apply([entry('new bid 2@97')], 0);
  expect([side(0, 0), side(0, 1), side(1, 0)]).toEqual(['2@97', '', '7@70']);
  apply([], 0);
  expect([side(0, 0), side(0, 1), side(1, 0)]).toEqual(['', '', '7@70']);
});

test('an update notes market time and time of receipt, a trade its own', () => {
  restart();
  const block = L.INSTRUMENTS;
  apply([entry('new trade 3@98')]);
  expect(memory.i64(block + L.INS_LAST_TRADE_NS)).toBe(NOW_REL);
  expect(memory.i64(block + L.INS_LAST_UPDATE_NS)).toBe(0);
  expect(memory.i64(L.TRADES)).toBe(NOW_REL);
  apply([entry('new bid 3@98')]);
  expect(memory.i64(block + L.INS_LAST_UPDATE_NS)).toBe(NOW_REL);
  expect(memory.i64(block + L.INS_LAST_RECEIVE_NS)).toBe(1_000_000);
});

test.each([
  { name: 'bids', which: 0, sign: -1 },
  { name: 'asks', which: 1, sign: 1 },
] as const)('a full side of $name drops its farthest level and counts it', ({ which, sign }) => {
  restart();
  const set = (priceTicks: number): void => {
    core.bookSet(0, which, BigInt(priceTicks), 1n);
    twin.books[0]!.set(which, priceTicks, 1);
  };
  for (let step = 0; step < L.LEVELS_MAX; step++) set(sign * 2 * step);
  set(sign * 2 * L.LEVELS_MAX); // farther than all: itself is dropped
  set(-sign); // a new best level
  set(sign * 4001); // in the middle
  expect(memory.i64(L.BOOKS + L.BOOK_DROPPED)).toBe(3);
  expectEqual(0, 'full side');
});

test('a random market of 1,000,000 entries gives the same books and trades in both', () => {
  const seed = 20120621;
  const random = new SeededRandom(seed);
  restart();
  let entries = 0;
  let messages = 0;
  let centre = 0;
  while (entries < 1_000_000) {
    const message: EntryOfTest[] = [];
    centre += random.below(3) - 1;
    const snapshotOf = random.oneIn(3000) ? random.below(INSTRUMENTS) : undefined;
    for (let count = random.below(6); count >= 0; count--) {
      message.push(randomEntry(random, centre, snapshotOf));
    }
    putDecoded(memory, message, snapshotOf);
    const applied = twin.apply(message, snapshotOf);
    if (core.bookApply() !== applied || touchDiffers(0) || touchDiffers(1)) {
      expect.fail(`seed ${seed}: the touch differs after message ${messages}`);
    }
    entries += message.length;
    messages++;
    if (messages % 500 === 0) {
      for (let i = 0; i < INSTRUMENTS; i++) expectEqual(i, `seed ${seed}, message ${messages}`);
    }
  }
  const kept = twin.trades.slice(-L.RECORDS_KEPT);
  const head = memory.i64(L.CTL_TRADE_HEAD);
  expect(head).toBe(twin.trades.length);
  for (const [index, trade] of kept.entries()) {
    const at = L.TRADES + ((head - kept.length + index) % L.RECORDS_KEPT) * L.TRADE_BYTES;
    const found = [8, 16].map((field) => memory.i64(at + field));
    const codes = [24, 28].map((field) => memory.i32(at + field));
    expect([...found, ...codes]).toEqual([
      trade.priceTicks,
      trade.qtyLots,
      trade.instrument,
      trade.side,
    ]);
  }
});

function randomEntry(
  random: SeededRandom,
  centre: number,
  snapshotOf: number | undefined,
): EntryOfTest {
  const type = random.oneIn(20000)
    ? L.ENTRY_EMPTY_BOOK
    : random.below(10) === 0
      ? L.ENTRY_TRADE
      : random.below(2);
  // Sides overlap now and then: a crossed book must not break the order of the levels.
  const away = random.below(28) - 3;
  return {
    instrument: snapshotOf ?? random.below(INSTRUMENTS),
    action: random.below(3),
    type,
    priceTicks: centre + (type === L.ENTRY_BID ? -away : away),
    qtyLots: random.oneIn(15) ? 0 : 1 + random.below(1000),
  };
}
