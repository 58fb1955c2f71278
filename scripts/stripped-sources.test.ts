/** What runs from build/stripped is always what the sources say now. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const HOOK = new URL('./stripped-sources.mjs', import.meta.url).href;
let folder: string;
let program: string;
let copy: string;

beforeEach(() => {
  folder = mkdtempSync(join(ROOT, 'build', 'stripped-test-'));
  program = join(folder, 'program.ts');
  copy = join(ROOT, 'build', 'stripped', 'build', basename(folder), 'program.ts.js');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
  rmSync(join(ROOT, 'build', 'stripped', 'build', basename(folder)), {
    recursive: true,
    force: true,
  });
});

const args = (file: string): string[] => [
  '--disable-warning=ExperimentalWarning',
  '--import',
  HOOK,
  file,
];
const run = (file = program): string =>
  execFileSync(process.execPath, args(file), { encoding: 'utf8' });

test('a program runs, and again from its copy', () => {
  writeFileSync(program, 'const n: number = 7;\nconsole.log(n);\n');
  expect(run()).toBe('7\n');
  expect(readFileSync(copy, 'utf8')).not.toContain(': number');
  expect(run()).toBe('7\n');
});

test('a changed source is not run from its old copy', () => {
  writeFileSync(program, 'const n: number = 7;\nconsole.log(n);\n');
  run();
  writeFileSync(program, 'const n: number = 8;\nconsole.log(n);\n');
  expect(run()).toBe('8\n');
  expect(run()).toBe('8\n');
});

test.each([
  { what: 'cut short', spoil: () => truncateSync(copy, 10) },
  { what: 'empty', spoil: () => truncateSync(copy, 0) },
  { what: 'longer than it was', spoil: () => appendFileSync(copy, '(') },
])('a copy that is $what is made anew', ({ spoil }) => {
  writeFileSync(program, 'const n: number = 7;\nconsole.log(n);\n');
  run();
  spoil();
  expect(run()).toBe('7\n');
});

test('a worker thread has it too, and an error names line and column of the source', () => {
  writeFileSync(
    program,
    "import { Worker, isMainThread } from 'node:worker_threads';\n" +
      'interface Unused { readonly a: number }\n' +
      'if (isMainThread) new Worker(new URL(import.meta.url));\n' +
      'else console.log((new Error("x") as Error).stack!.split("\\n")[1]!.trim());\n',
  );
  run();
  expect(run().trim()).toMatch(/program\.ts:4:19$/);
});

test.each(['enum E { A }', 'const x: = 1;'])('%s is refused as Node.js refuses it', (text) => {
  writeFileSync(program, `${text}\n`);
  const { status, stderr } = spawnSync(process.execPath, args(program), { encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stderr).toMatch(/ERR_(UNSUPPORTED|INVALID)_TYPESCRIPT_SYNTAX/);
});
