/** The checks of a new order in the plain twin, one line each, in the order of their codes. */
import * as M from './matching-layout.ts';
import type { MatchingCommand } from './matching-text.ts';

type Command = Required<MatchingCommand>;

export interface PriceRange {
  readonly baseTicks: number;
  readonly lotsMax: number;
  readonly levelsLog2: number;
}

export const isId = (id: number): boolean => id >= 1 && id <= M.ORDER_ID_MAX;
export const isSide = (side: number): boolean => side === M.SIDE_BUY || side === M.SIDE_SELL;
export const isLots = (lots: number, range: PriceRange): boolean =>
  lots >= 1 && lots <= range.lotsMax;

export function isPrice(ticks: number, range: PriceRange, isWanted: boolean): boolean {
  if (!isWanted) return ticks === 0;
  return ticks >= range.baseTicks && ticks < range.baseTicks + 2 ** range.levelsLog2;
}

export const mayRest = ({ type, timeInForce }: Command): boolean =>
  (type === M.ORDER_LIMIT || type === M.ORDER_STOP_LIMIT) &&
  (timeInForce === M.TIF_DAY || timeInForce === M.TIF_GTC);

const TYPES: readonly number[] = [M.ORDER_MARKET, M.ORDER_LIMIT, M.ORDER_STOP, M.ORDER_STOP_LIMIT];
const TIMES: readonly number[] = [M.TIF_DAY, M.TIF_GTC, M.TIF_IOC, M.TIF_FOK];

function areTerms(command: Command): boolean {
  const { type, timeInForce, selfTrade, flags } = command;
  if (!TYPES.includes(type) || !TIMES.includes(timeInForce)) return false;
  if (selfTrade > M.SELF_TRADE_DECREMENT) return false;
  if (flags === M.FLAG_POST_ONLY) return type === M.ORDER_LIMIT && mayRest(command);
  return flags === 0;
}

/** What is wrong with the fields themselves; ACCEPTED = nothing. */
export function fieldRefusal(command: Command, range: PriceRange): number {
  const { type, lots, displayLots } = command;
  const isStop = type === M.ORDER_STOP || type === M.ORDER_STOP_LIMIT;
  const hasLimit = type === M.ORDER_LIMIT || type === M.ORDER_STOP_LIMIT;
  if (!isId(command.id)) return M.REFUSED_ID;
  if (!isSide(command.side)) return M.REFUSED_SIDE;
  if (!areTerms(command)) return M.REFUSED_TERMS;
  if (!isLots(lots, range)) return M.REFUSED_LOTS;
  const isDisplay = displayLots > 0 && displayLots <= lots && mayRest(command);
  if (displayLots !== 0 && !isDisplay) return M.REFUSED_DISPLAY;
  if (!isPrice(command.priceTicks, range, hasLimit)) return M.REFUSED_PRICE;
  if (!isPrice(command.stopTicks, range, isStop)) return M.REFUSED_STOP_PRICE;
  if (command.owner > M.OWNER_MAX) return M.REFUSED_OWNER;
  return M.ACCEPTED;
}
