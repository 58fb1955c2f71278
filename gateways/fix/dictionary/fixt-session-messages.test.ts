/** FIXT's session messages are judged by the transport's own standard. */
import { expect, test } from 'vitest';
import { loadDictionary } from './dictionary.ts';

test.each([
  ['a field of the application in a session message', '0', 999, false],
  ['a field of another session message', '0', 58, true],
  ['a field of the header', '0', 49, true],
  ['the same field in an application message', 'D', 999, true],
])('%s is defined or not as FIXT 1.1 says', (_, msgType, tag, isDefined) => {
  const field = loadDictionary('FIX.5.0SP2').fieldFor(msgType, tag);
  expect(field !== undefined).toBe(isDefined);
});

test('before FIXT there is one standard for all', () => {
  expect(loadDictionary('FIX.4.4').fieldFor('0', 269)?.name).toBe('MDEntryType');
});
