/** Signatures of a Logon as venues document them, and their checks. */
import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SignatureConfig } from '../../../config/fix-logon.ts';
import { signedText, signWith, verifyWith } from './signature.ts';

const key = { env: 'UNUSED' };
const pemOf = (base64: string): string =>
  ['-----BEGIN', 'PRIVATE KEY-----\n'].join(' ') +
  `${base64}\n${['-----END', 'PRIVATE KEY-----'].join(' ')}`;
const spkiOf = (publicKey: KeyObject): string =>
  publicKey.export({ format: 'der', type: 'spki' }).toString('base64');

const VALUES: Readonly<Record<string, string>> = {
  SendingTime: '20240627-11:17:25.223',
  MsgType: 'A',
  MsgSeqNum: '1',
  SenderCompID: 'EXAMPLE',
  TargetCompID: 'SPOT',
  Password: 'phrase',
};
const partOf = (name: string): string | undefined => VALUES[name];

const BINANCE: SignatureConfig & { algorithm: 'ed25519' } = {
  algorithm: 'ed25519',
  key,
  over: ['MsgType', 'SenderCompID', 'TargetCompID', 'MsgSeqNum', 'SendingTime'],
  separator: 'SOH',
};
const COINBASE: SignatureConfig & { algorithm: 'hmac-sha256' } = {
  algorithm: 'hmac-sha256',
  key,
  keyEncoding: 'base64',
  over: ['SendingTime', 'MsgType', 'MsgSeqNum', 'SenderCompID', 'TargetCompID', 'Password'],
  separator: 'SOH',
};

test("Binance's published example (fix-api.md of binance-spot-api-docs) is signed as it says", () => {
  const published = pemOf('MC4CAQAwBQYDK2VwBCIEIIJEYWtGBrhACmb9Dvy+qa8WEf0lQOl1s4CLIAB9m89u');
  expect(signWith(BINANCE)(signedText(BINANCE, partOf), published)).toBe(
    '4MHXelVVcpkdwuLbl6n73HQUXUf1dse2PCgT1DYqW9w8AVZ1RACFGM+5UdlGPrQHrgtS3CvsRURC1oj73j8gCA==',
  );
});

describe('hmac-sha256', () => {
  const plain = (secret: Buffer, text: string): string =>
    createHmac('sha256', secret).update(text, 'latin1').digest('base64');

  test('as Coinbase Exchange asks: parts joined by SOH, the key in base64', () => {
    const secret = Buffer.from('any 32 bytes would do as well');
    const text = ['20240627-11:17:25.223', 'A', '1', 'EXAMPLE', 'SPOT', 'phrase'].join('\x01');
    expect(signedText(COINBASE, partOf)).toBe(text);
    expect(signWith(COINBASE)(text, secret.toString('base64'))).toBe(plain(secret, text));
  });

  test('as Coinbase Prime asks: nothing between the parts, one of them a field of its own', () => {
    const prime = {
      ...COINBASE,
      over: ['SendingTime', 'MsgType', '9407'],
      separator: 'none',
    } as const;
    const text = signedText({ ...prime, over: [...prime.over] }, (name) =>
      name === '9407' ? 'key' : VALUES[name],
    );
    expect(text).toBe('20240627-11:17:25.223Akey');
  });

  test.each([
    ['text', 'grüße', Buffer.from('grüße')],
    ['hex', '00ff10', Buffer.from([0, 255, 16])],
    ['base64', 'AP8Q', Buffer.from([0, 255, 16])],
  ] as const)('a key in %s', (keyEncoding, text, bytes) => {
    expect(signWith({ ...COINBASE, keyEncoding })('x', text)).toBe(plain(bytes, 'x'));
  });

  test.each([
    ['hex', 'abc'],
    ['hex', 'zz'],
    ['base64', 'not base64'],
    ['base64', ''],
  ] as const)('a key that is no %s is a fault, not another key: %j', (keyEncoding, text) => {
    expect(() => signWith({ ...COINBASE, keyEncoding })('x', text)).toThrow(
      `it is not ${keyEncoding}`,
    );
  });
});

test('a key for something else is a fault', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  expect(() => signWith(BINANCE)('x', pem)).toThrow('it is a key for ec, not for ed25519');
  const check = { ...BINANCE, publicKey: spkiOf(publicKey) };
  expect(() => verifyWith(check)).toThrow('it is a key for ec, not for ed25519');
});

test('what one side signs the other finds right, and nothing else', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  const pairs = [
    {
      sign: signWith(BINANCE),
      verify: verifyWith({ ...BINANCE, publicKey: spkiOf(publicKey) }),
      key: pem,
    },
    { sign: signWith(COINBASE), verify: verifyWith(COINBASE), key: 'c2VjcmV0' },
  ];
  const text = fc.string({ unit: 'binary-ascii', maxLength: 60 });
  fc.assert(
    fc.property(
      fc.constantFrom(...pairs),
      text,
      text,
      ({ sign, verify, key: secret }, said, other) => {
        const signature = sign(said, secret);
        expect(verify(said, signature, secret)).toBe(true);
        if (other !== said) expect(verify(other, signature, secret)).toBe(false);
        for (const wrong of ['', 'AAAA', other, `${signature.slice(0, -4)}AAA=`])
          expect(verify(said, wrong, secret)).toBe(false);
      },
    ),
  );
});
