/** Every refusal of the limits gate beside the nearest order that passes, on the kernel and on its twin. */
import { describe, expect, test } from 'vitest';
import { loadCore } from '../engine/core-module.ts';
import { REFUSALS } from '../engine/errors.ts';
import * as desk from '../test/support/desk.ts';
import * as R from './journal-ring-layout.ts';
import * as L from './layout.ts';
import { LimitsReference } from './limits-reference.ts';
import { Memory } from './memory.ts';

const memory = new Memory();
const core = loadCore(memory);
const { AAPL, MAKER, QUIET_BUY, BUY, SELL, MARKET, NOON_NS, instrumentAt, orderAt } = desk;
const maker = desk.strategyAt(MAKER);
const limit = desk.limitAt(MAKER, AAPL);
const position = desk.positionAt(MAKER, AAPL);
const SLOT = 7;
const TX_ROOM = 1024;

type Change = Partial<desk.Intent>;
interface Row {
  readonly code: number;
  readonly what: string;
  readonly world?: () => void;
  readonly refused: Change;
  readonly passes: Change;
  /** What else must be different for `passes`. */
  readonly nearest?: () => void;
}

const int = (at: number, value: number) => () => memory.setI32(at, value);
const long = (at: number, value: number) => () => memory.setI64(at, value);
const all =
  (...steps: (() => void)[]) =>
  () => {
    for (const step of steps) step();
  };
const hold = (lots: number) => long(position + L.POS_LOTS, lots);
const touch = (bidTicks: number, askTicks: number) => () =>
  desk.setTouch(memory, AAPL, { bidTicks, askTicks });
const sell = (qtyLots: number): Change => ({ side: SELL, priceTicks: 10_004, qtyLots });
const byHand = { flags: L.INTENT_FLAG_OPERATOR };

/** An order of the maker's for 20 AAPL, 5 of them filled, resting in SLOT. */
function rest(state: number): () => void {
  return () => {
    const order = orderAt(SLOT);
    memory.setI64(order + L.ORD_NUMBER, 1);
    memory.setI64(order + L.ORD_CLORDID, 1);
    memory.setI32(order + L.ORD_SIDE, BUY);
    memory.setI32(order + L.ORD_STATE, state);
    memory.setI64(order + L.ORD_PRICE_TICKS, 10_000);
    memory.setI64(order + L.ORD_QTY_LOTS, 20);
    memory.setI64(order + L.ORD_CUM_LOTS, 5);
    memory.setI64(order + L.ORD_WORKING_LOTS, 15);
    memory.setI64(position + L.POS_OPEN_BUY_LOTS, 15);
    memory.setI64(position + L.POS_LOTS, 5);
  };
}
const replace = (qtyLots: number): Change => ({
  kind: L.INTENT_REPLACE,
  orderSlot: SLOT,
  qtyLots,
  priceTicks: 9_999,
});
const cancel: Change = { kind: L.INTENT_CANCEL, orderSlot: SLOT };
const working = rest(L.ORDER_PARTIALLY_FILLED);

// biome-ignore format: a table
const rows: readonly Row[] = [
  { code: L.DENY_KILLED, what: 'the firm is halted', world: int(L.CTL_FIRM_STATE, L.TRADING_HALTED), refused: {}, passes: {}, nearest: int(L.CTL_FIRM_STATE, L.TRADING_ACTIVE) },
  { code: L.DENY_KILLED, what: 'the firm is halted: not even a flatten by hand', world: all(hold(10), int(L.CTL_FIRM_STATE, L.TRADING_HALTED)), refused: { ...sell(10), ...byHand }, passes: { ...sell(10), ...byHand }, nearest: int(L.CTL_FIRM_STATE, L.TRADING_REDUCING) },
  { code: L.DENY_STATE, what: 'the strategy is halted', world: int(maker + L.STR_TRADING_STATE, L.TRADING_HALTED), refused: {}, passes: {}, nearest: int(maker + L.STR_TRADING_STATE, L.TRADING_ACTIVE) },
  { code: L.DENY_STATE, what: 'the account is halted', world: int(L.ACCOUNTS, L.TRADING_HALTED), refused: {}, passes: {}, nearest: int(L.ACCOUNTS, L.TRADING_ACTIVE) },
  { code: L.DENY_STATE, what: 'the instrument is halted', world: int(instrumentAt(AAPL) + L.INS_TRADING_STATE, L.TRADING_HALTED), refused: {}, passes: {}, nearest: int(instrumentAt(AAPL) + L.INS_TRADING_STATE, L.TRADING_ACTIVE) },
  { code: L.DENY_STATE, what: 'reducing, and the sale is larger than the position', world: all(hold(10), int(maker + L.STR_TRADING_STATE, L.TRADING_REDUCING)), refused: sell(11), passes: sell(10) },
  { code: L.DENY_STATE, what: 'reducing, and a working sale already takes part of the position', world: all(hold(10), long(position + L.POS_OPEN_SELL_LOTS, 4), int(L.CTL_FIRM_STATE, L.TRADING_REDUCING)), refused: sell(7), passes: sell(6) },
  { code: L.DENY_STATE, what: 'the strategy is paused', world: all(hold(10), int(maker + L.STR_PAUSED, 1)), refused: sell(10), passes: { ...sell(10), ...byHand } },
  { code: L.DENY_STATE, what: 'a flatten by hand would open', world: hold(-10), refused: { qtyLots: 11, ...byHand }, passes: { qtyLots: 10, ...byHand } },
  { code: L.DENY_NO_LIMIT_SET, what: 'no limit is set', world: int(limit + L.LIM_SET, 0), refused: {}, passes: { strategy: desk.TAKER, account: 1 } },
  { code: L.DENY_NO_LIMIT_SET, what: 'the strategy does not exist', refused: { strategy: 2 }, passes: { strategy: 1, account: 1 } },
  { code: L.DENY_NO_LIMIT_SET, what: 'the instrument does not exist', refused: { instrument: 2 }, passes: {} },
  { code: L.DENY_NOT_PERMITTED, what: 'the strategy may not trade it', world: int(limit + L.LIM_PERMITTED, 0), refused: {}, passes: {}, nearest: int(limit + L.LIM_PERMITTED, 1) },
  { code: L.DENY_NOT_PERMITTED, what: 'another strategy’s account', refused: { account: 1 }, passes: { account: 0 } },
  { code: L.DENY_NOT_PERMITTED, what: 'a side that FIX gives another meaning', refused: { side: 5 }, passes: { side: SELL, priceTicks: 10_004 } },
  { code: L.DENY_NOT_PERMITTED, what: 'a stop order', refused: { ordType: '3'.charCodeAt(0) }, passes: {} },
  { code: L.DENY_NOT_PERMITTED, what: 'a time in force that no check knows', refused: { timeInForce: '6'.charCodeAt(0) }, passes: { timeInForce: '4'.charCodeAt(0) } },
  { code: L.DENY_CLOSED, what: 'the venue has not opened', world: all(long(instrumentAt(AAPL) + L.INS_OPEN_NS, desk.NOON_NS + 1), long(instrumentAt(AAPL) + L.INS_CLOSE_NS, desk.NOON_NS + 9)), refused: {}, passes: {}, nearest: long(instrumentAt(AAPL) + L.INS_OPEN_NS, desk.NOON_NS) },
  { code: L.DENY_CLOSED, what: 'the venue has closed', world: long(instrumentAt(AAPL) + L.INS_CLOSE_NS, desk.NOON_NS), refused: {}, passes: {}, nearest: long(instrumentAt(AAPL) + L.INS_CLOSE_NS, desk.NOON_NS + 1) },
  { code: L.DENY_SESSION_DOWN, what: 'the session recovers', world: int(L.SESSIONS, L.SESSION_RECOVERING), refused: {}, passes: {}, nearest: int(L.SESSIONS, L.SESSION_LIVE) },
  { code: L.DENY_SESSION_DOWN, what: 'the instrument has no session', world: int(instrumentAt(AAPL) + L.INS_SESSION, -1), refused: {}, passes: {}, nearest: int(instrumentAt(AAPL) + L.INS_SESSION, 0) },
  { code: L.DENY_SESSION_DOWN, what: 'the logon is not answered; while a gap is filled a cancel goes', world: all(working, int(L.SESSIONS, L.SESSION_LOGON_SENT)), refused: cancel, passes: cancel, nearest: int(L.SESSIONS, L.SESSION_RECOVERING) },
  { code: L.DENY_SESSION_DOWN, what: 'the session is down, for a cancel too', world: all(working, int(L.SESSIONS, L.SESSION_DISCONNECTED)), refused: cancel, passes: cancel, nearest: int(L.SESSIONS, L.SESSION_LIVE) },
  { code: L.DENY_BOOK_STATE, what: 'the book has a gap', world: int(instrumentAt(AAPL) + L.INS_BOOK_STATE, L.BOOK_GAP), refused: {}, passes: {}, nearest: int(instrumentAt(AAPL) + L.INS_BOOK_STATE, L.BOOK_LIVE) },
  { code: L.DENY_BOOK_STATE, what: 'nobody offers', world: touch(10_001, 0), refused: {}, passes: {}, nearest: touch(10_001, 10_002) },
  { code: L.DENY_BOOK_STATE, what: 'nobody bids', world: touch(0, 10_002), refused: {}, passes: {}, nearest: touch(10_001, 10_002) },
  { code: L.DENY_BOOK_STATE, what: 'the book is locked', world: touch(10_001, 10_001), refused: {}, passes: {}, nearest: touch(10_001, 10_002) },
  { code: L.DENY_BOOK_STATE, what: 'the book is crossed', world: touch(10_002, 10_001), refused: {}, passes: {}, nearest: touch(10_001, 10_002) },
  { code: L.DENY_STALE_BOOK, what: 'the book is a nanosecond too old', world: long(L.CTL_CORE_TIME_NS, NOON_NS + 2e9 + 1), refused: {}, passes: {}, nearest: long(L.CTL_CORE_TIME_NS, NOON_NS + 2e9) },
  { code: L.DENY_BAD_PRICE, what: 'the price is nothing', refused: { priceTicks: 0 }, passes: { priceTicks: 9_802 } },
  { code: L.DENY_BAD_PRICE, what: 'the price is negative', refused: { priceTicks: -10_000 }, passes: {} },
  { code: L.DENY_BAD_PRICE, what: 'the price is off the increment', world: long(instrumentAt(AAPL) + L.INS_MIN_INCREMENT_TICKS, 5), refused: { priceTicks: 9_999 }, passes: { priceTicks: 9_995 } },
  { code: L.DENY_BAD_PRICE, what: 'the price is too large to count with', refused: { priceTicks: 2 ** 48 + 1 }, passes: {} },
  { code: L.DENY_PRICE_COLLAR, what: 'a buy 2 % and a tick above the mid', refused: { priceTicks: 10_203 }, passes: { priceTicks: 10_202, qtyLots: 9 } },
  { code: L.DENY_PRICE_COLLAR, what: 'a buy 2 % and a tick below the mid', refused: { priceTicks: 9_801 }, passes: { priceTicks: 9_802 } },
  { code: L.DENY_PRICE_COLLAR, what: 'a sale 2 % and a tick below the mid', refused: { side: SELL, priceTicks: 9_801 }, passes: { side: SELL, priceTicks: 9_802 } },
  { code: L.DENY_PRICE_COLLAR, what: 'a market order into an offer far away', world: touch(9_000, 9_400), refused: { ordType: MARKET, priceTicks: 0 }, passes: { ordType: MARKET, priceTicks: 0 }, nearest: touch(9_000, 9_360) },
  { code: L.DENY_ORDER_QTY, what: 'a lot too many', world: long(limit + L.LIM_ORDER_NOTIONAL_MINOR_MAX, 1e9), refused: { qtyLots: 101 }, passes: { qtyLots: 100 } },
  { code: L.DENY_ORDER_QTY, what: 'no lots', refused: { qtyLots: 0 }, passes: { qtyLots: 1 } },
  { code: L.DENY_ORDER_QTY, what: 'negative lots', refused: { qtyLots: -1 }, passes: { qtyLots: 1 } },
  { code: L.DENY_ORDER_QTY, what: 'a replace above the maximum', world: all(working, long(limit + L.LIM_ORDER_NOTIONAL_MINOR_MAX, 1e9)), refused: replace(101), passes: replace(100) },
  { code: L.DENY_ORDER_QTY, what: 'a replace that leaves nothing to trade', world: working, refused: replace(5), passes: replace(6) },
  { code: L.DENY_ORDER_NOTIONAL, what: 'a cent too much', world: long(limit + L.LIM_ORDER_NOTIONAL_MINOR_MAX, 100_000), refused: { priceTicks: 10_001 }, passes: { priceTicks: 10_000 } },
  { code: L.DENY_ORDER_NOTIONAL, what: 'euros count 1.25 dollars', refused: { instrument: desk.SAP, priceTicks: 20_000, qtyLots: 41 }, passes: { instrument: desk.SAP, priceTicks: 20_000, qtyLots: 40 } },
  { code: L.DENY_ORDER_NOTIONAL, what: 'a market order at the touch it meets', world: long(limit + L.LIM_ORDER_NOTIONAL_MINOR_MAX, 100_029), refused: { ordType: MARKET }, passes: { ordType: MARKET, side: SELL } },
  { code: L.DENY_ORDER_NOTIONAL, what: 'more than can be counted', world: all(touch(2 ** 47, 2 ** 47 + 2), long(limit + L.LIM_ORDER_NOTIONAL_MINOR_MAX, Number.MAX_SAFE_INTEGER)), refused: { priceTicks: 2 ** 47, qtyLots: 64 }, passes: { priceTicks: 2 ** 47, qtyLots: 63 } },
  { code: L.DENY_ORDER_NOTIONAL, what: 'a replace that costs too much', world: all(working, long(limit + L.LIM_ORDER_LOTS_MAX, 200)), refused: replace(101), passes: replace(100) },
  { code: L.DENY_POSITION, what: 'position, working orders and this one pass the maximum', world: all(hold(100), long(position + L.POS_OPEN_BUY_LOTS, 41)), refused: { qtyLots: 10 }, passes: { qtyLots: 9 } },
  { code: L.DENY_POSITION, what: 'a short beyond the maximum', world: all(hold(-100), long(position + L.POS_OPEN_SELL_LOTS, 41)), refused: sell(10), passes: sell(9) },
  { code: L.DENY_POSITION, what: 'a position already beyond the maximum may only shrink', world: hold(200), refused: { qtyLots: 1 }, passes: sell(1) },
  { code: L.DENY_POSITION, what: 'a replace counts its increase', world: all(working, hold(100)), refused: replace(56), passes: replace(55) },
  { code: L.DENY_DAILY_LOSS, what: 'the loss of the day has reached the maximum', world: all(hold(10), long(maker + L.STR_EQUITY_MINOR, -500_000)), refused: {}, passes: sell(10) },
  { code: L.DENY_DAILY_LOSS, what: 'to the cent', world: long(maker + L.STR_EQUITY_MINOR, -500_000), refused: {}, passes: {}, nearest: long(maker + L.STR_EQUITY_MINOR, -499_999) },
  { code: L.DENY_OPEN_ORDERS, what: 'an order too many is open', world: int(maker + L.STR_OPEN_ORDERS, 3), refused: {}, passes: {}, nearest: int(maker + L.STR_OPEN_ORDERS, 2) },
  { code: L.DENY_OPEN_ORDERS, what: 'but a replace opens none', world: all(working, int(maker + L.STR_OPEN_ORDERS, 3)), refused: {}, passes: replace(20) },
  { code: L.DENY_TOO_MANY_ORDERS, what: 'the order table is full', world: int(L.CTL_OPEN_ORDERS, L.ORDERS_MAX), refused: {}, passes: {}, nearest: int(L.CTL_OPEN_ORDERS, L.ORDERS_MAX - 1) },
  { code: L.DENY_ORDER_STATE, what: 'a replace before the acknowledgement', world: rest(L.ORDER_PENDING_NEW), refused: replace(20), passes: cancel },
  { code: L.DENY_ORDER_STATE, what: 'a second cancel', world: rest(L.ORDER_PENDING_CANCEL), refused: cancel, passes: cancel, nearest: rest(L.ORDER_NEW) },
  { code: L.DENY_ORDER_STATE, what: 'a cancel while a replace is on its way', world: rest(L.ORDER_PENDING_REPLACE), refused: cancel, passes: cancel, nearest: working },
  { code: L.DENY_ORDER_STATE, what: 'an order whose outcome is not known', world: rest(L.ORDER_UNKNOWN), refused: cancel, passes: cancel, nearest: working },
  { code: L.DENY_ORDER_STATE, what: 'a cancel of what is filled', world: rest(L.ORDER_FILLED), refused: cancel, passes: cancel, nearest: working },
  { code: L.DENY_ORDER_STATE, what: 'another strategy’s order', world: working, refused: { ...cancel, strategy: desk.TAKER }, passes: cancel },
  { code: L.DENY_ORDER_STATE, what: 'a slot that was never used', world: working, refused: { ...cancel, orderSlot: 8 }, passes: cancel },
  { code: L.DENY_ORDER_STATE, what: 'a slot outside the table', world: working, refused: { ...cancel, orderSlot: L.ORDERS_MAX }, passes: cancel },
  { code: L.DENY_ORDER_STATE, what: 'a replace of the other side', world: working, refused: { ...replace(20), side: SELL }, passes: replace(20) },
  { code: L.DENY_BACK_PRESSURE, what: 'the socket does not take the bytes', world: int(L.SESSIONS + L.SES_TX_END, L.TX_BYTES - TX_ROOM + 1), refused: {}, passes: {}, nearest: int(L.SESSIONS + L.SES_TX_END, L.TX_BYTES - TX_ROOM) },
  { code: L.DENY_BACK_PRESSURE, what: 'nor those of a cancel', world: all(working, int(L.SESSIONS + L.SES_TX_END, L.TX_BYTES)), refused: cancel, passes: cancel, nearest: int(L.SESSIONS + L.SES_TX_END, 0) },
  { code: L.DENY_BACK_PRESSURE, what: 'the journal is half full of what is not handed over', world: all(long(R.RING_HEAD, 9_000_000_000), long(R.RING_TAIL, 9_000_000_000 - R.RING_ORDERS_BYTES_MAX)), refused: {}, passes: {}, nearest: long(R.RING_TAIL, 9_000_000_008 - R.RING_ORDERS_BYTES_MAX) },
  { code: L.DENY_BACK_PRESSURE, what: 'the journal’s disk is full, but cancels leave', world: all(working, int(R.RING_FAULT, R.WRITER_FAULT_NO_ROOM)), refused: replace(20), passes: cancel },
  { code: L.DENY_BACK_PRESSURE, what: 'the journal’s disk is gone', world: int(R.RING_FAULT, R.WRITER_FAULT_FAILED), refused: {}, passes: {}, nearest: int(R.RING_FAULT, R.WRITER_WELL) },
];

interface Gate {
  check(): number;
}
const gates: readonly { name: string; open(): Gate }[] = [
  { name: 'the kernel', open: () => ({ check: () => core.limitsCheck() }) },
  { name: 'its plain twin', open: () => new LimitsReference(memory) },
];

describe.each(gates)('$name', ({ open }) => {
  function verdict(gate: Gate, change: Change): number {
    desk.setIntent(memory, { ...QUIET_BUY, ...change });
    return gate.check();
  }

  test('a quiet order passes', () => {
    desk.openDesk(memory);
    expect(verdict(open(), {})).toBe(L.ALLOWED);
  });

  test.each(rows)('$code: $what', ({ code, world, refused, passes, nearest }) => {
    desk.openDesk(memory);
    const gate = open();
    world?.();
    expect(verdict(gate, refused)).toBe(code);
    nearest?.();
    expect(verdict(gate, passes)).toBe(L.ALLOWED);
  });

  test('the sixth message of a second is refused, and passes when the first is a second old', () => {
    desk.openDesk(memory);
    const gate = open();
    for (let message = 0; message < 5; message++) {
      memory.setI64(L.CTL_CORE_TIME_NS, NOON_NS + message);
      expect(verdict(gate, { priceTicks: 9_900 + message })).toBe(L.ALLOWED);
    }
    memory.setI64(L.CTL_CORE_TIME_NS, NOON_NS + 1e9 - 1);
    expect(verdict(gate, { priceTicks: 9_950 })).toBe(L.DENY_MESSAGE_RATE);
    memory.setI64(L.CTL_CORE_TIME_NS, NOON_NS + 1e9);
    expect(verdict(gate, { priceTicks: 9_950 })).toBe(L.ALLOWED);
    expect(verdict(gate, { priceTicks: 9_951 })).toBe(L.DENY_MESSAGE_RATE);
  });

  test('cancels count in the message rate and are not refused by it', () => {
    desk.openDesk(memory);
    const gate = open();
    working();
    for (let message = 0; message < 7; message++) expect(verdict(gate, cancel)).toBe(L.ALLOWED);
    expect(verdict(gate, {})).toBe(L.DENY_MESSAGE_RATE);
  });

  test('a cancel leaves in every trading state, whatever the book and the limits say', () => {
    desk.openDesk(memory);
    const gate = open();
    all(working, int(L.CTL_FIRM_STATE, L.TRADING_HALTED), touch(0, 0), int(limit + L.LIM_SET, 0))();
    memory.setI32(maker + L.STR_TRADING_STATE, L.TRADING_HALTED);
    expect(verdict(gate, cancel)).toBe(L.ALLOWED);
  });

  test('the same order is refused for 100 ms; another price, side or quantity is another order', () => {
    desk.openDesk(memory);
    const gate = open();
    memory.setI32(limit + L.LIM_MESSAGES_PER_S_MAX, 100);
    expect(verdict(gate, {})).toBe(L.ALLOWED);
    memory.setI64(L.CTL_CORE_TIME_NS, NOON_NS + 1e8 - 1);
    expect(verdict(gate, {})).toBe(L.DENY_DUPLICATE);
    expect(verdict(gate, { priceTicks: 9_999 })).toBe(L.ALLOWED);
    expect(verdict(gate, { qtyLots: 11 })).toBe(L.ALLOWED);
    expect(verdict(gate, { side: SELL })).toBe(L.ALLOWED);
    expect(verdict(gate, { strategy: desk.TAKER, account: 1 })).toBe(L.ALLOWED);
    memory.setI64(L.CTL_CORE_TIME_NS, NOON_NS + 1e8);
    expect(verdict(gate, {})).toBe(L.ALLOWED);
  });

  test('a refused order is not remembered and not counted', () => {
    desk.openDesk(memory);
    const gate = open();
    memory.setI32(L.CTL_FIRM_STATE, L.TRADING_HALTED);
    for (let message = 0; message < 10; message++) verdict(gate, {});
    memory.setI32(L.CTL_FIRM_STATE, L.TRADING_ACTIVE);
    expect(verdict(gate, {})).toBe(L.ALLOWED);
  });
});

test('every refusal of the table of refusals has a row', () => {
  const tested = new Set(rows.map(({ code }) => code));
  for (const code of [L.DENY_MESSAGE_RATE, L.DENY_DUPLICATE]) tested.add(code); // tests of their own
  const all = REFUSALS.map(({ code }) => code);
  expect([...tested].sort((a, b) => a - b)).toEqual(all.sort((a, b) => a - b));
});

test('the kernel writes its verdict into the intent', () => {
  desk.openDesk(memory);
  desk.setIntent(memory, { ...QUIET_BUY, qtyLots: 0 });
  core.limitsCheck();
  expect(memory.i32(L.INTENT + L.INT_VERDICT)).toBe(L.DENY_ORDER_QTY);
});
