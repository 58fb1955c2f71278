/** Every scenario in every version where it applies, against `gyrfalcon fix echo` as a process. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, test } from 'vitest';
import { acceptorLanes, type EchoAcceptor, startEcho } from './acceptors.ts';
import { type Play, playAll, playsOf } from './lanes.ts';
import { readScenarios } from './scenario-file.ts';

/** Each has one session a version; scenarios of one session follow each other. */
const ECHOES = 4;
const PATIENCE_MS = 16_000;
const SUITE_MS = 240_000;
const scenarios = readScenarios(fileURLToPath(new URL('scenarios/', import.meta.url)));
const plays = playsOf(scenarios).filter(({ scenario }) => scenario.role === 'acceptor');
const outcomes = new Map(plays.map((play) => [play, Promise.withResolvers<Error | undefined>()]));
let echoes: readonly EchoAcceptor[] = [];

beforeAll(async () => {
  echoes = await Promise.all(Array.from({ length: ECHOES }, startEcho));
  const lanes = echoes.flatMap(({ port }) => acceptorLanes({ port, patienceMs: PATIENCE_MS }));
  void playAll(plays, lanes, (play, failure) => outcomes.get(play)!.resolve(failure));
});

afterAll(() => Promise.all(echoes.map((echo) => echo.stop())));

test.for(plays.map((play) => [`${play.scenario.name} in ${play.version}`, play] as const))(
  '%s',
  { timeout: SUITE_MS },
  async ([, play]: readonly [string, Play]) => {
    const failure = await outcomes.get(play)!.promise;
    if (failure !== undefined) throw failure;
  },
);
