/** TLS files that cannot be used are named, with what is wrong; changed ones are taken up. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { encryptedKey, type Issued, issue } from '../../../test/support/certificates.ts';
import { FileTls, type TlsFiles } from './tls-files.ts';
import type { TlsRules } from './tls-settings.ts';

const DAY_MS = 86_400_000;
const RULES: TlsRules = {
  serverName: undefined,
  requirePeerCertificate: false,
  peerNames: [],
  minVersion: 'TLSv1.2',
  ciphers: undefined,
};
const authority = issue({ name: 'Test authority', isAuthority: true });
const own = issue({ name: 'broker.example', issuer: authority });

let folder: string;
let nowMs: number;
let problems: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gyrfalcon-tls-'));
  nowMs = Date.now();
  problems = [];
  put('ca.pem', authority.certificate);
  putOwn(own);
});
afterEach(() => rmSync(folder, { recursive: true }));

function put(name: string, text: string): void {
  writeFileSync(join(folder, name), text, { mode: 0o600 });
}

function putOwn({ certificate, key }: Issued): void {
  put('own.pem', certificate);
  put('own.key', key);
}

const at = (name: string): string => join(folder, name);

function load(changes: Partial<TlsFiles> = {}, rules: Partial<TlsRules> = {}): FileTls {
  const files: TlsFiles = {
    ca: at('ca.pem'),
    certificate: at('own.pem'),
    key: { file: at('own.key') },
    passphrase: undefined,
    ...changes,
  };
  return new FileTls({
    rules: { ...RULES, ...rules },
    files,
    clock: { nowNs: () => BigInt(nowMs) * 1_000_000n },
    onProblem: (text) => problems.push(text),
  });
}

test('good files give their contents', () => {
  expect(load().current()).toMatchObject({
    ...RULES,
    ca: authority.certificate,
    certificate: own.certificate,
    key: own.key.trimEnd(),
  });
});

test('an encrypted key opens with its passphrase', () => {
  put('own.key', encryptedKey(own, 'open sesame'));
  put('passphrase', 'open sesame\n');
  expect(load({ passphrase: { file: at('passphrase') } }).current().passphrase).toBe('open sesame');
});

const bad: [string, () => FileTls, RegExp][] = [
  [
    'a missing certificate',
    () => load({ certificate: at('none.pem') }),
    /TLS: the certificate: .*none\.pem: there is no such file/,
  ],
  [
    'missing authorities',
    () => load({ ca: at('none.pem') }),
    /TLS: the authorities: .*none\.pem: there is no such file/,
  ],
  [
    'a missing key',
    () => load({ key: { file: at('none.key') } }),
    /TLS: the key: .*none\.key: there is no such file/,
  ],
  [
    'a folder for a certificate',
    () => load({ certificate: folder }),
    /TLS: the certificate: .*: it cannot be read \(EISDIR\)/,
  ],
  [
    'a variable that is not set',
    () => load({ passphrase: { env: 'GYRFALCON_NO_SUCH_VARIABLE' } }),
    /TLS: the passphrase: the environment variable GYRFALCON_NO_SUCH_VARIABLE is not set/,
  ],
  [
    'an encrypted key without a passphrase',
    () => {
      put('own.key', encryptedKey(own, 'right'));
      return load();
    },
    /own\.key: the key is encrypted: give its passphrase \(the passphrase\)/,
  ],
  [
    'a wrong passphrase',
    () => {
      put('own.key', encryptedKey(own, 'right'));
      put('passphrase', 'wrong');
      return load({ passphrase: { file: at('passphrase') } });
    },
    /passphrase: this is not the passphrase of .*own\.key$/,
  ],
  [
    'the key of another certificate',
    () => {
      put('own.key', issue({ name: 'other' }).key);
      return load();
    },
    /own\.key: the key is not that of the certificate in .*own\.pem, which is for CN=broker\.example/,
  ],
  [
    'an expired certificate',
    () => {
      putOwn(issue({ name: 'old', fromMs: nowMs - 2 * DAY_MS, toMs: nowMs - DAY_MS }));
      return load();
    },
    /own\.pem: the certificate of CN=old has expired, on .* GMT/,
  ],
  [
    'a certificate that is not valid yet',
    () => {
      putOwn(issue({ name: 'soon', fromMs: nowMs + DAY_MS, toMs: nowMs + 2 * DAY_MS }));
      return load();
    },
    /own\.pem: the certificate of CN=soon is valid only from .* on/,
  ],
  [
    'expired authorities',
    () => {
      const old = issue({ name: 'old', fromMs: nowMs - 2 * DAY_MS, toMs: nowMs - DAY_MS });
      put('ca.pem', old.certificate + old.certificate);
      return load();
    },
    /ca\.pem: the certificate of CN=old has expired/,
  ],
  [
    'a certificate without its key',
    () => load({ key: undefined }),
    /TLS: the key: the certificate needs its key/,
  ],
  [
    'a key without its certificate',
    () => load({ certificate: undefined }),
    /TLS: the certificate: the key needs its certificate/,
  ],
  [
    'a key where the certificate should be',
    () => load({ certificate: at('own.key') }),
    /own\.key: there is no PEM certificate in it/,
  ],
  [
    'a certificate where the key should be',
    () => load({ key: { file: at('own.pem') } }),
    /own\.pem: there is no PEM private key in it/,
  ],
  [
    'a damaged certificate',
    () => {
      put('ca.pem', authority.certificate + authority.certificate.replace(/MII.{20}/, ''));
      return load();
    },
    /ca\.pem: certificate 2 in it is damaged/,
  ],
  [
    'no authorities for a peer that must prove itself',
    () => load({ ca: undefined }, { requirePeerCertificate: true }),
    /TLS: the authorities: a peer that must show a certificate needs authorities/,
  ],
  [
    'ciphers that nobody knows',
    () => load({}, { ciphers: 'ROT13' }),
    /TLS: ciphers: OpenSSL knows none of "ROT13"/,
  ],
];
test.each(bad)('%s is refused, and the message says which file', (_, load, why) => {
  expect(load).toThrow(why);
});

test('one valid authority among expired ones is enough', () => {
  const old = issue({ name: 'old', fromMs: nowMs - 2 * DAY_MS, toMs: nowMs - DAY_MS });
  put('ca.pem', old.certificate + authority.certificate);
  expect(load().current().ca).toContain(authority.certificate);
});

test('changed files are used by the next connection, a second later at most', () => {
  const tls = load();
  const before = tls.current();
  nowMs += 2000;
  expect(tls.current()).toBe(before);
  const renewed = issue({ name: 'broker.example', issuer: authority });
  putOwn(renewed);
  expect(tls.current()).toBe(before);
  nowMs += 1000;
  expect(tls.current().certificate).toBe(renewed.certificate);
  expect(problems).toEqual([]);
});

test('a changed file that cannot be used leaves all as it was, and is told once', () => {
  const tls = load();
  const before = tls.current();
  put('own.pem', issue({ name: 'other' }).certificate);
  for (let i = 0; i < 3; i++) {
    nowMs += 2000;
    expect(tls.current()).toBe(before);
  }
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(/own\.key: the key is not that .*; what was there before is still/);
  rmSync(at('own.pem'));
  nowMs += 2000;
  expect(tls.current()).toBe(before);
  expect(problems[1]).toMatch(/own\.pem: there is no such file/);
  putOwn(own);
  nowMs += 2000;
  expect(tls.current()).not.toBe(before);
});
