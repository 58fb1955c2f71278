/**
 * HOT: one strategy's view of one instrument, and its hands. Built once at start; every property reads the
 * shared memory, every action fills the INTENT block and goes through the order gate.
 */
import * as L from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';
import type { CoreModule } from '../core-module.ts';
import { assert } from '../errors.ts';
import { BookView } from '../market/book-view.ts';
import type { OrderGate } from '../orders/order-gate.ts';
import { SignalView } from '../signal/signal-view.ts';
import { SIDE_BUY, SIDE_SELL, type Side, type TimeNs } from '../units.ts';
import type { DeclaredState } from './declared-state.ts';
import { NO_ORDER, type QuoteSlots } from './quote-slots.ts';
import type { Market } from './strategy.ts';

const MARKET = '1'.charCodeAt(0);

export interface HandleParts {
  readonly memory: Memory;
  readonly core: CoreModule;
  readonly gate: OrderGate;
  readonly quotes: QuoteSlots;
}

export interface HandlePlace {
  readonly strategy: number;
  readonly instrument: number;
  readonly symbol: string;
  readonly parameters: unknown;
  readonly fields: readonly string[];
  /** Address of the declared fields, and the view of them. */
  readonly stateAddress: number;
  readonly state: DeclaredState;
}

export class MarketHandle implements Market<unknown, string> {
  readonly symbol: string;
  readonly parameters: unknown;
  readonly state: DeclaredState;
  readonly book: BookView;
  readonly signal: SignalView;
  readonly incrementTicks: number;
  readonly place: HandlePlace;
  readonly #memory: Memory;
  readonly #core: CoreModule;
  readonly #gate: OrderGate;
  readonly #quotes: QuoteSlots;
  readonly #row: number;
  readonly #position: number;
  /** Declared fields as last journaled. */
  readonly #journaled: Float64Array;

  constructor(parts: HandleParts, place: HandlePlace) {
    this.#memory = parts.memory;
    this.#core = parts.core;
    this.#gate = parts.gate;
    this.#quotes = parts.quotes;
    this.place = place;
    this.symbol = place.symbol;
    this.parameters = place.parameters;
    this.book = new BookView(parts.memory, place.instrument, parts.core);
    this.signal = new SignalView(parts.memory, place.instrument);
    const instrument = L.INSTRUMENTS + place.instrument * L.INSTRUMENT_BYTES;
    this.incrementTicks = parts.memory.i64(instrument + L.INS_MIN_INCREMENT_TICKS);
    this.#row = place.strategy * L.INSTRUMENTS_MAX + place.instrument;
    this.#position = L.POSITIONS + this.#row * L.POSITION_BYTES;
    this.#journaled = new Float64Array(place.fields.length);
    this.state = place.state;
  }

  get timeNs(): TimeNs {
    return this.#memory.i64(L.CTL_CORE_TIME_NS) as TimeNs;
  }

  get positionLots(): number {
    return this.#memory.i64(this.#position + L.POS_LOTS);
  }

  get hasOpenOrders(): boolean {
    const memory = this.#memory;
    const buys = memory.i64(this.#position + L.POS_OPEN_BUY_LOTS);
    return buys !== 0 || memory.i64(this.#position + L.POS_OPEN_SELL_LOTS) !== 0;
  }

  get score(): number {
    const { strategy, instrument } = this.place;
    const trees = this.#memory.i32(L.MODELS + strategy * L.MODEL_BYTES + L.MOD_TREE_COUNT);
    assert(trees > 0, 'the config of a strategy that reads market.score names a model');
    return this.#core.modelScore(strategy, instrument);
  }

  /** For a strategy without code: the kernel decides. */
  decideByThreshold(): void {
    const { strategy, instrument, stateAddress } = this.place;
    if (this.#core.thresholdDecide(strategy, instrument, stateAddress) !== 0) this.#gate.submit();
  }

  quote(side: Side, priceTicks: number, qtyLots: number, toleranceIncrements: number): number {
    const memory = this.#memory;
    const slot = this.#quotes.find(this.place.strategy, this.place.instrument, side);
    if (slot === NO_ORDER) {
      this.#fill(L.INTENT_NEW, side, priceTicks, qtyLots);
      memory.setI32(L.INTENT + L.INT_FLAGS, L.INTENT_FLAG_QUOTE);
      return this.#gate.submit();
    }
    const order = L.ORDERS + slot * L.ORDER_BYTES;
    const state = memory.i32(order + L.ORD_STATE);
    if (state !== L.ORDER_NEW && state !== L.ORDER_PARTIALLY_FILLED) return L.ALLOWED;
    const away = Math.abs(memory.i64(order + L.ORD_PRICE_TICKS) - priceTicks);
    if (away <= toleranceIncrements * this.incrementTicks) return L.ALLOWED;
    const filledLots = memory.i64(order + L.ORD_CUM_LOTS);
    this.#fill(L.INTENT_REPLACE, side, priceTicks, filledLots + qtyLots);
    memory.setI32(L.INTENT + L.INT_ORDER_SLOT, slot);
    return this.#gate.submit();
  }

  withdraw(side: Side): void {
    const slot = this.#quotes.find(this.place.strategy, this.place.instrument, side);
    if (slot === NO_ORDER) return;
    const state = this.#memory.i32(L.ORDERS + slot * L.ORDER_BYTES + L.ORD_STATE);
    if (state === L.ORDER_NEW || state === L.ORDER_PARTIALLY_FILLED) this.cancel(slot, 0);
  }

  take(side: Side, qtyLots: number): number {
    this.#core.intentTake(this.place.strategy, this.place.instrument, side, qtyLots);
    return this.#gate.submit();
  }

  limit(side: Side, priceTicks: number, qtyLots: number): number {
    this.#fill(L.INTENT_NEW, side, priceTicks, qtyLots);
    return this.#gate.submit();
  }

  /** By hand: market orders that reduce, as many as it takes; ends with the first that is refused. */
  flatten(): number {
    const lots = this.positionLots;
    const limits = L.LIMITS + this.#row * L.LIMIT_BYTES;
    let left = Math.abs(lots);
    let verdict: number = L.ALLOWED;
    let most = this.#memory.i64(limits + L.LIM_ORDER_LOTS_MAX);
    while (left > 0 && verdict === L.ALLOWED) {
      const qtyLots = Math.min(left, Math.max(most, 1));
      this.#fill(L.INTENT_NEW, lots > 0 ? SIDE_SELL : SIDE_BUY, 0, qtyLots);
      this.#memory.setI32(L.INTENT + L.INT_ORD_TYPE, MARKET);
      this.#memory.setI32(L.INTENT + L.INT_FLAGS, L.INTENT_FLAG_OPERATOR);
      verdict = this.#gate.submit();
      left -= qtyLots;
      most--; // two alike would be refused as duplicates
    }
    return verdict;
  }

  /** Cancels the order in the slot; `flags` says whether by hand. */
  cancel(slot: number, flags: number): number {
    const order = L.ORDERS + slot * L.ORDER_BYTES;
    const memory = this.#memory;
    this.#fill(
      L.INTENT_CANCEL,
      memory.i32(order + L.ORD_SIDE) as Side,
      memory.i64(order + L.ORD_PRICE_TICKS),
      memory.i64(order + L.ORD_QTY_LOTS),
    );
    memory.setI32(L.INTENT + L.INT_ORDER_SLOT, slot);
    memory.setI32(L.INTENT + L.INT_FLAGS, flags);
    return this.#gate.submit();
  }

  /** Writes the declared fields down when they differ from what was last written. */
  journalState(): void {
    const { stateAddress, fields, strategy, instrument } = this.place;
    let changed = false;
    for (let field = 0; field < fields.length; field++) {
      const value = this.#memory.f64(stateAddress + field * 8);
      if (value !== this.#journaled[field]) {
        this.#journaled[field] = value;
        changed = true;
      }
    }
    if (changed) this.#gate.recorder.state(strategy, instrument, stateAddress, fields.length * 8);
  }

  /** After a STATE record was applied: what is in memory is what was journaled. */
  stateRestored(): void {
    for (let field = 0; field < this.#journaled.length; field++) {
      this.#journaled[field] = this.#memory.f64(this.place.stateAddress + field * 8);
    }
  }

  #fill(kind: number, side: Side, priceTicks: number, qtyLots: number): void {
    const { strategy, instrument } = this.place;
    this.#core.intentFill(kind, strategy, instrument, side, priceTicks, qtyLots);
  }
}
