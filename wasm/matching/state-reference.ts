/** The twin's answers as a whole: the kernel's hash, its best prices and its depth, in plain words. */
import type { ReferenceOrder } from './ladder-reference.ts';
import * as M from './matching-layout.ts';
import type { ReferenceMatching } from './matching-reference.ts';

const SEED = 0x243f6a8885a308d3n;
const GOLDEN = 0x9e3779b97f4a7c15n;

function mix(hash: bigint, word: bigint): bigint {
  const mixed = BigInt.asUintN(64, (hash ^ BigInt.asUintN(64, word)) * GOLDEN);
  return mixed ^ (mixed >> 29n);
}

export function referenceHash(twin: ReferenceMatching): bigint {
  let hash = SEED;
  for (let number = 0; number < twin.bounds.instruments; number++) {
    const market = twin.instruments.get(number);
    for (const word of [market?.lastTicks, market?.trades, market?.volumeLots]) {
      hash = mix(hash, BigInt(word ?? 0));
    }
    for (let ladder = 0; ladder < M.LADDERS; ladder++) {
      for (const { ticks, orders } of market?.ladders[ladder]?.levels ?? []) {
        hash = mix(hash, BigInt(ticks));
        for (const order of orders) hash = mixOrder(hash, order, market!.baseTicks);
      }
      hash = mix(hash, 0n);
    }
  }
  return hash;
}

function mixOrder(hash: bigint, order: ReferenceOrder, baseTicks: number): bigint {
  const flags =
    (order.isDay ? M.TAG_DAY : 0) |
    (order.isPostOnly ? M.TAG_POST_ONLY : 0) |
    (order.hasExtra ? M.TAG_EXTRA : 0) |
    (order.selfTrade << M.TAG_SELF_TRADE_SHIFT);
  const words = [BigInt(order.id), BigInt(order.shownLots), BigInt(order.owner * 256 + flags)];
  if (order.hasExtra) {
    const limit = order.type === M.ORDER_STOP_LIMIT ? order.limitTicks - baseTicks : 0;
    const terms = BigInt(order.type | (order.timeInForce << 8));
    words.push(BigInt(order.hiddenLots), BigInt(order.displayLots));
    words.push((terms << 32n) | BigInt.asUintN(32, BigInt(limit)));
  }
  return words.reduce(mix, hash);
}

export interface ReferenceRow {
  readonly ticks: number;
  readonly lots: number;
  readonly orders: number;
}

/** Levels of a side, best first. */
export function referenceDepth(
  twin: ReferenceMatching,
  instrument: number,
  side: number,
): readonly ReferenceRow[] {
  const ladder = twin.instruments.get(instrument)!.ladders[side - 1]!;
  return ladder.levels.map(({ ticks, orders }) => ({
    ticks,
    lots: orders.reduce((sum, { shownLots }) => sum + shownLots, 0),
    orders: orders.length,
  }));
}

/** Shown lots and number of orders ahead of an order. */
export function referenceQueue(twin: ReferenceMatching, id: number) {
  const order = twin.orders.get(id)!;
  const { orders } = order.ladder.at(order.ticks)!;
  const ahead = orders.slice(0, orders.indexOf(order));
  return { lots: ahead.reduce((sum, { shownLots }) => sum + shownLots, 0), orders: ahead.length };
}
