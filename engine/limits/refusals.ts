/**
 * HOT: the log of what our own checks refused: counts by code, by strategy and of the firm, and a ring of
 * the last RECORDS_KEPT. A strategy that is refused the same thing again and again fills one entry, which
 * counts, so that it does not push the others out.
 */
import * as L from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';

export class RefusalLog {
  readonly #memory: Memory;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** Records that INTENT was refused with INT_VERDICT. */
  record(): void {
    const memory = this.#memory;
    const strategy = memory.i32(L.INTENT + L.INT_STRATEGY);
    memory.addI64(L.CTL_DENIED, 1);
    memory.addI64(L.STRATEGIES + strategy * L.STRATEGY_BYTES + L.STR_DENIED, 1);
    memory.addI64(L.REFUSAL_COUNTS + memory.i32(L.INTENT + L.INT_VERDICT) * 8, 1);
    const head = memory.i64(L.CTL_REFUSAL_HEAD);
    if (head > 0 && this.#isSame(entryAddress(head - 1))) {
      const entry = entryAddress(head - 1);
      this.#write(entry, memory.i64(entry + 40) + 1);
      return;
    }
    this.#write(entryAddress(head), 1);
    memory.setI64(L.CTL_REFUSAL_HEAD, head + 1);
  }

  #isSame(entry: number): boolean {
    const memory = this.#memory;
    return (
      memory.i32(entry + 8) === memory.i32(L.INTENT + L.INT_VERDICT) &&
      memory.i32(entry + 12) === memory.i32(L.INTENT + L.INT_STRATEGY) &&
      memory.i32(entry + 16) === memory.i32(L.INTENT + L.INT_INSTRUMENT) &&
      memory.i32(entry + 20) === memory.i32(L.INTENT + L.INT_SIDE)
    );
  }

  #write(entry: number, count: number): void {
    const memory = this.#memory;
    memory.setI64(entry, memory.i64(L.CTL_CORE_TIME_NS));
    memory.setI32(entry + 8, memory.i32(L.INTENT + L.INT_VERDICT));
    memory.setI32(entry + 12, memory.i32(L.INTENT + L.INT_STRATEGY));
    memory.setI32(entry + 16, memory.i32(L.INTENT + L.INT_INSTRUMENT));
    memory.setI32(entry + 20, memory.i32(L.INTENT + L.INT_SIDE));
    memory.setI64(entry + 24, memory.i64(L.INTENT + L.INT_PRICE_TICKS));
    memory.setI64(entry + 32, memory.i64(L.INTENT + L.INT_QTY_LOTS));
    memory.setI64(entry + 40, count);
  }
}

function entryAddress(number: number): number {
  return L.REFUSALS + (number % L.RECORDS_KEPT) * L.REFUSAL_BYTES;
}
