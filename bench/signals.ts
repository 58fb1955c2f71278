/**
 * The signals of a book after each of its changes: the kernel in WASM against the same recurrences in
 * JavaScript. The plain twin, which adds up all quotes anew each time, is the judge of both.
 */
import { strict as assert } from 'node:assert';
import { loadCore } from '../engine/core-module.ts';
import { SignalView } from '../engine/signal/signal-view.ts';
import { SeededRandom } from '../test/support/seeded-random.ts';
import * as L from '../wasm/layout.ts';
import { Memory } from '../wasm/memory.ts';
import {
  type HalfLives,
  type Quote,
  referenceSignals,
  type Signals,
} from '../wasm/signal-reference.ts';
import { type PreparedBench, timeEach } from './harness.ts';
import { PlainSignals } from './plain-signals.ts';

const SEED = 4711;
const BATCH = 32;
const SAMPLES = 500;
const QUOTES = BATCH * SAMPLES;
/** As many as the twin, whose work grows with their square, can judge after every round. */
const JUDGED_QUOTES = 200;
const TOLERANCE = 1e-9;
const SECOND_NS = 1e9;
const HALF_LIVES: HalfLives = {
  orderFlowNs: SECOND_NS,
  volatilityNs: 10 * SECOND_NS,
  meanNs: 20 * SECOND_NS,
  deviationNs: 40 * SECOND_NS,
};

/** Fresh signals; takes a quote, gives what a strategy would see. */
type Updater = (quote: Quote) => Signals;

export function prepareSignals(): PreparedBench {
  const quotes = randomQuotes();
  const updaters: Readonly<Record<string, () => Updater>> = {
    WASM: kernelUpdater(),
    'plain JavaScript': () => {
      const plain = new PlainSignals(HALF_LIVES);
      return (quote) => plain.update(quote);
    },
  };
  const judged = referenceSignals(quotes.slice(0, JUDGED_QUOTES), HALF_LIVES);
  const found = new Map<string, { readonly early: Signals; readonly last: Signals }>();
  return {
    operation: 'book change to four signals read',
    operationsPerRound: QUOTES,
    samplesPerRound: SAMPLES,
    ratiosOf: ['p50'],
    seed: SEED,
    variants: Object.entries(updaters).map(([name, start]) => ({
      name,
      run(samplesNs) {
        const update = start();
        let [early, last] = [judged, judged];
        timeEach(samplesNs, (sample) => {
          for (let i = sample * BATCH; i < (sample + 1) * BATCH; i++) {
            last = update(quotes[i]!);
            if (i === JUDGED_QUOTES - 1) early = last;
          }
        });
        found.set(name, { early, last });
      },
    })),
    check() {
      const [kernel, plain] = [...found.values()];
      assertClose(kernel!.early, judged);
      assertClose(plain!.early, judged);
      assertClose(kernel!.last, plain!.last);
    },
  };
}

function kernelUpdater(): () => Updater {
  const memory = new Memory();
  const core = loadCore(memory);
  const view = new SignalView(memory, 0);
  const lives = [
    HALF_LIVES.orderFlowNs,
    HALF_LIVES.volatilityNs,
    HALF_LIVES.meanNs,
    HALF_LIVES.deviationNs,
  ];
  for (const [index, ns] of lives.entries()) memory.setF64(L.CTL_SIGNAL_PARAMS + index * 8, ns);
  memory.setI32(L.BOOKS + L.BOOK_BID_COUNT, 1);
  memory.setI32(L.BOOKS + L.BOOK_ASK_COUNT, 1);
  return () => {
    memory.bytes.fill(0, L.SIGNALS, L.SIGNALS + L.SIGNAL_BYTES);
    return ({ timeNs, bidTicks, bidLots, askTicks, askLots }) => {
      memory.setI64(L.CTL_CORE_TIME_NS, timeNs);
      memory.setI64(L.BOOKS + L.BOOK_BID_TICKS, bidTicks);
      memory.setI64(L.BOOKS + L.BOOK_BID_LOTS, bidLots);
      memory.setI64(L.BOOKS + L.BOOK_ASK_TICKS, askTicks);
      memory.setI64(L.BOOKS + L.BOOK_ASK_LOTS, askLots);
      core.signalUpdate(0);
      const { microprice, orderFlow, volatility, zScore } = view;
      return { microprice, orderFlow, volatility, zScore };
    };
  };
}

function randomQuotes(): readonly Quote[] {
  const random = new SeededRandom(SEED);
  let timeNs = 0;
  let bidTicks = 57_000;
  return Array.from({ length: QUOTES }, () => {
    timeNs += random.pick([1000, 250_000, 9_000_000]) * (1 + random.below(5));
    bidTicks += random.below(5) - 2;
    const askTicks = bidTicks + 1 + random.below(6);
    const [bidLots, askLots] = [1 + random.below(900), 1 + random.below(900)];
    return { timeNs, bidTicks, bidLots, askTicks, askLots };
  });
}

function assertClose(signals: Signals, expected: Signals): void {
  for (const name of ['microprice', 'orderFlow', 'volatility', 'zScore'] as const) {
    const scale = Math.max(1, Math.abs(expected[name]));
    const distance = Math.abs(signals[name] - expected[name]) / scale;
    assert.ok(distance <= TOLERANCE, `${name} ${signals[name]}, not ${expected[name]}`);
  }
}
