/** Holds STYLE.md's import table, file sizes and banned calls over the whole tree. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, posix } from 'node:path';
import { expect, test } from 'vitest';

const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.ts', '*.mjs'], {
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && !file.includes('/generated/') && !file.endsWith('.d.ts'));
const isTest = (file: string): boolean =>
  file.endsWith('.test.ts') || file.startsWith('test/') || file.startsWith('bench/');
const sources = new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));

/** Who may import whom. A prefix ending in / is a folder. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  wasm: ['wasm/'],
  native: ['native/', 'wasm/native-layout.ts'],
  config: ['config/'],
  engine: ['engine/', 'wasm/', 'native/', 'config/'],
  strategies: ['engine/strategy/', 'engine/signal/', 'engine/units.ts', 'engine/event/'],
  gateways: [
    'gateways/',
    'engine/ports.ts',
    'engine/event/',
    'engine/units.ts',
    'engine/errors.ts',
    'engine/commands.ts',
    'engine/journal/',
    'config/',
    'native/',
    'build/dictionaries/',
    'wasm/journal-ring-layout.ts',
    'wasm/layout.ts',
    'wasm/matching/',
    'wasm/memory.ts',
    'wasm/native-layout.ts',
    'wasm/venue-layout.ts',
  ],
  risk: [
    'risk/',
    'engine/journal/',
    'engine/event/',
    'engine/units.ts',
    'engine/errors.ts',
    'engine/signal/',
    'engine/commands.ts',
    'wasm/',
    'native/',
    'config/',
  ],
  console: ['console/', 'engine/event/generated/'],
  scripts: ['scripts/', 'config/'],
};
/** The files that put everything together, and the threads that they start. */
const COMPOSITION = new Set([
  'engine/main.ts',
  'engine/cli.ts',
  'engine/hot-engine.ts',
  'gateways/ws/feed-worker.ts',
]);

function importsOf(file: string): readonly string[] {
  const found = sources.get(file)!.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g);
  return [...found].map((match) => posix.join(dirname(file), match[1]!));
}

test('imports point one way', () => {
  const wrong: string[] = [];
  for (const file of files) {
    const allowed = ALLOWED[file.split('/')[0]!];
    if (allowed === undefined || isTest(file) || COMPOSITION.has(file)) continue;
    if (file.startsWith('engine/cli/')) continue;
    for (const target of importsOf(file)) {
      if (!allowed.some((prefix) => target.startsWith(prefix))) wrong.push(`${file} → ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('nothing imports tests or benches', () => {
  const wrong = files
    .filter((file) => !isTest(file))
    .flatMap((file) => importsOf(file).map((target) => [file, target] as const))
    .filter(
      ([file, target]) =>
        target.startsWith('test/') ||
        (target.startsWith('bench/') && file !== 'engine/cli/bench.ts'),
    );
  expect(wrong).toEqual([]);
});

test('no file passes 400 lines, no test 600', () => {
  const isTable = (file: string): boolean =>
    file === 'wasm/layout.ts' || file.endsWith('tables.ts');
  const wrong = files
    .filter((file) => !isTable(file))
    .map((file) => [file, sources.get(file)!.split('\n').length] as const)
    .filter(([file, lines]) => lines > (isTest(file) ? 600 : 400));
  expect(wrong).toEqual([]);
});

const BANNED: readonly RegExp[] = [
  /\bDate\.now\(/,
  /\bnew Date\(\)/,
  /\bperformance\.now\(/,
  /\bhrtime\b/,
  /\bMath\.random\(/,
  /\bsetTimeout\(/,
  /\bsetInterval\(/,
  /\bsetImmediate\(/,
  /\blocaleCompare\(/,
  /\btoLocale/,
];
const FREE_OF_BANS = [
  'gateways/',
  'bench/',
  'test/',
  'console/',
  'scripts/',
  'engine/supervisor/',
  'engine/main.ts',
  'engine/cli/',
  'engine/hot-engine.ts',
  'engine/journal/ring-writer-worker.ts',
];

test('the core has no clock, no chance and no timer but its ports', () => {
  const wrong: string[] = [];
  for (const file of files) {
    if (isTest(file) || FREE_OF_BANS.some((prefix) => file.startsWith(prefix))) continue;
    for (const ban of BANNED)
      if (ban.test(sources.get(file)!)) wrong.push(`${file}: ${ban.source}`);
  }
  expect(wrong).toEqual([]);
});

test('a file opens with what it is', () => {
  const wrong = files.filter((file) => !/^(#!.*\n)?\s*(\/\*\*|\/\/)/.test(sources.get(file)!));
  expect(wrong.filter((file) => !isTest(file))).toEqual([]);
});

test('no test is skipped for good and nothing is left to do', () => {
  const self = 'test/tidy.test.ts';
  const open = /\b(it|test|describe)\.(only|todo)\b|\bTODO\b|\bFIXME\b/;
  expect(files.filter((file) => file !== self && open.test(sources.get(file)!))).toEqual([]);
});
