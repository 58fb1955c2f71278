/** Times of logs and of people, as keys that sort. */
import { expect, test } from 'vitest';
import { isBetween, timeBound, timeKeyIn } from './log-time.ts';

test.each([
  ['20240102-10:00:00', '20240102-10:00:00'],
  ['20240102-10:00:00.123456789', '20240102-10:00:00.123456789'],
  ['[2024-01-02 10:00:00,123] INFO', '20240102-10:00:00.123'],
  ['2024-01-02T10:00:00.5Z <-', '20240102-10:00:00.5'],
  ['10:00:00', ''],
  ['', ''],
])('%j is %j', (text, key) => {
  expect(timeKeyIn(text)).toBe(key);
});

test.each([
  ['13:30', '13:29:59.999', '14:00', false],
  ['13:30', '13:30:00', '14:00', true],
  ['13:30', '14:00:59.9', '14:00', true],
  ['13:30', '14:01:00', '14:00', false],
  ['13:30:00.5', '13:30:00.499', undefined, false],
  ['13:30:00.5', '13:30:00.5', undefined, true],
  ['20240102-13:30', '13:30:00', undefined, true],
  ['20240103', '13:30:00', undefined, false],
  ['2024-01-02T13:30:00', '13:30:00', '2024-01-02 13:30:00', true],
  [undefined, '13:30:00', '20240101', false],
])('from %s, %s of 2 January 2024, to %s: %s', (from, time, to, expected) => {
  const [first, last] = [from, to].map((text) =>
    text === undefined ? undefined : timeBound(text),
  );
  expect(isBetween(`20240102-${time}`, first, last)).toBe(expected);
  expect(isBetween('', first, last)).toBe(false);
});

test('without bounds everything passes, also without a time', () => {
  expect(isBetween('', undefined, undefined)).toBe(true);
});

test.each([
  '',
  '1330',
  '13',
  '13:30:',
  'yesterday',
  '2024',
  '20240102-',
  '13:30:00.',
  '1:30',
  '25:00',
  '13:60',
])('%j is no time to ask for', (text) => {
  expect(timeBound(text)).toBeUndefined();
});
