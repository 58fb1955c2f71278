/**
 * The thread of one market-data venue: TLS, JSON and normalising happen here, away from the hot
 * loop. It writes feed records into the input ring and tells start-feed.ts in one line what went
 * wrong.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../engine/errors.ts';
import { FEED_RAW_BYTES_MAX } from '../../engine/event/feed-layout.ts';
import { RING_MESSAGE_BYTES_MAX, RingProducer } from '../../engine/ring/ring.ts';
import { DEC_ENTRIES, DECODED_ENTRIES_MAX, ENTRY_BYTES, INPUT_RING } from '../../wasm/layout.ts';
import { Memory } from '../../wasm/memory.ts';
import { BinanceFeed, type FeedCounters } from './feed.ts';
import type { FeedWorkerData } from './start-feed.ts';

export type FeedReport =
  | { readonly kind: 'counters'; readonly counters: FeedCounters }
  | { readonly kind: 'error'; readonly line: string }
  | { readonly kind: 'stopped'; readonly counters: FeedCounters };

/**
 * A full ring is waited for: nothing is read meanwhile, and the venue's line fills. Past it the
 * book is GAP.
 */
const RING_WAIT_MS = 250;
const COUNTERS_MS = 1000;

assert(parentPort !== null, 'the feed runs as a worker');
const port = parentPort;
const { memory, venue, instruments, staleMs } = workerData as FeedWorkerData;
const ring = new RingProducer(new Memory(memory));
const words = new Int32Array(memory.buffer);
const pause = new Int32Array(new SharedArrayBuffer(4));
const originNs = BigInt(Math.round(performance.timeOrigin * 1000)) * 1000n;
let isFull = false;

const nowNs = (): bigint => originNs + BigInt(Math.round(performance.now() * 1e6));
const report = (what: FeedReport): void => port.postMessage(what);

function output(normalised: Uint8Array, raw: Uint8Array): boolean {
  // While records are being lost there is no second wait: the first one showed that nobody reads.
  const waits = isFull ? 0 : RING_WAIT_MS;
  for (let waited = 0; ; waited++) {
    isFull = !ring.tryWrite(normalised, raw);
    if (!isFull) {
      Atomics.notify(words, INPUT_RING >>> 2); // the hot loop sleeps on the ring's head
      return true;
    }
    if (waited >= waits) return false;
    Atomics.wait(pause, 0, 0, 1);
  }
}

const recordMax = DEC_ENTRIES + DECODED_ENTRIES_MAX * ENTRY_BYTES + FEED_RAW_BYTES_MAX;
assert(recordMax < RING_MESSAGE_BYTES_MAX, 'every feed record fits the ring');
const feed = new BinanceFeed({
  ...venue,
  instruments,
  staleMs,
  output,
  nowNs,
  error: (line) => report({ kind: 'error', line: `${venue.name}: ${line}` }),
});
const counting = setInterval(
  () => report({ kind: 'counters', counters: feed.counters() }),
  COUNTERS_MS,
);

port.on('message', (message) => {
  if (message !== 'stop') return;
  clearInterval(counting);
  feed.stop();
  report({ kind: 'stopped', counters: feed.counters() });
  port.close();
});
