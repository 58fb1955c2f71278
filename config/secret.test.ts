/** Secrets are kept elsewhere, read with care, and never shown. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { readSecret, Secret, secretSchema, writeSecretFile } from './secret.ts';

const folder = mkdtempSync(join(tmpdir(), 'gyrfalcon-secret-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

function secretFile(text: string, mode = 0o600): string {
  const file = join(folder, `secret-${++files}`);
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

const readingOf = (file: string): string => {
  const reading = readSecret({ file });
  return 'text' in reading ? reading.text : reading.problem.replace(folder, 'F');
};

test('a secret in a file is its text without the line break at the end', () => {
  expect(readingOf(secretFile('sesame\n'))).toBe('sesame');
  expect(readingOf(secretFile('sesame\r\n'))).toBe('sesame');
  expect(readingOf(secretFile('two\nlines\n'))).toBe('two\nlines');
  expect(readingOf(secretFile(' blanks '))).toBe(' blanks ');
});

test.each([
  ['nobody else', 0o600, 'sesame'],
  ['their group', 0o640, 'sesame'],
  ['everybody', 0o644, /^F\/secret-\d+: other users may read or write it \(mode 644\): chmod 600 /],
  ['a group that may write it', 0o620, /mode 620/],
])('a file that its owner and %s may read: mode %o', (_who, mode, expected) => {
  if (typeof expected === 'string') expect(readingOf(secretFile('sesame', mode))).toBe(expected);
  else expect(readingOf(secretFile('sesame', mode))).toMatch(expected);
});

test('what is no secret says so', () => {
  expect(readingOf(join(folder, 'absent'))).toBe('F/absent: there is no such file');
  expect(readingOf(secretFile('\n'))).toMatch(/it is empty$/);
  expect(readingOf(secretFile('x'.repeat(70_000)))).toMatch(/too long for a secret/);
  const directory = join(folder, 'directory');
  mkdirSync(directory);
  expect(readingOf(directory)).toBe('F/directory: it is not a file');
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  expect(readingOf(pipe)).toBe('F/pipe: it is not a file');
});

test('a secret in the environment has to be set and not empty', () => {
  const env = 'GYRFALCON_TEST_SECRET';
  expect(readSecret({ env })).toEqual({
    problem: `the environment variable ${env} is not set: set it before the start`,
  });
  process.env[env] = '';
  expect(readSecret({ env })).toEqual({ problem: `the environment variable ${env} is empty` });
  process.env[env] = 'sesame';
  expect(readSecret({ env })).toEqual({ text: 'sesame' });
  delete process.env[env];
});

test('a secret in use follows its file, and says when it cannot', () => {
  const file = secretFile('old');
  const problems: string[] = [];
  const secret = new Secret({ file }, 'old', (problem) => problems.push(problem));
  expect(secret.reveal()).toBe('old');
  writeFileSync(file, 'newer');
  expect(secret.reveal()).toBe('newer');
  rmSync(file);
  expect([secret.reveal(), secret.reveal()]).toEqual(['newer', 'newer']);
  expect(problems).toEqual([`${file}: there is no such file; what it held before is still used`]);
  writeFileSync(file, 'newest', { mode: 0o600 });
  expect(secret.reveal()).toBe('newest');
});

test('a secret that a link points to is followed when the link is moved', () => {
  const link = join(folder, 'link');
  const [first, second] = [secretFile('one'), secretFile('two')];
  symlinkSync(first, link);
  const secret = new Secret({ file: link }, 'one', () => {});
  rmSync(link);
  symlinkSync(second, link);
  expect(secret.reveal()).toBe('two');
});

test('a secret is not shown by whatever prints it', () => {
  const secret = new Secret({ env: 'X' }, 'sesame', () => {});
  const shown = [
    String(secret),
    JSON.stringify(secret),
    inspect(secret),
    inspect({ secret }, true),
  ];
  for (const text of shown) expect(text).not.toContain('sesame');
});

test('a replaced secret is whole, ends with its file and keeps its permissions', () => {
  const file = secretFile('old', 0o640);
  writeFileSync(`${file}.new`, 'left by a process that died');
  writeSecretFile(file, 'new');
  expect(readFileSync(file, 'utf8')).toBe('new\n');
  expect(statSync(file).mode & 0o777).toBe(0o640);
  const link = join(folder, 'link-to-replace');
  symlinkSync(file, link);
  writeSecretFile(link, 'newer');
  expect(readingOf(file)).toBe('newer');
  expect(readingOf(link)).toBe('newer');
});

test('a reference names a variable or a file, and nothing else', () => {
  expect(secretSchema.safeParse({ env: 'A' }).success).toBe(true);
  expect(secretSchema.safeParse({ file: 'a' }).success).toBe(true);
  for (const wrong of [
    'sesame',
    12,
    null,
    {},
    { env: 'A', file: 'a' },
    { env: 'A B' },
    { text: 'a' },
  ])
    expect(secretSchema.safeParse(wrong).success).toBe(false);
});
