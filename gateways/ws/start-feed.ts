/**
 * Starts and stops a feed worker; called by whoever builds the engine from its configuration. The
 * worker is the only writer of the input ring: one feed an engine.
 */
import { Worker } from 'node:worker_threads';
import type { Memory } from '../../wasm/memory.ts';
import type { FeedInstrument } from './binance.ts';
import type { FeedCounters } from './feed.ts';
import type { FeedReport } from './feed-worker.ts';

interface FeedVenue {
  readonly name: string;
  /** wss://fstream.binance.com, wss://stream.binance.com:9443 … */
  readonly url: string;
  /**
   * The depth endpoint: https://fapi.binance.com/fapi/v1/depth,
   * https://api.binance.com/api/v3/depth …
   */
  readonly snapshotUrl: string;
  readonly reconnectMs: number;
}

/** What the thread is given at its start. */
export interface FeedWorkerData {
  readonly memory: WebAssembly.Memory;
  readonly venue: FeedVenue;
  readonly instruments: readonly FeedInstrument[];
  readonly staleMs: number;
}

interface StartFeedOptions {
  readonly memory: Memory;
  readonly venue: FeedVenue;
  readonly instruments: readonly FeedInstrument[];
  /** A live book without an update for so long is STALE. */
  readonly staleMs: number;
  /** Takes one line for the log. */
  readonly onError: (line: string) => void;
}

export interface Feed {
  /** As of the last second. */
  counters(): FeedCounters;
  /** Ends the line and the thread; the ring keeps what was written. */
  stop(): Promise<FeedCounters>;
}

const STOP_MS = 2000;
const WORKER = new URL('./feed-worker.ts', import.meta.url);

export function startFeed(options: StartFeedOptions): Feed {
  const { venue, instruments, staleMs } = options;
  const workerData: FeedWorkerData = {
    memory: options.memory.wasm,
    venue,
    instruments,
    staleMs,
  };
  const worker = new Worker(WORKER, { workerData });
  let counters: FeedCounters = { messages: 0, refused: {}, connects: 0, gaps: 0, lost: 0 };
  let isStopping = false;
  worker.on('message', (message: FeedReport) => {
    if (message.kind === 'error') options.onError(message.line);
    else counters = message.counters;
  });
  worker.on('error', (error) => options.onError(`${venue.name}: the feed ended: ${error.message}`));
  const ended = new Promise<void>((resolve) => {
    worker.on('exit', () => {
      if (!isStopping)
        options.onError(`${venue.name}: the feed's thread ended; restart the engine`);
      resolve();
    });
  });
  return {
    counters: () => counters,
    stop: async () => {
      isStopping = true;
      worker.postMessage('stop');
      const late = setTimeout(() => void worker.terminate(), STOP_MS);
      await ended;
      clearTimeout(late);
      return counters;
    },
  };
}
