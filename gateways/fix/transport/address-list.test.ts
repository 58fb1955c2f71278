/** Which addresses an allow list lets in, and what it says about an entry that is none. */
import { expect, test } from 'vitest';
import { AddressList } from './address-list.ts';

const cases: [string, string[], boolean][] = [
  ['10.1.2.3', ['10.1.2.3'], true],
  ['10.1.2.4', ['10.1.2.3'], false],
  ['10.1.255.255', ['10.1.0.0/16'], true],
  ['10.2.0.0', ['10.1.0.0/16'], false],
  ['::ffff:10.1.2.3', ['10.1.0.0/16'], true],
  ['::FFFF:10.2.2.3', ['10.1.0.0/16'], false],
  ['10.1.2.3', ['::ffff:10.1.2.3'], true],
  ['2001:db8::1', ['2001:db8::/32'], true],
  ['2001:db9::1', ['2001:db8::/32'], false],
  ['2001:0db8:0:0::1', ['2001:db8::1'], true],
  ['fe80::1%eth0', ['fe80::/10'], true],
  ['127.0.0.1', ['10.0.0.0/8', '127.0.0.0/8'], true],
  ['127.0.0.1', ['0.0.0.0/0'], true],
  ['::1', ['0.0.0.0/0'], false],
  ['127.0.0.1', [], false],
  ['', ['0.0.0.0/0'], false],
  ['not an address', ['0.0.0.0/0', '::/0'], false],
];
test.each(cases)('%s against %j is let in: %s', (address, entries, isAllowed) => {
  expect(new AddressList(entries, 'addresses').allows(address)).toBe(isAllowed);
});

const wrong = [
  '',
  'localhost',
  '10.1.2',
  '10.1.2.3/33',
  '10.1.2.3/',
  '10.1.2.3/-1',
  '10.1.2.3/8/8',
  '10.0.0.0/255.0.0.0',
  '::1/129',
  '::ffff:10.1.2.3/120',
  '10.1.2.3 ',
];
test.each(wrong)('the entry "%s" is refused, and the message names its place', (entry) => {
  expect(() => new AddressList(['10.0.0.1', entry], 'acceptor.addresses')).toThrow(
    `acceptor.addresses[1] is "${entry}": write an address or a network`,
  );
});
