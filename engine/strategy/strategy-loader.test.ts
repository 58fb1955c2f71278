/** What identifies a strategy's decisions: the hash of its code, of its config and of its model. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { loadConfig } from '../../config/load.ts';
import { modelSchema } from '../../config/model.ts';
import { configSchema, type GyrfalconConfig, strategySchema } from '../../config/schema.ts';
import { readYamlSource } from '../../config/yaml-source.ts';
import { CoreRig } from '../../test/support/core-rig.ts';
import * as L from '../../wasm/layout.ts';
import { loadStrategies } from './strategy-loader.ts';

const noFiles = { lists: [], keys: [] };
const model = modelSchema.parse(
  readYamlSource('config/models/short-term-lean.yaml', noFiles).value,
);
const lean = strategySchema.parse({
  ...(readYamlSource('config/strategies/model-lean.yaml', noFiles).value as object),
  model,
});
const hashOf = (bytes: string | Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex').slice(0, 16);

describe('the hashes', () => {
  test('of a strategy with a file', async () => {
    const { strategies } = loadConfig('config/default.yaml').config;
    const [maker] = await loadStrategies(strategies);
    expect(maker?.codeHash).toBe(hashOf(readFileSync('strategies/market-maker.ts')));
    expect(maker?.modelHash).toBe('');
  });

  test('of a threshold: its kernel stands for its code, its model has one of its own', async () => {
    const [loaded] = await loadStrategies([lean]);
    expect(loaded?.codeHash).toBe(hashOf('wasm/threshold.ts version 1'));
    expect(loaded?.modelHash).toBe(hashOf(JSON.stringify(model)));
    const [same] = await loadStrategies([{ ...lean, account: 'PROP-A' }]);
    expect(same?.modelHash).toBe(loaded?.modelHash);
    expect(same?.configHash).not.toBe(loaded?.configHash);
    const [other] = await loadStrategies([{ ...lean, model: { ...model, baseScore: 1 } }]);
    expect(other?.modelHash).not.toBe(loaded?.modelHash);
  });

  test('are the same when the config is read from a journal', async () => {
    const config = loadConfig('config/default.yaml').config;
    const live: GyrfalconConfig = { ...config, strategies: [lean] };
    const recorded = configSchema.parse(JSON.parse(JSON.stringify(sorted(live))));
    const hashes = async ({ strategies }: GyrfalconConfig) =>
      (await loadStrategies(strategies)).map(({ configHash, modelHash }) => [
        configHash,
        modelHash,
      ]);
    expect(await hashes(recorded)).toEqual(await hashes(live));
  });
});

/** As config/load.ts sorts the keys for the journal. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}

describe('market.score', () => {
  let rig: CoreRig;
  afterEach(() => rig.close());

  test('is the score of the model that the config names', () => {
    const scores: number[] = [];
    rig = new CoreRig(
      (market) => scores.push(market.score),
      (config) => {
        config.strategies[0]!.model = model;
      },
    );
    rig.connect();
    rig.snapshot('AAPL', '100', '100.1');
    // Equal sizes: microprice distance 0 and imbalance 0 lean up by 0.1, the other trees by 0.
    expect(scores).toEqual([1 / (1 + rig.core.module.exp(-0.1))]);
  });

  test('without a model pauses the strategy, and the engine goes on', () => {
    rig = new CoreRig((market) => market.score);
    rig.connect();
    rig.snapshot('AAPL', '100', '100.1');
    expect(rig.memory.i32(L.STRATEGIES + L.STR_PAUSED)).toBe(1);
    rig.snapshot('AAPL', '100', '100.2');
    expect(rig.sent.filter((text) => text.includes('|35=D|'))).toEqual([]);
  });
});
