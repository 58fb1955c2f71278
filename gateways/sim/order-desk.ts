/**
 * The order book of our own orders: takes new orders, cancels, replaces, mass cancels and status
 * requests, keeps every order's state, and reports each change. Fills come from matching.ts. All in
 * ticks and lots; order-terms.ts makes them of text.
 */
import type { CancelReject } from '../fix/order-entry.ts';
import type { InstrumentGrid } from './instrument-grid.ts';
import type { MarketEntries } from './market-entries.ts';
import { InstrumentMatching } from './matching.ts';
import { QUEUE_UNKNOWN } from './queue-position.ts';
import {
  type CancelOrder,
  EXEC_CANCELED,
  EXEC_EXPIRED,
  EXEC_NEW,
  EXEC_REJECTED,
  EXEC_REPLACED,
  EXEC_STATUS,
  EXEC_TRADE,
  type ExecType,
  type ExecutionReport,
  isOpen,
  LIQUIDITY_NONE,
  leavesLotsOf,
  type NewOrder,
  type ReplaceOrder,
  type RestingOrder,
  STATUS_CANCELED,
  STATUS_EXPIRED,
  STATUS_FILLED,
  STATUS_NEW,
  STATUS_PARTIAL,
  STATUS_REJECTED,
} from './venue-order.ts';

/**
 * Done orders are remembered for status requests and duplicate ids; the oldest are forgotten first.
 */
const ORDERS_KEPT_MAX = 131_072;

/** FIX 103 and 102. */
const REASON_UNKNOWN_SYMBOL = 1;
const REASON_DUPLICATE_ORDER = 6;
const REASON_UNKNOWN_ORDER = 5;
export const REASON_OTHER = 99;
const CANCEL_TOO_LATE = 0;
const CANCEL_UNKNOWN_ORDER = 1;
const CANCEL_DUPLICATE_ID = 6;

export interface DeskOutput {
  execution(report: ExecutionReport): void;
  cancelReject(reject: CancelReject): void;
}

interface Fill {
  readonly lastTicks: number;
  readonly lastLots: number;
  readonly liquidity: 0 | 1 | 2;
}
const NO_FILL: Fill = { lastTicks: 0, lastLots: 0, liquidity: LIQUIDITY_NONE };

export class OrderDesk {
  readonly #output: DeskOutput;
  readonly #grids: readonly InstrumentGrid[];
  readonly #matchings: readonly InstrumentMatching[];
  /** By every ClOrdID that an order ever had, oldest first. */
  readonly #orders = new Map<string, RestingOrder>();
  /** Oldest first. */
  readonly #open = new Set<RestingOrder>();
  #orderCount: number;
  #execCount: number;

  constructor(grids: readonly InstrumentGrid[], output: DeskOutput, orderCount = 0, execCount = 0) {
    this.#grids = grids;
    this.#output = output;
    this.#orderCount = orderCount;
    this.#execCount = execCount;
    this.#matchings = grids.map(
      () =>
        new InstrumentMatching((order, lastTicks, lastLots, liquidity) =>
          this.#fill(order, { lastTicks, lastLots, liquidity }),
        ),
    );
  }

  matching(instrument: number): InstrumentMatching {
    return this.#matchings[instrument]!;
  }

  /** Open orders, oldest first. */
  openOrders(): RestingOrder[] {
    return [...this.#open];
  }

  onMarket(entries: MarketEntries, isSnapshot: boolean): void {
    for (let instrument = 0; instrument < this.#matchings.length; instrument++) {
      for (let index = 0; index < entries.count; index++) {
        if (entries.instrument[index] !== instrument) continue;
        this.#matchings[instrument]!.onMarket(instrument, entries, isSnapshot);
        break;
      }
    }
  }

  /** Puts back an order of an earlier run: what the log says of it, at the back of its queue. */
  restore(order: RestingOrder): void {
    this.#remember(order);
    if (!isOpen(order)) return;
    this.#open.add(order);
    this.#matchings[order.instrument]!.rest(order);
  }

  newOrder(request: NewOrder): void {
    const reason = this.#orders.has(request.clOrdId)
      ? REASON_DUPLICATE_ORDER
      : this.#objection(request);
    if (reason !== 0) {
      this.refuse(request, reason, REASON_TEXTS[reason] ?? '');
      return;
    }
    const order = this.#admit(request);
    const matching = this.#matchings[order.instrument]!;
    this.#report(order, EXEC_NEW, NO_FILL);
    if (order.timeInForce === '4' && matching.takeableLots(order) < order.qtyLots) {
      this.#end(order, STATUS_EXPIRED, EXEC_EXPIRED);
      return;
    }
    this.#enter(order, matching);
  }

  /** Rejects an order that never came to the book. */
  refuse(request: NewOrder, reason: number, text: string): void {
    const order = this.#orderOf(request, STATUS_REJECTED);
    if (!this.#orders.has(request.clOrdId)) this.#remember(order);
    this.#report(order, EXEC_REJECTED, NO_FILL, reason, text);
  }

  cancel(request: CancelOrder): void {
    const order = this.#target(request, '1');
    if (order === undefined) return;
    this.#rename(order, request);
    this.#end(order, STATUS_CANCELED, EXEC_CANCELED);
  }

  replace(request: ReplaceOrder): void {
    const order = this.#target(request, '2');
    if (order === undefined) return;
    const problem = this.#replaceProblem(order, request);
    if (problem !== '') {
      this.refuseChange(request, '2', problem);
      return;
    }
    const keepsPlace = request.priceTicks === order.priceTicks && request.qtyLots <= order.qtyLots;
    const matching = this.#matchings[order.instrument]!;
    if (!keepsPlace) matching.withdraw(order);
    this.#rename(order, request);
    order.priceTicks = request.priceTicks;
    order.qtyLots = request.qtyLots;
    this.#report(order, EXEC_REPLACED, NO_FILL);
    if (!keepsPlace) this.#enter(order, matching);
  }

  /** Rejects a cancel or a replace (35=9). */
  refuseChange(request: CancelOrder, responseTo: '1' | '2', text: string): void {
    const order = this.#orders.get(request.origClOrdId);
    const reason = order === undefined ? CANCEL_UNKNOWN_ORDER : REASON_OTHER;
    this.#refuseChange(request, responseTo, reason, text);
  }

  /** Cancels all open orders, or those of one instrument; returns how many. */
  massCancel(instrument: number | 'all'): number {
    let count = 0;
    for (const order of this.openOrders()) {
      if (instrument !== 'all' && order.instrument !== instrument) continue;
      order.origClOrdId = '';
      this.#end(order, STATUS_CANCELED, EXEC_CANCELED);
      count++;
    }
    return count;
  }

  /** Reports an order as it stands (35=H), or that it is not known. */
  status(request: NewOrder): void {
    const order = this.#orders.get(request.clOrdId);
    if (order !== undefined) this.#report(order, EXEC_STATUS, NO_FILL);
    else {
      const unknown = this.#orderOf(request, STATUS_REJECTED);
      this.#report(unknown, EXEC_STATUS, NO_FILL, REASON_UNKNOWN_ORDER, 'no such order');
    }
  }

  /** Reports every open order (35=AF); returns how many. */
  massStatus(): number {
    const orders = this.openOrders();
    for (const order of orders) this.#report(order, EXEC_STATUS, NO_FILL);
    return orders.length;
  }

  #objection(request: NewOrder): number {
    const grid = this.#grids[request.instrument];
    if (grid === undefined) return REASON_UNKNOWN_SYMBOL;
    if (!(request.qtyLots > 0)) return REASON_QUANTITY;
    if (request.ordType === '1') return 0;
    const onGrid = request.priceTicks > 0 && request.priceTicks % grid.incrementTicks === 0;
    return onGrid ? 0 : REASON_PRICE;
  }

  #replaceProblem(order: RestingOrder, request: ReplaceOrder): string {
    const grid = this.#grids[order.instrument]!;
    if (!(request.qtyLots > order.cumLots))
      return 'the new quantity is not above the filled quantity';
    const onGrid = request.priceTicks > 0 && request.priceTicks % grid.incrementTicks === 0;
    return onGrid ? '' : 'the new price is off the price increment';
  }

  #orderOf(request: NewOrder, ordStatus: typeof STATUS_NEW | typeof STATUS_REJECTED): RestingOrder {
    const orderId = ordStatus === STATUS_NEW ? `O${++this.#orderCount}` : 'NONE';
    return {
      ...request,
      origClOrdId: '',
      orderId,
      cumLots: 0,
      costTickLots: 0,
      ordStatus,
      queue: QUEUE_UNKNOWN,
    };
  }

  #admit(request: NewOrder): RestingOrder {
    const order = this.#orderOf(request, STATUS_NEW);
    this.#remember(order);
    this.#open.add(order);
    return order;
  }

  #remember(order: RestingOrder): void {
    this.#orders.set(order.clOrdId, order);
    if (this.#orders.size <= ORDERS_KEPT_MAX) return;
    for (const [clOrdId, old] of this.#orders) {
      if (isOpen(old)) continue;
      this.#orders.delete(clOrdId);
      return;
    }
  }

  /** Takes what is displayed; the rest of it rests or expires. */
  #enter(order: RestingOrder, matching: InstrumentMatching): void {
    matching.take(order);
    if (!isOpen(order)) return;
    const rests = order.ordType === '2' && order.timeInForce < '3';
    if (rests) matching.rest(order);
    else this.#end(order, STATUS_EXPIRED, EXEC_EXPIRED);
  }

  #fill(order: RestingOrder, fill: Fill): void {
    order.cumLots += fill.lastLots;
    order.costTickLots += fill.lastTicks * fill.lastLots;
    order.ordStatus = order.cumLots === order.qtyLots ? STATUS_FILLED : STATUS_PARTIAL;
    if (order.ordStatus === STATUS_FILLED) this.#open.delete(order);
    this.#report(order, EXEC_TRADE, fill);
  }

  #end(
    order: RestingOrder,
    status: typeof STATUS_CANCELED | typeof STATUS_EXPIRED,
    execType: ExecType,
  ): void {
    this.#matchings[order.instrument]!.withdraw(order);
    this.#open.delete(order);
    order.ordStatus = status;
    this.#report(order, execType, NO_FILL);
  }

  /** The open order that a cancel or replace names; refuses the request where there is none. */
  #target(request: CancelOrder, responseTo: '1' | '2'): RestingOrder | undefined {
    const order = this.#orders.get(request.origClOrdId);
    if (order === undefined)
      this.#refuseChange(request, responseTo, CANCEL_UNKNOWN_ORDER, 'no such order');
    else if (!isOpen(order))
      this.#refuseChange(request, responseTo, CANCEL_TOO_LATE, 'the order is done');
    else if (this.#orders.has(request.clOrdId))
      this.#refuseChange(request, responseTo, CANCEL_DUPLICATE_ID, 'ClOrdID was used before');
    else return order;
    return undefined;
  }

  #refuseChange(request: CancelOrder, responseTo: '1' | '2', reason: number, text: string): void {
    const order = this.#orders.get(request.origClOrdId);
    this.#output.cancelReject({
      clOrdId: request.clOrdId,
      origClOrdId: request.origClOrdId,
      orderId: order?.orderId ?? 'NONE',
      ordStatus: order?.ordStatus ?? STATUS_REJECTED,
      responseTo,
      reason,
      text,
    });
  }

  #rename(order: RestingOrder, request: CancelOrder): void {
    order.origClOrdId = request.origClOrdId;
    order.clOrdId = request.clOrdId;
    this.#remember(order);
  }

  #report(order: RestingOrder, execType: ExecType, fill: Fill, rejectReason = -1, text = ''): void {
    const answersChange = execType === EXEC_CANCELED || execType === EXEC_REPLACED;
    this.#output.execution({
      execId: `E${++this.#execCount}`,
      execType,
      ordStatus: order.ordStatus,
      clOrdId: order.clOrdId,
      origClOrdId: answersChange ? order.origClOrdId : '',
      orderId: order.orderId,
      account: order.account,
      symbol: order.symbol,
      instrument: order.instrument,
      side: order.side,
      ordType: order.ordType,
      timeInForce: order.timeInForce,
      priceTicks: order.priceTicks,
      qtyLots: order.qtyLots,
      cumLots: order.cumLots,
      leavesLots: leavesLotsOf(order),
      costTickLots: order.costTickLots,
      lastTicks: fill.lastTicks,
      lastLots: fill.lastLots,
      liquidity: fill.liquidity,
      rejectReason,
      text,
    });
  }
}

const REASON_QUANTITY = 13;
const REASON_PRICE = REASON_OTHER;
const REASON_TEXTS: Readonly<Record<number, string>> = {
  [REASON_UNKNOWN_SYMBOL]: 'unknown symbol',
  [REASON_DUPLICATE_ORDER]: 'ClOrdID was used before',
  [REASON_QUANTITY]: 'the quantity is not a positive number of lots',
  [REASON_PRICE]: 'the price is off the price increment',
};
