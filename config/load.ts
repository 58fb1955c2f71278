/**
 * Reads a configuration once, at start: YAML with its included files, shape, cross-checks. What
 * comes out cannot be wrong past this edge; what is wrong is told all at once, with file, line
 * and path.
 */
import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { ConfigError } from './config-error.ts';
import { crossCheck } from './cross-checks.ts';
import { explainMistakes, pathText } from './explain-issue.ts';
import { configSchema, type GyrfalconConfig } from './schema.ts';
import { readYamlSource, type Splices } from './yaml-source.ts';

const SPLICES: Splices = {
  lists: ['strategies', 'limits'],
  keys: [
    ['venues', 'overlay'],
    ['strategies', 'model'],
  ],
};

export interface LoadedConfig {
  readonly config: GyrfalconConfig;
  /** The config as JSON with sorted keys: the journal's first record holds it. */
  readonly canonicalJson: string;
  /** SHA-256 of canonicalJson, in hex. */
  readonly configHash: string;
  /** Folder of the main file; valueAtRisk.history is relative to it. */
  readonly directory: string;
  /** Every file that was read, the main file first. */
  readonly files: readonly string[];
  /** One line a mistake in the value at `path`, by a schema that config does not know. */
  mistakesIn(path: readonly PropertyKey[], schema: z.ZodType): readonly string[];
  /** file:line:column of the value at a path. */
  placeOf(path: readonly PropertyKey[]): string;
}

/** @throws ConfigError with one line a mistake. */
export function loadConfig(file: string): LoadedConfig {
  const source = readYamlSource(file, SPLICES);
  const misshapen = [...source.mistakes, ...explainMistakes(configSchema, source, [])];
  if (misshapen.length > 0) throw new ConfigError(misshapen);
  const config = configSchema.parse(source.value);
  const mistakes = crossCheck(config).map(
    ({ path, text }) => `${source.placeOf(path)}: ${pathText(path)} ${text}`,
  );
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  const canonicalJson = JSON.stringify(sortKeys(config));
  const configHash = createHash('sha256').update(canonicalJson).digest('hex');
  return {
    config,
    canonicalJson,
    configHash,
    directory: dirname(file),
    files: source.files,
    mistakesIn: (path, schema) => explainMistakes(schema, source, path),
    placeOf: (path) => source.placeOf(path),
  };
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)]));
}
