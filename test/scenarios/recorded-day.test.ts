/**
 * A whole day through venue, FIX, engine and back, in lock-step: the same orders, fills and state hash
 * each time, and a journal that proves it. Where the recorded day is not at hand, its two tests say so
 * and are left out; the same is asked of a generated minute.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { STAGE_NAMES } from '../../engine/slow-tick-reader.ts';
import type { LoadedStrategy } from '../../engine/strategy/strategy-loader.ts';
import { STAGE_SAMPLE_TICKS } from '../../wasm/stage-layout.ts';
import {
  GOOG_DAY,
  gyrfalcon,
  hasGoogDay,
  runToEnd,
  TestFolder,
} from '../support/engine-process.ts';
import { firstIntent, rewriteRecord } from '../support/journal-tamper.ts';
import { verifyWith } from '../support/journal-watch.ts';

const DAY_MESSAGES = 147_916;
const folder = new TestFolder();
afterAll(() => folder.remove());

const journalOf = (name: string): string => folder.file(name);
const run = (name: string, ...args: readonly string[]) =>
  runToEnd(['--config', folder.config, '--journal', journalOf(name), ...args]);

async function replayed(name: string, ...options: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await gyrfalcon(['replay', journalOf(name), ...options]);
  const isVerified = options.includes('--verify');
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: isVerified ? expect.stringMatching(/^verified: .* \d+ intents\n$/) : '',
  });
  return stdout.trim();
}

if (!hasGoogDay) console.log('left out: ../shared/data/lobster-fix is not at hand');

describe.each([
  { name: 'the recorded day', args: ['--replay', GOOG_DAY], isAtHand: hasGoogDay },
  { name: 'a generated minute', args: ['--flow', '60s'], isAtHand: true },
])('$name in lock-step', ({ name, args, isAtHand }) => {
  test.skipIf(!isAtHand)(
    'gives the same orders, fills and state hash every time, in another process too',
    { timeout: 300_000 },
    async () => {
      const first = await run(`${name} 1`, ...args, '--speed', 'max');
      const second = await run(`${name} 2`, ...args, '--speed', 'max');
      const { latencyNs, stagesNs, slowestTick, journal, seconds, messagesPerSecond, ...same } =
        first;
      expect(second).toMatchObject(same);
      expect(first).toMatchObject({
        rejects: 0,
        openOrders: 0,
        pnl: { currency: 'USD', byStrategy: [{ strategy: 'mm' }, { strategy: 'ofi' }] },
        journal: { directory: journalOf(`${name} 1`) },
      });
      if (args[0] === '--replay') expect(first.marketDataMessages).toBe(DAY_MESSAGES);
      expect(first.orders).toBeGreaterThan(100);
      expect(first.fills).toBeGreaterThan(100);
      expect(first.pnl.total).toBeCloseTo(
        first.pnl.byStrategy.reduce((sum, { total }) => sum + total, 0),
        2,
      );
      const { p50, p99 } = latencyNs!;
      for (const figures of [latencyNs!, ...Object.values(stagesNs)]) {
        const rising = [figures.p50, figures.p99, figures.p999, figures.max];
        expect(rising).toEqual(rising.toSorted((a, b) => a - b));
      }
      expect(Object.keys(stagesNs)).toEqual(STAGE_NAMES);
      expect(stagesNs.send!.count).toBeGreaterThanOrEqual(latencyNs!.count);
      expect(stagesNs.frame!.count).toBe(Math.floor(stagesNs.wait!.count / STAGE_SAMPLE_TICKS));
      expect(slowestTick!.record).toBeLessThanOrEqual(journal.records);
      console.log(
        `${name}: ${messagesPerSecond} messages/s, ${first.orders} orders, ${first.fills} fills, ` +
          `tick to order p50 ${p50} p99 ${p99} ns, ${seconds.toFixed(1)} s`,
      );
      const line = `state-hash ${first.stateHash} events ${journal.records}`;
      expect(await replayed(`${name} 1`)).toBe(line);
      expect(await replayed(`${name} 1`)).toBe(line);
      expect(await replayed(`${name} 1`, '--verify')).toBe(line);
    },
  );
});

test.skipIf(!hasGoogDay)(
  'a flooded day is worked off whole, and its journal replays to its hash',
  async () => {
    const summary = await run('flood', '--replay', GOOG_DAY, '--speed', 'flood');
    console.log(`flood: ${summary.messagesPerSecond} messages/s`);
    expect(summary.marketDataMessages).toBe(DAY_MESSAGES);
    expect(await replayed('flood', '--verify')).toBe(
      `state-hash ${summary.stateHash} events ${summary.journal.records}`,
    );
  },
);

describe('a journal of a generated minute', () => {
  const name = 'a generated minute 1';

  test('is refused at the record where another strategy would have decided otherwise', async () => {
    const verified = (change: (strategy: LoadedStrategy) => LoadedStrategy) =>
      verifyWith(journalOf(name), change).then(
        () => 'verified',
        (error: Error) => error.message,
      );
    expect(await verified((strategy) => strategy)).toBe('verified');
    const cases = [
      await verified(withParameter('mm', 'halfSpreadIncrements', 2)),
      await verified(withParameter('ofi', 'entryFlowLots', 400)),
      await verified(withParameter('ofi', 'holdMs', 700)),
    ];
    for (const text of cases) expect(text).toMatch(/^replay differs at record \d+: /);
    expect(cases[0]).toContain('strategy mm: priceTicks was');
  });

  test('is refused where what a decision was based on was changed, checksum and all', async () => {
    const directory = journalOf('a generated minute 2');
    const { sequence, features } = firstIntent(directory);
    const microprice = features[3]!;
    rewriteRecord(directory, sequence, (payload) => {
      const from = Buffer.alloc(8);
      from.writeDoubleLE(microprice);
      payload.writeDoubleLE(microprice + 1, payload.indexOf(from));
    });
    expect((await gyrfalcon(['journal', 'verify', directory])).code).toBe(0);
    expect(await replayed('a generated minute 2')).toContain('state-hash');
    const { code, stdout, stderr } = await gyrfalcon(['replay', directory, '--verify']);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    const [line, ...rest] = stderr.trim().split('\n');
    expect(rest).toEqual([]);
    expect(line).toContain(`replay differs at record ${sequence}: `);
    expect(line).toContain(`feature 3 was ${microprice + 1} then and is ${microprice} now`);
  });
});

function withParameter(strategy: string, parameter: string, value: number) {
  return (loaded: LoadedStrategy): LoadedStrategy => {
    if (loaded.config.name !== strategy) return loaded;
    return { ...loaded, parameters: { ...(loaded.parameters as object), [parameter]: value } };
  };
}
