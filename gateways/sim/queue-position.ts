/**
 * Where a resting order of ours stands in the queue at its price, told from market-by-price data
 * alone.
 *
 * What is assumed, and what the tests hold:
 * - A new order joins behind all displayed size at its price.
 * - A trade at the price takes from the front: first from the size ahead of us, then from us.
 * - A decrease that no trade explains is cancels. They come in proportion from ahead of us and from
 *   behind, rounded so that we never gain by rounding. (Whose orders were cancelled, market by
 *   price does not say.)
 * - An increase joins behind us.
 * - An order beyond the visible depth has an unknown queue: once its price comes into view it
 *   stands behind everything displayed there. A level that leaves the view keeps our place in it.
 */
export interface QueuePosition {
  readonly aheadLots: number;
  readonly isKnown: boolean;
}

export const QUEUE_UNKNOWN: QueuePosition = { aheadLots: 0, isKnown: false };

export function joinQueue(displayedLots: number): QueuePosition {
  return { aheadLots: displayedLots, isKnown: true };
}

/** `reachingLots`: what is left of the trade when it reaches the size ahead of us. */
export function afterTrade(queue: QueuePosition, reachingLots: number): QueuePosition {
  if (!queue.isKnown) return queue;
  return { aheadLots: Math.max(0, queue.aheadLots - reachingLots), isKnown: true };
}

/** `beforeLots`: displayed size after the trades of the message, `afterLots`: as now displayed. */
export function afterSizeChange(
  queue: QueuePosition,
  beforeLots: number,
  afterLots: number,
): QueuePosition {
  if (!queue.isKnown || queue.aheadLots === 0) return queue;
  const cancelled = afterLots < beforeLots;
  const kept = cancelled ? Math.ceil((queue.aheadLots * afterLots) / beforeLots) : queue.aheadLots;
  return { aheadLots: Math.min(kept, queue.aheadLots, afterLots), isKnown: true };
}
