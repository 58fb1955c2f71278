/** HOT: the wall clock of the hot loop: writes the time of day in nanoseconds without a BigInt per message. */
import * as L from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';
import type { LoopClock } from '../hot-loop.ts';
import { NS_PER_MS } from '../units.ts';

const TWO_32 = 4294967296;

export class WallClock implements LoopClock {
  readonly #memory: Memory;
  readonly #originHigh: number;
  readonly #originLow: number;

  constructor(memory: Memory) {
    this.#memory = memory;
    const originNs = BigInt(Math.round(performance.timeOrigin * 1000)) * 1000n;
    this.#originHigh = Number(originNs >> 32n);
    this.#originLow = Number(originNs & 0xffffffffn);
  }

  stamp(): void {
    const low = this.elapsedNs() + this.#originLow;
    const carry = Math.floor(low / TWO_32);
    this.#memory.setI32(L.CTL_NOW_NS + 4, this.#originHigh + carry);
    this.#memory.setI32(L.CTL_NOW_NS, low - carry * TWO_32);
  }

  elapsedNs(): number {
    return Math.round(performance.now() * NS_PER_MS);
  }

  /** Cold. */
  nowNs(): bigint {
    this.stamp();
    return this.#memory.absoluteNs(L.CTL_NOW_NS);
  }
}
