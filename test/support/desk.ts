/**
 * A small trading desk written straight into memory for tests of the order side: one live session, two
 * instruments (AAPL in USD, 1 cent a tick; SAP in EUR), two strategies with an account each, wide limits,
 * two-sided books. Every figure is round so that a row of a test can be checked by hand.
 */
import * as L from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';

export const AAPL = 0;
export const SAP = 1;
export const MAKER = 0;
export const TAKER = 1;
export const BUY = 1;
export const SELL = 2;
export const MARKET = '1'.charCodeAt(0);
export const LIMIT = '2'.charCodeAt(0);
export const DAY = '0'.charCodeAt(0);
export const IOC = '3'.charCodeAt(0);
/** Core time of the desk: ten seconds into the day. */
export const NOON_NS = 10_000_000_000;

export interface Intent {
  readonly kind: number;
  readonly strategy: number;
  readonly instrument: number;
  readonly side: number;
  readonly ordType: number;
  readonly timeInForce: number;
  readonly priceTicks: number;
  readonly qtyLots: number;
  readonly orderSlot: number;
  readonly account: number;
  readonly flags: number;
}

/** Buy 10 AAPL at 100.00, a tick behind the bid: passes every check of the fresh desk. */
export const QUIET_BUY: Intent = {
  kind: L.INTENT_NEW,
  strategy: MAKER,
  instrument: AAPL,
  side: BUY,
  ordType: LIMIT,
  timeInForce: DAY,
  priceTicks: 10_000,
  qtyLots: 10,
  orderSlot: -1,
  account: 0,
  flags: 0,
};

export const instrumentAt = (index: number): number => L.INSTRUMENTS + index * L.INSTRUMENT_BYTES;
export const strategyAt = (index: number): number => L.STRATEGIES + index * L.STRATEGY_BYTES;
export const orderAt = (slot: number): number => L.ORDERS + slot * L.ORDER_BYTES;
export const rowOf = (strategy: number, instrument: number): number =>
  strategy * L.INSTRUMENTS_MAX + instrument;
export const limitAt = (strategy: number, instrument: number): number =>
  L.LIMITS + rowOf(strategy, instrument) * L.LIMIT_BYTES;
export const positionAt = (strategy: number, instrument: number): number =>
  L.POSITIONS + rowOf(strategy, instrument) * L.POSITION_BYTES;

/** Wipes the state and writes the desk. */
export function openDesk(memory: Memory): void {
  memory.bytes.fill(0, L.CONTROL, L.RX);
  memory.bytes.fill(0, L.DECODED, L.DECODED + L.DEC_ENTRIES);
  memory.bytes.fill(0, L.INTENT, L.INTENT + L.INTENT_BYTES);
  memory.bytes.fill(0, L.INSTRUMENTS, L.SCRATCH);
  memory.bytes.fill(0, L.BOOKS, L.BOOKS + 2 * L.BOOK_BYTES);
  memory.setI64(L.CTL_CORE_TIME_NS, NOON_NS);
  memory.setI32(L.CTL_STRATEGY_COUNT, 2);
  memory.setI32(L.CTL_ACCOUNT_COUNT, 2);
  memory.setI32(L.CTL_INSTRUMENT_COUNT, 2);
  memory.setI32(L.CTL_CURRENCY_COUNT, 2);
  memory.setI32(L.CTL_SESSION_COUNT, 1);
  memory.setText(L.CTL_CLORDID_PREFIX, L.CLORDID_PREFIX_BYTES, '0ABCXYZ');
  writeSession(memory);
  writeCurrency(memory, 0, 'USD', 1);
  writeCurrency(memory, 1, 'EUR', 1.25);
  writeInstrument(memory, AAPL, 'AAPL', { bidTicks: 10_001, askTicks: 10_003 });
  writeInstrument(memory, SAP, 'SAP', { bidTicks: 20_000, askTicks: 20_010 });
  for (const strategy of [MAKER, TAKER]) {
    const block = strategyAt(strategy);
    memory.setText(block + L.STR_NAME, 32, strategy === MAKER ? 'maker' : 'taker');
    memory.setI32(block + L.STR_ACCOUNT, strategy);
    memory.setText(
      L.ACCOUNTS + strategy * L.ACCOUNT_BYTES + L.ACC_NAME,
      32,
      strategy === MAKER ? 'PROP-A' : 'PROP-B',
    );
    for (const instrument of [AAPL, SAP]) writeLimits(memory, limitAt(strategy, instrument));
  }
}

export function setIntent(memory: Memory, intent: Intent): void {
  const at = L.INTENT;
  memory.setI32(at + L.INT_KIND, intent.kind);
  memory.setI32(at + L.INT_STRATEGY, intent.strategy);
  memory.setI32(at + L.INT_INSTRUMENT, intent.instrument);
  memory.setI32(at + L.INT_SIDE, intent.side);
  memory.setI32(at + L.INT_ORD_TYPE, intent.ordType);
  memory.setI32(at + L.INT_TIME_IN_FORCE, intent.timeInForce);
  memory.setI64(at + L.INT_PRICE_TICKS, intent.priceTicks);
  memory.setI64(at + L.INT_QTY_LOTS, intent.qtyLots);
  memory.setI32(at + L.INT_ORDER_SLOT, intent.orderSlot);
  memory.setI32(at + L.INT_ACCOUNT, intent.account);
  memory.setI32(at + L.INT_FLAGS, intent.flags);
}

/** Sets the touch of a book; a side with 0 ticks is empty. */
export function setTouch(memory: Memory, instrument: number, touch: Touch): void {
  const book = L.BOOKS + instrument * L.BOOK_BYTES;
  memory.setI32(book + L.BOOK_BID_COUNT, touch.bidTicks > 0 ? 1 : 0);
  memory.setI32(book + L.BOOK_ASK_COUNT, touch.askTicks > 0 ? 1 : 0);
  memory.setI64(book + L.BOOK_BID_TICKS, touch.bidTicks);
  memory.setI64(book + L.BOOK_ASK_TICKS, touch.askTicks);
}

export interface Touch {
  readonly bidTicks: number;
  readonly askTicks: number;
}

function writeSession(memory: Memory): void {
  const session = L.SESSIONS;
  memory.setI32(session + L.SES_STATE, L.SESSION_LIVE);
  memory.setI64(session + L.SES_NEXT_OUT, 1);
  memory.setText(session + L.SES_SENDER, 64, 'GYRFALCON');
  memory.setI32(session + L.SES_SENDER_LENGTH, 9);
  memory.setText(session + L.SES_TARGET, 64, 'SIM');
  memory.setI32(session + L.SES_TARGET_LENGTH, 3);
  memory.setText(session + L.SES_BEGIN, 16, 'FIX.4.4');
  memory.setI32(session + L.SES_BEGIN_LENGTH, 7);
  memory.setI32(session + L.SES_TIME_BYTES, 27);
}

function writeCurrency(memory: Memory, index: number, code: string, toBase: number): void {
  const block = L.CURRENCIES + index * L.CURRENCY_BYTES;
  memory.setText(block + L.CUR_CODE, 4, code);
  memory.setI32(block + L.CUR_DECIMALS, 2);
  memory.setF64(block + L.CUR_TO_BASE, toBase);
}

/** One lot is one share, one tick one cent. */
function writeInstrument(memory: Memory, index: number, symbol: string, touch: Touch): void {
  const block = instrumentAt(index);
  memory.setText(block + L.INS_SYMBOL, 32, symbol);
  memory.setI32(block + L.INS_SYMBOL_LENGTH, symbol.length);
  memory.setI32(block + L.INS_CURRENCY, index);
  memory.setI64(block + L.INS_TICK_E8, 1_000_000);
  memory.setI64(block + L.INS_LOT_E8, 100_000_000);
  memory.setI64(block + L.INS_MIN_INCREMENT_TICKS, 1);
  memory.setF64(block + L.INS_MINOR_PER_TICK_LOT, 1);
  memory.setI32(block + L.INS_BOOK_STATE, L.BOOK_LIVE);
  memory.setI64(block + L.INS_LAST_UPDATE_NS, NOON_NS);
  setTouch(memory, index, touch);
}

function writeLimits(memory: Memory, row: number): void {
  memory.setI32(row + L.LIM_SET, 1);
  memory.setI32(row + L.LIM_PERMITTED, 1);
  memory.setI64(row + L.LIM_ORDER_LOTS_MAX, 100);
  memory.setI64(row + L.LIM_ORDER_NOTIONAL_MINOR_MAX, 1_000_000); // 10 000.00
  memory.setI64(row + L.LIM_POSITION_LOTS_MAX, 150);
  memory.setI32(row + L.LIM_COLLAR_BPS, 200);
  memory.setI32(row + L.LIM_MESSAGES_PER_S_MAX, 5);
  memory.setI64(row + L.LIM_STALE_NS, 2_000_000_000);
  memory.setI64(row + L.LIM_DUPLICATE_NS, 100_000_000);
  memory.setI64(row + L.LIM_DAILY_LOSS_MINOR_MAX, 500_000);
  memory.setI32(row + L.LIM_OPEN_ORDERS_MAX, 3);
}
