/**
 * HOT: the core's clock is the record in hand. Market time comes from the message's own tag where the
 * session has one (a replaying venue), else from the time of receipt; it never goes back.
 */
import * as L from '../wasm/layout.ts';
import type { Memory } from '../wasm/memory.ts';

const DAY_NS = 86_400_000_000_000n;
const TWO_32 = 4294967296;

export class CoreTime {
  readonly #memory: Memory;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** Moves the core's time to the market time of the decoded message; a message without one moves nothing. */
  advanceToMessage(session: number): void {
    const block = L.SESSIONS + session * L.SESSION_BYTES;
    if (this.#memory.i32(block + L.SES_MARKET_TIME_TAG) === 0) this.advanceTo(L.CTL_NOW_NS);
    else if (this.#memory.i64(L.DECODED + L.DEC_MARKET_TIME_NS) !== 0) {
      this.advanceTo(L.DECODED + L.DEC_MARKET_TIME_NS);
    }
  }

  /** Moves the core's time to the absolute time (i64 ns) at `address`. */
  advanceTo(address: number): void {
    const memory = this.#memory;
    if (memory.i64(L.CTL_MARKET_EPOCH_NS) === 0) {
      const first = memory.absoluteNs(address);
      memory.setAbsoluteNs(L.CTL_MARKET_EPOCH_NS, first - (first % DAY_NS));
    }
    // Both are i64 past 2^53: subtract by halves, the difference is exact.
    const high = memory.i32(address + 4) - memory.i32(L.CTL_MARKET_EPOCH_NS + 4);
    const low = (memory.i32(address) >>> 0) - (memory.i32(L.CTL_MARKET_EPOCH_NS) >>> 0);
    const timeNs = high * TWO_32 + low;
    if (timeNs > memory.i64(L.CTL_CORE_TIME_NS)) memory.setI64(L.CTL_CORE_TIME_NS, timeNs);
  }
}
