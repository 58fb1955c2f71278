/**
 * Random trading against a plain venue: orders, cancels, replaces, fills, repeats and broken connections in
 * any order. After every step the figures in memory are what plain sums say, and nothing that the venue could
 * still fill is missing from the working lots.
 */
import { expect, test } from 'vitest';
import * as desk from '../../test/support/desk.ts';
import { OrderDesk, type Report } from '../../test/support/order-desk.ts';
import { SeededRandom } from '../../test/support/seeded-random.ts';
import * as L from '../../wasm/layout.ts';

const STEPS = 20_000;
const OPEN_MAX = 40;

/** The venue's truth about one order. */
interface VenueOrder {
  readonly slot: number;
  readonly number: number;
  readonly instrument: number;
  readonly side: number;
  clOrdId: number;
  isKnown: boolean;
  isAlive: boolean;
  qtyLots: number;
  cumLots: number;
  last: Report | undefined;
}

interface Request {
  readonly order: VenueOrder;
  readonly kind: 'D' | 'F' | 'G';
  readonly clOrdId: number;
  readonly qtyLots: number;
}

class PlainVenue {
  readonly book = new OrderDesk();
  readonly #random: SeededRandom;
  readonly orders: VenueOrder[] = [];
  /** On their way to the venue, in order. */
  #inbox: Request[] = [];
  #execId = 0;
  readonly lots = [0, 0];
  readonly cash = [0, 0];

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  step(): void {
    const random = this.#random;
    const steps = [
      () => this.#open(),
      () => this.#cancel(),
      () => this.#replace(),
      () => this.#process(true),
      () => this.#process(true),
      () => this.#process(true),
      () => this.#fill(),
      () => this.#fill(),
      () => this.#expire(),
      () => this.#repeat(),
      () => this.#adjust(),
      () => (random.oneIn(20) ? this.#disconnect() : this.resolve()),
    ];
    random.pick(steps)();
  }

  /** Everything on its way arrives, everything unknown is asked for. */
  settle(): void {
    while (this.#inbox.length > 0) this.#process(true);
    this.resolve();
  }

  /** Order status requests for all that is unknown, answered. */
  resolve(): void {
    for (const order of this.orders) {
      if (this.book.state(order.slot) !== L.ORDER_UNKNOWN) continue;
      this.#tell(order, { execType: 'I', ordStatus: statusOf(order) });
    }
  }

  /** The most that the venue may still fill, requests on their way included. */
  exposureLots(order: VenueOrder): number {
    const mine = this.#inbox.filter((request) => request.order === order);
    const wanted = Math.max(order.isAlive ? order.qtyLots : 0, ...mine.map((each) => each.qtyLots));
    return order.isAlive || mine.some(({ kind }) => kind === 'D') ? wanted - order.cumLots : 0;
  }

  #open(): void {
    const random = this.#random;
    if (this.book.memory.i32(L.CTL_OPEN_ORDERS) >= OPEN_MAX) return;
    const side = 1 + random.below(2);
    const instrument = random.below(2);
    const qtyLots = 1 + random.below(30);
    const priceTicks = 9_990 + random.below(20);
    const slot = this.book.open({ side, instrument, qtyLots, priceTicks });
    const number = this.book.order(slot, L.ORD_NUMBER);
    const order: VenueOrder = {
      slot,
      number,
      instrument,
      side,
      clOrdId: number,
      isKnown: false,
      isAlive: false,
      qtyLots,
      cumLots: 0,
      last: undefined,
    };
    this.orders.push(order);
    this.#inbox.push({ order, kind: 'D', clOrdId: number, qtyLots });
  }

  #cancel(): void {
    const order = this.#pick(L.ORDER_PENDING_NEW, L.ORDER_NEW, L.ORDER_PARTIALLY_FILLED);
    if (order === undefined) return;
    const clOrdId = this.book.cancel(order.slot);
    this.#inbox.push({ order, kind: 'F', clOrdId, qtyLots: 0 });
  }

  #replace(): void {
    const order = this.#pick(L.ORDER_NEW, L.ORDER_PARTIALLY_FILLED);
    if (order === undefined) return;
    const qtyLots = this.book.order(order.slot, L.ORD_CUM_LOTS) + 1 + this.#random.below(30);
    const clOrdId = this.book.replace(order.slot, qtyLots, 9_990 + this.#random.below(20));
    this.#inbox.push({ order, kind: 'G', clOrdId, qtyLots });
  }

  /** The venue takes the next request; `isHeard` = its answer reaches us. */
  #process(isHeard: boolean): void {
    const request = this.#inbox.shift();
    if (request === undefined) return;
    const { order, kind, clOrdId, qtyLots } = request;
    if (kind === 'D') {
      order.isKnown = true;
      order.isAlive = !this.#random.oneIn(9);
      const code = order.isAlive ? '0' : '8';
      if (isHeard) this.#tell(order, { execType: code, ordStatus: code });
    } else if (!order.isAlive || (kind === 'G' && qtyLots <= order.cumLots)) {
      if (!isHeard) return;
      const ordStatus = statusOf(order).charCodeAt(0);
      const reject = { clOrdId, origClOrdId: order.clOrdId, ordStatus, reason: 0 };
      this.book.orders.applyCancelReject(reject);
    } else {
      const origClOrdId = order.clOrdId;
      order.clOrdId = clOrdId;
      order.isAlive = kind === 'G';
      if (kind === 'G') order.qtyLots = qtyLots;
      const execType = kind === 'G' ? '5' : '4';
      if (isHeard) this.#tell(order, { execType, ordStatus: statusOf(order), origClOrdId });
    }
  }

  #fill(): void {
    const alive = this.orders.filter((order) => order.isAlive);
    if (alive.length === 0) return;
    const order = this.#random.pick(alive);
    const lastLots = 1 + this.#random.below(order.qtyLots - order.cumLots);
    const lastPxTicks = 9_980 + this.#random.below(40);
    order.cumLots += lastLots;
    order.isAlive = order.cumLots < order.qtyLots;
    const sign = order.side === desk.BUY ? 1 : -1;
    this.lots[order.instrument]! += sign * lastLots;
    this.cash[order.instrument]! -= sign * lastLots * lastPxTicks;
    this.#tell(order, { execType: 'F', ordStatus: statusOf(order), lastLots, lastPxTicks });
  }

  #expire(): void {
    const order = this.orders.find(({ isAlive }) => isAlive);
    if (order === undefined || !this.#random.oneIn(9)) return;
    order.isAlive = false;
    this.#tell(order, { execType: 'C', ordStatus: 'C' });
  }

  #repeat(): void {
    const told = this.orders.filter((order) => order.last !== undefined);
    if (told.length === 0) return;
    const { last } = this.#random.pick(told);
    expect(this.book.report(last!)).toMatchObject({ isRepeated: true, fillLots: 0 });
  }

  #adjust(): void {
    const instrument = this.#random.below(2);
    const lots = this.#random.below(41) - 20;
    const priceTicks = 9_980 + this.#random.below(40);
    this.book.positions.adjust(desk.MAKER, instrument, { lots, priceTicks });
    this.lots[instrument]! += lots;
    this.cash[instrument]! -= lots * priceTicks;
  }

  /** Requests on their way are lost, or done without a word. */
  #disconnect(): void {
    this.book.orders.markUnknown(0);
    while (this.#inbox.length > 0 && this.#random.oneIn(2)) this.#process(false);
    this.#inbox = [];
  }

  #tell(order: VenueOrder, report: Pick<Report, 'execType' | 'ordStatus'> & Partial<Report>): void {
    const { clOrdId, cumLots, side, instrument } = order;
    const whole = { clOrdId, cumLots, side, instrument, execId: ++this.#execId, ...report };
    if (report.execType !== 'I') order.last = whole;
    const outcome = this.book.report(whole);
    expect(outcome.breach, JSON.stringify(whole)).toBe('NONE');
  }

  #pick(...states: number[]): VenueOrder | undefined {
    const open = this.orders.filter((each) => states.includes(this.book.state(each.slot)));
    return open.length === 0 ? undefined : this.#random.pick(open);
  }
}

function statusOf(order: VenueOrder): string {
  if (!order.isKnown) return '8';
  if (order.isAlive) return order.cumLots > 0 ? '1' : '0';
  if (order.cumLots >= order.qtyLots) return '2';
  return order.last?.ordStatus === '8' ? '8' : '4';
}

const isOpen = (state: number) => state >= L.ORDER_PENDING_NEW && state <= L.ORDER_UNKNOWN;

function checkSums(venue: PlainVenue): void {
  const { book } = venue;
  const working = [
    [0, 0],
    [0, 0],
  ];
  const byState = new Array<number>(12).fill(0);
  for (const order of venue.orders) {
    const lots = book.order(order.slot, L.ORD_WORKING_LOTS);
    const state = book.state(order.slot);
    byState[state]!++;
    working[order.instrument]![order.side - 1]! += lots;
    if (isOpen(state)) expect(lots).toBeGreaterThanOrEqual(venue.exposureLots(order));
    else expect([lots, venue.exposureLots(order)]).toEqual([0, 0]);
  }
  const open = byState.slice(L.ORDER_PENDING_NEW, L.ORDER_FILLED).reduce((sum, each) => sum + each);
  expect(book.memory.i32(L.CTL_OPEN_ORDERS)).toBe(open);
  expect(book.memory.i32(desk.strategyAt(desk.MAKER) + L.STR_OPEN_ORDERS)).toBe(open);
  for (let state = 1; state < 12; state++) {
    expect(book.memory.i32(L.CTL_ORDER_BY_STATE + state * 4)).toBe(byState[state]);
  }
  for (const instrument of [desk.AAPL, desk.SAP]) {
    const of = (field: number) => book.position(field, instrument);
    expect(of(L.POS_OPEN_BUY_LOTS)).toBe(working[instrument]![0]);
    expect(of(L.POS_OPEN_SELL_LOTS)).toBe(working[instrument]![1]);
    expect(of(L.POS_LOTS)).toBe(venue.lots[instrument]);
    expect(of(L.POS_BOUGHT_LOTS) - of(L.POS_SOLD_LOTS) + of(L.POS_ADJUSTED_LOTS)).toBe(
      of(L.POS_LOTS),
    );
    // realised + (lots x mid - open cost) = cash + lots x mid
    expect(of(L.POS_REALISED) - of(L.POS_OPEN_COST)).toBe(venue.cash[instrument]);
  }
}

test.each([1, 42, 20_120_621])('sums hold after every step, seed %d', (seed) => {
  const venue = new PlainVenue(new SeededRandom(seed));
  for (let step = 0; step < STEPS; step++) {
    venue.step();
    if (step % 97 === 0 || step < 500) checkSums(venue);
    if (step % 1000 === 999) {
      venue.settle();
      for (const order of venue.orders) {
        expect(isOpen(venue.book.state(order.slot))).toBe(order.isAlive);
        expect(venue.book.order(order.slot, L.ORD_CUM_LOTS)).toBe(order.cumLots);
      }
    }
  }
  checkSums(venue);
});
