/** What the plain twin asks before it matches: whose order is that, is it in reach, is there enough. */
import type { ReferenceLadder, ReferenceOrder } from './ladder-reference.ts';
import * as M from './matching-layout.ts';
import type { Taker } from './taker-reference.ts';

export function isOwn(taker: Taker, maker: ReferenceOrder): boolean {
  const { owner, selfTrade } = taker.terms;
  return selfTrade !== M.SELF_TRADE_ALLOWED && owner !== 0 && maker.owner === owner;
}

export function reaches({ priceTicks }: Taker, opposite: ReferenceLadder, ticks: number): boolean {
  return priceTicks === undefined || opposite.rank(ticks) <= opposite.rank(priceTicks);
}

/** Plays the match on numbers alone: shown lots first, in order, then hidden ones, level by level. */
export function canFillAtOnce(taker: Taker, opposite: ReferenceLadder): boolean {
  let missing = taker.leavesLots;
  for (const { ticks, orders } of opposite.levels) {
    if (!reaches(taker, opposite, ticks)) break;
    let hidden = 0;
    for (const order of orders) {
      const own = isOwn(taker, order);
      if (own && taker.terms.selfTrade !== M.SELF_TRADE_CANCEL_OLDEST) return false;
      if (own) continue;
      missing -= order.shownLots;
      hidden += order.hiddenLots;
      if (missing <= 0) return true;
    }
    missing -= hidden;
    if (missing <= 0) return true;
  }
  return false;
}
