/**
 * HOT: the pre-trade limits gate, run on INTENT before anything may leave. A flat list of checks in the
 * order of the DENY_* codes; the first refusal wins and is written to INT_VERDICT. There is no way round:
 * orders of operators pass the same list. A cancel lowers risk, so only a session that is down, an order
 * that cannot be cancelled and a full TX stop it. Comparisons run in f64 where a product may pass 2^63;
 * the operands are integers, so both twins round alike.
 */
import { journalHoldsOrders } from './journal-ring';
import {
  ACC_TRADING_STATE,
  ACCOUNT_BYTES,
  ACCOUNTS,
  ALLOWED,
  BOOK_ASK_COUNT,
  BOOK_ASK_TICKS,
  BOOK_BID_COUNT,
  BOOK_BID_TICKS,
  BOOK_LIVE,
  CTL_CORE_TIME_NS,
  CTL_FIRM_STATE,
  CTL_OPEN_ORDERS,
  CTL_STRATEGY_COUNT,
  CUR_TO_BASE,
  CURRENCIES,
  CURRENCY_BYTES,
  DENY_BACK_PRESSURE,
  DENY_BAD_PRICE,
  DENY_BOOK_STATE,
  DENY_CLOSED,
  DENY_DAILY_LOSS,
  DENY_DUPLICATE,
  DENY_KILLED,
  DENY_MESSAGE_RATE,
  DENY_NO_LIMIT_SET,
  DENY_NOT_PERMITTED,
  DENY_OPEN_ORDERS,
  DENY_ORDER_NOTIONAL,
  DENY_ORDER_QTY,
  DENY_ORDER_STATE,
  DENY_POSITION,
  DENY_PRICE_COLLAR,
  DENY_SESSION_DOWN,
  DENY_STALE_BOOK,
  DENY_STATE,
  DENY_TOO_MANY_ORDERS,
  DUPLICATE_SLOTS,
  INS_BOOK_STATE,
  INS_CLOSE_NS,
  INS_CURRENCY,
  INS_LAST_UPDATE_NS,
  INS_MIN_INCREMENT_TICKS,
  INS_MINOR_PER_TICK_LOT,
  INS_OPEN_NS,
  INS_SESSION,
  INS_TRADING_STATE,
  INT_ACCOUNT,
  INT_FLAGS,
  INT_KIND,
  INT_ORD_TYPE,
  INT_PRICE_TICKS,
  INT_QTY_LOTS,
  INT_SIDE,
  INT_STRATEGY,
  INT_TIME_IN_FORCE,
  INT_VERDICT,
  INTENT,
  INTENT_CANCEL,
  INTENT_FLAG_OPERATOR,
  INTENT_NEW,
  INTENT_REPLACE,
  LIM_COLLAR_BPS,
  LIM_DAILY_LOSS_MINOR_MAX,
  LIM_DUPLICATE_NS,
  LIM_MESSAGES_PER_S_MAX,
  LIM_OPEN_ORDERS_MAX,
  LIM_ORDER_LOTS_MAX,
  LIM_ORDER_NOTIONAL_MINOR_MAX,
  LIM_PERMITTED,
  LIM_POSITION_LOTS_MAX,
  LIM_SET,
  LIM_STALE_NS,
  ORD_CUM_LOTS,
  ORD_STATE,
  ORDER_NEW,
  ORDER_PARTIALLY_FILLED,
  ORDER_PENDING_NEW,
  ORDERS_MAX,
  POS_LOTS,
  POS_OPEN_BUY_LOTS,
  POS_OPEN_SELL_LOTS,
  RATE_RING_SLOTS,
  SES_STATE,
  SES_TX_END,
  SESSION_BYTES,
  SESSION_DISCONNECTED,
  SESSION_LIVE,
  SESSION_RECOVERING,
  SESSIONS,
  STR_ACCOUNT,
  STR_DUPLICATES,
  STR_EQUITY_MINOR,
  STR_MESSAGES,
  STR_OPEN_ORDERS,
  STR_PAUSED,
  STR_TRADING_STATE,
  TRADING_ACTIVE,
  TRADING_HALTED,
  TX_BYTES,
} from './layout';
import {
  addedLots,
  bookBlock,
  effectivePrice,
  instrumentBlock,
  instrumentKnown,
  limitRow,
  orderSignature,
  positionRow,
  rateSlot,
  reduces,
  strategyBlock,
  targetOrder,
  timeInForceKnown,
} from './limits-view';

const NS_PER_SECOND: i64 = 1000000000;
const PRICE_TICKS_MAX: i64 = 281474976710656; // 2^48: the collar's products stay exact enough
const SAFE_MAX: f64 = 9007199254740991.0; // 2^53 - 1
const TX_ROOM_MIN: i32 = 1024; // no message of ours is longer
const SIDE_BUY: i32 = 1;
const SIDE_SELL: i32 = 2;
const MARKET: i32 = 49; // '1'
const LIMIT: i32 = 50; // '2'

/** Runs the checks on INTENT, writes and returns the verdict; an allowed message is counted. */
export function limitsCheck(): i32 {
  const kind = load<i32>(INTENT + INT_KIND);
  const verdict = kind === INTENT_CANCEL ? checkCancel() : checkOrder();
  store<i32>(INTENT + INT_VERDICT, verdict);
  if (verdict === ALLOWED) {
    countMessage();
    if (kind === INTENT_NEW) rememberOrder();
  }
  return verdict;
}

function checkCancel(): i32 {
  return checkLoggedOn() || checkOrderState() || checkBackPressure();
}

/** Blocks and rows are addresses; nothing is read from them before checkKnown has judged the indices. */
function checkOrder(): i32 {
  const strategy = strategyBlock();
  const instrument = instrumentBlock();
  const limit = limitRow();
  return (
    checkKilled() ||
    checkKnown() ||
    checkState(strategy, instrument) ||
    checkLimitSet(limit) ||
    checkPermitted(strategy, limit) ||
    checkHours(instrument) ||
    checkSession() ||
    checkBookState(instrument) ||
    checkStaleBook(instrument, limit) ||
    checkPrice(instrument) ||
    checkCollar(limit) ||
    checkOrderQty(limit) ||
    checkNotional(instrument, limit) ||
    checkPosition(limit) ||
    checkMessageRate(strategy, limit) ||
    checkDuplicate(strategy, limit) ||
    checkDailyLoss(strategy, limit) ||
    checkOpenOrders(strategy, limit) ||
    checkOrderTable() ||
    checkOrderState() ||
    checkBackPressure() ||
    checkJournal()
  );
}

// ---- The checks, in the order of their codes

function checkKilled(): i32 {
  return load<i32>(CTL_FIRM_STATE) === TRADING_HALTED ? DENY_KILLED : ALLOWED;
}

/** An index outside the configured tables has no limit row, and must not be used as an address. */
function checkKnown(): i32 {
  const strategy = load<i32>(INTENT + INT_STRATEGY);
  const known = strategy >= 0 && strategy < load<i32>(CTL_STRATEGY_COUNT) && instrumentKnown();
  return known ? ALLOWED : DENY_NO_LIMIT_SET;
}

/** Strictest scope wins. A paused strategy sends nothing itself; an operator may only reduce. */
function checkState(strategy: i32, instrument: i32): i32 {
  const account = ACCOUNTS + load<i32>(strategy + STR_ACCOUNT) * ACCOUNT_BYTES;
  let state = max<i32>(load<i32>(CTL_FIRM_STATE), load<i32>(strategy + STR_TRADING_STATE));
  state = max<i32>(state, load<i32>(account + ACC_TRADING_STATE));
  state = max<i32>(state, load<i32>(instrument + INS_TRADING_STATE));
  if (state === TRADING_HALTED) return DENY_STATE;
  const byHand = (load<i32>(INTENT + INT_FLAGS) & INTENT_FLAG_OPERATOR) !== 0;
  if (!byHand && load<i32>(strategy + STR_PAUSED) !== 0) return DENY_STATE;
  return (state !== TRADING_ACTIVE || byHand) && !reduces() ? DENY_STATE : ALLOWED;
}

function checkLimitSet(limit: i32): i32 {
  return load<i32>(limit + LIM_SET) === 0 ? DENY_NO_LIMIT_SET : ALLOWED;
}

/** Also refuses what the gate cannot judge: an unknown kind, side, type or time in force, another account. */
function checkPermitted(strategy: i32, limit: i32): i32 {
  const kind = load<i32>(INTENT + INT_KIND);
  const side = load<i32>(INTENT + INT_SIDE);
  const ordType = load<i32>(INTENT + INT_ORD_TYPE);
  const understood =
    (kind === INTENT_NEW || kind === INTENT_REPLACE) &&
    (side === SIDE_BUY || side === SIDE_SELL) &&
    (ordType === MARKET || ordType === LIMIT) &&
    timeInForceKnown(load<i32>(INTENT + INT_TIME_IN_FORCE)) &&
    load<i32>(INTENT + INT_ACCOUNT) === load<i32>(strategy + STR_ACCOUNT);
  return understood && load<i32>(limit + LIM_PERMITTED) !== 0 ? ALLOWED : DENY_NOT_PERMITTED;
}

function checkHours(instrument: i32): i32 {
  if (!instrumentKnown()) return DENY_CLOSED;
  const now = load<i64>(CTL_CORE_TIME_NS);
  const close = load<i64>(instrument + INS_CLOSE_NS);
  const open = load<i64>(instrument + INS_OPEN_NS);
  // Hours are known from the first market data on; before that there is no live book either.
  return close !== 0 && (now < open || now >= close) ? DENY_CLOSED : ALLOWED;
}

function checkSession(): i32 {
  return sessionState() === SESSION_LIVE ? ALLOWED : DENY_SESSION_DOWN;
}

/** A cancel does not wait until what the venue has said before is known. */
function checkLoggedOn(): i32 {
  return sessionState() === SESSION_RECOVERING ? ALLOWED : checkSession();
}

function sessionState(): i32 {
  if (!instrumentKnown()) return SESSION_DISCONNECTED;
  const session = load<i32>(instrumentBlock() + INS_SESSION);
  if (session < 0) return SESSION_DISCONNECTED;
  return load<i32>(SESSIONS + session * SESSION_BYTES + SES_STATE);
}

function checkBookState(instrument: i32): i32 {
  const book = bookBlock();
  const whole =
    load<i32>(instrument + INS_BOOK_STATE) === BOOK_LIVE &&
    load<i32>(book + BOOK_BID_COUNT) > 0 &&
    load<i32>(book + BOOK_ASK_COUNT) > 0 &&
    load<i64>(book + BOOK_BID_TICKS) < load<i64>(book + BOOK_ASK_TICKS);
  return whole ? ALLOWED : DENY_BOOK_STATE;
}

function checkStaleBook(instrument: i32, limit: i32): i32 {
  const age = load<i64>(CTL_CORE_TIME_NS) - load<i64>(instrument + INS_LAST_UPDATE_NS);
  return age > load<i64>(limit + LIM_STALE_NS) ? DENY_STALE_BOOK : ALLOWED;
}

/** A market order carries no price; its touch is judged by the collar. */
function checkPrice(instrument: i32): i32 {
  if (load<i32>(INTENT + INT_ORD_TYPE) === MARKET) return ALLOWED;
  const price = load<i64>(INTENT + INT_PRICE_TICKS);
  if (price <= 0 || price > PRICE_TICKS_MAX) return DENY_BAD_PRICE;
  const increment = load<i64>(instrument + INS_MIN_INCREMENT_TICKS);
  return increment <= 0 || price % increment !== 0 ? DENY_BAD_PRICE : ALLOWED;
}

/** The band lies round the mid and holds both ways: RTS 6 art. 15(1)(a) names no direction. */
function checkCollar(limit: i32): i32 {
  const book = bookBlock();
  const midTicks2 = f64(load<i64>(book + BOOK_BID_TICKS) + load<i64>(book + BOOK_ASK_TICKS));
  const away = abs<f64>(2.0 * f64(effectivePrice()) - midTicks2) * 10000.0;
  const band = midTicks2 * f64(load<i32>(limit + LIM_COLLAR_BPS));
  return away <= band ? ALLOWED : DENY_PRICE_COLLAR;
}

/** A replace must leave something to trade. */
function checkOrderQty(limit: i32): i32 {
  const qty = load<i64>(INTENT + INT_QTY_LOTS);
  const order = targetOrder();
  const least: i64 = order === 0 ? 0 : load<i64>(order + ORD_CUM_LOTS);
  const fits = qty > least && qty <= load<i64>(limit + LIM_ORDER_LOTS_MAX);
  return fits ? ALLOWED : DENY_ORDER_QTY;
}

/** In the base currency; rounded to its minor unit so that a notional equal to the maximum passes. */
function checkNotional(instrument: i32, limit: i32): i32 {
  const tickLots = f64(effectivePrice()) * f64(load<i64>(INTENT + INT_QTY_LOTS));
  const currency = CURRENCIES + load<i32>(instrument + INS_CURRENCY) * CURRENCY_BYTES;
  const minor = tickLots * load<f64>(instrument + INS_MINOR_PER_TICK_LOT);
  const base = floor<f64>(minor * load<f64>(currency + CUR_TO_BASE) + 0.5);
  const most = f64(load<i64>(limit + LIM_ORDER_NOTIONAL_MINOR_MAX));
  return tickLots <= SAFE_MAX && base <= most && base <= SAFE_MAX ? ALLOWED : DENY_ORDER_NOTIONAL;
}

/** Counts towards the order's own side, so that a position beyond the maximum can still be reduced. */
function checkPosition(limit: i32): i32 {
  const position = positionRow();
  const buy = load<i32>(INTENT + INT_SIDE) === SIDE_BUY;
  const held = load<i64>(position + POS_LOTS);
  const working = load<i64>(position + (buy ? POS_OPEN_BUY_LOTS : POS_OPEN_SELL_LOTS));
  const after = (buy ? held : -held) + working + addedLots();
  return after > load<i64>(limit + LIM_POSITION_LOTS_MAX) ? DENY_POSITION : ALLOWED;
}

/** Exact: in no second, ends half open, are there more messages than the maximum. */
function checkMessageRate(strategy: i32, limit: i32): i32 {
  const most = load<i32>(limit + LIM_MESSAGES_PER_S_MAX);
  const sent = load<i64>(strategy + STR_MESSAGES);
  if (most <= 0 || most > RATE_RING_SLOTS) return DENY_MESSAGE_RATE;
  if (sent < i64(most)) return ALLOWED;
  const age = load<i64>(CTL_CORE_TIME_NS) - load<i64>(rateSlot(sent - i64(most)));
  return age < NS_PER_SECOND ? DENY_MESSAGE_RATE : ALLOWED;
}

/**
 * Among the last DUPLICATE_SLOTS new orders of the strategy, the youngest first; a replace changes an order, it
 * adds none.
 */
function checkDuplicate(strategy: i32, limit: i32): i32 {
  if (load<i32>(INTENT + INT_KIND) !== INTENT_NEW) return ALLOWED;
  const earliest = load<i64>(CTL_CORE_TIME_NS) - load<i64>(limit + LIM_DUPLICATE_NS);
  const signature = orderSignature();
  const first = strategy + STR_DUPLICATES;
  for (let entry = first; entry < first + DUPLICATE_SLOTS * 16; entry += 16) {
    if (load<i64>(entry + 8) <= earliest) return ALLOWED;
    if (load<i64>(entry) === signature) return DENY_DUPLICATE;
  }
  return ALLOWED;
}

function checkDailyLoss(strategy: i32, limit: i32): i32 {
  const loss = -load<i64>(strategy + STR_EQUITY_MINOR);
  const reached = loss >= load<i64>(limit + LIM_DAILY_LOSS_MINOR_MAX);
  return reached && !reduces() ? DENY_DAILY_LOSS : ALLOWED;
}

function checkOpenOrders(strategy: i32, limit: i32): i32 {
  if (load<i32>(INTENT + INT_KIND) !== INTENT_NEW) return ALLOWED;
  const open = load<i32>(strategy + STR_OPEN_ORDERS);
  return open >= load<i32>(limit + LIM_OPEN_ORDERS_MAX) ? DENY_OPEN_ORDERS : ALLOWED;
}

function checkOrderTable(): i32 {
  const full = load<i32>(CTL_OPEN_ORDERS) >= ORDERS_MAX;
  return full && load<i32>(INTENT + INT_KIND) === INTENT_NEW ? DENY_TOO_MANY_ORDERS : ALLOWED;
}

/** A cancel may overtake the acknowledgement of a new order; a replace waits for it. */
function checkOrderState(): i32 {
  const kind = load<i32>(INTENT + INT_KIND);
  if (kind === INTENT_NEW) return ALLOWED;
  const order = targetOrder();
  if (order === 0) return DENY_ORDER_STATE;
  const state = load<i32>(order + ORD_STATE);
  if (state === ORDER_NEW || state === ORDER_PARTIALLY_FILLED) return ALLOWED;
  return state === ORDER_PENDING_NEW && kind === INTENT_CANCEL ? ALLOWED : DENY_ORDER_STATE;
}

function checkBackPressure(): i32 {
  const session = load<i32>(instrumentBlock() + INS_SESSION);
  const used = load<i32>(SESSIONS + session * SESSION_BYTES + SES_TX_END);
  return TX_BYTES - used < TX_ROOM_MIN ? DENY_BACK_PRESSURE : ALLOWED;
}

/** What cannot be written down in time must not be decided; a cancel finds room longer. */
function checkJournal(): i32 {
  return journalHoldsOrders() !== 0 ? DENY_BACK_PRESSURE : ALLOWED;
}

// ---- Counting what was allowed

function countMessage(): void {
  const strategy = strategyBlock();
  const sent = load<i64>(strategy + STR_MESSAGES);
  store<i64>(rateSlot(sent), load<i64>(CTL_CORE_TIME_NS));
  store<i64>(strategy + STR_MESSAGES, sent + 1);
}

/** Takes the place of the oldest entry; the ring is kept in order of age, youngest first. */
function rememberOrder(): void {
  const first = strategyBlock() + STR_DUPLICATES;
  // Few enough to be faster than memory.copy, which leaves the module.
  for (let at = first + (DUPLICATE_SLOTS - 1) * 16; at > first; at -= 16) {
    v128.store(at, v128.load(at - 16));
  }
  store<i64>(first, orderSignature());
  store<i64>(first + 8, load<i64>(CTL_CORE_TIME_NS));
}
