/** Which names a certificate shows, and that none can be smuggled in. */
import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { type CertificateWish, issue } from '../../../test/support/certificates.ts';
import { nameProblem, namesOf } from './tls-names.ts';

const certificateOf = (wish: CertificateWish): X509Certificate =>
  new X509Certificate(issue(wish).certificate);

const cases: [string, CertificateWish, string[]][] = [
  ['a common name', { name: 'CLIENT1' }, ['CLIENT1']],
  [
    'alternative names',
    { name: 'a', dnsNames: ['b.example', 'c.example'], ipAddress: '10.1.2.3' },
    ['a', 'b.example', 'c.example', '10.1.2.3'],
  ],
  ['a comma', { name: 'a', dnsNames: ['b, DNS:c'] }, ['a', 'b, DNS:c']],
  ['a quote', { name: 'a', dnsNames: ['b"c'] }, ['a', 'b"c']],
];
test.each(cases)('a certificate with %s shows its names', (_, wish, names) => {
  expect(namesOf(certificateOf(wish))).toEqual(names);
});

const allowed: [CertificateWish, string[], boolean][] = [
  [{ name: 'CLIENT1' }, ['client1'], true],
  [{ name: 'CLIENT1' }, ['CLIENT2', 'CLIENT1'], true],
  [{ name: 'CLIENT1' }, ['CLIENT'], false],
  [{ name: 'CLIENT1' }, [], true],
  [{ name: 'a', dnsNames: ['b.example'] }, ['b.example'], true],
  [{ name: 'a', dnsNames: ['x.b.example'] }, ['b.example'], false],
  [{ name: 'a', dnsNames: ['b, DNS:good.example'] }, ['good.example'], false],
  [{ name: 'a\nCN=good' }, ['good'], false],
  [{ name: 'a, CN=good' }, ['good'], false],
  [{ name: 'a+CN=good' }, ['good'], false],
];
test.each(allowed)('a certificate for %j passes for one of %j: %s', (wish, names, isAllowed) => {
  expect(nameProblem(certificateOf(wish), names) === undefined).toBe(isAllowed);
});

test('no certificate has no name', () => {
  expect(nameProblem(undefined, ['CLIENT1'])).toBe('it showed no certificate');
  expect(nameProblem(undefined, [])).toBeUndefined();
});
