/**
 * Fills: our orders against the recorded or generated market, instrument by instrument. The order
 * desk (order-desk.ts) brings orders in and takes them out; the market data call `onMarket`.
 *
 * What is assumed:
 * - Our orders do not move the market: it goes on as recorded.
 * - An arriving order takes displayed size at the touch and behind it, at the displayed prices,
 *   each displayed share once (VenueBook.takeableLots). What is left of a limit order rests.
 * - A resting order fills at its own price, as maker: when a trade at its price reaches it (queue-
 *   position.ts), when a trade goes through its price, or when the opposite side is displayed at
 *   its price or through it. The sum of such fills is at most the traded or the displayed size.
 * - Our own orders never trade with each other, whatever their prices.
 * - A trade and the change of the book that it causes come in one message; a trade counts first.
 */

import { SIDE_BUY, type Side } from '../../engine/units.ts';
import {
  ACTION_DELETE,
  ACTION_NEW,
  ENTRY_ASK,
  ENTRY_BID,
  ENTRY_EMPTY_BOOK,
  ENTRY_TRADE,
} from '../../wasm/layout.ts';
import type { MarketEntries } from './market-entries.ts';
import { afterSizeChange, afterTrade, joinQueue, QUEUE_UNKNOWN } from './queue-position.ts';
import { VenueBook } from './venue-book.ts';
import {
  isOpen,
  LIQUIDITY_MAKER,
  LIQUIDITY_TAKER,
  leavesLotsOf,
  type RestingOrder,
} from './venue-order.ts';

/** Called once a fill, after the order's quantities were changed. */
type OnFill = (order: RestingOrder, lastTicks: number, lastLots: number, liquidity: 1 | 2) => void;

/** The side of the book on which an order of this side rests. */
const ownBook = (side: Side): number => (side === SIDE_BUY ? ENTRY_BID : ENTRY_ASK);
const oppositeBook = (side: Side): number => (side === SIDE_BUY ? ENTRY_ASK : ENTRY_BID);
/** Positive where `a` is the more aggressive price for the side. */
const aggression = (side: Side, a: number, b: number): number =>
  side === SIDE_BUY ? a - b : b - a;

export class InstrumentMatching {
  readonly book = new VenueBook();
  /** By book side; best price first, then the older order. */
  readonly resting: readonly [RestingOrder[], RestingOrder[]] = [[], []];
  readonly #onFill: OnFill;
  readonly #tradedLots = new Map<number, number>();
  readonly #before: [Map<number, number>, Map<number, number>] = [new Map(), new Map()];

  constructor(onFill: OnFill) {
    this.#onFill = onFill;
  }

  /** Lots that an order could take now. */
  takeableLots(order: RestingOrder): number {
    let lots = 0;
    for (const level of this.book.sides[oppositeBook(order.side)]!) {
      if (!this.#reaches(order, level.priceTicks)) break;
      lots += level.takeableLots;
    }
    return lots;
  }

  /** Fills an arriving order from displayed size, at the displayed prices. */
  take(order: RestingOrder): void {
    for (const level of this.book.sides[oppositeBook(order.side)]!) {
      const leaves = leavesLotsOf(order);
      if (leaves === 0 || !this.#reaches(order, level.priceTicks)) return;
      const lots = Math.min(leaves, level.takeableLots);
      if (lots === 0) continue;
      level.takeableLots -= lots;
      this.#onFill(order, level.priceTicks, lots, LIQUIDITY_TAKER);
    }
  }

  /** Puts an order at the back of the queue at its price. */
  rest(order: RestingOrder): void {
    const side = ownBook(order.side);
    this.#place(order, side);
    const orders = this.resting[side]!;
    let index = orders.length;
    while (index > 0 && aggression(order.side, order.priceTicks, orders[index - 1]!.priceTicks) > 0)
      index--;
    orders.splice(index, 0, order);
  }

  withdraw(order: RestingOrder): void {
    const orders = this.resting[ownBook(order.side)]!;
    const index = orders.indexOf(order);
    if (index >= 0) orders.splice(index, 1);
  }

  /**
   * Applies this instrument's entries of one message: trades, then the book, then what now crosses
   * us.
   */
  onMarket(instrument: number, entries: MarketEntries, isSnapshot: boolean): void {
    const hasOrders = this.resting[0].length + this.resting[1].length > 0;
    this.#tradedLots.clear();
    if (hasOrders) this.#applyTrades(instrument, entries);
    if (isSnapshot) this.#applySnapshot(instrument, entries);
    else this.#applyChanges(instrument, entries);
    if (!hasOrders) return;
    this.#discover();
    this.#crossResting();
    this.#dropDone();
  }

  /** Behind all displayed size; unknown beyond the visible depth. */
  #place(order: RestingOrder, side: number): void {
    order.queue = this.book.isInView(side, order.priceTicks)
      ? joinQueue(this.book.lotsAt(side, order.priceTicks))
      : QUEUE_UNKNOWN;
  }

  #reaches(order: RestingOrder, priceTicks: number): boolean {
    return order.ordType === '1' || aggression(order.side, order.priceTicks, priceTicks) >= 0;
  }

  #applyTrades(instrument: number, entries: MarketEntries): void {
    for (let index = 0; index < entries.count; index++) {
      if (entries.instrument[index] !== instrument || entries.type[index] !== ENTRY_TRADE) continue;
      const priceTicks = entries.priceTicks[index]!;
      const lots = entries.qtyLots[index]!;
      this.#tradedLots.set(priceTicks, (this.#tradedLots.get(priceTicks) ?? 0) + lots);
      for (const orders of this.resting) this.#trade(orders, priceTicks, lots);
    }
  }

  /** One trade against our orders of one side, in priority; `orders` is sorted so. */
  #trade(orders: readonly RestingOrder[], priceTicks: number, lots: number): void {
    let leftLots = lots;
    for (const order of orders) {
      const through = aggression(order.side, order.priceTicks, priceTicks);
      if (through < 0 || leftLots === 0) return;
      const aheadLots = through > 0 ? 0 : order.queue.aheadLots;
      if (through > 0) order.queue = joinQueue(0);
      else order.queue = afterTrade(order.queue, leftLots);
      if (!order.queue.isKnown) continue;
      const fillLots = Math.min(leavesLotsOf(order), Math.max(0, leftLots - aheadLots));
      if (fillLots === 0) continue;
      leftLots -= fillLots;
      this.#onFill(order, order.priceTicks, fillLots, LIQUIDITY_MAKER);
    }
  }

  #applyChanges(instrument: number, entries: MarketEntries): void {
    for (let index = 0; index < entries.count; index++) {
      if (entries.instrument[index] !== instrument) continue;
      const type = entries.type[index]!;
      if (type === ENTRY_TRADE) continue;
      if (type === ENTRY_EMPTY_BOOK) {
        this.book.clear();
        continue;
      }
      const priceTicks = entries.priceTicks[index]!;
      const action = entries.action[index]!;
      const lots = action === ACTION_DELETE ? 0 : entries.qtyLots[index]!;
      const leavesView = lots === 0 && this.#leavesView(instrument, entries, index);
      const beforeLots = this.book.lotsAt(type, priceTicks);
      if (lots === 0) this.book.remove(type, priceTicks);
      else this.book.set(type, priceTicks, lots);
      if (!leavesView) this.#requeue(type, priceTicks, beforeLots, lots);
    }
  }

  #applySnapshot(instrument: number, entries: MarketEntries): void {
    for (const side of [ENTRY_BID, ENTRY_ASK]) {
      const before = this.#before[side]!;
      before.clear();
      for (const order of this.resting[side]!) {
        before.set(order.priceTicks, this.book.lotsAt(side, order.priceTicks));
      }
    }
    this.book.clear();
    for (let index = 0; index < entries.count; index++) {
      const type = entries.type[index]!;
      if (entries.instrument[index] !== instrument || type > ENTRY_ASK) continue;
      this.book.set(type, entries.priceTicks[index]!, entries.qtyLots[index]!);
    }
    for (const side of [ENTRY_BID, ENTRY_ASK]) {
      for (const [priceTicks, beforeLots] of this.#before[side]!) {
        if (!this.book.isInView(side, priceTicks)) continue;
        this.#requeue(side, priceTicks, beforeLots, this.book.lotsAt(side, priceTicks));
      }
    }
  }

  /**
   * A delete of the worst level beside a new level of the same side: pushed out of the visible
   * depth.
   */
  #leavesView(instrument: number, entries: MarketEntries, deleted: number): boolean {
    const side = entries.type[deleted]!;
    if (this.book.sides[side]!.at(-1)?.priceTicks !== entries.priceTicks[deleted]) return false;
    for (let index = 0; index < entries.count; index++) {
      const isNewLevel = entries.type[index] === side && entries.action[index] === ACTION_NEW;
      if (isNewLevel && entries.instrument[index] === instrument) return true;
    }
    return false;
  }

  #requeue(side: number, priceTicks: number, beforeLots: number, afterLots: number): void {
    const orders = this.resting[side]!;
    if (orders.length === 0) return;
    const untradedLots = Math.max(0, beforeLots - (this.#tradedLots.get(priceTicks) ?? 0));
    for (const order of orders) {
      if (order.priceTicks !== priceTicks) continue;
      order.queue = afterSizeChange(order.queue, untradedLots, afterLots);
    }
  }

  /** Orders whose price has come into view stand behind all that is displayed there. */
  #discover(): void {
    for (const side of [ENTRY_BID, ENTRY_ASK]) {
      for (const order of this.resting[side]!) if (!order.queue.isKnown) this.#place(order, side);
    }
  }

  /**
   * The opposite side is displayed at our price or through it: whoever sent that has met us first.
   */
  #crossResting(): void {
    for (const orders of this.resting) {
      for (const order of orders) {
        if (!isOpen(order)) continue;
        for (const level of this.book.sides[oppositeBook(order.side)]!) {
          const leaves = leavesLotsOf(order);
          if (leaves === 0 || !this.#reaches(order, level.priceTicks)) break;
          const lots = Math.min(leaves, level.takeableLots);
          if (lots === 0) continue;
          level.takeableLots -= lots;
          this.#onFill(order, order.priceTicks, lots, LIQUIDITY_MAKER);
        }
      }
    }
  }

  #dropDone(): void {
    for (const orders of this.resting) {
      for (let index = orders.length - 1; index >= 0; index--) {
        if (!isOpen(orders[index]!)) orders.splice(index, 1);
      }
    }
  }
}
