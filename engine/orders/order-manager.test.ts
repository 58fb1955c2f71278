/** What becomes of an order, told as stories between us and the venue. */
import { beforeEach, describe, expect, test } from 'vitest';
import * as desk from '../../test/support/desk.ts';
import { OrderDesk, type Report } from '../../test/support/order-desk.ts';
import * as L from '../../wasm/layout.ts';

let book: OrderDesk;
/** Order 1 of every story: buy 10 AAPL. */
let slot: number;
beforeEach(() => {
  book = new OrderDesk();
  slot = book.open();
});

const ack: Report = { execType: '0', ordStatus: '0', clOrdId: 1, cumLots: 0 };
const fill = (lastLots: number, cumLots: number, change: Partial<Report> = {}): Report => ({
  execType: 'F',
  ordStatus: cumLots >= 10 ? '2' : '1',
  clOrdId: 1,
  cumLots,
  lastLots,
  lastPxTicks: 10_000,
  ...change,
});
const status = (ordStatus: string, cumLots: number, clOrdId = 1): Report => ({
  execType: 'I',
  ordStatus,
  clOrdId,
  cumLots,
});
const openOrders = () => book.memory.i32(L.CTL_OPEN_ORDERS);
const workingBuys = () => book.position(L.POS_OPEN_BUY_LOTS);

describe('the plain life of an order', () => {
  test('it counts in full from the moment it is sent', () => {
    expect(book.state(slot)).toBe(L.ORDER_PENDING_NEW);
    expect([openOrders(), workingBuys()]).toEqual([1, 10]);
    expect(book.memory.i32(desk.strategyAt(desk.MAKER) + L.STR_OPEN_ORDERS)).toBe(1);
    expect(book.memory.i32(L.CTL_ORDER_BY_STATE + L.ORDER_PENDING_NEW * 4)).toBe(1);
  });

  test('acknowledged, filled in part, filled', () => {
    expect(book.report(ack).state).toBe(L.ORDER_NEW);
    expect(book.report(fill(4, 4))).toMatchObject({
      state: L.ORDER_PARTIALLY_FILLED,
      fillLots: 4,
      fillPriceTicks: 10_000,
      isFinal: false,
    });
    expect([book.position(L.POS_LOTS), workingBuys()]).toEqual([4, 6]);
    expect(book.report(fill(6, 10))).toMatchObject({ state: L.ORDER_FILLED, isFinal: true });
    expect([book.position(L.POS_LOTS), workingBuys(), openOrders()]).toEqual([10, 0, 0]);
  });

  test('a reject frees what it held, and is counted', () => {
    const outcome = book.report({ ...ack, execType: '8', ordStatus: '8' });
    expect(outcome).toMatchObject({ isRejected: true, isFinal: true });
    expect(workingBuys()).toBe(0);
    expect(book.memory.i64(L.CTL_VENUE_REJECTS)).toBe(1);
  });

  test('it expires, and done for day is as final', () => {
    book.report(ack);
    expect(book.report({ ...ack, execType: '3', ordStatus: '3' }).state).toBe(L.ORDER_EXPIRED);
  });
});

describe('cancel and replace', () => {
  test('a fill may come while the cancel is on its way', () => {
    book.report(ack);
    const request = book.cancel(slot);
    expect(book.state(slot)).toBe(L.ORDER_PENDING_CANCEL);
    book.report(fill(3, 3, { ordStatus: '6', clOrdId: request }));
    expect([book.state(slot), workingBuys()]).toEqual([L.ORDER_PENDING_CANCEL, 7]);
    book.report({ execType: '4', ordStatus: '4', clOrdId: request, origClOrdId: 1, cumLots: 3 });
    expect([book.state(slot), workingBuys(), openOrders()]).toEqual([L.ORDER_CANCELED, 0, 0]);
  });

  test('an acknowledgement that crosses the cancel does not undo it', () => {
    book.cancel(slot);
    expect(book.report(ack).state).toBe(L.ORDER_PENDING_CANCEL);
  });

  test('a refused cancel puts the order back to work', () => {
    book.report(fill(4, 4));
    const clOrdId = book.cancel(slot);
    const ordStatus = '1'.charCodeAt(0);
    const outcome = book.orders.applyCancelReject({
      clOrdId,
      origClOrdId: 1,
      ordStatus,
      reason: 0,
    });
    expect(outcome).toMatchObject({ state: L.ORDER_PARTIALLY_FILLED, isRequestRejected: true });
    expect(book.order(slot, L.ORD_PENDING_CLORDID)).toBe(0);
  });

  test('too late to cancel, but nothing said so before: the outcome is not known', () => {
    book.report(ack);
    const clOrdId = book.cancel(slot);
    const ordStatus = '2'.charCodeAt(0);
    const outcome = book.orders.applyCancelReject({
      clOrdId,
      origClOrdId: 1,
      ordStatus,
      reason: 0,
    });
    expect(outcome).toMatchObject({ state: L.ORDER_UNKNOWN, breach: 'UNEXPECTED' });
    expect(workingBuys()).toBe(10);
  });

  test('until a replace is answered the larger quantity counts', () => {
    book.report(ack);
    const request = book.replace(slot, 25, 9_990);
    expect(workingBuys()).toBe(25);
    book.report({ execType: '5', ordStatus: '0', clOrdId: request, origClOrdId: 1, cumLots: 0 });
    expect([book.state(slot), workingBuys()]).toEqual([L.ORDER_NEW, 25]);
    expect(book.order(slot, L.ORD_PRICE_TICKS)).toBe(9_990);
    expect(book.order(slot, L.ORD_CLORDID)).toBe(request);
    const smaller = book.replace(slot, 5, 9_990);
    expect(workingBuys()).toBe(25);
    book.report({
      execType: '5',
      ordStatus: '0',
      clOrdId: smaller,
      origClOrdId: request,
      cumLots: 0,
    });
    expect(workingBuys()).toBe(5);
  });

  test('the venue’s own quantity and price hold where it states them', () => {
    book.report(ack);
    const clOrdId = book.replace(slot, 25, 9_990);
    book.report({
      execType: '5',
      ordStatus: '0',
      clOrdId,
      cumLots: 0,
      orderLots: 20,
      priceTicks: 9_991,
    });
    expect(book.order(slot, L.ORD_QTY_LOTS)).toBe(20);
    expect(book.order(slot, L.ORD_PRICE_TICKS)).toBe(9_991);
  });
});

describe('the connection breaks', () => {
  test('requests on their way become unknown, resting orders stay what they are', () => {
    const resting = book.open({ priceTicks: 9_000 });
    book.report({ ...ack, clOrdId: 2 });
    book.orders.markUnknown(0);
    expect([book.state(slot), book.state(resting)]).toEqual([L.ORDER_UNKNOWN, L.ORDER_NEW]);
    expect([workingBuys(), openOrders()]).toEqual([20, 2]);
  });

  test('another session’s orders are left alone', () => {
    book.orders.markUnknown(1);
    expect(book.state(slot)).toBe(L.ORDER_PENDING_NEW);
  });

  test.each([
    { what: 'it rests', report: status('0', 0), state: L.ORDER_NEW },
    { what: 'it was canceled', report: status('4', 0), state: L.ORDER_CANCELED },
    { what: 'it never came', report: status('8', 0), state: L.ORDER_REJECTED },
    { what: 'it was taken, by its late acknowledgement', report: ack, state: L.ORDER_NEW },
    { what: 'it trades, by its late fill', report: fill(2, 2), state: L.ORDER_PARTIALLY_FILLED },
  ])('an unknown order is what the venue says: $what', ({ report, state }) => {
    book.orders.markUnknown(0);
    expect(book.report(report)).toMatchObject({ state, breach: 'NONE' });
  });

  test('a late fill does not settle what became of a cancel', () => {
    book.report(ack);
    book.cancel(slot);
    book.orders.markUnknown(0);
    expect(book.report(fill(2, 2)).state).toBe(L.ORDER_UNKNOWN);
    expect(book.report(status('1', 2)).state).toBe(L.ORDER_PARTIALLY_FILLED);
  });

  test('a status under the new ClOrdID says that the replace happened', () => {
    book.report(ack);
    const request = book.replace(slot, 25, 9_990);
    book.orders.markUnknown(0);
    book.report(status('0', 0, request));
    expect([book.order(slot, L.ORD_QTY_LOTS), book.order(slot, L.ORD_CLORDID)]).toEqual([
      25,
      request,
    ]);
  });

  test('a status under the old one says that it did not', () => {
    book.report(ack);
    book.replace(slot, 25, 9_990);
    book.orders.markUnknown(0);
    book.report(status('0', 0));
    expect([workingBuys(), book.order(slot, L.ORD_CLORDID)]).toEqual([10, 1]);
  });
});

describe('what does not fit is named, not guessed', () => {
  test('a repeated ExecID changes nothing', () => {
    book.report(fill(4, 4, { execId: 9 }));
    expect(book.report(fill(4, 4, { execId: 9 })).isRepeated).toBe(true);
    expect(book.position(L.POS_LOTS)).toBe(4);
  });

  test('a fill counted before, under another ExecID, is not counted twice', () => {
    book.report(fill(4, 4));
    expect(book.report(fill(4, 4))).toMatchObject({ breach: 'CUM_BEHIND', fillLots: 0 });
    expect(book.position(L.POS_LOTS)).toBe(4);
  });

  test('a jump of CumQty is a missed fill: only the fill reported enters the position', () => {
    expect(book.report(fill(2, 5))).toMatchObject({ breach: 'MISSED_FILL', breachLots: 3 });
    expect([book.position(L.POS_LOTS), workingBuys()]).toEqual([2, 5]);
    expect(book.report(fill(2, 7)).breach).toBe('NONE');
  });

  test('a status report that knows of more fills says so', () => {
    book.report(ack);
    expect(book.report(status('1', 6))).toMatchObject({ breach: 'MISSED_FILL', breachLots: 6 });
  });

  test('a fill after the cancel is a fact, and reported', () => {
    book.report({ ...ack, execType: '4', ordStatus: '4' });
    expect(book.report(fill(4, 4))).toMatchObject({
      breach: 'LATE_FILL',
      fillLots: 4,
      state: L.ORDER_CANCELED,
    });
    expect(book.position(L.POS_LOTS)).toBe(4);
  });

  test('more than was ordered', () => {
    expect(book.report(fill(12, 12))).toMatchObject({ breach: 'OVERFILL', breachLots: 2 });
    expect(book.position(L.POS_LOTS)).toBe(12);
  });

  test.each([
    { what: 'another side', change: { side: desk.SELL } },
    { what: 'another instrument', change: { instrument: desk.SAP } },
  ])('a report with $what than the order’s', ({ change }) => {
    expect(book.report(fill(4, 4, change))).toMatchObject({ breach: 'MISMATCH', fillLots: 0 });
    expect(book.position(L.POS_LOTS)).toBe(0);
  });

  test.each(['G', 'H'])('a trade that the venue changes afterwards (150=%s)', (execType) => {
    book.report(fill(4, 4));
    expect(book.report(fill(4, 0, { execType }))).toMatchObject({ breach: 'TRADE_CHANGED' });
    expect(book.position(L.POS_LOTS)).toBe(4);
  });

  test('a report for no order of ours', () => {
    const unknown = { clOrdId: -1 };
    expect(book.report({ ...ack, ...unknown })).toMatchObject({
      order: -1,
      breach: 'UNKNOWN_ORDER',
    });
    expect(book.report(fill(4, 4, unknown))).toMatchObject({
      order: -1,
      fillLots: 0,
      breach: 'UNKNOWN_FILL',
      breachLots: 4,
    });
  });

  test('a value that FIX 4.4 does not have', () => {
    expect(book.report({ ...ack, execType: 'Z' }).breach).toBe('UNEXPECTED');
  });
});

describe('the order table', () => {
  test('a slot is used again when its order is done, and old reports do not reach the new one', () => {
    book.report({ ...ack, execType: '4', ordStatus: '4' });
    book.memory.setI32(L.CTL_ORDER_CURSOR, slot);
    expect(book.open({ side: desk.SELL, priceTicks: 10_004 })).toBe(slot);
    expect(book.report(fill(4, 4)).breach).toBe('UNKNOWN_FILL');
    expect(book.memory.i32(L.CTL_ORDER_BY_STATE + L.ORDER_CANCELED * 4)).toBe(0);
  });

  test('an order is found by its ClOrdID however many intents ago it was sent', () => {
    book.report(ack);
    book.memory.setI64(L.CTL_INTENT_SEQUENCE, L.CLORDIDS_MAX);
    book.open({ priceTicks: 9_000 }); // takes the place of request 1
    expect(book.report(fill(4, 4)).order).toBe(slot);
  });

  test('when every slot is taken there is none to give', () => {
    for (let order = 1; order < L.ORDERS_MAX; order++) book.open();
    expect(book.open()).toBe(-1);
    expect(openOrders()).toBe(L.ORDERS_MAX);
    book.report({ ...ack, execType: '4', ordStatus: '4' });
    expect(book.open()).toBe(slot);
  });
});
