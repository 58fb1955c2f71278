/** The plain twin of intent-fill.ts: what a strategy wants and what it saw, word by word. */
import * as L from './layout.ts';
import type { Memory } from './memory.ts';

const SIDE_BUY = 1;
const LIMIT = '2'.charCodeAt(0);
const DAY = '0'.charCodeAt(0);
const IOC = '3'.charCodeAt(0);
const NO_ORDER = -1;

export class IntentFillReference {
  readonly #memory: Memory;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  intentFill(
    kind: number,
    strategy: number,
    instrument: number,
    side: number,
    priceTicks: number,
    qtyLots: number,
  ): void {
    const memory = this.#memory;
    memory.setI32(L.INTENT + L.INT_KIND, kind);
    memory.setI32(L.INTENT + L.INT_STRATEGY, strategy);
    memory.setI32(L.INTENT + L.INT_INSTRUMENT, instrument);
    memory.setI32(L.INTENT + L.INT_SIDE, side);
    memory.setI32(L.INTENT + L.INT_ORD_TYPE, LIMIT);
    memory.setI32(L.INTENT + L.INT_TIME_IN_FORCE, DAY);
    memory.setI64(L.INTENT + L.INT_PRICE_TICKS, priceTicks);
    memory.setI64(L.INTENT + L.INT_QTY_LOTS, qtyLots);
    memory.setI32(L.INTENT + L.INT_ORDER_SLOT, NO_ORDER);
    const account = memory.i32(L.STRATEGIES + strategy * L.STRATEGY_BYTES + L.STR_ACCOUNT);
    memory.setI32(L.INTENT + L.INT_ACCOUNT, account);
    memory.setI32(L.INTENT + L.INT_FLAGS, 0);
    for (const [index, feature] of this.#features(strategy, instrument).entries()) {
      memory.setF64(L.INTENT + L.INT_FEATURES + index * 8, feature);
    }
  }

  intentTake(strategy: number, instrument: number, side: number, qtyLots: number): void {
    const memory = this.#memory;
    const book = L.BOOKS + instrument * L.BOOK_BYTES;
    const touch = memory.i64(book + (side === SIDE_BUY ? L.BOOK_ASK_TICKS : L.BOOK_BID_TICKS));
    const block = L.INSTRUMENTS + instrument * L.INSTRUMENT_BYTES;
    const increment = memory.i64(block + L.INS_MIN_INCREMENT_TICKS);
    const steps = touch / increment;
    const price = (side === SIDE_BUY ? Math.ceil(steps) : Math.floor(steps)) * increment;
    this.intentFill(L.INTENT_NEW, strategy, instrument, side, price, qtyLots);
    memory.setI32(L.INTENT + L.INT_TIME_IN_FORCE, IOC);
  }

  #features(strategy: number, instrument: number): readonly number[] {
    const memory = this.#memory;
    const book = L.BOOKS + instrument * L.BOOK_BYTES;
    const signal = L.SIGNALS + instrument * L.SIGNAL_BYTES;
    const row = strategy * L.INSTRUMENTS_MAX + instrument;
    const bidTicks = memory.i64(book + L.BOOK_BID_TICKS);
    const askTicks = memory.i64(book + L.BOOK_ASK_TICKS);
    return [
      bidTicks,
      askTicks,
      bidTicks + askTicks,
      memory.f64(signal + L.SIG_MICROPRICE),
      memory.f64(signal + L.SIG_OFI),
      memory.f64(signal + L.SIG_EWMA_VOL),
      memory.f64(signal + L.SIG_Z_SCORE),
      memory.i64(L.POSITIONS + row * L.POSITION_BYTES + L.POS_LOTS),
    ];
  }
}
