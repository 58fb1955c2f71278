/** Sweeps (mass cancel, expiry, clear) and the commands of a feed in the plain twin. */
import { isId, isLots, isPrice, isSide } from './entry-reference.ts';
import type { ReferenceOrder } from './ladder-reference.ts';
import * as M from './matching-layout.ts';
import type { ReferenceMatching } from './matching-reference.ts';
import type { MatchingCommand } from './matching-text.ts';
import { takerOf } from './taker-reference.ts';

type Command = Required<MatchingCommand>;

export function sweep(twin: ReferenceMatching, command: Command): number {
  const { kind, instrument, side, owner } = command;
  const { instruments } = twin.bounds;
  if (instrument !== M.ALL_INSTRUMENTS && instrument >= instruments) return M.REFUSED_INSTRUMENT;
  if (side > M.SIDE_SELL) return M.REFUSED_SIDE;
  if (owner > M.OWNER_MAX) return M.REFUSED_OWNER;
  const swept = [...twin.instruments]
    .sort(([left], [right]) => left - right)
    .filter(([number]) => instrument === M.ALL_INSTRUMENTS || number === instrument)
    .flatMap(([, { ladders }]) => ladders)
    .filter(({ index }) => side === 0 || (index & 1) + 1 === side)
    .flatMap(({ levels }) => levels)
    .flatMap(({ orders }) => orders)
    .filter((order) => owner === 0 || order.owner === owner)
    .filter(({ isDay }) => isDay || kind !== M.COMMAND_EXPIRE_DAY);
  for (const order of swept) {
    if (kind === M.COMMAND_FEED_CLEAR) twin.forget(order);
    else if (kind === M.COMMAND_EXPIRE_DAY) twin.drop(order, M.CANCELLED_DAY_OVER);
    else twin.drop(order, M.CANCELLED_MASS);
  }
  if (kind !== M.COMMAND_FEED_CLEAR) twin.emit(M.EVENT_SWEPT, 0, 0, { lots: swept.length });
  return M.ACCEPTED;
}

export function feedAdd(twin: ReferenceMatching, command: Command): number {
  const { id, side, lots, priceTicks } = command;
  const market = twin.instruments.get(command.instrument);
  if (market === undefined) return M.REFUSED_INSTRUMENT;
  if (!isId(id)) return M.REFUSED_ID;
  if (!isSide(side)) return M.REFUSED_SIDE;
  if (!isLots(lots, market)) return M.REFUSED_LOTS;
  if (!isPrice(priceTicks, market, true)) return M.REFUSED_PRICE;
  if (twin.orders.has(id)) return M.REFUSED_DUPLICATE_ID;
  if (twin.orders.size >= twin.bounds.orders) return M.REFUSED_ORDERS_FULL;
  const ladder = market.ladders[side - 1]!;
  const refusal = twin.restRefusal(ladder, priceTicks, lots);
  if (refusal === M.ACCEPTED) put(twin, command, id);
  return refusal;
}

/** What a feed says of an order: who it belongs to and how long it stands is not known. */
function put(twin: ReferenceMatching, command: Command, id: number): void {
  const { instrument, side, priceTicks, lots } = command;
  const ladder = twin.instruments.get(instrument)!.ladders[side - 1]!;
  const plain = { type: M.ORDER_LIMIT, timeInForce: M.TIF_GTC, selfTrade: 0, flags: 0, owner: 0 };
  const { terms } = takerOf({ ...command, ...plain, id, displayLots: 0 });
  const order = { ...terms, shownLots: lots, hiddenLots: 0, ladder, ticks: priceTicks };
  twin.orders.set(id, order);
  ladder.append(order, priceTicks);
}

function findPlain(twin: ReferenceMatching, id: number): ReferenceOrder | number {
  const order = twin.find(id);
  return typeof order !== 'number' && order.hasExtra ? M.REFUSED_TERMS : order;
}

/** Execute, reduce, delete. */
export function feedShrink(twin: ReferenceMatching, command: Command): number {
  const order = findPlain(twin, command.id);
  if (typeof order === 'number') return order;
  const lots = command.kind === M.COMMAND_FEED_DELETE ? order.shownLots : command.lots;
  if (lots < 1 || lots > order.shownLots) return M.REFUSED_LOTS;
  if (command.kind === M.COMMAND_FEED_EXECUTE) {
    const market = twin.instruments.get(order.ladder.instrument)!;
    market.lastTicks = order.ticks;
    market.trades++;
    market.volumeLots += lots;
  }
  if (lots === order.shownLots) twin.forget(order);
  else order.shownLots -= lots;
  return M.ACCEPTED;
}

export function feedReplace(twin: ReferenceMatching, command: Command): number {
  const order = findPlain(twin, command.id);
  if (typeof order === 'number') return order;
  const { newId, lots, priceTicks } = command;
  const { ladder } = order;
  const market = twin.instruments.get(ladder.instrument)!;
  if (!isId(newId)) return M.REFUSED_ID;
  if (!isLots(lots, market)) return M.REFUSED_LOTS;
  if (!isPrice(priceTicks, market, true)) return M.REFUSED_PRICE;
  if (twin.orders.has(newId)) return M.REFUSED_DUPLICATE_ID;
  const refusal = twin.restRefusal(ladder, priceTicks, lots);
  if (refusal !== M.ACCEPTED) return refusal;
  twin.forget(order);
  put(twin, { ...command, instrument: ladder.instrument, side: ladder.index + 1 }, newId);
  return M.ACCEPTED;
}
