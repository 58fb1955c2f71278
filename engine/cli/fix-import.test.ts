/** `gyrfalcon fix import` and `fix password` as a user calls them. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { isPassword } from '../../gateways/fix/settings/password-hash.ts';

const CLI = fileURLToPath(new URL('../cli.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'gyrfalcon-import-'));
afterAll(() => rmSync(folder, { recursive: true }));

const LINK = `[DEFAULT]
ConnectionType=initiator
HeartBtInt=30
[SESSION]
BeginString=FIX.4.4
SenderCompID=DESK
TargetCompID=BROKER
SocketConnectHost=fix.broker.example
SocketConnectPort=\${port}
Frobnicate=1
`;

function fix(
  args: readonly string[],
  input = '',
): { code: number; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, 'fix', ...args], {
    cwd: folder,
    input,
    encoding: 'utf8',
  });
  return { code: status ?? -1, stdout, stderr };
}

function settings(name: string, text: string | Buffer): string {
  writeFileSync(join(folder, name), text);
  return name;
}

test('files go to a folder, the report to stdout; what is there is not written over', () => {
  const file = settings('desk.cfg', LINK);
  const first = fix(['import', file, '--out', 'out', '--set', 'port=9001']);
  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(readFileSync(join(folder, 'out/desk.yaml'), 'utf8')).toMatch(/port: 9001/);
  expect(first.stdout).toMatch(/^desk.cfg:3 {2}HeartBtInt +taken +heartbeatS: 30$/m);
  expect(first.stdout).toMatch(/^desk.cfg:10 {2}Frobnicate +unknown /m);
  expect(first.stdout).toMatch(
    /^1 of 1 sessions; \d+ taken, .*, 1 unknown\nwritten: out\/desk.yaml\nneeds your attention:\n.*:10 .*\n$/m,
  );
  const second = fix(['import', file, '--out', 'out', '--set', 'port=9002']);
  expect(second).toMatchObject({
    code: 3,
    stderr: 'gyrfalcon: out/desk.yaml is there already: move it away or choose another --out\n',
  });
});

test('without a folder YAML goes to stdout and the report to stderr', () => {
  const { code, stdout, stderr } = fix(['import', settings('a.cfg', LINK), '--set', 'port=9001']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^# Taken over from a.cfg .*\nacceptor: null\n/);
  expect(stderr).toMatch(/^a.cfg:2 {2}ConnectionType/);
});

test('--json gives files and notes as one object', () => {
  const { code, stdout, stderr } = fix([
    'import',
    settings('a.cfg', LINK),
    '--json',
    '--set',
    'port=1',
  ]);
  expect([code, stderr]).toEqual([0, '']);
  const result = JSON.parse(stdout);
  expect(result.files[0].name).toBe('a.yaml');
  expect(result.notes).toContainEqual({
    line: 3,
    key: 'HeartBtInt',
    verdict: 'taken',
    text: 'heartbeatS: 30',
  });
  expect(result.sessions).toEqual({ found: 1, taken: 1 });
  expect(result.attention).toMatchObject([{ line: 10, key: 'Frobnicate', verdict: 'unknown' }]);
});

test('a session that is left out is exit code 1, beside those that are taken over', () => {
  const [, own] = LINK.split('[SESSION]\n');
  const text = `${LINK}[SESSION]\n${own!.replace('FIX.4.4', 'FIX.4.1')}`;
  const { code, stderr } = fix(['import', settings('b.cfg', text), '--set', 'port=9001']);
  expect(code).toBe(1);
  expect(stderr).toMatch(/needs your attention:\n(.*\n)*b.cfg:11 {2}\[SESSION\] .*speaks FIX.4.1/);
});

test.each([
  [
    'a file that is not there',
    'absent.cfg',
    undefined,
    /^gyrfalcon: absent.cfg: there is no such file\n$/,
  ],
  [
    'something else',
    'x.cfg',
    'hello',
    /^gyrfalcon: x.cfg: no line \[SESSION\] in it: give the settings file .*\n$/,
  ],
  ['no text', 'x.bin', Buffer.from([0, 1, 2, 255]), /no line \[SESSION\] in it/],
  [
    'sessions that cannot be had',
    'old.cfg',
    LINK.replace('FIX.4.4', 'FIX.4.1'),
    /gyrfalcon: old.cfg: none of its sessions can be taken over: line 4 speaks FIX.4.1; spoken here are .*\n$/,
  ],
])('%s ends with exit code 3 and one clear line', (_what, name, text, expected) => {
  if (text !== undefined) settings(name, text);
  const { code, stdout, stderr } = fix(['import', name, '--out', 'none']);
  expect([code, existsSync(join(folder, 'none'))]).toEqual([3, false]);
  expect(stderr).toMatch(expected);
  expect(stderr.split('\n')).toHaveLength(2);
  expect(stdout).not.toMatch(/\btaken {2}/);
});

test.each([
  ['no file', ['import'], /name one settings file/],
  ['two files', ['import', 'a', 'b'], /name one settings file/],
  [
    'a variable without a value',
    ['import', 'a.cfg', '--set', 'port'],
    /--set port: give NAME=VALUE/,
  ],
  ['an unknown option', ['import', 'a.cfg', '--into', 'x'], /there is no option --into/],
])('%s is wrong use: exit code 2', (_what, args, expected) => {
  settings('a.cfg', LINK);
  const { code, stderr } = fix(args);
  expect(code).toBe(2);
  expect(stderr).toMatch(expected);
});

test('a password becomes a hash that an acceptor knows it by', () => {
  const { code, stdout } = fix(['password'], 'grüße\n');
  expect(code).toBe(0);
  expect(isPassword(Buffer.from('grüße'), stdout.trim())).toBe(true);
  expect(fix(['password'], '')).toMatchObject({ code: 2 });
  expect(fix(['password'], 'two\nlines\n')).toMatchObject({ code: 2 });
  expect(JSON.parse(fix(['password', '--json'], 'x').stdout).hash).toMatch(/^scrypt:/);
});
