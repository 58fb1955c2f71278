/** Reads a counterparty's overlay from its YAML file; mistakes are told with file and line. */
import { ConfigError } from '../../../config/config-error.ts';
import { explainMistakes, pathText } from '../../../config/explain-issue.ts';
import { readYamlSource } from '../../../config/yaml-source.ts';
import { beginStringOf, FIX_VERSIONS } from '../version.ts';
import { type Dictionary, loadDictionary } from './dictionary.ts';
import { tryOverlay } from './overlay.ts';
import { dictionaryOverlaySchema } from './overlay-schema.ts';

/**
 * The dictionary with the overlay over it; without `base`, over that of the version that the file
 * names. @throws ConfigError with one line a mistake.
 */
export function overlayFromFile(file: string, base?: Dictionary): Dictionary {
  const source = readYamlSource(file, { lists: [], keys: [] });
  const misshapen = explainMistakes(dictionaryOverlaySchema, source, []);
  if (misshapen.length > 0) throw new ConfigError(misshapen);
  const overlay = dictionaryOverlaySchema.parse(source.value);
  const named =
    overlay.version ?? FIX_VERSIONS.find((one) => beginStringOf(one) === overlay.beginString)!;
  const { dictionary, mistakes } = tryOverlay(base ?? loadDictionary(named), overlay);
  if (mistakes.length === 0) return dictionary;
  const lines = mistakes.map(
    ({ path, text }) => `${source.placeOf(path)}: ${pathText(path)} ${text}`,
  );
  throw new ConfigError(lines);
}
