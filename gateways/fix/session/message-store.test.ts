/** How much of what was sent is kept in memory. */
import { expect, test } from 'vitest';
import { MemoryMessageStore } from './message-store.ts';

const kept = (store: MemoryMessageStore): number[] =>
  [...store.sent(1, 1000)].flatMap((message) => message?.msgSeqNum ?? []);

test.each([
  ['short', 100, [91, 92, 93, 94, 95, 96, 97, 98, 99, 100]],
  ['longer than most', 4096, [99, 100]],
  ['longer than all that is kept', 20_000, [100]],
])('of 100 messages that are %s those are kept that fit', (_, bytes, numbers) => {
  const store = new MemoryMessageStore(10);
  for (let n = 1; n <= 100; n++) store.keep(n, 'D', new Uint8Array(bytes));
  expect(kept(store)).toEqual(numbers);
});

test('what is kept again under its number, or before a reset, takes no room twice', () => {
  const store = new MemoryMessageStore(10);
  for (let n = 0; n < 100; n++) store.keep(1, 'D', new Uint8Array(1000));
  store.reset();
  for (let n = 1; n <= 10; n++) store.keep(n, 'D', new Uint8Array(1000));
  expect(kept(store)).toHaveLength(10);
});
