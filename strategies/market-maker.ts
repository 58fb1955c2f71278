/**
 * Market maker around the microprice: quotes each side `halfSpreadIncrements` away from it, never inside
 * the touch, leans against its inventory, and withdraws the side where inventory is full or order flow
 * is against it. It earns the spread and the maker rebate, and pays for being picked off.
 */
import { defineStrategy, integer, number } from '../engine/strategy/strategy.ts';
import { SIDE_BUY, SIDE_SELL, sideSign } from '../engine/units.ts';

const SIDES = [SIDE_BUY, SIDE_SELL] as const;

export default defineStrategy({
  parameters: {
    quoteLots: integer(1, 1_000_000),
    halfSpreadIncrements: number(0, 1000),
    inventoryLotsMax: integer(1, 10_000_000),
    /** Increments by which a full inventory moves both quotes. */
    skewIncrements: number(0, 1000),
    /** A quote this close to where it should be keeps its place in the queue. */
    requoteIncrements: number(0, 1000),
    /** Decayed order-flow imbalance (lots) beyond which the endangered side is withdrawn. */
    toxicFlowLots: number(1, 1e9),
  },
  onBook(market) {
    const { book, signal, parameters, incrementTicks, positionLots } = market;
    if (!book.isTwoSided) return;
    const inventory = positionLots / parameters.inventoryLotsMax;
    const fairTicks = signal.microprice - inventory * parameters.skewIncrements * incrementTicks;
    for (const side of SIDES) {
      const sign = sideSign(side);
      const inDanger = inventory * sign >= 1 || signal.orderFlow * sign < -parameters.toxicFlowLots;
      if (inDanger) {
        market.withdraw(side);
        continue;
      }
      const wanted = fairTicks - sign * parameters.halfSpreadIncrements * incrementTicks;
      const touch = side === SIDE_BUY ? book.bestBidTicks : book.bestAskTicks;
      const passive = sign * Math.min(sign * wanted, sign * touch);
      const onGrid = sign * Math.floor((sign * passive) / incrementTicks) * incrementTicks;
      market.quote(side, onGrid, parameters.quoteLots, parameters.requoteIncrements);
    }
  },
});
