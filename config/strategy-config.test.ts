/** Strategies without code, and models: what config accepts, and what a trader reads when it does not. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { JOURNAL_STAGE_BYTES } from '../wasm/layout.ts';
import { ConfigError } from './config-error.ts';
import { type LoadedConfig, loadConfig } from './load.ts';
import { NODES_MAX, NODES_TOTAL_MAX } from './model.ts';
import { checkStrategyKinds } from './strategy-cross-checks.ts';

const here = dirname(fileURLToPath(import.meta.url));
const shipped = (file: string) => readFileSync(join(here, file), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'gyrfalcon-strategies-'));
mkdirSync(join(folder, 'strategies'));
mkdirSync(join(folder, 'models'));
afterAll(() => rmSync(folder, { recursive: true }));

/** default.yaml with one strategy more; it stands in a file of its own and names its model by file. */
const withStrategy = (file: string): string =>
  shipped('default.yaml')
    .replace(/((?:strategies|limits|venues)\/)/g, `${here}/$1`)
    .replace('strategies:\n', `strategies:\n  - ${file}\n`);
const MAIN = withStrategy('strategies/lean.yaml');
const STRATEGY = shipped('strategies/model-lean.yaml');
const MODEL = shipped('models/short-term-lean.yaml');

interface Files {
  readonly strategy?: string;
  readonly model?: string;
}

function load({ strategy = STRATEGY, model = MODEL }: Files): LoadedConfig {
  writeFileSync(join(folder, 'test.yaml'), MAIN);
  writeFileSync(join(folder, 'strategies/lean.yaml'), strategy);
  writeFileSync(join(folder, 'models/short-term-lean.yaml'), model);
  return loadConfig(join(folder, 'test.yaml'));
}

function linesOf(files: Files): readonly string[] {
  try {
    load(files);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.lines.map((line) => line.replaceAll(`${folder}/`, ''));
  }
  return [];
}

beforeEach(() => {
  rmSync(join(folder, 'models/model.json'), { force: true });
});

test.each(readdirSync(join(here, 'strategies')))('config/strategies/%s can be put in', (name) => {
  const isShipped = /^(market-maker|order-flow-momentum)\.yaml$/.test(name);
  const file = join(folder, 'one.yaml');
  const text = withStrategy(`${here}/strategies/${name}`);
  writeFileSync(file, text);
  if (isShipped) expect(() => loadConfig(file)).toThrow('each strategy may stand only once');
  else expect(loadConfig(file).config.strategies).toHaveLength(3);
});

describe('a model', () => {
  test('named by file is part of the configuration, and so of its hash', () => {
    const loaded = load({});
    const [strategy] = loaded.config.strategies;
    expect(strategy?.model?.trees.map((tree) => tree.length)).toEqual([7, 5, 5]);
    expect(loaded.files).toContain(join(folder, 'models/short-term-lean.yaml'));
    expect(JSON.parse(loaded.canonicalJson).strategies[0].model.link).toBe('logistic');
    const other = load({ model: MODEL.replace('leaf: -0.4', 'leaf: -0.41') });
    expect(other.configHash).not.toBe(loaded.configHash);
  });

  test('may be JSON', () => {
    const json = JSON.stringify(load({}).config.strategies[0]!.model);
    writeFileSync(join(folder, 'models/model.json'), json);
    const strategy = STRATEGY.replace('short-term-lean.yaml', 'model.json');
    expect(load({ strategy }).config).toEqual(load({}).config);
  });

  test('that does not exist is named with the file that names it', () => {
    const strategy = STRATEGY.replace('short-term-lean', 'long-term-lean');
    expect(linesOf({ strategy })).toEqual([
      'strategies/lean.yaml:14:8: strategies[0].model names models/long-term-lean.yaml: there is no such file',
    ]);
  });

  test.each([
    {
      name: 'an unknown key',
      change: ['link: logistic', 'lnk: logistic'],
      line: ':5:1: strategies[0].model.lnk: unknown key; did you mean "link"? allowed keys: about, baseScore, link, trees',
    },
    {
      name: 'an unknown link',
      change: ['link: logistic', 'link: probit'],
      line: ':5:7: strategies[0].model.link is "probit"; it must be one of "identity", "logistic"',
    },
    {
      name: 'an unknown feature',
      change: ['feature: tradeSign', 'feature: tradeSigh'],
      line: ':24:18: strategies[0].model.trees[2][2].feature is "tradeSigh"; it must be one of ',
    },
    {
      name: 'a leaf that is not a number',
      change: ['leaf: -0.4', 'leaf: .nan'],
      line: ':10:15: strategies[0].model.trees[0][2].leaf is NaN; it must be a number from -1000000000 to 1000000000',
    },
    {
      name: 'no tree',
      change: [/trees:[\s\S]*/, 'trees: []\n'],
      line: ':6:8: strategies[0].model.trees has 0 entries; it must be a list of 1 to 256',
    },
    {
      name: 'a node that is question and leaf',
      change: ['{ leaf: -0.4 }', '{ leaf: -0.4, threshold: 1 }'],
      line: ':10:7: strategies[0].model.trees[0][2] must have either leaf, or feature, threshold, left and right',
    },
    {
      name: 'a question without an answer',
      change: ['left: 5, right: 6', 'left: 5'],
      line: ':12:7: strategies[0].model.trees[0][4] must have either leaf, or ',
    },
    {
      name: 'a child that stands above its parent',
      change: ['left: 5, right: 6', 'left: 4, right: 6'],
      line: ':12:51: strategies[0].model.trees[0][4].left is 4; it must be a node further down, 5 to 6',
    },
    {
      name: 'a child that is not there',
      change: ['left: 5, right: 6', 'left: 5, right: 7'],
      line: ':12:61: strategies[0].model.trees[0][4].right is 7; it must be a node further down, 5 to 6',
    },
    {
      name: 'a node with two parents',
      change: ['left: 5, right: 6', 'left: 5, right: 5'],
      line: ':13:7: strategies[0].model.trees[0][5] is led to from 2 nodes; it must be from one',
    },
    {
      name: 'a node that nothing leads to',
      change: ['    - { leaf: 0.4 }\n', '    - { leaf: 0.4 }\n    - { leaf: 1 }\n'],
      line: ':15:7: strategies[0].model.trees[0][7] is led to from 0 nodes; it must be from one',
    },
  ] as const)('with $name is refused with file and path', ({ change: [from, to], line }) => {
    const [first, ...rest] = linesOf({ model: MODEL.replace(from, to) });
    expect(first).toContain(`models/short-term-lean.yaml${line}`);
    expect(rest).toEqual([]);
  });

  test('with more nodes than there is room for is refused', () => {
    const leaves = '[{ leaf: 1 }], '.repeat(254);
    const questions = (NODES_MAX - 254) / 2;
    const chain = Array.from(
      { length: questions },
      (_, i) =>
        `{ feature: zScore, threshold: ${i}, left: ${i * 2 + 1}, right: ${i * 2 + 2} }, { leaf: 1 }`,
    ).join(', ');
    const model = MODEL.replace(/trees:[\s\S]*/, `trees: [${leaves}[${chain}, { leaf: 2 }]]\n`);
    expect(linesOf({ model })).toEqual([
      'models/short-term-lean.yaml:6:8: strategies[0].model.trees has 2049 nodes; it must have at most 2048',
    ]);
  });
});

test('the models of all strategies together fit the record that holds the configuration', () => {
  const [strategy] = load({}).config.strategies;
  const question = {
    feature: 'micropriceDistanceTicks',
    threshold: -1.2345678901234567e-100,
    left: NODES_MAX - 2,
    right: NODES_MAX - 1,
  } as const;
  const leaf = { leaf: -1.2345678901234567e-100 };
  const tree = Array.from({ length: NODES_MAX }, (_, i) => (i % 2 === 0 ? question : leaf));
  const model = { ...strategy!.model!, trees: [tree] };
  const strategies = Array.from({ length: 16 }, () => ({ ...strategy!, model }));
  const told: string[] = [];
  checkStrategyKinds(strategies, (path, text) => told.push(`${path.join('.')} ${text}`));
  expect(told.filter((line) => line.includes('all models'))).toEqual([
    `strategies.4.model brings the nodes of all models to ${5 * NODES_MAX}; there may be 8192`,
  ]);
  // As many as are allowed, each written as long as it can be, and room for the rest of a config.
  const bytes = JSON.stringify(strategies.slice(0, NODES_TOTAL_MAX / NODES_MAX)).length;
  expect(bytes).toBeLessThan(JOURNAL_STAGE_BYTES - 200_000);
});

describe('a threshold', () => {
  test.each([
    {
      name: 'an unknown signal',
      change: ['signal: score', 'signal: zscore'],
      line: ':5:11: strategies[0].threshold.signal is "zscore"; it must be one of "zScore", ',
    },
    {
      name: 'an entry that is not above 0',
      change: ['entry: 0.15', 'entry: 0'],
      line: ':7:10: strategies[0].threshold.entry is 0; it must be a number above 0 to 1000000000000',
    },
    {
      name: 'an exit that is not below its entry',
      change: ['exit: 0', 'exit: 0.15'],
      line: ':8:9: strategies[0].threshold.exit is 0.15; it must be below entry 0.15',
    },
    {
      name: 'a missing key',
      change: ['  restMs: 500\n', ''],
      line: ': strategies[0].threshold.restMs is missing; it must be a whole number from 0 to 86400000',
    },
    {
      name: 'a quantity of half a lot',
      change: ['qtyLots: 100', 'qtyLots: 0.5'],
      line: ':9:12: strategies[0].threshold.qtyLots is 0.5; it must be a whole number from 1 to 1000000',
    },
    {
      name: 'the score of no model',
      change: [/model: .*\n/, ''],
      line: ':5:11: strategies[0].threshold.signal is "score"; the strategy must name a model',
    },
    {
      name: 'parameters',
      change: [/$/, 'parameters: {}\n'],
      line: ':15:13: strategies[0].parameters must not be there: a threshold has none',
    },
    {
      name: 'a file',
      change: [/$/, 'file: market-maker.ts\n'],
      line: ': strategies[0] has both of file and threshold; it must have one',
    },
    {
      name: 'another name',
      change: [/threshold:\n(?: {2}.*\n)+/, ''],
      line: ': strategies[0] has neither of file and threshold; it must have one',
    },
  ] as const)('with $name is refused with file and path', ({ change: [from, to], line }) => {
    const [first, ...rest] = linesOf({ strategy: STRATEGY.replace(from, to) });
    expect(first).toContain('strategies/lean.yaml:');
    expect(first).toContain(line);
    expect(rest).toEqual([]);
  });

  test('and a strategy with a file must have parameters', () => {
    const strategy = STRATEGY.replace(/threshold:\n(?: {2}.*\n)+/, 'file: market-maker.ts\n');
    expect(linesOf({ strategy })[0]).toContain('strategies[0] has no parameters; ');
  });
});
