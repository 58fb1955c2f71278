/**
 * `kill -9` at random moments, with real processes and sockets: the engine dies under load, while it
 * recovers, logs on, asks for resends; then the venue dies. The venue's log of orders and the journal must
 * tell the same story. GYRFALCON_CRASHES sets how often, GYRFALCON_SEED which moments.
 */
import { afterAll, expect, test } from 'vitest';
import * as L from '../../wasm/layout.ts';
import { Gyrfalcon, gyrfalcon, TestFolder } from '../support/engine-process.ts';
import { journalEnd, readRequests } from '../support/journal-judge.ts';
import { SeededRandom } from '../support/seeded-random.ts';
import { VenueJudge } from '../support/venue-judge.ts';

const CRASHES = Number(process.env.GYRFALCON_CRASHES ?? 50);
const SEED = Number(process.env.GYRFALCON_SEED ?? Date.now() % 1_000_000);
const RESTART_MS_MAX = 5000;
/** A third dies on the way up, the rest within this time of trading. */
const TRADING_MS_MAX = 700;
const STARTING_MS_MAX = 900;

const folder = new TestFolder();
const journal = folder.file('journal/run');
const venueLog = folder.file('venue');
const judge = new VenueJudge(venueLog);
const running: Gyrfalcon[] = [];
afterAll(async () => {
  for (const each of running) await each.stop('SIGKILL');
  folder.remove();
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function startSeparateVenue(port: number): Promise<{ venue: Gyrfalcon; port: number }> {
  const venue = new Gyrfalcon([
    'venue',
    '--speed',
    '10',
    '--seed',
    '7',
    '--log',
    venueLog,
    '--port',
    String(port),
  ]);
  running.push(venue);
  const ready = await venue.says(/"fixPort":(\d+)/);
  return { venue, port: Number(ready[1]) };
}

function startEngine(): Gyrfalcon {
  const engine = new Gyrfalcon([
    'run',
    '--config',
    folder.config,
    '--journal',
    journal,
    '--headless',
    '--json',
  ]);
  running.push(engine);
  return engine;
}

/** Milliseconds from the start of the process until it is logged on. */
async function untilLoggedOn(engine: Gyrfalcon): Promise<number> {
  const startedMs = performance.now();
  await engine.says(/SIM: logged on/);
  return performance.now() - startedMs;
}

/** Kills the engine once; undefined = it was killed before it was logged on. */
async function crashOnce(random: SeededRandom): Promise<number | undefined> {
  const engine = startEngine();
  if (random.oneIn(3)) {
    await Promise.race([pause(200 + random.below(STARTING_MS_MAX)), engine.finished]);
    expect(engine.hasEnded, `the engine came up: ${engine.stderr}`).toBe(false);
    await engine.stop('SIGKILL');
    return undefined;
  }
  const restartMs = await untilLoggedOn(engine);
  await pause(random.below(TRADING_MS_MAX));
  expect(engine.hasEnded, `the engine was trading: ${engine.stderr}`).toBe(false);
  await engine.stop('SIGKILL');
  expect(engine.stderr).not.toContain('compare with the venue');
  return restartMs;
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
  const replayed = await gyrfalcon(['replay', journal, '--json']);
  expect(JSON.parse(replayed.stdout).stateHash).toBe(printedHash);
}

test(`no order is lost, doubled or guessed when the engine is killed ${CRASHES} times (seed ${SEED})`, async () => {
  const random = new SeededRandom(SEED);
  const { venue, port } = await startSeparateVenue(0);
  folder.useVenue(port);
  const restartsMs: number[] = [];
  for (let crash = 0; crash < CRASHES; crash++) {
    const restartMs = await crashOnce(random);
    if (restartMs !== undefined) restartsMs.push(restartMs);
  }
  const last = startEngine();
  restartsMs.push(await untilLoggedOn(last));
  await pause(500);
  const finished = await last.stop('SIGINT');
  expect(finished.code, finished.stderr).toBe(0);
  const summary = JSON.parse(finished.stdout);
  const sorted = restartsMs.sort((a, b) => a - b);
  const at = (share: number): string => sorted[Math.floor(share * (sorted.length - 1))]!.toFixed(0);
  console.log(
    `${CRASHES} kills (seed ${SEED}): ${judge.requests().length} requests at the venue, ` +
      `${summary.journal.records} records; process start to logged on: p50 ${at(0.5)} p90 ${at(0.9)} max ${at(1)} ms`,
  );
  expect(sorted.at(-1)).toBeLessThan(RESTART_MS_MAX);
  await expectOneStory(summary.stateHash);
  await venue.stop('SIGTERM');
}, 240_000);
