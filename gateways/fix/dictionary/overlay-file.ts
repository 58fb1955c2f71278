/** Reads a counterparty's overlay from its YAML file; mistakes are told with file and line. */
import { ConfigError } from '../../../config/config-error.ts';
import { explainMistakes, pathText } from '../../../config/explain-issue.ts';
import { readYamlSource } from '../../../config/yaml-source.ts';
import type { Dictionary } from './dictionary.ts';
import { tryOverlay } from './overlay.ts';
import { dictionaryOverlaySchema } from './overlay-schema.ts';

/** @throws ConfigError with one line a mistake. */
export function overlayFromFile(base: Dictionary, file: string): Dictionary {
  const source = readYamlSource(file, { lists: [], keys: [] });
  const misshapen = explainMistakes(dictionaryOverlaySchema, source, []);
  if (misshapen.length > 0) throw new ConfigError(misshapen);
  const { dictionary, mistakes } = tryOverlay(base, dictionaryOverlaySchema.parse(source.value));
  if (mistakes.length === 0) return dictionary;
  const lines = mistakes.map(
    ({ path, text }) => `${source.placeOf(path)}: ${pathText(path)} ${text}`,
  );
  throw new ConfigError(lines);
}
