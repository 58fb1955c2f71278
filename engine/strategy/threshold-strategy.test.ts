/**
 * Threshold strategies against their twin (test/support/threshold-twin.ts), an ordinary strategy, on
 * generated days: the same orders, the same state, and again from the journal, whoever decides.
 */
import { afterEach, expect, test } from 'vitest';
import { type ModelConfig, modelSchema } from '../../config/model.ts';
import { THRESHOLD_SIGNALS, type ThresholdConfig } from '../../config/threshold.ts';
import { CoreRig, type Decider, RIG_HASH } from '../../test/support/core-rig.ts';
import { SeededRandom } from '../../test/support/seeded-random.ts';
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

/** Tells the venue's side of the story to one core; two narrators of one seed say the same. */
class Narrator {
  readonly rig: CoreRig;
  readonly #random: SeededRandom;
  /** In cents. */
  readonly #bids = { AAPL: 10_000, MSFT: 3_000 };
  #answered = 0;
  #reports = 0;

  constructor(rig: CoreRig, seed: number) {
    this.rig = rig;
    this.#random = new SeededRandom(seed);
  }

  step(): void {
    const random = this.#random;
    const symbol = random.pick(['AAPL', 'MSFT'] as const);
    if (random.oneIn(3)) this.#trade(symbol);
    else this.#quotes(symbol);
    this.#answerOrders();
    if (random.oneIn(50)) this.rig.wait(random.below(3) / 10);
  }

  /** Now and then between the increments of orders, and rarely of one side only. */
  #quotes(symbol: 'AAPL' | 'MSFT'): void {
    const random = this.#random;
    this.#bids[symbol] += random.below(5) - 2;
    const away = random.oneIn(4) ? random.below(100) : 0;
    const bid = (this.#bids[symbol] + away / 100) / 100;
    const ask = (this.#bids[symbol] + 1 + random.below(3) + away / 100) / 100;
    const level = (type: number, price: number): string =>
      `269=${type}|270=${price.toFixed(4)}|271=${1 + random.below(900)}|`;
    const sides = [level(0, bid), level(1, ask)].slice(random.oneIn(30) ? 1 : 0);
    this.rig.hear('W', `5060=${this.rig.time}|55=${symbol}|268=${sides.length}|${sides.join('')}`);
  }

  #trade(symbol: 'AAPL' | 'MSFT'): void {
    const price = (this.#bids[symbol] + this.#random.below(4) - 1) / 100;
    const size = `270=${price.toFixed(2)}|271=${1 + this.#random.below(500)}|`;
    this.rig.hear('X', `5060=${this.rig.time}|268=1|279=0|269=2|55=${symbol}|${size}`);
  }

  /** Fills most, some in part before the rest is cancelled, refuses a few. */
  #answerOrders(): void {
    const orders = this.rig.sent.filter((text) => text.includes('|35=D|'));
    for (const text of orders.slice(this.#answered)) this.#answer(text);
    this.#answered = orders.length;
  }

  #answer(order: string): void {
    const field = (tag: number): string => order.match(`\\|${tag}=([^|]*)`)![1]!;
    const lots = Number(field(38));
    const report = (rest: string): void => {
      const ids = `37=V${field(11)}|11=${field(11)}|17=E${++this.#reports}|54=${field(54)}`;
      this.rig.hear('8', `5060=${this.rig.time}|${ids}|55=${field(55)}|${rest}`);
    };
    const random = this.#random;
    const outcome = random.below(10);
    // Few enough for the breaker that counts them.
    if (outcome === 0 && random.oneIn(8)) report('150=8|39=8|151=0|14=0|103=0|');
    else if (outcome === 1 && lots > 1) {
      report(`150=F|39=1|151=${lots - 1}|14=1|31=${field(44)}|32=1|`);
      report('150=4|39=4|151=0|14=1|');
    } else report(`150=F|39=2|151=0|14=${lots}|31=${field(44)}|32=${lots}|`);
  }
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
