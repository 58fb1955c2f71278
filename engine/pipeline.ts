/**
 * HOT: the data path, in order. Each method is one kind of input after it was journaled; together with the
 * commands they are all that can change the core's state. Read this file first.
 */
import * as L from '../wasm/layout.ts';
import type { Memory } from '../wasm/memory.ts';
import type { CoreModule } from './core-module.ts';
import type { CoreTime } from './core-time.ts';
import type { CircuitBreakers } from './limits/circuit-breaker.ts';
import { applyFeed, FEED_RAW_ONLY } from './market/feed-record.ts';
import type { TradingHours } from './market/trading-hours.ts';
import type { OrderManager } from './orders/order-manager.ts';
import type { OrderOutcome } from './orders/order-outcome.ts';
import type { Positions } from './orders/position.ts';
import type { StrategyHost } from './strategy/strategy-host.ts';

export interface PipelineParts {
  readonly memory: Memory;
  readonly core: CoreModule;
  readonly time: CoreTime;
  readonly orders: OrderManager;
  readonly positions: Positions;
  readonly breakers: CircuitBreakers;
  readonly host: StrategyHost;
  readonly hours: TradingHours;
}

export class Pipeline {
  readonly #memory: Memory;
  readonly #core: CoreModule;
  readonly #time: CoreTime;
  readonly #orders: OrderManager;
  readonly #positions: Positions;
  readonly #breakers: CircuitBreakers;
  readonly #host: StrategyHost;
  readonly #hours: TradingHours;

  constructor(parts: PipelineParts) {
    this.#memory = parts.memory;
    this.#core = parts.core;
    this.#time = parts.time;
    this.#orders = parts.orders;
    this.#positions = parts.positions;
    this.#breakers = parts.breakers;
    this.#host = parts.host;
    this.#hours = parts.hours;
  }

  /** 35=W or 35=X lies decoded in DECODED. */
  onMarketData(session: number): void {
    this.#memory.addI64(L.CTL_MARKET_DATA_MESSAGES, 1);
    this.#time.advanceToMessage(session);
    this.#checkHours();
    this.#core.bookApply();
    const isSnapshot = this.#memory.i32(L.DECODED + L.DEC_IS_SNAPSHOT) !== 0;
    if (isSnapshot) this.#setBookState(this.#memory.i32(L.DECODED + L.DEC_INSTRUMENT), L.BOOK_LIVE);
    this.#afterBook();
  }

  /** A normalised WebSocket message with its raw bytes lies at address. */
  onFeed(address: number, length: number): void {
    this.#time.advanceTo(L.CTL_NOW_NS);
    this.#checkHours();
    const bookState = applyFeed(this.#memory, address, length);
    if (bookState === FEED_RAW_ONLY) return;
    this.#memory.addI64(L.CTL_MARKET_DATA_MESSAGES, 1);
    this.#core.bookApply();
    this.#setBookState(this.#memory.i32(L.DECODED + L.DEC_INSTRUMENT), bookState);
    this.#afterBook();
  }

  /** 35=8 lies decoded in DECODED. */
  onExecution(session: number): OrderOutcome {
    this.#time.advanceToMessage(session);
    const outcome = this.#orders.applyExecution();
    if (outcome.order < 0) return outcome;
    this.#breakers.afterExecution(outcome);
    if (outcome.fillLots === 0) return outcome;
    this.#positions.markToMarket(outcome.strategy);
    this.#breakers.checkDrawdown(outcome.strategy);
    this.#host.filled(outcome);
    return outcome;
  }

  /** Nothing came for the instrument within the time that its breaker allows. */
  onStaleFeed(instrument: number): void {
    this.#setBookState(instrument, L.BOOK_STALE);
    this.#breakers.staleFeed(instrument);
  }

  /** A new connection: whatever was stopped before is another run. */
  onSessionConnected(): void {
    this.#host.resume();
  }

  /** The session's connection is gone: books are no longer the market, requests on their way are unknown. */
  onSessionLost(session: number): void {
    this.onUpdatesMissed(session);
    this.#orders.markUnknown(session);
  }

  /** What the session's books have missed only a snapshot can say; true = one of them was live. */
  onUpdatesMissed(session: number): boolean {
    const count = this.#memory.i32(L.CTL_INSTRUMENT_COUNT);
    let wasLive = false;
    for (let instrument = 0; instrument < count; instrument++) {
      const block = L.INSTRUMENTS + instrument * L.INSTRUMENT_BYTES;
      if (this.#memory.i32(block + L.INS_SESSION) !== session) continue;
      wasLive = this.onSnapshotMissed(instrument) || wasLive;
    }
    return wasLive;
  }

  /** Likewise of one book. */
  onSnapshotMissed(instrument: number): boolean {
    const block = L.INSTRUMENTS + instrument * L.INSTRUMENT_BYTES;
    const before = this.#memory.i32(block + L.INS_BOOK_STATE);
    if (before !== L.BOOK_INIT) this.#setBookState(instrument, L.BOOK_GAP);
    return before === L.BOOK_LIVE;
  }

  /**
   * Every book that the decoded message touched. All that the message itself changes comes before the first
   * decision: a replay that takes the decisions from the journal has the same state at each of them.
   */
  #afterBook(): void {
    const entries = this.#memory.i32(L.DECODED + L.DEC_ENTRY_COUNT);
    for (let entry = 0; entry < entries; entry++) {
      if (this.#isFirstOfRun(entry)) this.#takeUp(this.#instrumentOf(entry));
    }
    for (let entry = 0; entry < entries; entry++) {
      if (this.#isFirstOfRun(entry)) this.#host.decide(this.#instrumentOf(entry));
    }
  }

  /** Entries of one instrument follow one another: each run is one update. */
  #isFirstOfRun(entry: number): boolean {
    return entry === 0 || this.#instrumentOf(entry) !== this.#instrumentOf(entry - 1);
  }

  #instrumentOf(entry: number): number {
    return this.#memory.i32(L.DECODED + L.DEC_ENTRIES + entry * L.ENTRY_BYTES + L.ENTRY_INSTRUMENT);
  }

  /** Signals, marks and breakers after a change of the book. */
  #takeUp(instrument: number): void {
    const block = L.INSTRUMENTS + instrument * L.INSTRUMENT_BYTES;
    // Over FIX an update ends staleness; only a snapshot ends a gap. A feed record states its own.
    const isOverFix = this.#memory.i32(block + L.INS_SESSION) >= 0;
    if (isOverFix && this.#memory.i32(block + L.INS_BOOK_STATE) === L.BOOK_STALE) {
      this.#setBookState(instrument, L.BOOK_LIVE);
    }
    this.#core.signalUpdate(instrument);
    this.#markHolders(instrument);
  }

  /** A new day has begun somewhere. */
  #checkHours(): void {
    if (this.#memory.i64(L.CTL_CORE_TIME_NS) >= this.#hours.nextNs) this.#hours.update();
  }

  /** Strategies with a position in the instrument are worth something else now. */
  #markHolders(instrument: number): void {
    const strategies = this.#memory.i32(L.CTL_STRATEGY_COUNT);
    for (let strategy = 0; strategy < strategies; strategy++) {
      const row = strategy * L.INSTRUMENTS_MAX + instrument;
      if (this.#memory.i64(L.POSITIONS + row * L.POSITION_BYTES + L.POS_LOTS) === 0) continue;
      this.#positions.markToMarket(strategy);
      this.#breakers.checkDrawdown(strategy);
    }
  }

  #setBookState(instrument: number, state: number): void {
    this.#memory.setI32(L.INSTRUMENTS + instrument * L.INSTRUMENT_BYTES + L.INS_BOOK_STATE, state);
  }
}
