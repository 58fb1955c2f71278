/**
 * HOT: asks the strategies, in the order of the config, and keeps them inside their fence: no decision
 * while firm, strategy or an order's outcome is not clear; an exception pauses the strategy, not the engine.
 */
import * as L from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';
import { GyrfalconError } from '../errors.ts';
import type { OrderOutcome } from '../orders/order-outcome.ts';
import type { PriceTicks, QtyLots } from '../units.ts';
import { stateClassOf } from './declared-state.ts';
import { type HandleParts, MarketHandle } from './market-handle.ts';
import type { Fill } from './strategy.ts';
import type { LoadedStrategy } from './strategy-loader.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export class StrategyHost {
  /** False while a replay applies recorded intents. */
  isDeciding = true;
  /** A STOP was given: nothing is decided until a venue is connected again. */
  #isStopped = false;
  readonly #memory: Memory;
  readonly #strategies: readonly LoadedStrategy[];
  readonly #parts: HandleParts;
  /** By strategy * INSTRUMENTS_MAX + instrument. */
  readonly #handles: (MarketHandle | undefined)[];
  /** Strategies that trade an instrument, in the order of the config. */
  readonly #byInstrument: number[][] = [];
  readonly #fill: Mutable<Fill> = { side: 1, priceTicks: 0 as PriceTicks, qtyLots: 0 as QtyLots };

  constructor(
    parts: HandleParts,
    strategies: readonly LoadedStrategy[],
    symbols: readonly string[],
  ) {
    this.#memory = parts.memory;
    this.#parts = parts;
    this.#strategies = strategies;
    // At its full length from the start: one that grew by leaps would be a dictionary.
    this.#handles = new Array(strategies.length * L.INSTRUMENTS_MAX).fill(undefined);
    for (let instrument = 0; instrument < symbols.length; instrument++) {
      this.#byInstrument.push([]);
    }
    for (const [index, strategy] of strategies.entries()) this.#build(index, strategy, symbols);
  }

  strategy(index: number): LoadedStrategy {
    return this.#strategies[index]!;
  }

  stop(): void {
    this.#isStopped = true;
  }

  resume(): void {
    this.#isStopped = false;
  }

  /** The view of (strategy, instrument), if the strategy trades it. */
  handle(strategy: number, instrument: number): MarketHandle | undefined {
    return this.#handles[strategy * L.INSTRUMENTS_MAX + instrument];
  }

  /** The instrument's book or last trade has changed. */
  decide(instrument: number): void {
    if (!this.isDeciding) return;
    const strategies = this.#byInstrument[instrument]!;
    for (let at = 0; at < strategies.length; at++) {
      const strategy = strategies[at]!;
      if (!this.#mayDecide(strategy, instrument)) continue;
      const handle = this.#handles[strategy * L.INSTRUMENTS_MAX + instrument]!;
      try {
        this.#strategies[strategy]!.code.onBook(handle);
      } catch (error) {
        this.#fault(strategy, error);
      }
      handle.journalState();
    }
  }

  /** An order of the strategy was filled, in part or whole. */
  filled({ strategy, instrument, side, fillPriceTicks, fillLots }: OrderOutcome): void {
    const { code } = this.#strategies[strategy]!;
    if (!this.isDeciding || code.onFill === undefined) return;
    if (!this.#mayDecide(strategy, instrument)) return;
    const handle = this.#handles[strategy * L.INSTRUMENTS_MAX + instrument]!;
    this.#fill.side = side;
    this.#fill.priceTicks = fillPriceTicks as PriceTicks;
    this.#fill.qtyLots = fillLots as QtyLots;
    try {
      code.onFill(handle, this.#fill);
    } catch (error) {
      this.#fault(strategy, error);
    }
    handle.journalState();
  }

  #build(index: number, strategy: LoadedStrategy, symbols: readonly string[]): void {
    const fields = strategy.code.state;
    const bytes = fields.length * 8 * strategy.config.instruments.length;
    if (bytes > L.STRATEGY_STATE_BYTES) {
      const message = `strategy ${strategy.config.name}: ${bytes} bytes of declared state, ${L.STRATEGY_STATE_BYTES} allowed`;
      throw new GyrfalconError('CONFIG_INVALID', message);
    }
    const State = stateClassOf(fields);
    for (const [place, symbol] of strategy.config.instruments.entries()) {
      const instrument = symbols.indexOf(symbol);
      const stateAddress =
        L.STRATEGY_STATE + index * L.STRATEGY_STATE_BYTES + place * fields.length * 8;
      const parameters = strategy.parameters;
      this.#handles[index * L.INSTRUMENTS_MAX + instrument] = new MarketHandle(this.#parts, {
        strategy: index,
        instrument,
        symbol,
        parameters,
        fields,
        stateAddress,
        state: new State(this.#memory, stateAddress),
      });
      this.#byInstrument[instrument]!.push(index);
    }
  }

  #mayDecide(strategy: number, instrument: number): boolean {
    const memory = this.#memory;
    const block = L.STRATEGIES + strategy * L.STRATEGY_BYTES;
    const market = L.INSTRUMENTS + instrument * L.INSTRUMENT_BYTES;
    return (
      !this.#isStopped &&
      memory.i32(L.CTL_FIRM_STATE) !== L.TRADING_HALTED &&
      memory.i32(block + L.STR_PAUSED) === 0 &&
      memory.i32(block + L.STR_TRADING_STATE) !== L.TRADING_HALTED &&
      memory.i32(market + L.INS_TRADING_STATE) !== L.TRADING_HALTED &&
      memory.i32(market + L.INS_BOOK_STATE) === L.BOOK_LIVE &&
      this.#isConnected(memory.i32(market + L.INS_SESSION)) &&
      // Until the venue has said what became of every order, nobody trades on a guess.
      memory.i32(L.CTL_ORDER_BY_STATE + L.ORDER_UNKNOWN * 4) === 0
    );
  }

  /** While a gap is being filled the book is of the past; -1 = watched, not traded. */
  #isConnected(session: number): boolean {
    const state = L.SESSIONS + session * L.SESSION_BYTES + L.SES_STATE;
    return session < 0 || this.#memory.i32(state) === L.SESSION_LIVE;
  }

  /** A fault of the world (the journal cannot be written, a replay differs) is not the strategy's. */
  #fault(strategy: number, error: unknown): void {
    if (error instanceof GyrfalconError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    this.#parts.gate.recorder.strategyFault(strategy, `exception in strategy code: ${reason}`);
  }
}
