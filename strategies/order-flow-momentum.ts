/**
 * Order-flow momentum: takes the touch in the direction of a strong order-flow imbalance and leaves after
 * a holding time, or at once when the flow turns. Pays the spread and the taker fee on each leg.
 */
import { defineStrategy, integer, number } from '../engine/strategy/strategy.ts';
import { NS_PER_MS, SIDE_BUY, SIDE_SELL } from '../engine/units.ts';

export default defineStrategy({
  parameters: {
    qtyLots: integer(1, 1_000_000),
    /** Decayed order-flow imbalance (lots) that opens a position. */
    entryFlowLots: number(1, 1e9),
    holdMs: integer(1, 86_400_000),
    /** Time without a position before the next entry. */
    restMs: integer(0, 86_400_000),
    spreadIncrementsMax: number(1, 10_000),
  },
  state: ['sinceNs'],
  onBook(market) {
    const { book, signal, parameters, state, timeNs, positionLots } = market;
    if (!book.isTwoSided || market.hasOpenOrders) return;
    const elapsedMs = (timeNs - state.sinceNs) / NS_PER_MS;
    if (positionLots !== 0) {
      const turned =
        signal.orderFlow * positionLots < 0 &&
        Math.abs(signal.orderFlow) > parameters.entryFlowLots;
      if (!turned && elapsedMs < parameters.holdMs) return;
      market.take(positionLots > 0 ? SIDE_SELL : SIDE_BUY, Math.abs(positionLots));
      state.sinceNs = timeNs;
      return;
    }
    const spreadIncrements = (book.bestAskTicks - book.bestBidTicks) / market.incrementTicks;
    const strong = Math.abs(signal.orderFlow) > parameters.entryFlowLots;
    if (
      !strong ||
      elapsedMs < parameters.restMs ||
      spreadIncrements > parameters.spreadIncrementsMax
    )
      return;
    market.take(signal.orderFlow > 0 ? SIDE_BUY : SIDE_SELL, parameters.qtyLots);
    state.sinceNs = timeNs;
  },
});
