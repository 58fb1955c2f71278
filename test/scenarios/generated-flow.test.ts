/**
 * The generated market with the shipped configuration: every strategy trades in its first minute, the
 * same seed gives the same run, and nobody earns more than the spread that he quoted explains.
 */
import { afterAll, expect, test } from 'vitest';
import { loadCore } from '../../engine/core-module.ts';
import { BookView } from '../../engine/market/book-view.ts';
import { Positions } from '../../engine/orders/position.ts';
import * as L from '../../wasm/layout.ts';
import { runToEnd, TestFolder } from '../support/engine-process.ts';
import { watchJournal } from '../support/journal-watch.ts';
import { VenueJudge } from '../support/venue-judge.ts';

const SEEDS = [11, 12, 13, 14];
const folder = new TestFolder();
afterAll(() => folder.remove());

const run = (name: string, ...args: readonly string[]) =>
  runToEnd([
    '--config',
    folder.config,
    '--journal',
    folder.file(`${name}-journal`),
    '--venue-log',
    folder.file(`${name}-venue`),
    '--speed',
    'max',
    ...args,
  ]);

test('in the first minute each strategy sends 200 orders and gets 20 fills, by the log of the venue', async () => {
  await run('first', '--flow', '60s');
  const venue = new VenueJudge(folder.file('first-venue'));
  const events = venue.events();
  const accepted = events.filter(({ event }) => event === 'new');
  // Requests carry no account in the log; all were accepted, and what accepts them names it.
  expect(accepted.length).toBe(venue.requests('D').length);
  for (const account of ['PROP-A', 'PROP-B']) {
    const orders = accepted.filter((event) => event.account === account).length;
    const fills = events.filter(
      (event) => event.event === 'trade' && event.account === account,
    ).length;
    console.log(`${account}: ${orders} orders, ${fills} fills in the first minute`);
    expect(orders).toBeGreaterThanOrEqual(200);
    expect(fills).toBeGreaterThanOrEqual(20);
  }
});

test('the same seed gives the same fills and state hash, another seed gives others', async () => {
  const first = await run('one', '--flow', '20s', '--seed', '5');
  const again = await run('two', '--flow', '20s', '--seed', '5');
  const other = await run('three', '--flow', '20s', '--seed', '6');
  expect(tradesOf('two')).toEqual(tradesOf('one'));
  expect(tradesOf('one').length).toBeGreaterThan(20);
  expect(again.stateHash).toBe(first.stateHash);
  expect(tradesOf('three')).not.toEqual(tradesOf('one'));
  expect(other.stateHash).not.toBe(first.stateHash);
});

/** The venue's trades without what differs from run to run: wall time and the prefix of our ids. */
function tradesOf(name: string): readonly object[] {
  return new VenueJudge(folder.file(`${name}-venue`))
    .events()
    .filter(({ event }) => event === 'trade')
    .map(({ orderId, account, symbol, side, lastLots, marketNs, lastTicks }) => ({
      orderId,
      account,
      symbol,
      side,
      lastLots,
      marketNs,
      lastTicks,
    }));
}

/** What one strategy made in one stock of one run, in minor units a lot filled. */
interface Earned {
  readonly strategy: string;
  readonly grossPerLot: number;
  /** Half the spread that stood in the book when it was filled. */
  readonly halfSpread: number;
  readonly fills: number;
}

test('no strategy earns more than its spread explains', { timeout: 240_000 }, async () => {
  const earned: Earned[] = [];
  for (const seed of SEEDS) {
    await run(`seed-${seed}`, '--flow', '120s', '--seed', String(seed));
    earned.push(...(await earnedIn(folder.file(`seed-${seed}-journal`))));
  }
  const of = (strategy: string) => earned.filter((each) => each.strategy === strategy);
  const maker = of('mm');
  const excess = meanOf(maker.map(({ grossPerLot, halfSpread }) => grossPerLot - halfSpread));
  const momentum = meanOf(of('ofi').map(({ grossPerLot }) => grossPerLot));
  report('mm: gross P&L a lot', meanOf(maker.map(({ grossPerLot }) => grossPerLot)), maker);
  report(
    'mm: half spread quoted at the fill',
    meanOf(maker.map(({ halfSpread }) => halfSpread)),
    maker,
  );
  report('ofi: gross P&L a lot', momentum, of('ofi'));
  expect(excess.mean + 2 * excess.error).toBeLessThan(0);
  expect(momentum.mean).toBeLessThan(2 * momentum.error);
});

/** Watches the journal's fills as they come, with the book of that moment. */
async function earnedIn(directory: string): Promise<readonly Earned[]> {
  const cells = new Map<number, { lots: number; fills: number; halfSpreadLots: number }>();
  let seen = 0;
  const { memory } = await watchJournal(directory, (now) => {
    for (; seen < now.i64(L.CTL_FILL_HEAD); seen++) {
      const fill = L.FILLS + (seen % L.RECORDS_KEPT) * L.FILL_BYTES;
      const instrument = now.i32(fill + 24);
      const strategy = now.i32(fill + 32);
      const key = strategy * L.INSTRUMENTS_MAX + instrument;
      const cell = cells.get(key) ?? { lots: 0, fills: 0, halfSpreadLots: 0 };
      const { bestBidTicks, bestAskTicks } = new BookView(now, instrument);
      const lots = now.i64(fill + 16);
      cell.lots += lots;
      cell.fills++;
      cell.halfSpreadLots += (lots * (bestAskTicks - bestBidTicks)) / 2;
      cells.set(key, cell);
    }
  });
  const positions = new Positions(memory, loadCore(memory));
  return [...cells].map(([key, { lots, fills, halfSpreadLots }]) => {
    const strategy = Math.floor(key / L.INSTRUMENTS_MAX);
    const instrument = key % L.INSTRUMENTS_MAX;
    const { realisedMinor, unrealisedMinor } = positions.positionPnl(strategy, instrument);
    const block = L.INSTRUMENTS + instrument * L.INSTRUMENT_BYTES;
    return {
      strategy: memory.text(L.STRATEGIES + strategy * L.STRATEGY_BYTES + L.STR_NAME, 32),
      grossPerLot: (realisedMinor + unrealisedMinor) / lots,
      halfSpread: (halfSpreadLots / lots) * memory.f64(block + L.INS_MINOR_PER_TICK_LOT),
      fills,
    };
  });
}

interface Mean {
  readonly mean: number;
  readonly error: number;
}

/** With its standard error. */
function meanOf(values: readonly number[]): Mean {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / (values.length - 1) / values.length) };
}

function report(what: string, { mean, error }: Mean, cells: readonly Earned[]): void {
  const fills = cells.reduce((sum, cell) => sum + cell.fills, 0);
  console.log(
    `${what}: ${mean.toFixed(3)} +- ${error.toFixed(3)} cents (${cells.length} stock runs, ${fills} fills)`,
  );
}
