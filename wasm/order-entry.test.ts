/** What becomes of the order table and its figures, row by row, on the kernels and on their twin. */
import { beforeEach, describe, expect, test } from 'vitest';
import { loadCore } from '../engine/core-module.ts';
import * as desk from '../test/support/desk.ts';
import * as L from './layout.ts';
import { LimitsReference } from './limits-reference.ts';
import { Memory } from './memory.ts';
import { OrderEntryReference } from './order-entry-reference.ts';

const { AAPL, SAP, MAKER, TAKER, BUY, SELL, NOON_NS, QUIET_BUY, orderAt } = desk;
const memory = new Memory();
const core = loadCore(memory);
type Entry = Pick<OrderEntryReference, 'gateSubmit' | 'gateApply' | 'orderMove'>;
const machines: readonly { name: string; build: () => Entry }[] = [
  { name: 'kernel', build: () => core },
  {
    name: 'twin',
    build: () => {
      const limits = new LimitsReference(memory);
      return new OrderEntryReference(memory, () => limits.check());
    },
  },
];

const LAST_SLOT = L.ORDERS_MAX - 1;
const of = (slot: number, field: number) => memory.i64(orderAt(slot) + field);
const stateOf = (slot: number) => memory.i32(orderAt(slot) + L.ORD_STATE);
const strategy = (field: number, index = MAKER) => memory.i64(desk.strategyAt(index) + field);
const openOrders = (index: number) => memory.i32(desk.strategyAt(index) + L.STR_OPEN_ORDERS);
const inState = (state: number) => memory.i32(L.CTL_ORDER_BY_STATE + state * 4);
const working = (side: number, index = MAKER, instrument = AAPL) =>
  memory.i64(
    desk.positionAt(index, instrument) +
      (side === BUY ? L.POS_OPEN_BUY_LOTS : L.POS_OPEN_SELL_LOTS),
  );

function setLots(slot: number, lots: { qty: number; cum: number; pending: number }): void {
  memory.setI64(orderAt(slot) + L.ORD_QTY_LOTS, lots.qty);
  memory.setI64(orderAt(slot) + L.ORD_CUM_LOTS, lots.cum);
  memory.setI64(orderAt(slot) + L.ORD_PENDING_QTY_LOTS, lots.pending);
}

function request(sequence: number): readonly number[] {
  const entry = L.CLORDIDS + (sequence % L.CLORDIDS_MAX) * L.CLORDID_BYTES;
  return [memory.i64(entry), memory.i32(entry + 8), memory.i32(entry + 12)];
}

// biome-ignore format: a table
const lots: readonly { what: string; state: number; qty: number; cum: number; pending: number; leaves: number; works: number }[] = [
  { what: 'a new order: all of it',                           state: L.ORDER_NEW,              qty: 20, cum: 0,  pending: 0,  leaves: 20, works: 20 },
  { what: 'a filled part is done',                            state: L.ORDER_PARTIALLY_FILLED, qty: 20, cum: 5,  pending: 0,  leaves: 15, works: 15 },
  { what: 'a replace to more counts before it is answered',   state: L.ORDER_PENDING_REPLACE,  qty: 20, cum: 5,  pending: 30, leaves: 15, works: 25 },
  { what: 'a replace to less does not',                       state: L.ORDER_PENDING_REPLACE,  qty: 20, cum: 5,  pending: 10, leaves: 15, works: 15 },
  { what: 'a replace whose fate is unknown counts as larger', state: L.ORDER_UNKNOWN,          qty: 20, cum: 5,  pending: 30, leaves: 15, works: 25 },
  { what: 'a cancel frees nothing before it is answered',     state: L.ORDER_PENDING_CANCEL,   qty: 20, cum: 5,  pending: 0,  leaves: 15, works: 15 },
  { what: 'a replace to more than was already filled',        state: L.ORDER_PENDING_REPLACE,  qty: 20, cum: 25, pending: 30, leaves: 0,  works: 5 },
  { what: 'more filled than ordered leaves nothing',          state: L.ORDER_PARTIALLY_FILLED, qty: 20, cum: 22, pending: 0,  leaves: 0,  works: 0 },
  { what: 'filled',                                           state: L.ORDER_FILLED,           qty: 20, cum: 20, pending: 0,  leaves: 0,  works: 0 },
  { what: 'canceled: what was left is free',                  state: L.ORDER_CANCELED,         qty: 20, cum: 5,  pending: 0,  leaves: 0,  works: 0 },
  { what: 'canceled: so is what a replace asked for',         state: L.ORDER_CANCELED,         qty: 20, cum: 5,  pending: 30, leaves: 0,  works: 0 },
  { what: 'rejected',                                         state: L.ORDER_REJECTED,         qty: 20, cum: 0,  pending: 0,  leaves: 0,  works: 0 },
  { what: 'expired',                                          state: L.ORDER_EXPIRED,          qty: 20, cum: 5,  pending: 0,  leaves: 0,  works: 0 },
  { what: 'denied',                                           state: L.ORDER_DENIED,           qty: 20, cum: 0,  pending: 0,  leaves: 0,  works: 0 },
];

describe.each(machines)('$name', ({ build }) => {
  let entry: Entry;
  beforeEach(() => {
    desk.openDesk(memory);
    memory.bytes.fill(0, L.CLORDIDS, L.CLORDIDS + L.CLORDIDS_MAX * L.CLORDID_BYTES);
    entry = build();
  });

  function apply(change: Partial<desk.Intent>, checked = L.ALLOWED): number {
    desk.setIntent(memory, { ...QUIET_BUY, ...change });
    memory.setI64(L.INTENT + L.INT_SEQUENCE, memory.i64(L.CTL_INTENT_SEQUENCE) + 1);
    return entry.gateApply(checked);
  }
  function submit(change: Partial<desk.Intent> = {}): number {
    desk.setIntent(memory, { ...QUIET_BUY, ...change });
    return entry.gateSubmit();
  }

  describe('what an order leaves and what counts as working', () => {
    test.each(lots)('$what', ({ state, leaves, works, ...given }) => {
      submit();
      setLots(0, given);
      entry.orderMove(orderAt(0), state);
      expect([of(0, L.ORD_LEAVES_LOTS), of(0, L.ORD_WORKING_LOTS)]).toEqual([leaves, works]);
      expect([working(BUY), working(SELL)]).toEqual([works, 0]);
    });

    test('each side, strategy and instrument has its own sum', () => {
      submit();
      submit({ qtyLots: 7, priceTicks: 9_999 });
      submit({ side: SELL, priceTicks: 10_004, qtyLots: 3 });
      submit({ strategy: TAKER, account: 1, instrument: SAP, priceTicks: 20_000, qtyLots: 2 });
      expect([working(BUY), working(SELL)]).toEqual([17, 3]);
      expect([working(BUY, TAKER, SAP), working(BUY, TAKER)]).toEqual([2, 0]);
      entry.orderMove(orderAt(1), L.ORDER_CANCELED);
      expect([working(BUY), working(SELL), working(BUY, TAKER, SAP)]).toEqual([10, 3, 2]);
    });
  });

  describe('figures', () => {
    const states = Array.from({ length: L.ORDER_DENIED }, (_, index) => index + 1);
    test.each(states)(
      'from state %d to any other: counted once, open as long as not final',
      (to) => {
        for (const from of states) {
          desk.openDesk(memory);
          apply({ strategy: TAKER, account: 1 });
          entry.orderMove(orderAt(0), from);
          entry.orderMove(orderAt(0), to);
          expect(states.filter((state) => inState(state) !== 0)).toEqual([to]);
          const open = to < L.ORDER_FILLED ? 1 : 0;
          expect([inState(to), memory.i32(L.CTL_OPEN_ORDERS)]).toEqual([1, open]);
          expect([openOrders(MAKER), openOrders(TAKER)]).toEqual([0, open]);
        }
      },
    );

    test('a move to the same state only notes the time and the lots', () => {
      submit();
      memory.setI64(L.CTL_CORE_TIME_NS, NOON_NS + 5);
      setLots(0, { qty: 10, cum: 4, pending: 0 });
      entry.orderMove(orderAt(0), L.ORDER_PENDING_NEW);
      expect([inState(L.ORDER_PENDING_NEW), openOrders(MAKER), working(BUY)]).toEqual([1, 1, 6]);
      expect([of(0, L.ORD_CREATED_NS), of(0, L.ORD_UPDATED_NS)]).toEqual([NOON_NS, NOON_NS + 5]);
    });
  });

  describe('an order that is allowed', () => {
    test('stands in the table as it was asked for', () => {
      memory.setI64(L.CTL_INTENT_SEQUENCE, 41);
      memory.setI32(desk.instrumentAt(SAP) + L.INS_SESSION, 0);
      const wish = { strategy: TAKER, account: 1, instrument: SAP, side: SELL };
      const terms = { priceTicks: 20_011, qtyLots: 4, timeInForce: desk.IOC };
      expect(submit({ ...wish, ...terms })).toBe(L.ALLOWED);
      const ints = [
        [L.ORD_STRATEGY, TAKER],
        [L.ORD_ACCOUNT, 1],
        [L.ORD_INSTRUMENT, SAP],
        [L.ORD_SIDE, SELL],
        [L.ORD_ORD_TYPE, desk.LIMIT],
        [L.ORD_TIME_IN_FORCE, desk.IOC],
        [L.ORD_STATE, L.ORDER_PENDING_NEW],
        [L.ORD_SESSION, 0],
      ] as const;
      for (const [field, value] of ints) expect(memory.i32(orderAt(0) + field)).toBe(value);
      const longs = [
        [L.ORD_NUMBER, 42],
        [L.ORD_CLORDID, 42],
        [L.ORD_PENDING_CLORDID, 0],
        [L.ORD_PRICE_TICKS, 20_011],
        [L.ORD_QTY_LOTS, 4],
        [L.ORD_CUM_LOTS, 0],
        [L.ORD_CREATED_NS, NOON_NS],
        [L.ORD_UPDATED_NS, NOON_NS],
        [L.ORD_ARRIVAL_MID_TICKS2, 40_010],
      ] as const;
      for (const [field, value] of longs) expect(of(0, field)).toBe(value);
      expect(request(42)).toEqual([42, 0, L.INTENT_NEW]);
      expect(memory.i32(L.INTENT + L.INT_ORDER_SLOT)).toBe(0);
    });

    test('is counted as an intent, an order and a NewOrderSingle', () => {
      submit();
      submit({ qtyLots: 11 });
      expect([strategy(L.STR_INTENTS), strategy(L.STR_ORDERS)]).toEqual([2, 2]);
      expect(strategy(L.STR_INTENTS, TAKER)).toBe(0);
      expect([memory.i64(L.CTL_ORDERS_SENT), memory.i64(L.CTL_INTENT_SEQUENCE)]).toEqual([2, 2]);
    });

    test.each([
      { what: 'two sides: twice their mid', bid: 10_001, ask: 10_004, trade: 9_000, mid: 20_005 },
      { what: 'no offers: twice the last trade', bid: 10_001, ask: 0, trade: 9_000, mid: 18_000 },
      { what: 'no bids: twice the last trade', bid: 0, ask: 10_004, trade: 9_000, mid: 18_000 },
      { what: 'never a trade, one side: none', bid: 0, ask: 10_004, trade: 0, mid: 0 },
    ])('remembers the mid that stood: $what', ({ bid, ask, trade, mid }) => {
      desk.setTouch(memory, AAPL, { bidTicks: bid, askTicks: ask });
      memory.setI64(desk.instrumentAt(AAPL) + L.INS_LAST_TRADE_TICKS, trade);
      apply({});
      expect(of(0, L.ORD_ARRIVAL_MID_TICKS2)).toBe(mid);
    });
  });

  describe('an intent that is refused', () => {
    test('uses its sequence up, is counted, and books nothing', () => {
      memory.setI32(L.CTL_FIRM_STATE, L.TRADING_HALTED);
      expect(submit()).toBe(L.DENY_KILLED);
      expect(memory.i32(L.INTENT + L.INT_VERDICT)).toBe(L.DENY_KILLED);
      expect(memory.i64(L.CTL_INTENT_SEQUENCE)).toBe(1);
      expect([strategy(L.STR_INTENTS), strategy(L.STR_ORDERS)]).toEqual([1, 0]);
      expect([stateOf(0), memory.i32(L.CTL_ORDER_CURSOR), request(1)[0]]).toEqual([0, 0, 0]);
      expect(working(BUY)).toBe(0);
    });

    test('says so whatever the journal says the verdict was', () => {
      expect(apply({}, L.DENY_BACK_PRESSURE)).toBe(L.DENY_BACK_PRESSURE);
      expect([memory.i32(L.INTENT + L.INT_VERDICT), stateOf(0)]).toEqual([19, 0]);
    });
  });

  describe('a request about an order', () => {
    test('a cancel stands beside it until the venue answers', () => {
      submit();
      expect(submit({ kind: L.INTENT_CANCEL, orderSlot: 0 })).toBe(L.ALLOWED);
      expect(stateOf(0)).toBe(L.ORDER_PENDING_CANCEL);
      expect([of(0, L.ORD_CLORDID), of(0, L.ORD_PENDING_CLORDID)]).toEqual([1, 2]);
      expect([of(0, L.ORD_PENDING_QTY_LOTS), working(BUY)]).toEqual([0, 10]);
      expect([request(1), request(2)]).toEqual([
        [1, 0, L.INTENT_NEW],
        [2, 0, L.INTENT_CANCEL],
      ]);
    });

    test('a replace stands beside it: its terms are not yet the order’s', () => {
      submit();
      entry.orderMove(orderAt(0), L.ORDER_NEW);
      const terms = { priceTicks: 9_998, qtyLots: 25 };
      expect(submit({ kind: L.INTENT_REPLACE, orderSlot: 0, ...terms })).toBe(L.ALLOWED);
      expect(stateOf(0)).toBe(L.ORDER_PENDING_REPLACE);
      expect([of(0, L.ORD_PRICE_TICKS), of(0, L.ORD_QTY_LOTS)]).toEqual([10_000, 10]);
      const pending = [L.ORD_PENDING_CLORDID, L.ORD_PENDING_PRICE_TICKS, L.ORD_PENDING_QTY_LOTS];
      expect(pending.map((field) => of(0, field))).toEqual([2, 9_998, 25]);
      expect([working(BUY), request(2)]).toEqual([25, [2, 0, L.INTENT_REPLACE]]);
    });

    test('is an intent but no order', () => {
      submit();
      submit({ kind: L.INTENT_CANCEL, orderSlot: 0 });
      expect([strategy(L.STR_INTENTS), strategy(L.STR_ORDERS)]).toEqual([2, 1]);
      expect(memory.i64(L.CTL_ORDERS_SENT)).toBe(1);
    });
  });

  describe('slots', () => {
    test('are given in order; one whose order is done is passed on only after the last', () => {
      submit();
      entry.orderMove(orderAt(0), L.ORDER_CANCELED);
      apply({});
      expect([stateOf(0), stateOf(1)]).toEqual([L.ORDER_CANCELED, L.ORDER_PENDING_NEW]);
      memory.setI32(L.CTL_ORDER_CURSOR, LAST_SLOT);
      apply({});
      apply({});
      expect([stateOf(LAST_SLOT), stateOf(0)]).toEqual([L.ORDER_PENDING_NEW, L.ORDER_PENDING_NEW]);
      expect(memory.i32(L.CTL_ORDER_CURSOR)).toBe(1);
    });

    test('an open order keeps its own', () => {
      submit();
      memory.setI32(L.CTL_ORDER_CURSOR, 0);
      apply({});
      expect([of(0, L.ORD_NUMBER), of(1, L.ORD_NUMBER)]).toEqual([1, 2]);
    });

    test('a slot used again holds nothing of its last order, and neither do the figures', () => {
      submit();
      memory.bytes.fill(7, orderAt(0) + L.ORD_ORDER_ID, orderAt(0) + L.ORDER_BYTES);
      memory.setI64(orderAt(0) + L.ORD_WORKING_LOTS, 10);
      entry.orderMove(orderAt(0), L.ORDER_REJECTED);
      memory.setI32(L.CTL_ORDER_CURSOR, 0);
      apply({ qtyLots: 3 });
      const rest = memory.bytes.slice(orderAt(0) + L.ORD_ORDER_ID, orderAt(0) + L.ORD_WORKING_LOTS);
      expect(rest.every((byte) => byte === 0)).toBe(true);
      const execIds = memory.bytes.slice(orderAt(0) + L.ORD_EXEC_IDS, orderAt(1));
      expect(execIds.every((byte) => byte === 0)).toBe(true);
      expect([inState(L.ORDER_REJECTED), inState(L.ORDER_PENDING_NEW)]).toEqual([0, 1]);
      expect(working(BUY)).toBe(3);
    });

    test('all open: the next order is refused, a cancel still goes', () => {
      for (let slot = 0; slot < L.ORDERS_MAX; slot++) apply({});
      expect(memory.i32(L.CTL_OPEN_ORDERS)).toBe(L.ORDERS_MAX);
      const cursor = memory.i32(L.CTL_ORDER_CURSOR);
      expect(apply({})).toBe(L.DENY_TOO_MANY_ORDERS);
      expect(memory.i32(L.INTENT + L.INT_VERDICT)).toBe(L.DENY_TOO_MANY_ORDERS);
      expect(memory.i32(L.CTL_ORDER_CURSOR)).toBe(cursor);
      expect(strategy(L.STR_INTENTS)).toBe(L.ORDERS_MAX + 1);
      expect(memory.i64(L.CTL_ORDERS_SENT)).toBe(L.ORDERS_MAX);
      expect(apply({ kind: L.INTENT_CANCEL, orderSlot: 99 })).toBe(L.ALLOWED);
      entry.orderMove(orderAt(99), L.ORDER_CANCELED);
      expect([apply({}), memory.i32(L.INTENT + L.INT_ORDER_SLOT)]).toEqual([L.ALLOWED, 99]);
    });

    test('a request is found until CLORDIDS_MAX later ones have come', () => {
      memory.setI64(L.CTL_INTENT_SEQUENCE, 6);
      apply({});
      memory.setI64(L.CTL_INTENT_SEQUENCE, 6 + L.CLORDIDS_MAX - 1);
      apply({ kind: L.INTENT_CANCEL, orderSlot: 0 });
      expect(request(7)).toEqual([7, 0, L.INTENT_NEW]);
      apply({});
      expect(request(7)).toEqual([7 + L.CLORDIDS_MAX, 1, L.INTENT_NEW]);
    });
  });
});
