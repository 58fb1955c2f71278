/**
 * The plain twin of equity.ts: whoever asks, every position of a strategy is valued anew and added up; no
 * sum is carried on from the last time. Integers are BigInt; floating point enters where a factor of the
 * configuration does, and in the kernel's order, because the last bit decides how a half is rounded.
 */
import * as L from './layout.ts';
import { referenceMarkTicks2 } from './mark-reference.ts';
import type { Memory } from './memory.ts';

const E6 = 1e6;

export class EquityReference {
  readonly #memory: Memory;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** After a fill or an adjustment: the strategy's equity and its peak. */
  equityOfStrategy(strategy: number): void {
    this.#value(strategy);
    this.#raisePeak(strategy);
  }

  /** After a market-data message: all equities first, then peaks, then breakers. */
  equityOfAll(): void {
    const count = this.#memory.i32(L.CTL_STRATEGY_COUNT);
    const strategies = Array.from({ length: count }, (_, strategy) => strategy);
    for (const strategy of strategies) this.#value(strategy);
    for (const strategy of strategies) this.#raisePeak(strategy);
    for (const strategy of strategies) this.equityDrawdown(strategy);
  }

  /** A strategy that has lost too much from its peak is halted; a breaker that has tripped stays. */
  equityDrawdown(strategy: number): void {
    const block = blockOf(strategy);
    const lostMinor = this.#i64(block + L.STR_PEAK_MINOR) - this.#i64(block + L.STR_EQUITY_MINOR);
    const hasTripped = this.#memory.i32(block + L.STR_BREAKER) !== 0;
    if (hasTripped || lostMinor < this.#i64(L.CTL_DRAWDOWN_MINOR_MAX)) return;
    this.#memory.setI32(block + L.STR_BREAKER, L.BREAKER_DRAWDOWN);
    this.#memory.setI32(block + L.STR_TRADING_STATE, L.TRADING_HALTED);
  }

  #value(strategy: number): void {
    let equityMinor = 0n;
    for (let each = 0; each < this.#memory.i32(L.CTL_INSTRUMENT_COUNT); each++) {
      const row = L.POSITIONS + (strategy * L.INSTRUMENTS_MAX + each) * L.POSITION_BYTES;
      const totalMinor = this.#totalMinor(row, each);
      this.#memory.setAbsoluteNs(row + L.POS_TOTAL_MINOR, totalMinor);
      equityMinor += totalMinor;
    }
    this.#memory.setAbsoluteNs(blockOf(strategy) + L.STR_EQUITY_MINOR, equityMinor);
  }

  #raisePeak(strategy: number): void {
    const block = blockOf(strategy);
    const equityMinor = this.#i64(block + L.STR_EQUITY_MINOR);
    if (equityMinor <= this.#i64(block + L.STR_PEAK_MINOR)) return;
    this.#memory.setAbsoluteNs(block + L.STR_PEAK_MINOR, equityMinor);
  }

  /** Realised + unrealised - fees in whole minor units of the base currency, a half rounded up. */
  #totalMinor(row: number, instrument: number): bigint {
    const memory = this.#memory;
    const block = L.INSTRUMENTS + instrument * L.INSTRUMENT_BYTES;
    const currency = L.CURRENCIES + memory.i32(block + L.INS_CURRENCY) * L.CURRENCY_BYTES;
    const realised2 = Number(2n * this.#i64(row + L.POS_REALISED));
    const gained2 = realised2 + Number(this.#unrealised2(row, instrument));
    const gainedMinor = (gained2 * memory.f64(block + L.INS_MINOR_PER_TICK_LOT)) / 2;
    const totalMinor = gainedMinor - Number(this.#i64(row + L.POS_FEES_E6)) / E6;
    return BigInt(Math.floor(totalMinor * memory.f64(currency + L.CUR_TO_BASE) + 0.5));
  }

  /** Twice the tick-lots: what the open position would bring at the mark, less what it cost. */
  #unrealised2(row: number, instrument: number): bigint {
    const lots = this.#i64(row + L.POS_LOTS);
    const mark = referenceMarkTicks2(this.#memory, instrument);
    if (lots === 0n || mark === undefined) return 0n;
    return lots * mark - 2n * this.#i64(row + L.POS_OPEN_COST);
  }

  #i64(address: number): bigint {
    return this.#memory.absoluteNs(address);
  }
}

const blockOf = (strategy: number): number => L.STRATEGIES + strategy * L.STRATEGY_BYTES;
