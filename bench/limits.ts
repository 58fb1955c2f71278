/**
 * The pre-trade checks on an order that passes all of them: the flat list in WASM against its plain
 * twin. An order that is refused leaves the list earlier, so this is the most that the gate costs.
 */
import { strict as assert } from 'node:assert';
import { loadCore } from '../engine/core-module.ts';
import * as desk from '../test/support/desk.ts';
import { SeededRandom } from '../test/support/seeded-random.ts';
import * as L from '../wasm/layout.ts';
import { LimitsReference } from '../wasm/limits-reference.ts';
import { Memory } from '../wasm/memory.ts';
import { type PreparedBench, timeEach } from './harness.ts';

const SEED = 20120621;
const BATCH = 32;
const SAMPLES = 500;
/** 50 orders a second: under the rate limit of 100 that the desk gets, and far enough apart to be no duplicates. */
const STEP_NS = 20_000_000;
const MESSAGES_PER_S_MAX = 100;
/** Every so many intents one has a lot too many, to see that both gates still refuse. */
const REFUSED_EVERY = BATCH;
const LOTS_MAX = 100;

export function prepareLimits(): PreparedBench {
  const random = new SeededRandom(SEED);
  const intents: readonly desk.Intent[] = Array.from({ length: BATCH }, (_, index) => ({
    ...desk.QUIET_BUY,
    side: 1 + random.below(2),
    priceTicks: 9_950 + random.below(100),
    qtyLots: index % REFUSED_EVERY === REFUSED_EVERY - 1 ? LOTS_MAX + 1 : 1 + random.below(99),
  }));
  const verdicts = new Map<string, Map<number, number>>();
  const variant = (name: string, gateOn: (memory: Memory) => () => number) => ({
    name,
    run(samplesNs: Float64Array) {
      const memory = new Memory();
      openDesk(memory);
      const check = gateOn(memory);
      const seen = new Map<number, number>();
      let nowNs = desk.NOON_NS;
      timeEach(samplesNs, () => {
        for (const intent of intents) {
          nowNs += STEP_NS;
          memory.setI64(L.CTL_CORE_TIME_NS, nowNs);
          memory.setI64(BOOK_TIME, nowNs);
          desk.setIntent(memory, intent);
          const verdict = check();
          seen.set(verdict, (seen.get(verdict) ?? 0) + 1);
        }
      });
      verdicts.set(name, seen);
    },
  });
  return {
    operation: `order through all checks, one in ${REFUSED_EVERY} refused`,
    operationsPerRound: BATCH * SAMPLES,
    samplesPerRound: SAMPLES,
    ratiosOf: ['p50'],
    seed: SEED,
    variants: [
      variant('WASM', (memory) => loadCore(memory).limitsCheck),
      variant('plain twin', (memory) => {
        const twin = new LimitsReference(memory);
        return () => twin.check();
      }),
    ],
    check() {
      const refused = (BATCH * SAMPLES) / REFUSED_EVERY;
      const expected = [
        [L.ALLOWED, BATCH * SAMPLES - refused],
        [L.DENY_ORDER_QTY, refused],
      ];
      for (const [name, seen] of verdicts) assert.deepEqual([...seen], expected, name);
    },
  };
}

const BOOK_TIME = desk.instrumentAt(desk.AAPL) + L.INS_LAST_UPDATE_NS;

function openDesk(memory: Memory): void {
  desk.openDesk(memory);
  const row = desk.limitAt(desk.MAKER, desk.AAPL);
  memory.setI32(row + L.LIM_MESSAGES_PER_S_MAX, MESSAGES_PER_S_MAX);
  memory.setI64(row + L.LIM_ORDER_NOTIONAL_MINOR_MAX, 1e9);
  memory.setI64(row + L.LIM_ORDER_LOTS_MAX, LOTS_MAX);
}
