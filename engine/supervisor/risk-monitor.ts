/** Keeps one value-at-risk figure of the live positions fresh, on the compute pool, off the hot path. */
import * as L from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';

export interface PositionValue {
  readonly symbol: string;
  /** Signed, base currency. */
  readonly valueBase: number;
}

export class RiskMonitor<Figure> {
  latest: { readonly figure: Figure; readonly computedMs: number } | undefined;
  readonly #timer: NodeJS.Timeout;
  #isBusy = false;
  #isStopped = false;

  constructor(everyMs: number, compute: () => Promise<Figure>, log: (text: string) => void) {
    const refresh = async (): Promise<void> => {
      if (this.#isBusy) return;
      this.#isBusy = true;
      try {
        this.latest = { figure: await compute(), computedMs: Date.now() };
      } catch (error) {
        if (!this.#isStopped)
          log(`value at risk: ${error instanceof Error ? error.message : String(error)}`);
      } finally {
        this.#isBusy = false;
      }
    };
    this.#timer = setInterval(() => void refresh(), everyMs);
    void refresh();
  }

  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#timer);
  }
}

/** Net position of each instrument over all strategies, valued at the mid (or the last trade). */
export function positionValues(
  memory: Memory,
  symbols: readonly string[],
): readonly PositionValue[] {
  const values: PositionValue[] = [];
  const base = L.CURRENCIES + memory.i32(L.CTL_BASE_CURRENCY) * L.CURRENCY_BYTES;
  const unit = 10 ** memory.i32(base + L.CUR_DECIMALS);
  for (const [instrument, symbol] of symbols.entries()) {
    let lots = 0;
    for (let strategy = 0; strategy < memory.i32(L.CTL_STRATEGY_COUNT); strategy++) {
      const row = strategy * L.INSTRUMENTS_MAX + instrument;
      lots += memory.i64(L.POSITIONS + row * L.POSITION_BYTES + L.POS_LOTS);
    }
    if (lots === 0) continue;
    const block = L.INSTRUMENTS + instrument * L.INSTRUMENT_BYTES;
    const currency = L.CURRENCIES + memory.i32(block + L.INS_CURRENCY) * L.CURRENCY_BYTES;
    const minor =
      lots * priceTicks(memory, instrument) * memory.f64(block + L.INS_MINOR_PER_TICK_LOT);
    values.push({ symbol, valueBase: (minor * memory.f64(currency + L.CUR_TO_BASE)) / unit });
  }
  return values;
}

function priceTicks(memory: Memory, instrument: number): number {
  const book = L.BOOKS + instrument * L.BOOK_BYTES;
  const isTwoSided =
    memory.i32(book + L.BOOK_BID_COUNT) > 0 && memory.i32(book + L.BOOK_ASK_COUNT) > 0;
  if (isTwoSided)
    return (memory.i64(book + L.BOOK_BID_TICKS) + memory.i64(book + L.BOOK_ASK_TICKS)) / 2;
  return memory.i64(L.INSTRUMENTS + instrument * L.INSTRUMENT_BYTES + L.INS_LAST_TRADE_TICKS);
}
