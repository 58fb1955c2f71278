/**
 * `kill -9` at random moments, with real processes and sockets: the engine dies under load, while it
 * recovers, logs on, asks for resends; then the venue dies. The venue's log of orders and the journal must
 * tell the same story. GYRFALCON_CRASHES sets how often, GYRFALCON_SEED which moments.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { replayJournal } from '../../engine/cli/replay.ts';
import type { RunSummary } from '../../engine/summary.ts';
import * as L from '../../wasm/layout.ts';
import { gyrfalcon } from '../support/engine-process.ts';
import {
  copyUpTo,
  cutAfterLastIntent,
  journalEnd,
  readRequests,
  recordEnds,
} from '../support/journal-judge.ts';
import { SeededRandom } from '../support/seeded-random.ts';
import { pause, TradingPair, until } from '../support/trading-pair.ts';

const CRASHES = Number(process.env.GYRFALCON_CRASHES ?? 50);
const SEED = Number(process.env.GYRFALCON_SEED ?? Date.now() % 1_000_000);
/** Of the first so many records, about so many are the last one once. */
const RECORDS_CUT = 1500;
const CUTS = 150;
const RESTART_MS_MAX = 5000;
/** A third dies on the way up, the rest within this time of trading. */
const TRADING_MS_MAX = 700;
const STARTING_MS_MAX = 900;

const pair = new TradingPair();
const { journal, judge } = pair;
beforeAll(() => pair.startVenue('--seed', '7'));
afterAll(() => pair.end());

/** Kills the engine once; undefined = it was killed before it was logged on. */
async function crashOnce(random: SeededRandom): Promise<number | undefined> {
  if (random.oneIn(3)) {
    const engine = pair.launchEngine('--headless');
    await Promise.race([pause(200 + random.below(STARTING_MS_MAX)), engine.finished]);
    expect(engine.hasEnded, `the engine came up: ${engine.stderr}`).toBe(false);
    await engine.stop('SIGKILL');
    return undefined;
  }
  const restartMs = await timeToLogon();
  const { engine } = pair;
  await pause(random.below(TRADING_MS_MAX));
  expect(engine.hasEnded, `the engine was trading: ${engine.stderr}`).toBe(false);
  await engine.stop('SIGKILL');
  expect(engine.stderr).not.toContain('compare with the venue');
  return restartMs;
}

/** Milliseconds from the start of the process until it is logged on. */
async function timeToLogon(): Promise<number> {
  const startedMs = performance.now();
  await pair.launchEngine('--headless').says(/SIM: logged on/);
  return performance.now() - startedMs;
}

async function stopCleanly(): Promise<RunSummary> {
  const finished = await pair.engine.stop('SIGINT');
  expect(finished.code, finished.stderr).toBe(0);
  return JSON.parse(finished.stdout) as RunSummary;
}

/** All that must hold once an engine has stopped cleanly on the journal. */
async function expectOneStory(printedHash: string): Promise<void> {
  const verified = await gyrfalcon(['journal', 'verify', journal]);
  expect(verified.stderr + verified.stdout).toContain('whole');
  const { sent, intents, prefix } = readRequests(journal);
  const written = new Set(sent);
  expect(written.size, 'no ClOrdID was used twice').toBe(sent.length);
  const received = judge.requests('D', 'F', 'G').map(({ clOrdId }) => clOrdId);
  expect(received.filter((clOrdId) => !written.has(clOrdId))).toEqual([]);
  expect(received.filter((clOrdId) => !intents.has(Number(clOrdId.slice(prefix.length))))).toEqual(
    [],
  );
  expect(new Set(received).size, 'no order came to the venue twice').toBe(received.length);
  const end = await journalEnd(journal);
  expect(end.states.get(L.ORDER_UNKNOWN) ?? 0, 'every order is known').toBe(0);
  expect([...end.states.keys()].filter((state) => state < L.ORDER_FILLED)).toEqual([]);
  expect(judge.openOrders()).toEqual([]);
  expect(Object.fromEntries(end.positions)).toEqual(Object.fromEntries(judge.netLots()));
  expect(end.stateHash).toBe(printedHash);
  const replayed = await gyrfalcon(['replay', journal, '--verify', '--json']);
  expect(replayed.stderr).toBe('');
  expect(JSON.parse(replayed.stdout).stateHash).toBe(printedHash);
}

test(`no order is lost, doubled or guessed when the engine is killed ${CRASHES} times (seed ${SEED})`, async () => {
  const random = new SeededRandom(SEED);
  const restartsMs: number[] = [];
  for (let crash = 0; crash < CRASHES; crash++) {
    const restartMs = await crashOnce(random);
    if (restartMs !== undefined) restartsMs.push(restartMs);
  }
  restartsMs.push(await timeToLogon());
  await pause(500);
  const summary = await stopCleanly();
  const sorted = restartsMs.sort((a, b) => a - b);
  const at = (share: number): string => sorted[Math.floor(share * (sorted.length - 1))]!.toFixed(0);
  console.log(
    `${CRASHES} kills (seed ${SEED}): ${judge.requests().length} requests at the venue, ` +
      `${summary.journal.records} records; process start to logged on: p50 ${at(0.5)} p90 ${at(0.9)} max ${at(1)} ms`,
  );
  expect(sorted.at(-1)).toBeLessThan(RESTART_MS_MAX);
  await expectOneStory(summary.stateHash);
}, 240_000);

test('the venue dies and comes back while the engine lives: it reconnects and trades on', async () => {
  await pair.startEngine();
  await pair.untilOrders(20);
  for (let crash = 0; crash < 3; crash++) {
    await pair.venue.stop('SIGKILL');
    await pause(300);
    await pair.startVenue('--seed', '7');
    await pair.untilOrders(20);
  }
  expect(pair.engine.stderr).not.toContain('compare with the venue');
  await expectOneStory((await stopCleanly()).stateHash);
});

test('orders that were written down and never reached the venue are closed by its word', async () => {
  await pair.startEngine();
  await pair.untilOrders(20);
  await stopVenueWithPosition();
  // What leaves now waits in a socket that is never read.
  expect((await pair.post('flatten', { scope: 'firm' })).status).toBe(202);
  await pair.engine.stop('SIGKILL');
  await pair.venue.stop('SIGKILL');
  const lost = lostOrders();
  expect(lost.length).toBeGreaterThan(0);
  // Cut between the last intent and its message, as a process may die there.
  cutAfterLastIntent(journal);
  await pair.startVenue('--seed', '7');
  await pair.startEngine();
  await pair.engine.says(/asked for messages \d+ to \d+ again/);
  await until('an answer for every order', async () =>
    (await pair.state()).orderList.every(({ state }) => state !== 'UNKNOWN'),
  );
  await expectOneStory((await stopCleanly()).stateHash);
  const received = new Set(judge.requests('D').map(({ clOrdId }) => clOrdId));
  expect(
    lost.filter((clOrdId) => received.has(clOrdId)),
    'none was sent late',
  ).toEqual([]);
});

test('a journal that ends behind any kind of record is replayed, verified and counted on', async () => {
  const random = new SeededRandom(SEED);
  const ends = recordEnds(journal, RECORDS_CUT);
  const seen = new Set<number>();
  for (const end of ends) {
    // The first of each kind, and some of all.
    if (seen.has(end.kind) && !random.oneIn(RECORDS_CUT / CUTS)) continue;
    seen.add(end.kind);
    const copy = pair.folder.file('cut');
    copyUpTo(journal, end, copy);
    const { memory, events, damage } = await replayJournal(copy, random.oneIn(2));
    const place = `cut behind record ${end.sequence} of kind ${end.kind} (seed ${SEED})`;
    expect([events, memory.i64(L.CTL_RECORD_SEQUENCE), damage], place).toEqual([
      end.sequence,
      end.sequence,
      undefined,
    ]);
  }
  expect(seen.size).toBeGreaterThanOrEqual(6);
});

/** The venue stands still at a moment when there is something to flatten. */
async function stopVenueWithPosition(): Promise<void> {
  await until('a position while the venue stands still', async () => {
    pair.venue.process.kill('SIGSTOP');
    await pause(150); // what was on its way has been worked off
    const { positions } = await pair.state();
    if (positions.some(({ quantity }) => quantity !== 0)) return true;
    pair.venue.process.kill('SIGCONT');
    return false;
  });
}

/** New orders in the journal that the venue never saw. */
function lostOrders(): readonly string[] {
  const received = new Set(judge.requests().map(({ clOrdId }) => clOrdId));
  return readRequests(journal).sent.filter((clOrdId) => !received.has(clOrdId));
}
