/**
 * HOT: the data path, in order. Each method is one kind of input after it was journaled; together with the
 * commands they are all that can change the core's state. Read this file first.
 */
import * as L from '../wasm/layout.ts';
import type { Memory } from '../wasm/memory.ts';
import * as S from '../wasm/stage-layout.ts';
import type { CoreModule } from './core-module.ts';
import type { CircuitBreakers } from './limits/circuit-breaker.ts';
import { applyFeed, FEED_RAW_ONLY } from './market/feed-record.ts';
import type { TradingHours } from './market/trading-hours.ts';
import type { OrderManager } from './orders/order-manager.ts';
import type { OrderOutcome } from './orders/order-outcome.ts';
import type { Positions } from './orders/position.ts';
import type { StageClock } from './stage-clock.ts';
import type { StrategyHost } from './strategy/strategy-host.ts';

/** Over FIX the message says what becomes of the book's state. */
const BY_MESSAGE = -1;

export interface PipelineParts {
  readonly memory: Memory;
  readonly core: CoreModule;
  readonly orders: OrderManager;
  readonly positions: Positions;
  readonly breakers: CircuitBreakers;
  readonly host: StrategyHost;
  readonly hours: TradingHours;
  readonly stages: StageClock;
}

export class Pipeline {
  readonly #memory: Memory;
  readonly #core: CoreModule;
  readonly #orders: OrderManager;
  readonly #positions: Positions;
  readonly #breakers: CircuitBreakers;
  /** Reused. */
  readonly #cancelReject = { clOrdId: 0, origClOrdId: 0, ordStatus: 0, reason: 0 };
  readonly #host: StrategyHost;
  readonly #hours: TradingHours;
  readonly #stages: StageClock;

  constructor(parts: PipelineParts) {
    this.#memory = parts.memory;
    this.#core = parts.core;
    this.#orders = parts.orders;
    this.#positions = parts.positions;
    this.#breakers = parts.breakers;
    this.#host = parts.host;
    this.#hours = parts.hours;
    this.#stages = parts.stages;
  }

  /** 35=W or 35=X lies decoded in DECODED. */
  onMarketData(session: number): void {
    this.#core.timeToMessage(session);
    this.#checkHours();
    this.#applyMarket(BY_MESSAGE);
    this.decide();
    this.#stages.lap(S.STAGE_STRATEGY);
  }

  /** A normalised WebSocket message with its raw bytes lies at address. */
  onFeed(address: number, length: number): void {
    this.#core.timeToReceipt();
    this.#checkHours();
    const bookState = applyFeed(this.#memory, address, length);
    if (bookState === FEED_RAW_ONLY) return;
    this.#applyMarket(bookState);
    this.decide();
    this.#stages.lap(S.STAGE_STRATEGY);
  }

  /** 35=8 lies decoded in DECODED. */
  onExecution(session: number): OrderOutcome {
    this.#core.timeToMessage(session);
    const outcome = this.#orders.applyExecution();
    if (outcome.order < 0) return outcome;
    this.#breakers.afterExecution(outcome);
    if (outcome.fillLots === 0) return outcome;
    this.#positions.markPosition(outcome.strategy, outcome.instrument);
    this.#core.equityDrawdown(outcome.strategy);
    this.#stages.lap(S.STAGE_REST);
    this.#host.filled(outcome);
    this.#stages.lap(S.STAGE_STRATEGY);
    return outcome;
  }

  /** One call; two where the tick's stages are timed. */
  #applyMarket(bookState: number): void {
    if (!this.#stages.isSampled) {
      this.#core.marketApply(bookState);
      return;
    }
    this.#core.marketBook(bookState);
    this.#stages.lap(S.STAGE_BOOK);
    this.#core.marketSignals();
    this.#stages.lap(S.STAGE_SIGNAL);
  }

  /** 35=9 lies decoded in DECODED. */
  onCancelReject(): OrderOutcome {
    const memory = this.#memory;
    const reject = this.#cancelReject;
    reject.clOrdId = memory.i64(L.DECODED + L.DEC_CLORDID);
    reject.origClOrdId = memory.i64(L.DECODED + L.DEC_ORIG_CLORDID);
    reject.ordStatus = memory.i32(L.DECODED + L.DEC_ORD_STATUS);
    reject.reason = memory.i32(L.DECODED + L.DEC_REJECT_REASON);
    return this.#orders.applyCancelReject(reject);
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

  /** The strategies of every book that the decoded message touched; all that it changes was applied before. */
  decide(): void {
    const entries = this.#memory.i32(L.DECODED + L.DEC_ENTRY_COUNT);
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

  /** A new day has begun somewhere. */
  #checkHours(): void {
    if (this.#memory.i64(L.CTL_CORE_TIME_NS) >= this.#memory.i64(L.CTL_NEXT_DAY_NS))
      this.#hours.update();
  }

  #setBookState(instrument: number, state: number): void {
    this.#memory.setI32(L.INSTRUMENTS + instrument * L.INSTRUMENT_BYTES + L.INS_BOOK_STATE, state);
  }
}
