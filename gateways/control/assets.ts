/**
 * The console's files, read once at start and served from memory: an explicit list, so no request ever
 * touches the file system. TypeScript loses its types here, bare imports become addresses of this server:
 * the browser runs the very modules in console/, without a bundler and without any other host.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import type { Reply } from './reply.ts';

const ROOT = new URL('../../', import.meta.url);
const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  js: 'text/javascript; charset=utf-8',
  ts: 'text/javascript; charset=utf-8',
};
const BARE_IMPORTS: readonly (readonly [RegExp, string])[] = [
  [/from 'flatbuffers'/g, "from '/vendor/flatbuffers/flatbuffers.js'"],
  [/from 'uplot'/g, "from '/vendor/uplot.js'"],
];
const FLATBUFFERS = [
  'builder',
  'byte-buffer',
  'constants',
  'encoding',
  'flatbuffers',
  'types',
  'utils',
];
const FRAMES =
  /^(console|fill|histogram|instrument|limit|order|position|refusal|session|slow-tick|strategy|trade|var)-frame\.ts$|^level\.ts$|^refusal-count\.ts$|^stage-time\.ts$/;

function listed(folder: string, pattern: RegExp): string[] {
  return readdirSync(new URL(folder, ROOT)).filter((file) => pattern.test(file));
}

/** Address → file from the project's root. */
function addresses(): Map<string, string> {
  const files = new Map([
    ['/', 'console/index.html'],
    ['/vendor/uplot.js', 'node_modules/uplot/dist/uPlot.esm.js'],
    ['/vendor/uplot.css', 'node_modules/uplot/dist/uPlot.min.css'],
  ]);
  for (const name of FLATBUFFERS) {
    files.set(`/vendor/flatbuffers/${name}.js`, `node_modules/flatbuffers/mjs/${name}.js`);
  }
  for (const file of listed('console/', /^[a-z-]+\.(ts|css|svg)$/)) {
    files.set(`/console/${file}`, `console/${file}`);
  }
  for (const file of listed('engine/event/generated/', FRAMES)) {
    files.set(`/engine/event/generated/${file}`, `engine/event/generated/${file}`);
  }
  return files;
}

function contentOf(file: string): string {
  const text = readFileSync(new URL(file, ROOT), 'utf8');
  if (!file.endsWith('.ts')) return text;
  const script = stripTypeScriptTypes(text);
  return BARE_IMPORTS.reduce((whole, [bare, address]) => whole.replace(bare, address), script);
}

export function loadAssets(): ReadonlyMap<string, Reply> {
  const assets = new Map<string, Reply>();
  for (const [address, file] of addresses()) {
    const type = TYPES[file.slice(file.lastIndexOf('.') + 1)]!;
    assets.set(address, { status: 200, type, body: contentOf(file), headers: {} });
  }
  return assets;
}
