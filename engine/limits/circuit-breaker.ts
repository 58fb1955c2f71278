/**
 * HOT: circuit breakers per strategy: drawdown from the day's peak, rejects by the venue within a time, a
 * feed gone quiet. A trip halts the strategy and latches; only `rearm` (two people, see the control API)
 * lets it trade again. Everything lies in the strategy's block and runs on core time, so a replay trips at
 * the same record.
 */
import { decimalE8 } from '../../config/decimal.ts';
import type { GyrfalconConfig } from '../../config/schema.ts';
import * as L from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';
import type { OrderOutcome } from '../orders/order-outcome.ts';
import { NS_PER_SECOND } from '../units.ts';

// The reject window: rejects are counted by slices of time; one slice more than the window needs, so that
// the breaker is never late (at most a slice too strict). |0 newest slice i64 |8 SLICES x count i64 …
const SLICES = 16;
const WINDOW_SLICES = SLICES - 1;
const NO_BREAKER = 0;
const MINOR_SCALE = 100_000_000n;

export class CircuitBreakers {
  readonly #memory: Memory;
  readonly #rejectsMax: number;
  readonly #sliceNs: number;

  constructor(memory: Memory, config: GyrfalconConfig['breakers']) {
    this.#memory = memory;
    const base = L.CURRENCIES + memory.i32(L.CTL_BASE_CURRENCY) * L.CURRENCY_BYTES;
    const minorPerUnit = 10n ** BigInt(memory.i32(base + L.CUR_DECIMALS));
    const drawdownMinorMax = Number((decimalE8(config.drawdownMax) * minorPerUnit) / MINOR_SCALE);
    memory.setI64(L.CTL_DRAWDOWN_MINOR_MAX, drawdownMinorMax);
    this.#rejectsMax = config.rejectsMax;
    this.#sliceNs = Math.ceil((config.rejectsWindowS * NS_PER_SECOND) / WINDOW_SLICES);
  }

  /** Counts a reject by the venue. */
  afterExecution(outcome: OrderOutcome): void {
    if (!outcome.isRejected) return;
    const window = this.#openWindow(outcome.strategy);
    let rejects = 0;
    this.#memory.addI64(window + 8 + (this.#slice() % SLICES) * 8, 1);
    for (let slice = 0; slice < SLICES; slice++)
      rejects += this.#memory.i64(window + 8 + slice * 8);
    if (rejects >= this.#rejectsMax) this.#trip(outcome.strategy, L.BREAKER_REJECT_RATE);
  }

  /** The instrument's feed has been quiet for too long: halts the strategies that may trade it. */
  staleFeed(instrument: number): void {
    const memory = this.#memory;
    const strategies = memory.i32(L.CTL_STRATEGY_COUNT);
    for (let strategy = 0; strategy < strategies; strategy++) {
      const limit = L.LIMITS + (strategy * L.INSTRUMENTS_MAX + instrument) * L.LIMIT_BYTES;
      if (memory.i32(limit + L.LIM_PERMITTED) === 0) continue;
      this.#trip(strategy, L.BREAKER_STALE_FEED);
    }
  }

  /** Lets the strategy trade again; drawdown and rejects are counted from here. */
  rearm(strategy: number): void {
    const memory = this.#memory;
    const block = L.STRATEGIES + strategy * L.STRATEGY_BYTES;
    memory.setI32(block + L.STR_TRADING_STATE, L.TRADING_ACTIVE);
    memory.setI32(block + L.STR_BREAKER, NO_BREAKER);
    memory.setI64(block + L.STR_PEAK_MINOR, memory.i64(block + L.STR_EQUITY_MINOR));
    const window = block + L.STR_REJECT_WINDOW;
    memory.bytes.fill(0, window, window + 8 + SLICES * 8);
  }

  /** Latched: the first reason stands until the strategy is armed again. */
  #trip(strategy: number, reason: number): void {
    const block = L.STRATEGIES + strategy * L.STRATEGY_BYTES;
    if (this.#memory.i32(block + L.STR_BREAKER) !== NO_BREAKER) return;
    this.#memory.setI32(block + L.STR_BREAKER, reason);
    this.#memory.setI32(block + L.STR_TRADING_STATE, L.TRADING_HALTED);
  }

  #slice(): number {
    return Math.floor(this.#memory.i64(L.CTL_CORE_TIME_NS) / this.#sliceNs);
  }

  /** Empties the slices that have gone by; the window's address. */
  #openWindow(strategy: number): number {
    const memory = this.#memory;
    const window = L.STRATEGIES + strategy * L.STRATEGY_BYTES + L.STR_REJECT_WINDOW;
    const now = this.#slice();
    const first = Math.max(memory.i64(window) + 1, now - SLICES + 1);
    for (let slice = first; slice <= now; slice++)
      memory.setI64(window + 8 + (slice % SLICES) * 8, 0);
    memory.setI64(window, now);
    return window;
  }
}
