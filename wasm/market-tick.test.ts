/** What a market-data message changes besides the book itself, row by row, on the kernels and on their twin. */
import { beforeEach, describe, expect, test } from 'vitest';
import { loadCore } from '../engine/core-module.ts';
import * as desk from '../test/support/desk.ts';
import { type EntryOfTest, putDecoded } from '../test/support/market-memory.ts';
import { PlainBooks } from '../test/support/plain-books.ts';
import { EquityReference } from './equity-reference.ts';
import * as L from './layout.ts';
import { MarketTickReference } from './market-tick-reference.ts';
import { Memory } from './memory.ts';

const { AAPL, SAP, MAKER, TAKER, NOON_NS } = desk;
const memory = new Memory();
const core = loadCore(memory);
type Machine = Pick<
  MarketTickReference,
  'timeToMessage' | 'timeToReceipt' | 'marketApply' | 'marketBook' | 'marketSignals'
>;
const machines: readonly { name: string; build: () => Machine }[] = [
  { name: 'kernel', build: () => core },
  {
    name: 'twin',
    build: () => {
      const books = new PlainBooks(memory, 2, (trade) =>
        core.signalTrade(trade.instrument, BigInt(trade.priceTicks), BigInt(trade.qtyLots)),
      );
      return new MarketTickReference(memory, {
        bookApply: () => books.bookApply(),
        signalUpdate: (instrument) => core.signalUpdate(instrument),
        equity: new EquityReference(memory),
      });
    },
  },
];

const BY_MESSAGE = -1;
const NO_SESSION = -1;
const DAY_NS = 86_400_000_000_000n;
/** Ten seconds into the tenth day since 1970. */
const NOW_NS = 9n * DAY_NS + BigInt(NOON_NS);
const { ACTION_NEW, ACTION_CHANGE, ACTION_DELETE } = L;

const level = (type: number, priceTicks: number, instrument = AAPL): EntryOfTest => ({
  instrument,
  action: ACTION_CHANGE,
  type,
  priceTicks,
  qtyLots: 5,
});
const bid = (priceTicks: number, instrument = AAPL) => level(L.ENTRY_BID, priceTicks, instrument);
const ask = (priceTicks: number, instrument = AAPL) => level(L.ENTRY_ASK, priceTicks, instrument);
const gone = (entry: EntryOfTest): EntryOfTest => ({ ...entry, action: ACTION_DELETE });
const trade = (priceTicks: number): EntryOfTest => ({
  ...level(L.ENTRY_TRADE, priceTicks),
  action: ACTION_NEW,
});

const bookState = (instrument = AAPL) =>
  memory.i32(desk.instrumentAt(instrument) + L.INS_BOOK_STATE);
const strategy = (field: number, index = MAKER) => memory.i64(desk.strategyAt(index) + field);
const equity = (index = MAKER) => strategy(L.STR_EQUITY_MINOR, index);
const peak = (index = MAKER) => strategy(L.STR_PEAK_MINOR, index);
const breaker = (index = MAKER) => memory.i32(desk.strategyAt(index) + L.STR_BREAKER);
const coreTime = () => memory.absoluteNs(L.CTL_CORE_TIME_NS);
const microprice = (instrument: number) =>
  memory.f64(L.SIGNALS + instrument * L.SIGNAL_BYTES + L.SIG_MICROPRICE);

describe.each(machines)('$name', ({ build }) => {
  let machine: Machine;
  beforeEach(() => {
    desk.openDesk(memory);
    memory.setI64(L.CTL_DRAWDOWN_MINOR_MAX, 1_000);
    memory.setAbsoluteNs(L.CTL_NOW_NS, NOW_NS);
    memory.setAbsoluteNs(L.CTL_MARKET_EPOCH_NS, 9n * DAY_NS);
    for (const lives of [0, 8, 16, 24, 32]) memory.setF64(L.CTL_SIGNAL_PARAMS + lives, 1e9);
    machine = build();
    snapshot(AAPL, [bid(10_001), ask(10_003)]);
    snapshot(SAP, [bid(20_000, SAP), ask(20_010, SAP)]);
  });

  function update(entries: readonly EntryOfTest[], state = BY_MESSAGE): void {
    putDecoded(memory, entries, undefined);
    if (state !== BY_MESSAGE) memory.setI32(L.DECODED + L.DEC_INSTRUMENT, AAPL);
    machine.marketApply(state);
  }
  function snapshot(of: number, entries: readonly EntryOfTest[], state = BY_MESSAGE): void {
    putDecoded(memory, entries, of);
    machine.marketApply(state);
  }
  /** Bought or sold at the mid that stands. */
  function hold(index: number, instrument: number, lots: number): void {
    const row = desk.positionAt(index, instrument);
    memory.setI64(row + L.POS_LOTS, lots);
    memory.setI64(row + L.POS_OPEN_COST, lots * (instrument === AAPL ? 10_002 : 20_005));
  }

  describe('the clock', () => {
    function receive(timeNs: bigint): void {
      memory.setAbsoluteNs(L.CTL_NOW_NS, timeNs);
      machine.timeToReceipt();
    }
    function message(tag: number, marketTimeNs: bigint): void {
      memory.setI32(L.SESSIONS + L.SES_MARKET_TIME_TAG, tag);
      memory.setAbsoluteNs(L.DECODED + L.DEC_MARKET_TIME_NS, marketTimeNs);
      machine.timeToMessage(0);
    }

    test('starts at midnight of the first day that it sees', () => {
      memory.setI64(L.CTL_MARKET_EPOCH_NS, 0);
      memory.setI64(L.CTL_CORE_TIME_NS, 0);
      receive(20n * DAY_NS + 1234n);
      expect([memory.absoluteNs(L.CTL_MARKET_EPOCH_NS), coreTime()]).toEqual([20n * DAY_NS, 1234n]);
      receive(21n * DAY_NS + 5n);
      expect([memory.absoluteNs(L.CTL_MARKET_EPOCH_NS), coreTime()]).toEqual([
        20n * DAY_NS,
        DAY_NS + 5n,
      ]);
    });

    test('is exact to the nanosecond where a double is not', () => {
      memory.setAbsoluteNs(L.CTL_MARKET_EPOCH_NS, 20_000n * DAY_NS);
      receive(20_000n * DAY_NS + 86_399_999_999_999n);
      expect(coreTime()).toBe(86_399_999_999_999n);
    });

    test('never goes back', () => {
      receive(NOW_NS + 7n);
      receive(NOW_NS + 6n);
      expect(coreTime()).toBe(BigInt(NOON_NS) + 7n);
      receive(8n * DAY_NS);
      expect(coreTime()).toBe(BigInt(NOON_NS) + 7n);
    });

    test('is the receipt where the session’s messages have no market time', () => {
      memory.setAbsoluteNs(L.CTL_NOW_NS, NOW_NS + 3n);
      message(0, NOW_NS + 99n);
      expect(coreTime()).toBe(BigInt(NOON_NS) + 3n);
    });

    test('is the market time where they have one; a message without it moves nothing', () => {
      memory.setAbsoluteNs(L.CTL_NOW_NS, NOW_NS + 99n);
      message(5060, NOW_NS + 3n);
      expect(coreTime()).toBe(BigInt(NOON_NS) + 3n);
      message(5060, 0n);
      expect(coreTime()).toBe(BigInt(NOON_NS) + 3n);
    });
  });

  // biome-ignore format: a table
  test.each([
    { what: 'over FIX an update of a live book',       session: 0, before: L.BOOK_LIVE,    says: BY_MESSAGE,   isSnapshot: false, after: L.BOOK_LIVE },
    { what: 'over FIX an update ends staleness',       session: 0, before: L.BOOK_STALE,   says: BY_MESSAGE,   isSnapshot: false, after: L.BOOK_LIVE },
    { what: 'over FIX an update does not end a gap',   session: 0, before: L.BOOK_GAP,     says: BY_MESSAGE,   isSnapshot: false, after: L.BOOK_GAP },
    { what: 'over FIX an update is no beginning',      session: 0, before: L.BOOK_INIT,    says: BY_MESSAGE,   isSnapshot: false, after: L.BOOK_INIT },
    { what: 'over FIX a snapshot ends a gap',          session: 0, before: L.BOOK_GAP,     says: BY_MESSAGE,   isSnapshot: true,  after: L.BOOK_LIVE },
    { what: 'over FIX a snapshot is a beginning',      session: 0, before: L.BOOK_INIT,    says: BY_MESSAGE,   isSnapshot: true,  after: L.BOOK_LIVE },
    { what: 'a feed says that it is live',             session: NO_SESSION, before: L.BOOK_GAP,  says: L.BOOK_LIVE,    isSnapshot: false, after: L.BOOK_LIVE },
    { what: 'a feed says that it has a gap',           session: NO_SESSION, before: L.BOOK_LIVE, says: L.BOOK_GAP,     isSnapshot: false, after: L.BOOK_GAP },
    { what: 'a feed’s snapshot may still be syncing',  session: NO_SESSION, before: L.BOOK_INIT, says: L.BOOK_SYNCING, isSnapshot: true,  after: L.BOOK_SYNCING },
    { what: 'a feed’s update does not end staleness',  session: NO_SESSION, before: L.BOOK_LIVE, says: L.BOOK_STALE,   isSnapshot: false, after: L.BOOK_STALE },
  ])('the book’s state: $what', ({ session, before, says, isSnapshot, after }) => {
    memory.setI32(desk.instrumentAt(AAPL) + L.INS_SESSION, session);
    memory.setI32(desk.instrumentAt(AAPL) + L.INS_BOOK_STATE, before);
    memory.setI32(desk.instrumentAt(SAP) + L.INS_BOOK_STATE, L.BOOK_STALE);
    if (isSnapshot) snapshot(AAPL, [bid(10_001), ask(10_003)], says);
    else update([bid(10_000)], says);
    expect([bookState(), bookState(SAP)]).toEqual([after, L.BOOK_STALE]);
  });

  test('each message is counted once, whatever is in it', () => {
    const before = memory.i64(L.CTL_MARKET_DATA_MESSAGES);
    update([bid(10_000), ask(20_011, SAP), ask(10_004)]);
    update([]);
    expect(memory.i64(L.CTL_MARKET_DATA_MESSAGES) - before).toBe(2);
  });

  test('signals follow in the instruments that the message touches, after all of it', () => {
    update([gone(bid(10_001)), bid(10_000), gone(ask(10_003)), ask(10_006)]);
    expect([microprice(AAPL), microprice(SAP)]).toEqual([10_003, 20_005]);
    update([bid(20_002, SAP), bid(10_002)]);
    expect([microprice(AAPL), microprice(SAP)]).toEqual([10_004, 20_006]);
  });

  test('the two halves do what the whole does', () => {
    hold(MAKER, AAPL, 10);
    putDecoded(memory, [gone(ask(10_003)), ask(10_005)], undefined);
    machine.marketBook(BY_MESSAGE);
    expect([equity(), microprice(AAPL)]).toEqual([0, 10_002]);
    machine.marketSignals();
    expect([equity(), microprice(AAPL)]).toEqual([10, 10_003]);
  });

  describe('equity', () => {
    test('follows in all who hold the instrument, and in nobody else', () => {
      hold(MAKER, AAPL, 10);
      hold(TAKER, AAPL, -20);
      hold(TAKER, SAP, 100);
      update([gone(ask(10_003)), ask(10_005)]);
      expect([equity(MAKER), equity(TAKER)]).toEqual([10, -20]);
      expect([peak(MAKER), peak(TAKER)]).toEqual([10, 0]);
    });

    test('goes by the last trade when a side is gone', () => {
      hold(MAKER, AAPL, 10);
      update([trade(10_007)]);
      expect(equity()).toBe(0);
      update([gone(ask(10_003))]);
      expect(equity()).toBe(50);
      update([trade(9_990)]);
      expect(equity()).toBe(-120);
    });

    test('goes by the last trade after a snapshot without a level; so does the peak', () => {
      hold(MAKER, AAPL, 10);
      update([trade(10_007)]);
      snapshot(AAPL, []);
      expect([equity(), peak()]).toEqual([50, 50]);
    });

    test('what is realised stays when the market moves', () => {
      hold(MAKER, AAPL, 10);
      memory.setI64(desk.positionAt(MAKER, AAPL) + L.POS_REALISED, 40);
      memory.setI64(desk.positionAt(MAKER, AAPL) + L.POS_FEES_E6, 3_000_000);
      update([gone(ask(10_003)), ask(10_005)]);
      expect(equity()).toBe(47);
    });
  });

  describe('two instruments in one message', () => {
    /** AAPL gains 10 a lot, SAP loses 8 euros, 10 dollars, a lot. */
    const swing = [
      gone(bid(10_001)),
      gone(ask(10_003)),
      bid(10_011),
      ask(10_013),
      gone(bid(20_000, SAP)),
      gone(ask(20_010, SAP)),
      bid(19_992, SAP),
      ask(20_002, SAP),
    ];

    test('the gain of one that the other loses is no peak', () => {
      hold(MAKER, AAPL, 50);
      hold(MAKER, SAP, 50);
      update(swing);
      expect([equity(), peak(), breaker()]).toEqual([0, 0, 0]);
    });

    test('the peak moves once, to where both together end', () => {
      hold(MAKER, AAPL, 60);
      hold(MAKER, SAP, 50);
      update(swing);
      expect([equity(), peak()]).toEqual([100, 100]);
    });

    test('the loss of one that the other makes good trips nothing', () => {
      hold(MAKER, AAPL, -100);
      hold(MAKER, SAP, -100);
      update(swing);
      expect([equity(), peak(), breaker()]).toEqual([0, 0, 0]);
    });

    test('the loss of both trips at the maximum', () => {
      hold(MAKER, AAPL, -50);
      hold(MAKER, SAP, 49);
      hold(TAKER, AAPL, -50);
      hold(TAKER, SAP, 50);
      update(swing);
      expect([equity(MAKER), breaker(MAKER)]).toEqual([-990, 0]);
      expect([equity(TAKER), breaker(TAKER)]).toEqual([-1_000, L.BREAKER_DRAWDOWN]);
    });

    test('a trip stays when the market comes back', () => {
      hold(TAKER, AAPL, -100);
      update(swing);
      update([gone(bid(10_011)), gone(ask(10_013)), bid(10_001), ask(10_003)]);
      expect([equity(TAKER), breaker(TAKER)]).toEqual([0, L.BREAKER_DRAWDOWN]);
      const state = memory.i32(desk.strategyAt(TAKER) + L.STR_TRADING_STATE);
      expect(state).toBe(L.TRADING_HALTED);
    });
  });
});
