/** Our own side of a console frame: orders, fills, positions with their P&L, strategies. */
import * as layout from '../../wasm/layout.ts';
import type { FillState, OrderState, PositionState, StrategyState } from './console-state.ts';
import { ownKey } from './read-market.ts';
import { type InstrumentScale, moneyOf, priceOf, quantityOf, type Scales } from './scales.ts';
import { BREAKER_WORDS, ORDER_WORDS, orderReason, TRADING_WORDS, wordOf } from './state-names.ts';
import type { SteadyMemory } from './steady-memory.ts';

const OPEN_ORDERS_SHOWN = 400; // the newest; the count beside the table tells of the others
const CLOSED_ORDERS_SHOWN = 50;
const FILLS_SHOWN = 100;

const isOpen = (state: number): boolean => state > layout.ORDER_FREE && state < layout.ORDER_FILLED;

const strategyAt = (strategy: number): number =>
  layout.STRATEGIES + strategy * layout.STRATEGY_BYTES;

function accountName(memory: SteadyMemory, account: number): string {
  if (account < 0 || account >= layout.ACCOUNTS_MAX) return '';
  return memory.text(layout.ACCOUNTS + account * layout.ACCOUNT_BYTES + layout.ACC_NAME, 32);
}

/** ClOrdID as the venue knows it: the run's prefix and the intent's sequence. */
function clOrdIdOf(memory: SteadyMemory, sequence: number): string {
  return memory.text(layout.CTL_CLORDID_PREFIX, layout.CLORDID_PREFIX_BYTES) + sequence;
}

interface OrderPlace {
  readonly at: number;
  readonly number: number;
}

function readOrder(memory: SteadyMemory, scales: Scales, at: number): OrderState | undefined {
  const scale = scales.instruments[memory.i32(at + layout.ORD_INSTRUMENT)];
  const strategy = scales.strategies[memory.i32(at + layout.ORD_STRATEGY)];
  if (scale === undefined || strategy === undefined) return undefined;
  const state = memory.i32(at + layout.ORD_STATE);
  return {
    orderNumber: memory.i64(at + layout.ORD_NUMBER),
    clOrdId: clOrdIdOf(memory, memory.i64(at + layout.ORD_CLORDID)),
    strategy,
    symbol: scale.symbol,
    side: memory.i32(at + layout.ORD_SIDE),
    state: wordOf(ORDER_WORDS, state),
    price: priceOf(scale, memory.i64(at + layout.ORD_PRICE_TICKS)),
    quantity: quantityOf(scale, memory.i64(at + layout.ORD_QTY_LOTS)),
    filled: quantityOf(scale, memory.i64(at + layout.ORD_CUM_LOTS)),
    leaves: quantityOf(scale, memory.i64(at + layout.ORD_LEAVES_LOTS)),
    timeMs: memory.marketMs(memory.i64(at + layout.ORD_UPDATED_NS)) ?? 0,
    reason: orderReason(state, memory.i32(at + layout.ORD_REASON)),
  };
}

export interface OrdersRead {
  /** Open ones first, each group newest first. */
  readonly list: readonly OrderState[];
  /** Working lots by instrument, side and price. */
  readonly own: ReadonlyMap<string, number>;
}

export function readOrders(memory: SteadyMemory, scales: Scales): OrdersRead {
  const open: OrderPlace[] = [];
  const closed: OrderPlace[] = [];
  const own = new Map<string, number>();
  for (let slot = 0; slot < layout.ORDERS_MAX; slot++) {
    const at = layout.ORDERS + slot * layout.ORDER_BYTES;
    const state = memory.i32(at + layout.ORD_STATE);
    if (state === layout.ORDER_FREE) continue;
    const number = memory.i64(at + layout.ORD_NUMBER);
    if (!isOpen(state)) {
      closed.push({ at, number });
      continue;
    }
    open.push({ at, number });
    const key = ownKey(
      memory.i32(at + layout.ORD_INSTRUMENT),
      memory.i32(at + layout.ORD_SIDE),
      memory.i64(at + layout.ORD_PRICE_TICKS),
    );
    own.set(key, (own.get(key) ?? 0) + memory.i64(at + layout.ORD_LEAVES_LOTS));
  }
  const newest = (places: OrderPlace[], count: number) =>
    places.sort((a, b) => b.number - a.number).slice(0, count);
  const list = [...newest(open, OPEN_ORDERS_SHOWN), ...newest(closed, CLOSED_ORDERS_SHOWN)]
    .map(({ at }) => readOrder(memory, scales, at))
    .filter((order) => order !== undefined);
  return { list, own };
}

export function readFills(memory: SteadyMemory, scales: Scales): FillState[] {
  const head = memory.head(layout.CTL_FILL_HEAD);
  const shown: FillState[] = [];
  const oldest = Math.max(0, head - Math.min(FILLS_SHOWN, layout.RECORDS_KEPT));
  for (let n = head - 1; n >= oldest; n--) {
    const at = layout.FILLS + (n % layout.RECORDS_KEPT) * layout.FILL_BYTES;
    const scale = scales.instruments[memory.i32(at + 24)];
    const strategy = scales.strategies[memory.i32(at + 32)];
    if (scale === undefined || strategy === undefined) continue;
    shown.push({
      timeMs: memory.marketMs(memory.i64(at)) ?? 0,
      symbol: scale.symbol,
      strategy,
      price: priceOf(scale, memory.i64(at + 8)),
      quantity: quantityOf(scale, memory.i64(at + 16)),
      side: memory.i32(at + 28),
      orderNumber: memory.i64(at + 40),
    });
  }
  return shown;
}

/** Twice the price at which an open position is valued: the mid, or the last trade of a one-sided book. */
function markTicks2(memory: SteadyMemory, instrument: number): number {
  const book = layout.BOOKS + instrument * layout.BOOK_BYTES;
  const twoSided =
    memory.i32(book + layout.BOOK_BID_COUNT) > 0 && memory.i32(book + layout.BOOK_ASK_COUNT) > 0;
  if (twoSided) {
    return memory.i64(book + layout.BOOK_BID_TICKS) + memory.i64(book + layout.BOOK_ASK_TICKS);
  }
  const at = layout.INSTRUMENTS + instrument * layout.INSTRUMENT_BYTES;
  return 2 * memory.i64(at + layout.INS_LAST_TRADE_TICKS);
}

interface PositionPlace {
  readonly at: number;
  readonly scale: InstrumentScale;
  readonly mark2: number;
  readonly baseMinorPerMajor: number;
}

function readPosition(memory: SteadyMemory, place: PositionPlace) {
  const { at, scale } = place;
  const lots = memory.i64(at + layout.POS_LOTS);
  const cost = memory.i64(at + layout.POS_OPEN_COST);
  const realised = moneyOf(scale, memory.i64(at + layout.POS_REALISED));
  const unrealised = lots === 0 ? 0 : moneyOf(scale, (lots * place.mark2) / 2 - cost);
  const feesMinor = memory.i64(at + layout.POS_FEES_E6) / 1_000_000;
  const fees = feesMinor / scale.currency.minorPerMajor;
  const toBase = (scale.currency.toBase * scale.currency.minorPerMajor) / place.baseMinorPerMajor;
  return {
    symbol: scale.symbol,
    currency: scale.currency.code,
    quantity: quantityOf(scale, lots),
    averagePrice: lots === 0 ? null : priceOf(scale, cost / lots),
    realised,
    unrealised,
    fees,
    totalBase: (realised + unrealised - fees) * toBase,
    openBuy: quantityOf(scale, memory.i64(at + layout.POS_OPEN_BUY_LOTS)),
    openSell: quantityOf(scale, memory.i64(at + layout.POS_OPEN_SELL_LOTS)),
  };
}

/** Positions that were ever traded, adjusted or have orders working. */
export function readPositions(memory: SteadyMemory, scales: Scales): PositionState[] {
  const shown: PositionState[] = [];
  scales.strategies.forEach((strategy, s) => {
    const account = accountName(memory, memory.i32(strategyAt(s) + layout.STR_ACCOUNT));
    scales.instruments.forEach((scale, instrument) => {
      const row = s * layout.INSTRUMENTS_MAX + instrument;
      const at = layout.POSITIONS + row * layout.POSITION_BYTES;
      const used =
        memory.i64(at + layout.POS_FILLS) !== 0 ||
        memory.i64(at + layout.POS_LOTS) !== 0 ||
        memory.i64(at + layout.POS_ADJUSTED_LOTS) !== 0 ||
        memory.i64(at + layout.POS_OPEN_BUY_LOTS) !== 0 ||
        memory.i64(at + layout.POS_OPEN_SELL_LOTS) !== 0;
      if (!used) return;
      const mark2 = markTicks2(memory, instrument);
      const baseMinorPerMajor = scales.base.minorPerMajor;
      const figures = readPosition(memory, { at, scale, mark2, baseMinorPerMajor });
      shown.push({ strategy, account, ...figures });
    });
  });
  return shown;
}

export function readStrategies(
  memory: SteadyMemory,
  scales: Scales,
  lossLimitOf: (strategy: number) => number | null,
): StrategyState[] {
  const firm = memory.i32(layout.CTL_FIRM_STATE);
  return scales.strategies.map((name, strategy) => {
    const at = strategyAt(strategy);
    const strictest = Math.max(firm, memory.i32(at + layout.STR_TRADING_STATE));
    return {
      name,
      account: accountName(memory, memory.i32(at + layout.STR_ACCOUNT)),
      state: wordOf(TRADING_WORDS, strictest),
      paused: memory.i32(at + layout.STR_PAUSED) !== 0,
      breaker: wordOf(BREAKER_WORDS, memory.i32(at + layout.STR_BREAKER)),
      totalBase: memory.i64(at + layout.STR_EQUITY_MINOR) / scales.base.minorPerMajor,
      orders: memory.i64(at + layout.STR_ORDERS),
      fills: memory.i64(at + layout.STR_FILLS),
      denied: memory.i64(at + layout.STR_DENIED),
      openOrders: memory.i32(at + layout.STR_OPEN_ORDERS),
      lossLimitBase: lossLimitOf(strategy),
    };
  });
}
