/**
 * HOT: what the loop measures of itself, into the histograms in shared memory: wall time only, never read by
 * the core. A market-data turn, an append, an order's way out and the venue's first answer to it.
 */
import * as L from '../wasm/layout.ts';
import type { Memory } from '../wasm/memory.ts';
import type { LatencyHistograms } from './latency-histogram.ts';

/** Orders whose sending time is remembered; an answer that comes later than so many orders is not timed. */
const SENT_KEPT = 65_536;

interface ElapsedClock {
  elapsedNs(): number;
}

export class LoopTiming {
  readonly #memory: Memory;
  readonly #clock: ElapsedClock;
  readonly #histograms: LatencyHistograms;
  /** By intent sequence modulo SENT_KEPT. */
  readonly #sentNs = new Float64Array(SENT_KEPT);
  #orders: number;
  #intents: number;

  constructor(memory: Memory, clock: ElapsedClock, histograms: LatencyHistograms) {
    this.#memory = memory;
    this.#clock = clock;
    this.#histograms = histograms;
    // A recovered journal's orders were not sent by this loop.
    this.#orders = memory.i64(L.CTL_ORDERS_SENT);
    this.#intents = memory.i64(L.CTL_INTENT_SEQUENCE);
  }

  appended(startNs: number): void {
    this.#histograms.record(L.HISTOGRAM_JOURNAL, this.#clock.elapsedNs() - startNs);
  }

  /** What the turn that began at `startNs` decided is written down and goes to the sockets now. */
  handOver(startNs: number): void {
    const orders = this.#memory.i64(L.CTL_ORDERS_SENT);
    if (orders === this.#orders) return;
    const nowNs = this.#clock.elapsedNs();
    this.#histograms.record(L.HISTOGRAM_TICK_TO_ORDER, nowNs - startNs);
    const intents = this.#memory.i64(L.CTL_INTENT_SEQUENCE);
    for (let intent = this.#intents + 1; intent <= intents; intent++) {
      this.#sentNs[intent % SENT_KEPT] = nowNs;
    }
    this.#orders = orders;
    this.#intents = intents;
  }

  /** The turn that market data began at `startNs` is over, its bytes are with the kernel. */
  turnDone(startNs: number): void {
    this.#histograms.record(L.HISTOGRAM_TICK_TO_DONE, this.#clock.elapsedNs() - startNs);
  }

  /** The venue's first word about the order. */
  answered(orderNumber: number): void {
    const sentNs = this.#sentNs[orderNumber % SENT_KEPT]!;
    if (sentNs === 0) return;
    this.#histograms.record(L.HISTOGRAM_ORDER_TO_ACK, this.#clock.elapsedNs() - sentNs);
  }
}
