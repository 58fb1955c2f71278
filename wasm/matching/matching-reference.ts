/**
 * The slow plain twin of the matching kernel: arrays, objects, prices instead of keys. Says in the
 * simplest words what the kernel must do; tests run both on the same commands and compare events,
 * answers and hashes.
 */
import { fieldRefusal, isId, isLots, isPrice, type PriceRange } from './entry-reference.ts';
import { feedAdd, feedReplace, feedShrink, sweep } from './feed-reference.ts';
import { canFillAtOnce, isOwn, reaches } from './fill-or-kill-reference.ts';
import {
  PageCount,
  ReferenceLadder,
  type ReferenceLevel,
  type ReferenceOrder,
} from './ladder-reference.ts';
import * as M from './matching-layout.ts';
import type { MatchingSize } from './matching-memory.ts';
import type { MatchingCommand, MatchingEvent } from './matching-text.ts';
import { type Taker, takerFrom, takerOf } from './taker-reference.ts';

type Command = Required<MatchingCommand>;
type Bounds = Pick<MatchingSize, 'instruments' | 'orders' | 'extras' | 'pages' | 'levelsLog2'>;

export interface ReferenceInstrument extends PriceRange {
  readonly ladders: readonly ReferenceLadder[];
  lastTicks: number;
  trades: number;
  volumeLots: number;
  /** Prices traded since stops were last looked at. */
  tradedLow: number;
  tradedHigh: number;
}

const isStop = (ladder: ReferenceLadder): boolean => ladder.index >= 2;
const openLots = (order: ReferenceOrder): number => order.shownLots + order.hiddenLots;

export class ReferenceMatching {
  readonly instruments = new Map<number, ReferenceInstrument>();
  readonly orders = new Map<number, ReferenceOrder>();
  readonly bounds: Bounds;
  readonly #pages = new PageCount();
  #events: MatchingEvent[] = [];
  #sequence = 0;

  constructor(bounds: Bounds) {
    this.bounds = bounds;
  }

  open(instrument: number, baseTicks: number, lotsMax: number): void {
    const ladders = [0, 1, 2, 3].map(
      (index) => new ReferenceLadder(instrument, index, baseTicks, this.#pages),
    );
    const { levelsLog2 } = this.bounds;
    const statistics = { lastTicks: 0, trades: 0, volumeLots: 0 };
    const traded = { tradedLow: Number.POSITIVE_INFINITY, tradedHigh: Number.NEGATIVE_INFINITY };
    this.instruments.set(instrument, {
      baseTicks,
      lotsMax,
      levelsLog2,
      ladders,
      ...statistics,
      ...traded,
    });
  }

  /** All events of one command, but for EVENT_BBO. */
  apply(command: Command): MatchingEvent[] {
    this.#events = [];
    this.#sequence++;
    const refusal = this.#execute(command);
    if (refusal !== M.ACCEPTED) {
      const { instrument, id, kind } = command;
      this.emit(M.EVENT_REJECTED, refusal, instrument, { id, otherId: kind });
    }
    return this.#events;
  }

  #execute(command: Command): number {
    switch (command.kind) {
      case M.COMMAND_NEW:
        return this.#newOrder(command);
      case M.COMMAND_CANCEL:
        return this.#cancel(command);
      case M.COMMAND_REDUCE:
        return this.#reduce(command);
      case M.COMMAND_REPLACE:
        return this.#replace(command);
      case M.COMMAND_MASS_CANCEL:
      case M.COMMAND_EXPIRE_DAY:
      case M.COMMAND_FEED_CLEAR:
        return sweep(this, command);
      case M.COMMAND_FEED_ADD:
        return feedAdd(this, command);
      case M.COMMAND_FEED_EXECUTE:
      case M.COMMAND_FEED_REDUCE:
      case M.COMMAND_FEED_DELETE:
        return feedShrink(this, command);
      case M.COMMAND_FEED_REPLACE:
        return feedReplace(this, command);
      default:
        return M.REFUSED_KIND;
    }
  }

  emit(kind: number, reason: number, instrument: number, fields: Partial<MatchingEvent>): void {
    const zeros = { id: 0, otherId: 0, priceTicks: 0, lots: 0, leavesLots: 0 };
    const sequence = this.#sequence;
    this.#events.push({ kind, reason, instrument, sequence, ...zeros, ...fields });
  }

  get #extras(): number {
    return [...this.orders.values()].filter(({ hasExtra }) => hasExtra).length;
  }

  restRefusal(ladder: ReferenceLadder, ticks: number, lots: number): number {
    const page = ladder.page(ticks);
    if (!this.#pages.has(page) && this.#pages.used >= this.bounds.pages) {
      return M.REFUSED_PAGES_FULL;
    }
    const isFull = ladder.shownLotsAt(ticks) + lots > M.LOTS_MAX;
    return isFull ? M.REFUSED_LEVEL_FULL : M.ACCEPTED;
  }

  #newOrder(command: Command): number {
    const market = this.instruments.get(command.instrument);
    if (market === undefined) return M.REFUSED_INSTRUMENT;
    const wrong = fieldRefusal(command, market);
    if (wrong !== M.ACCEPTED) return wrong;
    if (this.orders.has(command.id)) return M.REFUSED_DUPLICATE_ID;
    if (this.orders.size >= this.bounds.orders) return M.REFUSED_ORDERS_FULL;
    const taker = takerOf(command);
    const waits = command.type === M.ORDER_STOP || command.type === M.ORDER_STOP_LIMIT;
    if (waits && this.#extras >= this.bounds.extras) return M.REFUSED_EXTRAS_FULL;
    if (waits) return this.#waitAsStop(command, taker, market);
    if (taker.rests) {
      const { hasExtra, isPostOnly } = taker.terms;
      if (hasExtra && this.#extras >= this.bounds.extras) return M.REFUSED_EXTRAS_FULL;
      if (isPostOnly && this.#takes(taker)) return M.REFUSED_POST_ONLY;
      const own = market.ladders[command.side - 1]!;
      const refusal = this.restRefusal(own, command.priceTicks, command.lots);
      if (refusal !== M.ACCEPTED) return refusal;
    }
    this.#accepted(command);
    this.#match(taker, command.timeInForce === M.TIF_FOK);
    this.#triggerStops(market);
    return M.ACCEPTED;
  }

  #accepted({ id, side, instrument, priceTicks, lots }: Command): void {
    this.emit(M.EVENT_ACCEPTED, side, instrument, { id, priceTicks, lots, leavesLots: lots });
  }

  #waitAsStop(command: Command, { terms }: Taker, market: ReferenceInstrument): number {
    const { id, side, stopTicks, lots } = command;
    const ladder = market.ladders[side + 1]!;
    const refusal = this.restRefusal(ladder, stopTicks, lots);
    if (refusal !== M.ACCEPTED) return refusal;
    this.#accepted(command);
    const order = { ...terms, shownLots: lots, hiddenLots: 0, ladder, ticks: stopTicks };
    this.orders.set(id, order);
    ladder.append(order, stopTicks);
    this.#triggerAtLastTrade(market);
    return M.ACCEPTED;
  }

  #oppositeOf({ instrument, side }: Taker): ReferenceLadder {
    return this.instruments.get(instrument)!.ladders[2 - side]!;
  }

  /** The best opposite level within the taker's limit. */
  #bestFor(taker: Taker): ReferenceLevel | undefined {
    const opposite = this.#oppositeOf(taker);
    const level = opposite.levels[0];
    return level !== undefined && reaches(taker, opposite, level.ticks) ? level : undefined;
  }

  #takes(taker: Taker): boolean {
    return this.#bestFor(taker) !== undefined;
  }

  #match(taker: Taker, isFillOrKill: boolean): void {
    if (isFillOrKill && !canFillAtOnce(taker, this.#oppositeOf(taker)))
      this.#cancelTaker(taker, M.CANCELLED_FOK);
    while (taker.leavesLots > 0) {
      const level = this.#bestFor(taker);
      if (level === undefined) break;
      const maker = level.orders[0]!;
      if (isOwn(taker, maker)) this.#meetOwn(taker, maker);
      else this.#trade(taker, maker);
    }
    if (taker.leavesLots > 0) this.#finish(taker);
  }

  #trade(taker: Taker, maker: ReferenceOrder): void {
    const market = this.instruments.get(taker.instrument)!;
    const { ticks } = maker;
    const lots = this.#take(taker, maker, M.EVENT_TRADE);
    market.lastTicks = ticks;
    market.trades++;
    market.volumeLots += lots;
    market.tradedLow = Math.min(market.tradedLow, ticks);
    market.tradedHigh = Math.max(market.tradedHigh, ticks);
  }

  #take(taker: Taker, maker: ReferenceOrder, kind: number): number {
    const { instrument, side } = taker;
    const { id, ticks, ladder } = maker;
    const lots = Math.min(maker.shownLots, taker.leavesLots);
    taker.leavesLots -= lots;
    const leavesLots = openLots(maker) - lots;
    const otherId = taker.terms.id;
    this.emit(kind, side, instrument, { id, otherId, priceTicks: ticks, lots, leavesLots });
    maker.shownLots -= lots;
    if (maker.shownLots > 0) return lots;
    ladder.remove(maker);
    const shown = Math.min(maker.displayLots, maker.hiddenLots);
    const hasRoom = this.restRefusal(ladder, ticks, shown) === M.ACCEPTED;
    if (maker.hiddenLots > 0 && hasRoom) {
      maker.shownLots = shown;
      maker.hiddenLots -= shown;
      ladder.append(maker, ticks);
      const fields = { id, priceTicks: ticks, lots: shown, leavesLots };
      this.emit(M.EVENT_REPLENISHED, 0, instrument, fields);
      return lots;
    }
    this.orders.delete(id);
    const fields = { id, priceTicks: ticks, lots: maker.hiddenLots };
    if (maker.hiddenLots > 0) {
      this.emit(M.EVENT_CANCELLED, M.CANCELLED_NO_ROOM, instrument, fields);
    }
    return lots;
  }

  #meetOwn(taker: Taker, maker: ReferenceOrder): void {
    const { selfTrade } = taker.terms;
    if (selfTrade === M.SELF_TRADE_DECREMENT) {
      this.#take(taker, maker, M.EVENT_DECREMENTED);
      return;
    }
    if (selfTrade !== M.SELF_TRADE_CANCEL_NEWEST) this.drop(maker, M.CANCELLED_SELF_TRADE);
    if (selfTrade !== M.SELF_TRADE_CANCEL_OLDEST) {
      this.#cancelTaker(taker, M.CANCELLED_SELF_TRADE);
    }
  }

  #cancelTaker(taker: Taker, reason: number): void {
    const fields = { id: taker.terms.id, priceTicks: taker.priceTicks ?? 0 };
    const lots = taker.leavesLots;
    this.emit(M.EVENT_CANCELLED, reason, taker.instrument, { ...fields, lots });
    taker.leavesLots = 0;
  }

  #finish(taker: Taker): void {
    const { terms, leavesLots, rests, priceTicks } = taker;
    if (!rests) return this.#cancelTaker(taker, M.CANCELLED_IOC);
    const ladder = this.instruments.get(taker.instrument)!.ladders[taker.side - 1]!;
    if (this.restRefusal(ladder, priceTicks!, leavesLots) !== M.ACCEPTED) {
      return this.#cancelTaker(taker, M.CANCELLED_NO_ROOM);
    }
    const shownLots =
      terms.displayLots === 0 ? leavesLots : Math.min(terms.displayLots, leavesLots);
    const hiddenLots = leavesLots - shownLots;
    const order = { ...terms, shownLots, hiddenLots, ladder, ticks: priceTicks! };
    this.orders.set(order.id, order);
    ladder.append(order, priceTicks!);
  }

  #triggerAtLastTrade(market: ReferenceInstrument): void {
    if (market.trades === 0) return;
    market.tradedLow = market.lastTicks;
    market.tradedHigh = market.lastTicks;
    this.#triggerStops(market);
  }

  #triggerStops(market: ReferenceInstrument): void {
    for (;;) {
      const [buy] = market.ladders[2]!.levels;
      const [sell] = market.ladders[3]!.levels;
      if (buy !== undefined && buy.ticks <= market.tradedHigh) this.#trigger(buy.orders[0]!);
      else if (sell !== undefined && sell.ticks >= market.tradedLow) this.#trigger(sell.orders[0]!);
      else break;
    }
    market.tradedLow = Number.POSITIVE_INFINITY;
    market.tradedHigh = Number.NEGATIVE_INFINITY;
  }

  #trigger(stop: ReferenceOrder): void {
    const { ladder, id, ticks, shownLots: lots, timeInForce, type } = stop;
    const { instrument } = ladder;
    const fields = { id, priceTicks: ticks, lots, leavesLots: lots };
    this.emit(M.EVENT_TRIGGERED, 0, instrument, fields);
    ladder.remove(stop);
    this.orders.delete(id);
    const hasLimit = type === M.ORDER_STOP_LIMIT;
    const rests = hasLimit && (timeInForce === M.TIF_DAY || timeInForce === M.TIF_GTC);
    const displayLots = Math.min(stop.displayLots, lots);
    const taker = {
      terms: {
        ...stop,
        displayLots,
        hasExtra: displayLots > 0,
        type: 0,
        timeInForce: 0,
        limitTicks: 0,
      },
      instrument,
      side: ladder.index - 1,
      priceTicks: hasLimit ? stop.limitTicks : undefined,
      rests,
      leavesLots: lots,
    };
    this.#match(taker, timeInForce === M.TIF_FOK);
  }

  find(id: number): ReferenceOrder | number {
    if (!isId(id)) return M.REFUSED_ID;
    return this.orders.get(id) ?? M.REFUSED_UNKNOWN_ID;
  }

  /** Out of the book, and told. */
  drop(order: ReferenceOrder, reason: number): void {
    const fields = { id: order.id, priceTicks: order.ticks, lots: openLots(order) };
    this.emit(M.EVENT_CANCELLED, reason, order.ladder.instrument, fields);
    this.forget(order);
  }

  forget(order: ReferenceOrder): void {
    order.ladder.remove(order);
    this.orders.delete(order.id);
  }

  #cancel(command: Command): number {
    const order = this.find(command.id);
    if (typeof order === 'number') return order;
    this.drop(order, M.CANCELLED_ON_REQUEST);
    return M.ACCEPTED;
  }

  #reduce(command: Command): number {
    const order = this.find(command.id);
    if (typeof order === 'number') return order;
    if (command.lots <= 0) return M.REFUSED_LOTS;
    if (command.lots >= openLots(order)) {
      this.drop(order, M.CANCELLED_ON_REQUEST);
      return M.ACCEPTED;
    }
    takeOff(order, command.lots);
    const fields = { id: order.id, priceTicks: order.ticks, lots: command.lots };
    const leavesLots = openLots(order);
    this.emit(M.EVENT_REDUCED, 0, order.ladder.instrument, { ...fields, leavesLots });
    return M.ACCEPTED;
  }

  #replace(command: Command): number {
    const order = this.find(command.id);
    if (typeof order === 'number') return order;
    const { priceTicks, stopTicks, lots } = command;
    const { ladder } = order;
    const market = this.instruments.get(ladder.instrument)!;
    const hasLimit = !isStop(ladder) || order.type === M.ORDER_STOP_LIMIT;
    if (!isLots(lots, market)) return M.REFUSED_LOTS;
    if (!isPrice(priceTicks, market, hasLimit)) return M.REFUSED_PRICE;
    if (!isPrice(stopTicks, market, isStop(ladder))) return M.REFUSED_STOP_PRICE;
    const ticks = isStop(ladder) ? stopTicks : priceTicks;
    const keeps = ticks === order.ticks && lots <= openLots(order);
    const taker = { ...takerFrom(order), priceTicks: ticks, leavesLots: lots };
    const takes = !isStop(ladder) && this.#takes(taker);
    if (!keeps && order.isPostOnly && takes) return M.REFUSED_POST_ONLY;
    const refusal = keeps ? M.ACCEPTED : this.restRefusal(ladder, ticks, lots);
    if (refusal !== M.ACCEPTED) return refusal;
    const fields = { id: order.id, priceTicks, lots, leavesLots: lots };
    this.emit(M.EVENT_REPLACED, keeps ? 1 : 0, ladder.instrument, fields);
    if (isStop(ladder)) order.limitTicks = priceTicks;
    if (keeps) takeOff(order, openLots(order) - lots);
    else {
      this.forget(order);
      if (isStop(ladder)) {
        this.orders.set(order.id, order);
        order.shownLots = lots;
        ladder.append(order, ticks);
        this.#triggerAtLastTrade(market);
      } else {
        this.#match(taker, false);
        this.#triggerStops(market);
      }
    }
    return M.ACCEPTED;
  }
}

/** Hidden lots go first. */
function takeOff(order: ReferenceOrder, lots: number): void {
  const hidden = Math.min(order.hiddenLots, lots);
  order.hiddenLots -= hidden;
  order.shownLots -= lots - hidden;
}
