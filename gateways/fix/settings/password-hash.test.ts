/** Passwords as they are and as hashes. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashPassword, isPassword, parsePasswordHash } from './password-hash.ts';

const bytes = (text: string): Buffer => Buffer.from(text);

test('a hash knows its password and no other, and says nothing of it', () => {
  const hash = hashPassword(bytes('sesame'));
  expect(hash).toMatch(/^scrypt:16384:8:1:[\w+/]{22}==:[\w+/]{43}=$/);
  expect(hash).not.toContain('sesame');
  expect(isPassword(bytes('sesame'), hash)).toBe(true);
  expect(isPassword(bytes('Sesame'), hash)).toBe(false);
  expect(isPassword(bytes(hash), hash)).toBe(false);
  expect(hashPassword(bytes('sesame'))).not.toBe(hash);
});

test('a password that is kept as it is compares as it is', () => {
  expect(isPassword(bytes('sesame'), 'sesame')).toBe(true);
  expect(isPassword(bytes('sesame '), 'sesame')).toBe(false);
  expect(isPassword(bytes(''), 'sesame')).toBe(false);
});

test("Node's own scrypt vector (RFC 7914) is a hash that is known", () => {
  // N = 16384, r = 8, p = 1, "pleaseletmein", "SodiumChloride", 64 bytes.
  const hash =
    '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2' +
    'd5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887';
  const kept = `scrypt:16384:8:1:${bytes('SodiumChloride').toString('base64')}:${Buffer.from(hash, 'hex').toString('base64')}`;
  expect(isPassword(bytes('pleaseletmein'), kept)).toBe(true);
  expect(isPassword(bytes('pleaseletmeout'), kept)).toBe(false);
});

const SALT_HASH = 'c2FsdA==:c29tZSAzMiBieXRlcyBvZiBhIGhhc2ggLi4uLi4=';
test.each([
  ['a cost that is no power of two', `scrypt:1000:8:1:${SALT_HASH}`],
  ['no cost', `scrypt:1:8:1:${SALT_HASH}`],
  ['more memory than is given', `scrypt:1048576:8:1:${SALT_HASH}`],
  ['more work than is done', `scrypt:16384:8:99:${SALT_HASH}`],
  ['more cost than its blocks allow', `scrypt:65536:1:1:${SALT_HASH}`],
  ['a part too few', 'scrypt:16384:8:1:c2FsdA=='],
  ['a hash too short to mean anything', 'scrypt:16384:8:1:c2FsdA==:c2hvcnQ='],
])('a hash with %s opens nothing', (_what, kept) => {
  expect(parsePasswordHash(kept)).toBeUndefined();
  expect(isPassword(bytes('sesame'), kept)).toBe(false);
});

test('whatever stands in place of a hash opens nothing and breaks nothing', () => {
  const scraps = fc.constantFrom('scrypt', ':', '1', '16384', '8', 'AAAA', '=', '-1', '', '\n');
  fc.assert(
    fc.property(fc.array(scraps), (parts) => {
      expect(isPassword(bytes('sesame'), `scrypt:${parts.join(':')}`)).toBe(false);
    }),
  );
});
