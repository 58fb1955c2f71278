/** The plain twin's arriving order: made from a command, or from a resting order that arrives anew. */
import { mayRest } from './entry-reference.ts';
import type { ReferenceOrder } from './ladder-reference.ts';
import * as M from './matching-layout.ts';
import type { MatchingCommand } from './matching-text.ts';

/** What all orders of the twin are made from; a taker has no place yet. */
export interface Taker {
  readonly terms: Omit<ReferenceOrder, 'ladder' | 'ticks' | 'shownLots' | 'hiddenLots'>;
  readonly instrument: number;
  readonly side: number;
  /** undefined: takes at any price, and never rests. */
  readonly priceTicks: number | undefined;
  readonly rests: boolean;
  leavesLots: number;
}

export function takerOf(command: Required<MatchingCommand>): Taker {
  const { id, owner, selfTrade, displayLots, type, timeInForce, instrument, side } = command;
  const waits = type === M.ORDER_STOP || type === M.ORDER_STOP_LIMIT;
  return {
    terms: {
      id,
      owner,
      selfTrade,
      displayLots,
      isDay: timeInForce === M.TIF_DAY,
      isPostOnly: command.flags === M.FLAG_POST_ONLY,
      hasExtra: waits || displayLots > 0,
      type: waits ? type : 0,
      timeInForce: waits ? timeInForce : 0,
      limitTicks: waits ? command.priceTicks : 0,
    },
    instrument,
    side,
    priceTicks: type === M.ORDER_MARKET ? undefined : command.priceTicks,
    rests: mayRest(command),
    leavesLots: command.lots,
  };
}

/** A resting order that is to arrive anew. */
export function takerFrom(order: ReferenceOrder): Taker {
  const { instrument, index } = order.ladder;
  const side = (index & 1) + 1;
  return { terms: order, instrument, side, priceTicks: order.ticks, rests: true, leavesLots: 0 };
}
