/** Loads strategies: files named in config, or thresholds that stand in it; checks their parameters, before the core starts. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { z } from 'zod';
import { ConfigError } from '../../config/config-error.ts';
import type { StrategyConfig } from '../../config/schema.ts';
import { GyrfalconError } from '../errors.ts';
import type { Strategy } from './strategy.ts';
import { THRESHOLD_KERNEL, THRESHOLD_STRATEGY } from './threshold-strategy.ts';

const FOLDER = new URL('../../strategies/', import.meta.url);
const HASH_DIGITS = 16;

export interface LoadedStrategy {
  readonly config: StrategyConfig;
  readonly code: Strategy<unknown, string>;
  readonly parameters: unknown;
  /** First 16 hex digits of SHA-256 of the file (a threshold's: of its kernel's name and version), … */
  readonly codeHash: string;
  /** … of the strategy's config, … */
  readonly configHash: string;
  /** … and of its model; '' = it has none. */
  readonly modelHash: string;
}

const hashOf = (bytes: string | Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex').slice(0, HASH_DIGITS);

/** Lines that say what is wrong with the value at the path, with file and line; empty = it is right. */
export type MistakesIn = (path: readonly PropertyKey[], schema: z.ZodType) => readonly string[];

/** `mistakesIn` is at hand where the YAML files are; elsewhere the parameters were checked before. */
export async function loadStrategies(
  configs: readonly StrategyConfig[],
  mistakesIn: MistakesIn = () => [],
): Promise<readonly LoadedStrategy[]> {
  return Promise.all(configs.map((config, index) => loadStrategy(config, index, mistakesIn)));
}

async function loadStrategy(
  config: StrategyConfig,
  index: number,
  mistakesIn: MistakesIn,
): Promise<LoadedStrategy> {
  const hashes = {
    configHash: hashOf(JSON.stringify(config)),
    modelHash: config.model ? hashOf(JSON.stringify(config.model)) : '',
  };
  if (config.file === undefined) {
    const codeHash = hashOf(THRESHOLD_KERNEL);
    return { config, code: THRESHOLD_STRATEGY, parameters: {}, codeHash, ...hashes };
  }
  const file = new URL(config.file, FOLDER);
  if (!existsSync(file)) {
    const message = `strategy ${config.name}: strategies/${config.file} does not exist`;
    throw new GyrfalconError('CONFIG_INVALID', message, { strategy: config.name });
  }
  const code = await importStrategy(config, file);
  const mistakes = mistakesIn(['strategies', index, 'parameters'], code.parameters);
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  const parsed = code.parameters.safeParse(config.parameters);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = ['parameters', ...(issue?.path ?? [])].join('.');
    const message = `strategy ${config.name}: ${place}: ${issue?.message} (${config.file} says what is allowed)`;
    throw new GyrfalconError('CONFIG_INVALID', message, { strategy: config.name });
  }
  return {
    config,
    code,
    parameters: parsed.data,
    codeHash: hashOf(readFileSync(file)),
    ...hashes,
  };
}

async function importStrategy(
  config: StrategyConfig,
  file: URL,
): Promise<Strategy<unknown, string>> {
  try {
    const module = (await import(file.href)) as { default?: Strategy<unknown, string> };
    if (typeof module.default?.onBook === 'function') return module.default;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `strategy ${config.name}: ${config.file} does not load: ${reason}`;
    throw new GyrfalconError('CONFIG_INVALID', message, { strategy: config.name }, cause);
  }
  const message = `strategy ${config.name}: ${config.file} has no default export made by defineStrategy`;
  throw new GyrfalconError('CONFIG_INVALID', message, { strategy: config.name });
}
