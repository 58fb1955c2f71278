/** README keeps its word: its strategy is short, compiles and trades; its commands and options exist. */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import type { RunSummary } from '../engine/summary.ts';
import { ENGINE_VERSION } from '../engine/version.ts';
import { gyrfalcon } from './support/engine-process.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const PACKAGE = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const STRATEGY = /```ts\n([^`]*)```/.exec(README)![1]!;
const LINES_MAX = 15;
/** What a strategy and a run need of the project. */
const PARTS = [
  'build',
  'config',
  'engine',
  'gateways',
  'native',
  'risk',
  'strategies',
  'wasm',
  'package.json',
  'tsconfig.json',
];

const copy = mkdtempSync(join(tmpdir(), 'gyrfalcon-readme-'));
afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** Runs Node.js in the copy of the project. */
function node(
  ...args: readonly string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: copy }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}

test('the strategy of the README is at most 15 lines, compiles, loads and trades', async () => {
  expect(STRATEGY.trimEnd().split('\n').length).toBeLessThanOrEqual(LINES_MAX);
  for (const part of PARTS) cpSync(join(ROOT, part), join(copy, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  writeFileSync(join(copy, 'strategies/mean-reversion.ts'), STRATEGY);
  writeFileSync(
    join(copy, 'config/strategies/mean-reversion.yaml'),
    'name: reversion\nfile: mean-reversion.ts\naccount: PROP-A\ninstruments: [AAPL, MSFT, JPM]\n' +
      'parameters: { qtyLots: 100, entry: 1.5 }\n',
  );
  const config = join(copy, 'config/default.yaml');
  const yaml = readFileSync(config, 'utf8');
  const replaced = yaml.replace(
    'strategies/order-flow-momentum.yaml',
    'strategies/mean-reversion.yaml',
  );
  expect(replaced).not.toBe(yaml);
  writeFileSync(config, replaced);

  const limits = join(copy, 'config/limits/default.yaml');
  const rows = readFileSync(limits, 'utf8');
  writeFileSync(limits, rows.slice(0, rows.indexOf('- strategy: ofi')));

  writeFileSync(
    join(copy, 'tsconfig.strategy.json'),
    '{ "extends": "./tsconfig.json", "include": ["strategies"] }',
  );
  const types = await node('node_modules/typescript/bin/tsc', '-p', 'tsconfig.strategy.json');
  expect(types).toEqual({ code: 0, stdout: '', stderr: '' });
  const { code, stdout, stderr } = await node(
    'engine/cli.ts',
    'run',
    '--speed',
    'max',
    '--flow',
    '60s',
    '--headless',
    '--json',
  );
  expect(code, stderr).toBe(0);
  const { byStrategy } = (JSON.parse(stdout) as RunSummary).pnl;
  const reversion = byStrategy.find(({ strategy }) => strategy === 'reversion')!;
  console.log(
    `README's strategy: ${reversion.orders} orders, ${reversion.fills} fills in a minute`,
  );
  expect(reversion.orders).toBeGreaterThan(5);
  expect(reversion.fills).toBeGreaterThan(5);
});

test('every command and option that the README shows exists', async () => {
  const shown = [
    ...README.matchAll(/npm (start|run -s gyrfalcon) --(?: (fix \w+|\w+))?([^\n#`]*)/g),
  ];
  expect(shown.length).toBeGreaterThanOrEqual(5);
  for (const [line, how, word, rest] of shown) {
    const command = how === 'start' ? 'run' : word;
    const help = await gyrfalcon([...(command?.split(' ') ?? []), '--help']);
    expect(help.code, line).toBe(0);
    for (const [option] of (rest ?? '').matchAll(/--[a-z-]+/g)) {
      expect(option === '--help' || help.stdout.includes(option), line).toBe(true);
    }
  }
  for (const [, script] of README.matchAll(/npm run (?:-s )?([a-z:]+)/g)) {
    expect(PACKAGE.scripts).toHaveProperty([script!]);
  }
});

test('the engine states the version of its package', () => {
  expect(ENGINE_VERSION).toBe(PACKAGE.version);
});
