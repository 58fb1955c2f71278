/**
 * HOT: what the limits gate's checks ask about INTENT: the blocks it touches, the order it means, the price
 * it would meet and the lots it adds. Read by limits.ts only.
 */
import {
  BOOK_ASK_TICKS,
  BOOK_BID_TICKS,
  BOOK_BYTES,
  BOOKS,
  CTL_INSTRUMENT_COUNT,
  INSTRUMENT_BYTES,
  INSTRUMENTS,
  INSTRUMENTS_MAX,
  INT_INSTRUMENT,
  INT_KIND,
  INT_ORD_TYPE,
  INT_ORDER_SLOT,
  INT_PRICE_TICKS,
  INT_QTY_LOTS,
  INT_SIDE,
  INT_STRATEGY,
  INTENT,
  INTENT_NEW,
  LIMIT_BYTES,
  LIMITS,
  ORD_CUM_LOTS,
  ORD_INSTRUMENT,
  ORD_NUMBER,
  ORD_SIDE,
  ORD_STRATEGY,
  ORD_WORKING_LOTS,
  ORDER_BYTES,
  ORDERS,
  ORDERS_MAX,
  POS_LOTS,
  POS_OPEN_BUY_LOTS,
  POS_OPEN_SELL_LOTS,
  POSITION_BYTES,
  POSITIONS,
  RATE_RING_SLOTS,
  RATE_RINGS,
  STRATEGIES,
  STRATEGY_BYTES,
} from './layout';

const MIX_PRICE: i64 = (0x7fb5d329 << 32) | 0x728ea185;
const MIX_QTY: i64 = (0x5851f42d << 32) | 0x4c957f2d;
const MIX_INSTRUMENT: i64 = (0x2545f491 << 32) | 0x4f6cdd1d;
const SIDE_BUY: i32 = 1;
const MARKET: i32 = 49; // '1'

/** The order lowers |position| even if every working order of its side trades first. */
export function reduces(): bool {
  const position = positionRow();
  const buy = load<i32>(INTENT + INT_SIDE) === SIDE_BUY;
  const held = load<i64>(position + POS_LOTS);
  const working = load<i64>(position + (buy ? POS_OPEN_BUY_LOTS : POS_OPEN_SELL_LOTS));
  const against = buy ? -held : held;
  return against > 0 && working + addedLots() <= against;
}

/** What the intent adds to the working lots: a replace only its increase. */
export function addedLots(): i64 {
  const qty = load<i64>(INTENT + INT_QTY_LOTS);
  const order = targetOrder();
  if (order === 0) return qty;
  const increase = qty - load<i64>(order + ORD_CUM_LOTS) - load<i64>(order + ORD_WORKING_LOTS);
  return max<i64>(increase, 0);
}

/** Address of the order that a cancel or replace means, 0 where it does not match the intent. */
export function targetOrder(): i32 {
  const slot = load<i32>(INTENT + INT_ORDER_SLOT);
  if (load<i32>(INTENT + INT_KIND) === INTENT_NEW || slot < 0 || slot >= ORDERS_MAX) return 0;
  const order = ORDERS + slot * ORDER_BYTES;
  const same =
    load<i64>(order + ORD_NUMBER) !== 0 &&
    load<i32>(order + ORD_STRATEGY) === load<i32>(INTENT + INT_STRATEGY) &&
    load<i32>(order + ORD_INSTRUMENT) === load<i32>(INTENT + INT_INSTRUMENT) &&
    load<i32>(order + ORD_SIDE) === load<i32>(INTENT + INT_SIDE);
  return same ? order : 0;
}

/** A market order is judged at the touch it would meet. */
export function effectivePrice(): i64 {
  if (load<i32>(INTENT + INT_ORD_TYPE) !== MARKET) return load<i64>(INTENT + INT_PRICE_TICKS);
  const buy = load<i32>(INTENT + INT_SIDE) === SIDE_BUY;
  return load<i64>(bookBlock() + (buy ? BOOK_ASK_TICKS : BOOK_BID_TICKS));
}

/** Instrument, side, price and quantity in one word, never 0 (an empty entry). */
export function orderSignature(): i64 {
  const market = load<i32>(INTENT + INT_ORD_TYPE) === MARKET;
  let mixed: i64 = market ? -1 : load<i64>(INTENT + INT_PRICE_TICKS);
  mixed = (mixed ^ (mixed >>> 31)) * MIX_PRICE + load<i64>(INTENT + INT_QTY_LOTS);
  mixed = (mixed ^ (mixed >>> 27)) * MIX_QTY + i64(load<i32>(INTENT + INT_INSTRUMENT));
  mixed = (mixed ^ (mixed >>> 33)) * MIX_INSTRUMENT + i64(load<i32>(INTENT + INT_SIDE));
  mixed ^= mixed >>> 29;
  return mixed === 0 ? 1 : mixed;
}

export function timeInForceKnown(code: i32): bool {
  return code === 48 || code === 49 || code === 51 || code === 52; // '0' DAY '1' GTC '3' IOC '4' FOK
}

export function instrumentKnown(): bool {
  const instrument = load<i32>(INTENT + INT_INSTRUMENT);
  return instrument >= 0 && instrument < load<i32>(CTL_INSTRUMENT_COUNT);
}

export function rateSlot(message: i64): i32 {
  const ring = RATE_RINGS + load<i32>(INTENT + INT_STRATEGY) * RATE_RING_SLOTS * 8;
  return ring + i32(message % i64(RATE_RING_SLOTS)) * 8;
}

export function strategyBlock(): i32 {
  return STRATEGIES + load<i32>(INTENT + INT_STRATEGY) * STRATEGY_BYTES;
}

export function instrumentBlock(): i32 {
  return INSTRUMENTS + load<i32>(INTENT + INT_INSTRUMENT) * INSTRUMENT_BYTES;
}

export function bookBlock(): i32 {
  return BOOKS + load<i32>(INTENT + INT_INSTRUMENT) * BOOK_BYTES;
}

function pairIndex(): i32 {
  return load<i32>(INTENT + INT_STRATEGY) * INSTRUMENTS_MAX + load<i32>(INTENT + INT_INSTRUMENT);
}

export function limitRow(): i32 {
  return LIMITS + pairIndex() * LIMIT_BYTES;
}

export function positionRow(): i32 {
  return POSITIONS + pairIndex() * POSITION_BYTES;
}
