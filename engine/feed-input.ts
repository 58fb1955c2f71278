/**
 * HOT: what feed workers put into the input ring becomes turns of the loop. While the ring is empty the
 * thread sleeps in its event loop; the producer's notify wakes it.
 */
import type { GyrfalconConfig } from '../config/schema.ts';
import * as L from '../wasm/layout.ts';
import type { Memory } from '../wasm/memory.ts';
import { FEED_RECEIVE_TIME_NS } from './event/feed-layout.ts';
import type { HotLoop } from './hot-loop.ts';
import { RingConsumer } from './ring/ring.ts';

/** Messages worked off before the event loop gets its turn again. */
const BURST_MAX = 256;
const WAIT_MS = 1000;

export class FeedInput {
  readonly #memory: Memory;
  readonly #loop: HotLoop;
  readonly #ring: RingConsumer;
  readonly #words: Int32Array;

  constructor(memory: Memory, loop: HotLoop) {
    this.#memory = memory;
    this.#loop = loop;
    this.#ring = new RingConsumer(memory);
    this.#words = new Int32Array(memory.bytes.buffer);
  }

  isUsed(config: GyrfalconConfig): boolean {
    return config.venues.some((venue) => venue.protocol === 'binance');
  }

  /** Works the ring off whenever something was written to it; never returns. */
  async listen(): Promise<never> {
    for (;;) {
      const seen = this.#memory.atomicI32(L.INPUT_RING);
      if (this.drain() === BURST_MAX) continue;
      const wait = Atomics.waitAsync(this.#words, L.INPUT_RING >>> 2, seen, WAIT_MS);
      if (wait.async) await wait.value;
    }
  }

  /** Works off what is there, at most BURST_MAX; how many. */
  drain(): number {
    let count = 0;
    while (count < BURST_MAX && !this.#loop.holdsInputs() && this.#ring.poll()) {
      const { address, length } = this.#ring;
      const received = this.#memory.bytes.subarray(
        address + FEED_RECEIVE_TIME_NS,
        address + FEED_RECEIVE_TIME_NS + 8,
      );
      this.#memory.bytes.set(received, L.CTL_NOW_NS);
      this.#loop.onFeed(0, address, length);
      this.#ring.release();
      count++;
    }
    return count;
  }
}
