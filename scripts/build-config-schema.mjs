/**
 * Writes config/*.schema.json, the shape of the YAML files for editors, from config/schema.ts;
 * then `npm run format`.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { fixSettingsFileSchema } from '../config/fix-settings.ts';
import { modelSchema } from '../config/model.ts';
import { configFileSchema, limitsFileSchema, strategyFileSchema } from '../config/schema.ts';

const SCHEMAS = [
  ['config/gyrfalcon.schema.json', 'Gyrfalcon configuration', configFileSchema],
  ['config/strategy.schema.json', 'Gyrfalcon strategy', strategyFileSchema],
  ['config/model.schema.json', 'Gyrfalcon model', modelSchema],
  ['config/limits.schema.json', 'Gyrfalcon limits', limitsFileSchema],
  ['config/fix.schema.json', 'Gyrfalcon FIX sessions', fixSettingsFileSchema],
];

/** File name and text of each schema. */
export function configSchemas() {
  return SCHEMAS.map(([file, title, schema]) => {
    const { $schema, ...rest } = z.toJSONSchema(schema);
    return { file, text: `${JSON.stringify({ $schema, title, ...rest }, null, 2)}\n` };
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { file, text } of configSchemas()) {
    writeFileSync(new URL(`../${file}`, import.meta.url), text);
  }
}
