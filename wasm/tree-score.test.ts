/** Scores of tree models: by hand-worked rows, and by the plain twin on random trees and inputs. */
import { beforeEach, describe, expect, test } from 'vitest';
import {
  MODEL_FEATURES,
  type ModelConfig,
  modelSchema,
  NODES_MAX,
  TREES_MAX,
} from '../config/model.ts';
import { writeModel } from '../engine/signal/model-score.ts';
import { marketMemory } from '../test/support/market-memory.ts';
import { SeededRandom } from '../test/support/seeded-random.ts';
import * as L from './layout.ts';
import { type ReferenceFeatures, referenceScore } from './tree-score-reference.ts';

const { memory, core } = marketMemory([
  { symbol: 'AAA', tickSize: '0.01', lotSize: '1' },
  { symbol: 'BBB', tickSize: '0.01', lotSize: '1' },
]);
const INSTRUMENT = 1;
const STRATEGY = L.STRATEGIES_MAX - 1; // its model ends where the range of all models does
const MODEL = L.MODELS + STRATEGY * L.MODEL_BYTES;
type Trees = ModelConfig['trees'];
type Tree = Trees[number];

const modelOf = (trees: Trees, rest: Partial<ModelConfig> = {}): ModelConfig => ({
  about: 'a test',
  baseScore: 0,
  link: 'identity',
  trees,
  ...rest,
});

function putFeatures(features: ReferenceFeatures): void {
  for (const [index, name] of MODEL_FEATURES.entries()) {
    memory.setF64(L.FEATURE_VALUES + index * 8, features[name] ?? Number.NaN);
  }
}

function score(model: ModelConfig, features: ReferenceFeatures): number {
  writeModel(memory, STRATEGY, model);
  putFeatures(features);
  return core.treeScore(MODEL);
}

const stump: Tree = [
  { feature: 'zScore', threshold: 2, left: 1, right: 2 },
  { leaf: -1 },
  { leaf: 10 },
];
const deep: Tree = [
  { feature: 'imbalance', threshold: 0, left: 4, right: 1 },
  { feature: 'zScore', threshold: -1, left: 2, right: 3 },
  { leaf: 100 },
  { leaf: 200 },
  { leaf: 300 },
];

describe.each([
  { name: 'a single leaf', trees: [[{ leaf: 7 }]], features: {}, expected: 7 },
  { name: 'below goes left', trees: [stump], features: { zScore: 1.999 }, expected: -1 },
  { name: 'at the threshold goes right', trees: [stump], features: { zScore: 2 }, expected: 10 },
  { name: 'missing goes left', trees: [stump], features: {}, expected: -1 },
  {
    name: 'not a number goes left',
    trees: [stump],
    features: { zScore: Number.NaN },
    expected: -1,
  },
  { name: 'infinity goes right', trees: [stump], features: { zScore: Infinity }, expected: 10 },
  {
    name: 'trees add up',
    trees: [stump, deep],
    features: { zScore: 3, imbalance: 1 },
    expected: 210,
  },
  { name: 'another way', trees: [deep], features: { zScore: -2, imbalance: 0 }, expected: 100 },
  { name: 'children in any order', trees: [deep], features: { imbalance: -1 }, expected: 300 },
])('$name', ({ trees, features, expected }) => {
  test('in kernel and twin', () => {
    const model = modelOf(trees);
    expect(score(model, features)).toBe(expected);
    expect(referenceScore(model, features, core.exp)).toBe(expected);
    const raised = modelOf(trees, { baseScore: 0.5 });
    expect(score(raised, features)).toBe(expected + 0.5);
  });
});

test('a logistic score is a probability, whatever the sum', () => {
  for (const [leaf, expected] of [
    [0, 0.5],
    [Math.log(3), 0.75],
    [-1e9, 0],
    [1e9, 1],
  ] as const) {
    expect(score(modelOf([[{ leaf }]], { link: 'logistic' }), {})).toBeCloseTo(expected, 15);
  }
});

/** A random tree of at most `room` nodes, each parent before its children. */
function randomTree(random: SeededRandom, room: number): Tree {
  const tree: Tree = [];
  const grow = (depth: number, left: number): void => {
    const index = tree.length;
    if (left < 3 || depth === 12 || random.oneIn(5)) {
      tree.push({ leaf: (random.next() / 2 ** 32 - 0.5) * 10 ** random.below(6) });
      return;
    }
    tree.push({});
    const half = Math.floor((left - 1) / 2);
    grow(depth + 1, half);
    const right = tree.length;
    grow(depth + 1, left - 1 - (right - index - 1));
    const isSwapped = random.oneIn(2);
    tree[index] = {
      feature: random.pick(MODEL_FEATURES),
      threshold: random.pick([0, 1, random.below(200) - 100, random.next() / 2 ** 32]),
      left: isSwapped ? right : index + 1,
      right: isSwapped ? index + 1 : right,
    };
  };
  grow(0, room);
  return tree;
}

const randomValue = (random: SeededRandom): number =>
  random.pick([
    Number.NaN,
    Infinity,
    -Infinity,
    0,
    -0,
    1,
    random.below(200) - 100,
    random.next() / 2 ** 32,
  ]);

test('on 200,000 inputs of random models the kernel says what the twin says, bit by bit', () => {
  const seed = 1979;
  const random = new SeededRandom(seed);
  let asked = 0;
  for (let run = 0; run < 1000; run++) {
    const trees = Array.from({ length: 1 + random.below(20) }, () =>
      randomTree(random, 1 + random.below(100)),
    );
    const model = modelOf(trees, {
      baseScore: random.below(20) - 10,
      link: random.pick(['identity', 'logistic'] as const),
    });
    expect(modelSchema.safeParse(model).success).toBe(true);
    writeModel(memory, STRATEGY, model);
    for (let input = 0; input < 200; input++) {
      const features = Object.fromEntries(
        MODEL_FEATURES.map((name) => [name, randomValue(random)] as const),
      );
      putFeatures(features);
      const found = core.treeScore(MODEL);
      const expected = referenceScore(model, features, core.exp);
      if (!Object.is(found, expected)) {
        expect.fail(`seed ${seed}, run ${run}, input ${input}: ${found}, not ${expected}`);
      }
      if (trees.some((tree) => tree.length > 1)) asked++;
    }
  }
  expect(asked).toBeGreaterThan(100_000);
});

test('the largest model has room, and touches nothing behind it', () => {
  expect([TREES_MAX, NODES_MAX]).toEqual([L.MODEL_TREES_MAX, L.MODEL_NODES_MAX]);
  expect(MODEL_FEATURES.length).toBeLessThanOrEqual(L.MODEL_FEATURES_MAX);
  expect(L.MOD_ROOTS + L.MODEL_TREES_MAX * L.ROOT_BYTES).toBe(L.MOD_NODES);
  expect(L.MOD_NODES + L.MODEL_NODES_MAX * L.NODE_BYTES).toBeLessThanOrEqual(L.MODEL_BYTES);
  const end = L.MODELS + L.STRATEGIES_MAX * L.MODEL_BYTES;
  expect(end).toBe(48 * 1024 * 1024);
  const chain: Tree = [];
  const questions = (NODES_MAX - TREES_MAX) / 2;
  for (let i = 0; i < questions; i++) {
    chain.push({ feature: 'zScore', threshold: i, left: i * 2 + 1, right: i * 2 + 2 }, { leaf: i });
  }
  chain.push({ leaf: -5 });
  const leaves = Array.from({ length: TREES_MAX - 1 }, () => [{ leaf: 1 }]);
  const model = modelOf([...leaves, chain]);
  expect(model.trees.flat()).toHaveLength(NODES_MAX);
  memory.setF64(end, 123);
  expect(score(model, { zScore: 1e6 })).toBe(TREES_MAX - 1 - 5);
  expect(score(model, { zScore: questions - 1.5 })).toBe(TREES_MAX - 1 + questions - 1);
  expect(memory.f64(end)).toBe(123);
});

describe('what a model may ask of an instrument', () => {
  const position =
    L.POSITIONS + (STRATEGY * L.INSTRUMENTS_MAX + INSTRUMENT) * L.POSITION_BYTES + L.POS_LOTS;
  const feature = (name: (typeof MODEL_FEATURES)[number]): number =>
    memory.f64(L.FEATURE_VALUES + MODEL_FEATURES.indexOf(name) * 8);
  const all = (): Record<string, number> => {
    core.modelFeatures(STRATEGY, INSTRUMENT);
    return Object.fromEntries(MODEL_FEATURES.map((name) => [name, feature(name)]));
  };

  beforeEach(() => {
    const block = L.INSTRUMENTS + INSTRUMENT * L.INSTRUMENT_BYTES;
    const signal = L.SIGNALS + INSTRUMENT * L.SIGNAL_BYTES;
    memory.bytes.fill(0, signal, signal + L.SIGNAL_BYTES);
    memory.setI64(block + L.INS_TRADE_COUNT, 0);
    memory.setI32(block + L.INS_LAST_TRADE_SIDE, 0);
    memory.setF64(signal + L.SIG_OFI, -700);
    memory.setF64(signal + L.SIG_EWMA_VOL, 3.5);
    memory.setF64(signal + L.SIG_Z_SCORE, 1.25);
    memory.setF64(signal + L.SIG_MICROPRICE, 101.5);
    memory.setF64(signal + L.SIG_VWAP, 99);
    memory.setI64(position, -40);
    core.bookClear(INSTRUMENT);
    core.bookSet(INSTRUMENT, L.ENTRY_BID, 100n, 30n);
  });

  const ofTheBook = [
    'spreadTicks',
    'bidLots',
    'askLots',
    'imbalance',
    'micropriceDistanceTicks',
    'vwapDistanceTicks',
  ];

  test('while the book has one side, what needs two is missing', () => {
    const features = all();
    for (const name of ofTheBook) expect(features[name], name).toBeNaN();
    expect(features).toMatchObject({ orderFlow: -700, volatility: 3.5, zScore: 1.25 });
    expect(features).toMatchObject({ tradeSign: 0, positionLots: -40 });
  });

  test('until the first trade, the distance to the VWAP is missing', () => {
    core.bookSet(INSTRUMENT, L.ENTRY_ASK, 102n, 10n);
    expect(all()).toEqual({
      spreadTicks: 2,
      bidLots: 30,
      askLots: 10,
      imbalance: 0.5,
      micropriceDistanceTicks: 0.5,
      orderFlow: -700,
      volatility: 3.5,
      zScore: 1.25,
      vwapDistanceTicks: Number.NaN,
      tradeSign: 0,
      positionLots: -40,
    });
  });

  test.each([
    [1, 1],
    [2, -1],
  ])('after a trade of side %d its sign is %d, and the VWAP is there', (side, sign) => {
    const block = L.INSTRUMENTS + INSTRUMENT * L.INSTRUMENT_BYTES;
    core.bookSet(INSTRUMENT, L.ENTRY_ASK, 102n, 10n);
    memory.setI64(block + L.INS_TRADE_COUNT, 1);
    memory.setI32(block + L.INS_LAST_TRADE_SIDE, side);
    expect(all()).toMatchObject({ tradeSign: sign, vwapDistanceTicks: 2 });
  });

  test('a strategy scores its own model by them', () => {
    core.bookSet(INSTRUMENT, L.ENTRY_ASK, 102n, 10n);
    const tree: Tree = [
      { feature: 'positionLots', threshold: 0, left: 1, right: 2 },
      { leaf: 11 },
      { leaf: 22 },
    ];
    writeModel(memory, STRATEGY, modelOf([tree]));
    expect(core.modelScore(STRATEGY, INSTRUMENT)).toBe(11);
    memory.setI64(position, 5);
    expect(core.modelScore(STRATEGY, INSTRUMENT)).toBe(22);
  });
});
