/** The loop's time of day, with the addon's clocks and without. */
import { beforeEach, describe, expect, test } from 'vitest';
import { loadNative } from '../../native/index.ts';
import * as L from '../../wasm/layout.ts';
import { Memory } from '../../wasm/memory.ts';
import { WallClock } from './wall-clock.ts';

const MS = 1_000_000n;
const kinds = [
  { name: 'the addon’s clocks', native: loadNative().module },
  { name: 'Node.js’s clock', native: undefined },
];

describe.each(kinds)('with $name', ({ native }) => {
  const memory = new Memory();
  const now = (): bigint => memory.absoluteNs(L.CTL_NOW_NS);
  let clock: WallClock;
  beforeEach(() => {
    clock = new WallClock(memory, native);
  });

  test('a stamp is the time of day', () => {
    const before = BigInt(Date.now()) * MS;
    clock.stamp();
    expect(now()).toBeGreaterThanOrEqual(before - 2n * MS);
    expect(now()).toBeLessThanOrEqual(BigInt(Date.now() + 2) * MS);
  });

  test('a stamp for a moment is that moment’s time of day, to a microsecond', () => {
    for (let round = 0; round < 1000; round++) {
      const elapsedNs = clock.elapsedNs();
      clock.stampAt(elapsedNs);
      const stamped = now();
      clock.stamp();
      const later = clock.elapsedNs();
      expect(now()).toBeGreaterThanOrEqual(stamped - 1000n);
      expect(now() - stamped).toBeLessThanOrEqual(BigInt(Math.ceil(later - elapsedNs)) + 1000n);
    }
  });

  test('a moment before the last stamp is stamped as the last was', () => {
    const elapsedNs = clock.elapsedNs();
    clock.stamp();
    const stamped = now();
    clock.stampAt(elapsedNs - 5_000_000);
    expect(now()).toBeGreaterThanOrEqual(stamped - 1000n);
  });
});
