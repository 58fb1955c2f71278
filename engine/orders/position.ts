/**
 * HOT: positions and what they earned. Average cost, counted in tick-lots and therefore exact:
 * realised + (lots x mid - open cost) = cash + lots x mid at every moment, whatever was rounded when an
 * average was split. Money appears only where it is shown or compared: whole minor units, rounded once a
 * position. Written by the order manager (fills) and by hand (adjustments); a corporate action or a trade
 * done elsewhere is an adjustment.
 */
import * as L from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';
import type { CoreModule } from '../core-module.ts';
import { SIDE_BUY, type Side, sideSign } from '../units.ts';

const LIQUIDITY_ADDED = 1;
const LIQUIDITY_REMOVED = 2;
const BPS = 10_000;
const E6 = 1_000_000;
const LIMIT = '2'.charCodeAt(0);
const DAY = '0'.charCodeAt(0);
const GTC = '1'.charCodeAt(0);

/** Minor units of the currency asked for. */
export interface Pnl {
  readonly realisedMinor: number;
  readonly unrealisedMinor: number;
  readonly feesMinor: number;
  /** realised + unrealised - fees */
  readonly totalMinor: number;
}

export interface Adjustment {
  /** Signed. */
  readonly lots: number;
  readonly priceTicks: number;
}

type Equity = Pick<CoreModule, 'equityOfStrategy' | 'equityOfPosition'>;

export class Positions {
  readonly #memory: Memory;
  readonly #core: Equity;

  constructor(memory: Memory, core: Equity) {
    this.#memory = memory;
    this.#core = core;
  }

  /** Books one fill of an order: position, cost, fees, counts, the FILLS ring. `liquidity` is FIX 851. */
  applyFill(order: number, lots: number, priceTicks: number, liquidity: number): void {
    const memory = this.#memory;
    const strategy = memory.i32(order + L.ORD_STRATEGY);
    const instrument = memory.i32(order + L.ORD_INSTRUMENT);
    const row = positionAddress(strategy, instrument);
    const side = memory.i32(order + L.ORD_SIDE) as Side;
    const added = this.#isMaker(order, liquidity);
    this.#trade(row, sideSign(side) * lots, priceTicks);
    memory.addI64(row + L.POS_FEES_E6, this.#feeE6(instrument, lots, priceTicks, added));
    memory.addI64(row + (side === SIDE_BUY ? L.POS_BOUGHT_LOTS : L.POS_SOLD_LOTS), lots);
    memory.addI64(row + L.POS_VOLUME, lots * priceTicks);
    memory.addI64(row + L.POS_FILLS, 1);
    memory.addI64(L.STRATEGIES + strategy * L.STRATEGY_BYTES + L.STR_FILLS, 1);
    memory.addI64(L.CTL_FILLS, 1);
    this.#remember(order, lots, priceTicks, added ? LIQUIDITY_ADDED : LIQUIDITY_REMOVED);
  }

  /** Changes a position by hand, as if traded at the price; no fee, no fill. */
  adjust(strategy: number, instrument: number, { lots, priceTicks }: Adjustment): void {
    const row = positionAddress(strategy, instrument);
    this.#trade(row, lots, priceTicks);
    this.#memory.addI64(row + L.POS_ADJUSTED_LOTS, lots);
    this.markToMarket(strategy);
  }

  /** Brings the strategy's equity and its peak up to the mids, in the base currency. */
  markToMarket(strategy: number): void {
    this.#core.equityOfStrategy(strategy);
  }

  /** Likewise where one position alone has changed, however many there are. */
  markPosition(strategy: number, instrument: number): void {
    this.#core.equityOfPosition(strategy, instrument);
  }

  /** Twice the mid; without two sides twice the last trade; without that 0 = no mark. */
  #markTicks2(instrument: number): number {
    const memory = this.#memory;
    const book = L.BOOKS + instrument * L.BOOK_BYTES;
    if (memory.i32(book + L.BOOK_BID_COUNT) > 0 && memory.i32(book + L.BOOK_ASK_COUNT) > 0) {
      return memory.i64(book + L.BOOK_BID_TICKS) + memory.i64(book + L.BOOK_ASK_TICKS);
    }
    const block = L.INSTRUMENTS + instrument * L.INSTRUMENT_BYTES;
    return 2 * memory.i64(block + L.INS_LAST_TRADE_TICKS);
  }

  /** Of one position in its own currency. */
  positionPnl(strategy: number, instrument: number): Pnl {
    const memory = this.#memory;
    const row = positionAddress(strategy, instrument);
    const minorPerTickLot = this.#minorPerTickLot(instrument);
    const realisedMinor = Math.round(memory.i64(row + L.POS_REALISED) * minorPerTickLot);
    const unrealisedMinor = Math.round((this.#unrealised2(row, instrument) * minorPerTickLot) / 2);
    const feesMinor = Math.round(memory.i64(row + L.POS_FEES_E6) / E6);
    const totalMinor = realisedMinor + unrealisedMinor - feesMinor;
    return { realisedMinor, unrealisedMinor, feesMinor, totalMinor };
  }

  /** In the base currency. */
  strategyPnl(strategy: number): Pnl {
    return this.#sum((each) => each === strategy, undefined);
  }

  /** In the base currency. */
  accountPnl(account: number): Pnl {
    const accountOf = (strategy: number) =>
      this.#memory.i32(L.STRATEGIES + strategy * L.STRATEGY_BYTES + L.STR_ACCOUNT);
    return this.#sum((strategy) => accountOf(strategy) === account, undefined);
  }

  /** Of the positions in one currency, in that currency. */
  currencyPnl(currency: number): Pnl {
    return this.#sum(() => true, currency);
  }

  /** Adds a signed trade at average cost. */
  #trade(row: number, lots: number, priceTicks: number): void {
    const memory = this.#memory;
    const held = memory.i64(row + L.POS_LOTS);
    memory.setI64(row + L.POS_LOTS, held + lots);
    const closing = held * lots < 0 ? Math.min(Math.abs(held), Math.abs(lots)) : 0;
    if (closing > 0) {
      const cost = memory.i64(row + L.POS_OPEN_COST);
      const share = closing === Math.abs(held) ? cost : closedCost(cost, closing, Math.abs(held));
      const proceeds = Math.sign(held) * closing * priceTicks;
      memory.addI64(row + L.POS_REALISED, proceeds - share);
      memory.setI64(row + L.POS_OPEN_COST, cost - share);
    }
    const opening = Math.sign(lots) * (Math.abs(lots) - closing);
    if (opening !== 0) memory.addI64(row + L.POS_OPEN_COST, opening * priceTicks);
  }

  /** Positive = paid. */
  #feeE6(instrument: number, lots: number, priceTicks: number, isMaker: boolean): number {
    const memory = this.#memory;
    const block = L.INSTRUMENTS + instrument * L.INSTRUMENT_BYTES;
    const perLot = memory.f64(block + (isMaker ? L.INS_MAKER_FEE : L.INS_TAKER_FEE));
    const bps = memory.f64(block + (isMaker ? L.INS_MAKER_FEE_BPS : L.INS_TAKER_FEE_BPS));
    const notionalMinor = lots * priceTicks * this.#minorPerTickLot(instrument);
    return Math.round((lots * perLot + (notionalMinor * bps) / BPS) * E6);
  }

  /**
   * Where the venue does not say (851 absent), an order counts as taker if it could not rest (market, IOC,
   * FOK) or was priced at or through the mid on arrival: the dearer of the two where in doubt.
   */
  #isMaker(order: number, liquidity: number): boolean {
    if (liquidity === LIQUIDITY_ADDED || liquidity === LIQUIDITY_REMOVED) {
      return liquidity === LIQUIDITY_ADDED;
    }
    const memory = this.#memory;
    const timeInForce = memory.i32(order + L.ORD_TIME_IN_FORCE);
    if (memory.i32(order + L.ORD_ORD_TYPE) !== LIMIT) return false;
    if (timeInForce !== DAY && timeInForce !== GTC) return false;
    const sign = sideSign(memory.i32(order + L.ORD_SIDE) as Side);
    const midTicks2 = memory.i64(order + L.ORD_ARRIVAL_MID_TICKS2);
    return sign * (2 * memory.i64(order + L.ORD_PRICE_TICKS) - midTicks2) < 0;
  }

  #remember(order: number, lots: number, priceTicks: number, liquidity: number): void {
    const memory = this.#memory;
    const head = memory.i64(L.CTL_FILL_HEAD);
    const entry = L.FILLS + (head % L.RECORDS_KEPT) * L.FILL_BYTES;
    memory.setI64(entry, memory.i64(L.CTL_CORE_TIME_NS));
    memory.setI64(entry + 8, priceTicks);
    memory.setI64(entry + 16, lots);
    memory.setI32(entry + 24, memory.i32(order + L.ORD_INSTRUMENT));
    memory.setI32(entry + 28, memory.i32(order + L.ORD_SIDE));
    memory.setI32(entry + 32, memory.i32(order + L.ORD_STRATEGY));
    memory.setI32(entry + 36, liquidity);
    memory.setI64(entry + 40, memory.i64(order + L.ORD_NUMBER));
    memory.setI64(L.CTL_FILL_HEAD, head + 1);
  }

  /** Twice the tick-lots that the open position has gained; 0 without a mark. */
  #unrealised2(row: number, instrument: number): number {
    const memory = this.#memory;
    const lots = memory.i64(row + L.POS_LOTS);
    if (lots === 0) return 0;
    const markTicks2 = this.#markTicks2(instrument);
    return markTicks2 === 0 ? 0 : lots * markTicks2 - 2 * memory.i64(row + L.POS_OPEN_COST);
  }

  #sum(wanted: (strategy: number) => boolean, currency: number | undefined): Pnl {
    const memory = this.#memory;
    let realised = 0;
    let unrealised = 0;
    let fees = 0;
    for (let strategy = 0; strategy < memory.i32(L.CTL_STRATEGY_COUNT); strategy++) {
      if (!wanted(strategy)) continue;
      for (let instrument = 0; instrument < memory.i32(L.CTL_INSTRUMENT_COUNT); instrument++) {
        const isOther = currency !== undefined && this.#currency(instrument) !== currency;
        if (isOther) continue;
        const rate = currency === undefined ? this.#toBase(instrument) : 1;
        const pnl = this.positionPnl(strategy, instrument);
        realised += pnl.realisedMinor * rate;
        unrealised += pnl.unrealisedMinor * rate;
        fees += pnl.feesMinor * rate;
      }
    }
    const realisedMinor = Math.round(realised);
    const unrealisedMinor = Math.round(unrealised);
    const feesMinor = Math.round(fees);
    const totalMinor = realisedMinor + unrealisedMinor - feesMinor;
    return { realisedMinor, unrealisedMinor, feesMinor, totalMinor };
  }

  #currency(instrument: number): number {
    return this.#memory.i32(L.INSTRUMENTS + instrument * L.INSTRUMENT_BYTES + L.INS_CURRENCY);
  }

  #toBase(instrument: number): number {
    const block = L.CURRENCIES + this.#currency(instrument) * L.CURRENCY_BYTES;
    return this.#memory.f64(block + L.CUR_TO_BASE);
  }

  #minorPerTickLot(instrument: number): number {
    const block = L.INSTRUMENTS + instrument * L.INSTRUMENT_BYTES;
    return this.#memory.f64(block + L.INS_MINOR_PER_TICK_LOT);
  }
}

function positionAddress(strategy: number, instrument: number): number {
  return L.POSITIONS + (strategy * L.INSTRUMENTS_MAX + instrument) * L.POSITION_BYTES;
}

/** The part of an open cost that `closing` of `held` lots carry, to the nearest tick-lot. */
function closedCost(cost: number, closing: number, held: number): number {
  return Math.round((cost / held) * closing);
}
