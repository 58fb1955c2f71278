/** From what the client says, round by round, to the tables: ratios, engines that overrun or are missing. */
import { describe, expect, test } from 'vitest';
import type { BenchResult, Environment } from '../bench-result.ts';
import { type LoadOutcome, loadsOf } from './loads.ts';
import { RoundBook } from './round-book.ts';
import { wireTable } from './wire-table.ts';

const ENVIRONMENT: Environment = {
  machine: { cpu: 'a processor', cores: 2 },
  versions: { gyrfalcon: '1', node: '22', v8: '12', Peer: '3.2.1' },
  revision: 'abc',
  loadBefore: 1,
  loadAfter: 2,
};
const HEAD = {
  bench: 'wire order round trip',
  placement: 'pinned',
  operation: 'order',
  seed: 5,
  leftOut: ['Other: it is not installed'],
};

const took = (load: string, ns: number, answered = 2000): LoadOutcome => ({
  load,
  sent: 2000,
  answered,
  elapsedNs: ns * answered,
  histogramNs: [[ns, answered]],
});

function results(peer: readonly (readonly LoadOutcome[] | Error)[]): readonly BenchResult[] {
  const book = new RoundBook(['ours', 'Peer', 'floor']);
  for (const [index, round] of peer.entries()) {
    const slower = 1 + index / 10;
    book.add('ours', [took('closed', 11_000 * slower), took('open-50000', 20_000)]);
    book.add('Peer', round);
    book.add('floor', [took('closed', 10_000), took('open-50000', 10_000)]);
  }
  return book.results(HEAD, ['closed', 'open-50000'], ENVIRONMENT);
}

describe('the tables of the wire suite', () => {
  test('show times and how many times as long as the floor they are', () => {
    const text = wireTable(
      results([0, 1, 2].map(() => [took('closed', 30_000), took('open-50000', 1e6)])),
    );
    const [head, , ours, peer, floor] = text.split('\n');
    expect(head).toContain('| wire order round trip, pinned | p50 | p99 | p99.9 | 50.0 k/s p50 |');
    expect(ours).toMatch(/^\| ours \| 12\.\d+ µs 1\.21x \(1\.10–1\.32\) \|/);
    expect(peer).toMatch(/^\| Peer \| .* 3\.00x \(3\.00–3\.00\) \|.* 1\.00 ms 100\.\d+x/);
    expect(floor).toMatch(/^\| floor \| 10\.\d+ µs \|/);
    expect(text).toContain('Peer 3.2.1');
    expect(text).toContain('without Other: it is not installed');
  });

  test('name an engine that did not keep up, and let its missing answers count', () => {
    const overrun = [took('closed', 30_000), took('open-50000', 1e6, 500)];
    const [, open] = results([overrun, overrun]);
    expect(open!.remarks).toEqual(['Peer did not keep up in 2 of 2 rounds']);
    // Three in four were not answered within the run of 500 ms.
    expect(open!.variants[1]!.p50Ns).toBeGreaterThan(490_000_000);
  });

  test('leave an engine out of a load that a round is missing for, with the reason', () => {
    const [closed, open] = results([
      [took('closed', 30_000), took('open-50000', 1e6)],
      [took('closed', 30_000)],
    ]);
    expect(closed!.variants.map(({ name }) => name)).toEqual(['ours', 'Peer', 'floor']);
    expect(open!.variants.map(({ name }) => name)).toEqual(['ours', 'floor']);
    expect(open!.leftOut[1]).toBe('Peer: not driven any harder: at closed it did not keep up');
    const [failed] = results([new Error('Peer failed (1): no memory')]);
    expect(failed!.leftOut[1]).toBe('Peer: Peer failed (1): no memory');
  });
});

test('loads are named as the client names them', () => {
  const { names, text } = loadsOf(60, ['warm-closed:5', 'closed:5', 'window:64:9', 'open:100:7']);
  expect(names).toEqual(['closed', 'window-64', 'open-100']);
  expect(text).toBe('warm-closed:5,closed:5,window:64:9,open:100:7');
});
