/**
 * A process of its own for no-allocation.test.ts: the hot loop with the strategies of the default
 * configuration and its journal, a million messages after a warm-up. Prints what the heap did meanwhile as
 * JSON. Arguments: journal directory, how many messages, how many stocks. Needs --expose-gc.
 */
import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import { loadConfig } from '../../config/load.ts';
import { AppInput } from '../../engine/app-input.ts';
import { buildCore } from '../../engine/core.ts';
import { HotLoop } from '../../engine/hot-loop.ts';
import { openJournal } from '../../engine/journal/open-journal.ts';
import { SHM_DIRECTORY } from '../../engine/journal/ring-file.ts';
import { JournalRecorder } from '../../engine/journal-recorder.ts';
import { setOptimiserFlags } from '../../engine/optimiser-flags.ts';
import { NO_RECORDER } from '../../engine/recorder.ts';
import { loadStrategies } from '../../engine/strategy/strategy-loader.ts';
import { WallClock } from '../../engine/supervisor/wall-clock.ts';
import { loadNative } from '../../native/index.ts';
import * as R from '../../wasm/journal-ring-layout.ts';
import * as L from '../../wasm/layout.ts';
import { Memory } from '../../wasm/memory.ts';
import { QuietVenue } from './quiet-venue.ts';

const [, , directory = '', messages = '0', stockCount = '1'] = process.argv;
const stocks = Number(stockCount);
const WARM_UP = 1_500_000;
const START_NS = 1_340_287_200_000_000_000n; // 2012-06-21 14:00 UTC
const STEP_NS = 1_000_000;
const MID_CENTS = 30_000;
const WAIT_MS = 5;

class QuietClock extends WallClock {
  /** A millisecond of market time a message, whatever it takes. */
  override stamp(): void {
    const low = (memory.i32(L.CTL_NOW_NS) >>> 0) + STEP_NS;
    memory.setI32(L.CTL_NOW_NS, low | 0);
    if (low > 0xffffffff) memory.setI32(L.CTL_NOW_NS + 4, memory.i32(L.CTL_NOW_NS + 4) + 1);
  }

  override stampAt(): void {
    this.stamp();
  }

  noteReceived(): void {
    memory.setF64(L.SESSIONS + L.SES_RECEIVED_NS, this.elapsedNs());
  }
}

setOptimiserFlags();
const { config } = loadConfig('config/default.yaml');
// Nobody is halted for what he loses to a venue that fills everything.
config.breakers.drawdownMax = '1000000000';
for (const limit of config.limits) limit.dailyLossMax = '1000000000';
if (stocks > 1) trade(stocks);
const strategies = await loadStrategies(config.strategies);
const memory = new Memory();
const words = new Int32Array(memory.bytes.buffer);
const core = buildCore({ memory, config, strategies }, NO_RECORDER);
const writer = openJournal({
  directory,
  segmentBytes: config.journal.segmentBytes,
  syncMs: config.journal.syncMs,
  ring: 'auto',
  shmDirectory: SHM_DIRECTORY,
  native: loadNative(),
  memory,
  core: core.module,
  notice: (text) => process.stderr.write(`${text}\n`),
  onOutOfRoom: (fault) => {
    throw fault;
  },
});
const recorder = new JournalRecorder(core, writer, strategies, {
  takeCommands: () => {},
  applyOwn: (command) => {
    throw new Error(`a strategy failed: ${'reason' in command ? command.reason : ''}`);
  },
});
core.gate.recorder = recorder;
memory.setText(L.CTL_CLORDID_PREFIX, L.CLORDID_PREFIX_BYTES, '0ABCXYZ');
memory.setAbsoluteNs(L.CTL_NOW_NS, START_NS);
const clock = new QuietClock(memory, loadNative().module);
const loop = new HotLoop({
  core,
  recorder,
  isLockStep: false,
  clock,
  input: new AppInput(core),
  onOutcome: () => {},
  onBreach: () => {},
  onActed: () => {},
});
const session = L.SESSIONS;
memory.setI32(session + L.SES_STATE, L.SESSION_LIVE);
memory.setI32(session + L.SES_MARKET_TIME_TAG, 0);
memory.setI64(session + L.SES_MAX_LATENCY_NS, 4e15);
const venue = new QuietVenue(memory);
const none = (): never => {
  throw new Error('the fast path was left');
};
loop.addLink({
  flush() {
    const end = memory.i32(session + L.SES_TX_END);
    memory.setI32(session + L.SES_TX_END, 0);
    venue.answer(L.TX, L.TX + end);
    return true;
  },
  send: none,
  onSlowMessage: none,
  onFastMessage() {},
  requestStatus: none,
  massCancel: none,
  resubscribe: none,
});

/** Both strategies trade so many stocks, within limits that are made for so many. */
function trade(count: number): void {
  const [first] = config.instruments;
  const names = Array.from({ length: count - 1 }, (_, at) => `S${String(at + 1).padStart(3, '0')}`);
  config.instruments = [first!, ...names.map((symbol) => ({ ...first!, symbol }))];
  for (const strategy of config.strategies) strategy.instruments = [first!.symbol, ...names];
  for (const limit of config.limits) limit.openOrdersMax = 4 * count;
}

/** A book some twenty cents wide whose sizes change and whose best levels come and go. */
function talk(from: number, to: number): void {
  for (let message = from; message < to; message++) {
    const turn = Math.floor(message / stocks);
    const side = turn & 1;
    const depth = (turn >> 1) % 5;
    const isHeavy = ((turn >> 7) & 1) === side;
    const isGone = depth === 0 && ((turn >> 8) & 1) === side;
    const lots = (isHeavy ? 900 : 100) + (((turn & 0xffff) * 7919) % 90);
    const away = 8 + 2 * depth;
    const cents = side === 0 ? MID_CENTS - away : MID_CENTS + away;
    venue.update(side, cents, isGone ? 0 : lots, message % stocks);
    clock.noteReceived();
    loop.onReadable(0);
    // A disk that is slower than this loop: the message waits in RX.
    while (memory.i32(session + L.SES_RX_START) < memory.i32(session + L.SES_RX_END)) {
      Atomics.wait(words, R.RING_TAIL >>> 2, words[R.RING_TAIL >>> 2]!, WAIT_MS);
      loop.resume();
    }
  }
}

for (let stock = 0; stock < stocks; stock++)
  memory.setI32(L.INSTRUMENTS + stock * L.INSTRUMENT_BYTES + L.INS_BOOK_STATE, L.BOOK_LIVE);
let collections = 0;
const observer = new PerformanceObserver((list) => {
  collections += list.getEntries().length;
});
observer.observe({ entryTypes: ['gc'] });
talk(0, WARM_UP);
globalThis.gc!();
await new Promise((resolve) => setTimeout(resolve, 50));
const collectionsBefore = collections;
const ordersBefore = venue.orders;
const heapBefore = getHeapStatistics();
talk(WARM_UP, WARM_UP + Number(messages));
const heapAfter = getHeapStatistics();
await new Promise((resolve) => setTimeout(resolve, 50));
const grownBytes = heapAfter.used_heap_size - heapBefore.used_heap_size;
const externalBytes = heapAfter.external_memory - heapBefore.external_memory;
const found = {
  messages: memory.i64(L.CTL_MARKET_DATA_MESSAGES),
  orders: venue.orders - ordersBefore,
  fills: memory.i64(L.CTL_FILLS),
  denied: memory.i64(L.CTL_DENIED),
  collections: collections - collectionsBefore,
  grownBytes,
  externalBytes,
};
for (let c = 0; c < 21; c++)
  if (memory.i64(L.REFUSAL_COUNTS + c * 8))
    console.error('deny', c, memory.i64(L.REFUSAL_COUNTS + c * 8));
writer.close();
process.stdout.write(`${JSON.stringify(found)}\n`);
process.exit(0);
