/**
 * HOT: the wall clock of the hot loop: writes the time of day in nanoseconds without a BigInt per message.
 * With the addon both clocks are read into the shared memory, and nothing is allocated; without it the time
 * of day is that of the process's start plus what has gone by since.
 */
import type { NativeModule } from '../../native/index.ts';
import * as L from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';
import { CLOCK_MONO_NS, CLOCK_REAL_NS } from '../../wasm/native-layout.ts';
import type { LoopClock } from '../hot-loop.ts';
import { NS_PER_MS } from '../units.ts';

const TWO_32 = 4294967296;
const ORIGIN_KEPT_NS = 1_000_000;

export class WallClock implements LoopClock {
  readonly #memory: Memory;
  readonly #read: (() => void) | undefined;
  /** CLOCK_MONO_NS when performance.now() was 0. */
  readonly #originNs: number = 0;
  /** What the time of day was when performance.now() was 0: nanoseconds, in two halves. */
  #originHigh: number;
  #originLow: number;
  /** Once elapsedNs is there the origin is looked at again; the time of day may be set. */
  #originUntilNs = 0;
  /** Of the last stamp, elapsedNs: of two sessions that are read in one turn the second one came earlier, perhaps. */
  #stampedNs = 0;

  constructor(memory: Memory, native?: NativeModule) {
    this.#memory = memory;
    const originNs = BigInt(Math.round(performance.timeOrigin * 1000)) * 1000n;
    this.#originHigh = Number(originNs >> 32n);
    this.#originLow = Number(originNs & 0xffffffffn);
    if (native === undefined) return;
    this.#read = native.clockFunction(memory.bytes);
    this.#read();
    this.#originNs = memory.i64(CLOCK_MONO_NS) - Math.round(performance.now() * NS_PER_MS);
  }

  stamp(): void {
    const memory = this.#memory;
    if (this.#read === undefined) return this.#stamp(this.elapsedNs());
    this.#stampedNs = this.elapsedNs();
    memory.setI32(L.CTL_NOW_NS, memory.i32(CLOCK_REAL_NS));
    memory.setI32(L.CTL_NOW_NS + 4, memory.i32(CLOCK_REAL_NS + 4));
  }

  /** As stamp, for a moment that has just been, or the last stamp's; a clock is read once in ORIGIN_KEPT_NS. */
  stampAt(elapsedNs: number): void {
    if (this.#read !== undefined && elapsedNs >= this.#originUntilNs) this.#setOrigin();
    this.#stamp(Math.max(elapsedNs, this.#stampedNs));
  }

  /** As performance.now() counts, in whole nanoseconds. */
  elapsedNs(): number {
    if (this.#read === undefined) return Math.round(performance.now() * NS_PER_MS);
    this.#read();
    return this.#memory.i64(CLOCK_MONO_NS) - this.#originNs;
  }

  #stamp(elapsedNs: number): void {
    this.#stampedNs = elapsedNs;
    const low = elapsedNs + this.#originLow;
    const carry = Math.floor(low / TWO_32);
    this.#memory.setI32(L.CTL_NOW_NS + 4, this.#originHigh + carry);
    this.#memory.setI32(L.CTL_NOW_NS, low - carry * TWO_32);
  }

  #setOrigin(): void {
    const elapsedNs = this.elapsedNs();
    this.#originUntilNs = elapsedNs + ORIGIN_KEPT_NS;
    const low = (this.#memory.i32(CLOCK_REAL_NS) >>> 0) - elapsedNs;
    const carry = Math.floor(low / TWO_32);
    this.#originHigh = this.#memory.i32(CLOCK_REAL_NS + 4) + carry;
    this.#originLow = low - carry * TWO_32;
  }

  /** Cold. */
  nowNs(): bigint {
    this.stamp();
    return this.#memory.absoluteNs(L.CTL_NOW_NS);
  }
}
