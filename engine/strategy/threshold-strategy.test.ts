/**
 * Threshold strategies against their twin (test/support/threshold-twin.ts), an ordinary strategy, on
 * generated days: the same orders, the same state, and again from the journal, whoever decides.
 */
import { afterEach, expect, test } from 'vitest';
import { type ModelConfig, modelSchema } from '../../config/model.ts';
import { THRESHOLD_SIGNALS, type ThresholdConfig } from '../../config/threshold.ts';
import { CoreRig, type Decider, RIG_HASH } from '../../test/support/core-rig.ts';
import { Narrator } from '../../test/support/narrator.ts';
import { thresholdTwin } from '../../test/support/threshold-twin.ts';
import { decodeEvent } from '../event/event-codec.ts';
import { RecordKind } from '../event/generated/record-kind.ts';
import { JournalReader } from '../journal/journal-reader.ts';
import { THRESHOLD_STRATEGY } from './threshold-strategy.ts';

const MODEL: ModelConfig = modelSchema.parse({
  about: 'a test',
  baseScore: 0,
  link: 'logistic',
  trees: [
    [
      { feature: 'imbalance', threshold: 0, left: 1, right: 2 },
      { leaf: -1 },
      { feature: 'tradeSign', threshold: 0, left: 3, right: 4 },
      { leaf: 0.1 },
      { leaf: 1.5 },
    ],
    [
      { feature: 'vwapDistanceTicks', threshold: 5, left: 1, right: 2 },
      { leaf: 0 },
      { leaf: -0.3 },
    ],
  ],
});
const KERNEL: Decider = { code: THRESHOLD_STRATEGY, parameters: {} };
const twinOf = (rule: ThresholdConfig, model = MODEL): Decider => ({
  code: thresholdTwin(rule, model.link === 'logistic' ? 0.5 : 0),
  parameters: {},
});

const rigs: CoreRig[] = [];
afterEach(() => {
  for (const rig of rigs.splice(0)) rig.close();
});

function open(decider: Decider, rule: ThresholdConfig, model = MODEL): CoreRig {
  const rig = new CoreRig(decider, ({ strategies }) => {
    const strategy = strategies[0]!;
    delete strategy.file;
    delete strategy.parameters;
    strategy.threshold = rule;
    strategy.model = model;
  });
  rigs.push(rig);
  rig.connect();
  return rig;
}

const RULE: ThresholdConfig = {
  signal: 'zScore',
  side: 'with',
  entry: 1,
  exit: 0.2,
  qtyLots: 10,
  holdMs: 40,
  restMs: 10,
};
const LEVELS: Readonly<Record<ThresholdConfig['signal'], readonly [entry: number, exit: number]>> =
  {
    zScore: [1.5, 0.5],
    orderFlow: [800, -200],
    micropriceDistanceTicks: [30, 0],
    vwapDistanceTicks: [300, 100],
    score: [0.2, 0.1],
  };
const STEPS = 3000;

async function expectSameDay(rule: ThresholdConfig, model: ModelConfig, seed: number) {
  const kernel = new Narrator(open(KERNEL, rule, model), seed);
  const twin = new Narrator(open(twinOf(rule, model), rule, model), seed);
  for (let step = 0; step < STEPS; step++) {
    kernel.step();
    twin.step();
    const [sent, expected] = [kernel.rig.sent.at(-1), twin.rig.sent.at(-1)];
    if (sent !== expected) expect.fail(`step ${step}: sent ${sent}, the twin ${expected}`);
  }
  const { rig } = kernel;
  expect(rig.sent).toEqual(twin.rig.sent);
  expect(rig.stateHash).toBe(twin.rig.stateHash);
  for (const side of ['|54=1|', '|54=2|']) {
    const orders = rig.sent.filter((text) => text.includes('|35=D|') && text.includes(side));
    expect(orders.length, side).toBeGreaterThan(50);
  }
  expect(await rig.replayed(false), 'its journal applied').toBe(rig.stateHash);
  expect(await rig.replayed(true), 'decided again').toBe(rig.stateHash);
  expect(await rig.replayed(true, twinOf(rule, model)), 'by the twin').toBe(rig.stateHash);
}

test.each(
  THRESHOLD_SIGNALS.flatMap((signal, index) =>
    (['with', 'against'] as const).map((side) => ({ signal, side, seed: 100 + index })),
  ),
)('$signal, $side it: kernel and twin decide the same all day, seed $seed', async (row) => {
  const { signal, side, seed } = row;
  const [entry, exit] = LEVELS[signal];
  await expectSameDay({ ...RULE, signal, side, entry, exit }, MODEL, seed);
});

test('a score that is no probability is measured from 0', async () => {
  const rule: ThresholdConfig = { ...RULE, signal: 'score', entry: 0.9, exit: 0.1 };
  await expectSameDay(rule, { ...MODEL, link: 'identity' }, 5);
});

test('a replay by another rule is found out', async () => {
  const { rig } = playedDay(7, 300);
  const other = twinOf({ ...RULE, qtyLots: RULE.qtyLots + 1 });
  await expect(rig.replayed(true, other)).rejects.toThrow('qtyLots was 10 then and is 11 now');
});

test('every intent names the model that led to it', () => {
  const { rig } = playedDay(7, 300);
  const reader = new JournalReader(rig.directory);
  const hashes = new Set<string>();
  while (reader.next()) {
    const { kind, payload } = reader.record;
    const event = kind === RecordKind.INTENT ? decodeEvent(kind, payload) : undefined;
    if (event?.type === 'INTENT') hashes.add(event.modelHash);
  }
  expect([...hashes]).toEqual([RIG_HASH]);
});

function playedDay(seed: number, steps: number): Narrator {
  const narrator = new Narrator(open(KERNEL, RULE), seed);
  for (let step = 0; step < steps; step++) narrator.step();
  return narrator;
}
