/**
 * The suite against spoilt answers: for each kind the scenario that must see it fails, and for the
 * reason it should; through a proxy that spoils nothing the same scenarios pass.
 */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FixVersion } from '../../gateways/fix/version.ts';
import { acceptorLanes, type EchoAcceptor, startEcho } from './acceptors.ts';
import { isTimed } from './lanes.ts';
import { namesOf } from './names.ts';
import { readScenarios } from './scenario-file.ts';
import { Spoiler, type Spoiling } from './spoiler.ts';
import { SPOILT_KINDS } from './spoils.ts';

const ECHOES = 4;
const CLEAN_PATIENCE_MS = 16_000;
/** Longer than an answer takes on a busy machine: a late one must not pass for a missing one. */
const SPOILT_PATIENCE_MS = 3000;
/** The acceptor sees the end of one play before the next begins. */
const PAUSE_MS = 100;
const KINDS_MIN = 20;
const TEST_MS = 180_000;
const CLEAN: Spoiling = {
  spoil:
    () =>
    ({ raw }) => [{ raw }],
  neverCloses: false,
};

const folder = fileURLToPath(new URL('scenarios/', import.meta.url));
const scenarios = new Map(readScenarios(folder).map((scenario) => [scenario.name, scenario]));
let echoes: readonly EchoAcceptor[] = [];
let free: EchoAcceptor[] = [];
const waiting: ((echo: EchoAcceptor) => void)[] = [];

beforeAll(async () => {
  echoes = await Promise.all(Array.from({ length: ECHOES }, startEcho));
  free = [...echoes];
});

afterAll(() => Promise.all(echoes.map((echo) => echo.stop())));

/** One test at a time has an acceptor: it has one session a version. */
async function withEcho<T>(use: (echo: EchoAcceptor) => Promise<T>): Promise<T> {
  const echo = free.pop() ?? (await new Promise<EchoAcceptor>((resolve) => waiting.push(resolve)));
  try {
    return await use(echo);
  } finally {
    const next = waiting.shift();
    if (next === undefined) free.push(echo);
    else next(echo);
  }
}

interface Trial {
  readonly name: string;
  readonly spoiling: Spoiling;
  readonly patienceMs: number;
}

/** What the scenario says through the proxy; undefined = it passed. */
async function played(
  { name, spoiling, patienceMs }: Trial,
  version: FixVersion,
  echo: EchoAcceptor,
): Promise<string | undefined> {
  const spoiler = new Spoiler(echo.port, spoiling, namesOf(version).dictionary.dataTags);
  const play = { scenario: scenarios.get(name)!, version };
  const lanes = acceptorLanes({ port: await spoiler.listen(), patienceMs });
  const lane = lanes.find((candidate) => candidate.takes(play))!;
  let failure = await lane.play(play);
  // On a busy machine an acceptor that nobody spoils may be late, too.
  if (failure !== undefined && spoiling === CLEAN && isTimed(play)) failure = await lane.play(play);
  await spoiler.close();
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  return failure?.message;
}

/** In each version that the scenario has. */
function playedInAll(
  trial: Trial,
): Promise<readonly (readonly [FixVersion, string | undefined])[]> {
  const { versions } = scenarios.get(trial.name)!;
  return withEcho((echo) =>
    Promise.all(versions.map(async (v) => [v, await played(trial, v, echo)] as const)),
  );
}

test('there are enough kinds, each of its own', () => {
  const kinds = SPOILT_KINDS.map(({ kind }) => kind);
  expect(new Set(kinds).size).toBe(kinds.length);
  expect(kinds.length).toBeGreaterThanOrEqual(KINDS_MIN);
});

test.concurrent.each([...new Set(SPOILT_KINDS.map(({ seenBy }) => seenBy))])(
  '%s passes through a proxy that spoils nothing',
  { timeout: TEST_MS },
  async (name) => {
    const outcomes = await playedInAll({ name, spoiling: CLEAN, patienceMs: CLEAN_PATIENCE_MS });
    for (const [, failure] of outcomes) expect(failure).toBeUndefined();
  },
);

test.concurrent.each(SPOILT_KINDS)(
  'an acceptor that $kind fails',
  { timeout: TEST_MS },
  async ({ seenBy, complaint, spoil, neverCloses = false, only }) => {
    const spoiling = { spoil, neverCloses };
    const trial = { name: seenBy, spoiling, patienceMs: SPOILT_PATIENCE_MS };
    for (const [version, failure] of await playedInAll(trial)) {
      if (only === undefined || only === version) expect(failure).toMatch(complaint);
    }
  },
);
