/**
 * Takes the touch at every change of the book: buys where more is bid than offered, else sells. It earns
 * nothing; `npm run bench -- wire` measures with it, because each tick leads to exactly one order.
 */
import { defineStrategy, integer } from '../engine/strategy/strategy.ts';
import { SIDE_BUY, SIDE_SELL } from '../engine/units.ts';

export default defineStrategy({
  parameters: { qtyLots: integer(1, 1_000_000) },
  onBook(market) {
    const { book, parameters } = market;
    if (!book.isTwoSided) return;
    const side = book.bestBidLots > book.bestAskLots ? SIDE_BUY : SIDE_SELL;
    market.take(side, parameters.qtyLots);
  },
});
