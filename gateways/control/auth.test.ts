import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isOwnHost, isOwnOrigin, loadTokens, TokenCheck } from './auth.ts';

let folder: string;
const files = () => ({
  tokenFile: join(folder, 'secrets', 'control-token'),
  rearmTokenFile: join(folder, 'secrets', 'rearm-token'),
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gyrfalcon-auth-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('tokens are made once, differ, and only the owner can read them', () => {
  const tokens = loadTokens(files());
  expect(tokens.control).toMatch(/^[0-9a-f]{64}$/);
  expect(tokens.rearm).not.toBe(tokens.control);
  expect(statSync(files().tokenFile).mode & 0o777).toBe(0o600);
  expect(statSync(files().rearmTokenFile).mode & 0o777).toBe(0o600);
  expect(loadTokens(files())).toEqual(tokens);
  expect(readFileSync(files().tokenFile, 'utf8').trim()).toBe(tokens.control);
});

test('a token file that others can read is refused, with what to do', () => {
  loadTokens(files());
  chmodSync(files().tokenFile, 0o644);
  expect(() => loadTokens(files())).toThrow(/can be read by others: run chmod 600/);
});

test('a token file that holds no token is refused', () => {
  loadTokens(files());
  writeFileSync(files().rearmTokenFile, 'hunter2\n');
  expect(() => loadTokens(files())).toThrow(/does not hold 64 hexadecimal digits/);
});

test('the same token for both roles is refused', () => {
  const { control } = loadTokens(files());
  writeFileSync(files().rearmTokenFile, control);
  expect(() => loadTokens(files())).toThrow(/hold the same token/);
});

test.for([
  ['Bearer', 'nobody'],
  ['Bearer  ', 'nobody'],
  [`Basic ${'c'.repeat(64)}`, 'nobody'],
  [`Bearer ${'c'.repeat(64)}`, 'control'],
  [`bearer ${'c'.repeat(64)}`, 'control'],
  [`Bearer ${'d'.repeat(64)}`, 'rearm'],
  [`Bearer ${'c'.repeat(65)}`, 'nobody'],
  [`Bearer ${'c'.repeat(64)} x`, 'nobody'],
] as const)('the header %j belongs to %s', ([header, role]) => {
  const check = new TokenCheck({ control: 'c'.repeat(64), rearm: 'd'.repeat(64) });
  expect(check.roleOfHeader(header)).toBe(role);
});

test.for([
  ['127.0.0.1:8080', true],
  ['LOCALHOST:8080', true],
  ['[::1]:8080', true],
  ['127.0.0.1', false],
  ['127.0.0.1:8081', false],
  ['localhost.evil.example:8080', false],
  ['', false],
] as const)('the host %j is our own: %s', ([host, own]) => {
  expect(isOwnHost(host, 8080)).toBe(own);
});

test.for([
  ['', true],
  ['http://localhost:8080', true],
  ['https://localhost:8080', false],
  ['null', false],
  ['http://localhost:8080.evil.example', false],
] as const)('the origin %j is our own: %s', ([origin, own]) => {
  expect(isOwnOrigin(origin, 8080)).toBe(own);
});
