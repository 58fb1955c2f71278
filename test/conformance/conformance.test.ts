/**
 * Every scenario in every version where it applies, against `gyrfalcon fix echo` and initiators as
 * processes.
 */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, test } from 'vitest';
import { acceptorLanes, startEcho } from './acceptors.ts';
import { InitiatorHost } from './initiators.ts';
import { type Play, playAll, playsOf } from './lanes.ts';
import { readScenarios } from './scenario-file.ts';

/** Each has one session a version; scenarios of one session follow each other. */
const ECHOES = 4;
const PATIENCE_MS = 16_000;
const SUITE_MS = 240_000;
const scenarios = readScenarios(fileURLToPath(new URL('scenarios/', import.meta.url)));
const plays = playsOf(scenarios);
const outcomes = new Map(plays.map((play) => [play, Promise.withResolvers<Error | undefined>()]));
let subjects: readonly { stop(): Promise<unknown> }[] = [];

beforeAll(async () => {
  const echoes = await Promise.all(Array.from({ length: ECHOES }, startEcho));
  const initiators = new InitiatorHost();
  subjects = [...echoes, initiators];
  const acceptors = echoes.flatMap(({ port }) => acceptorLanes({ port, patienceMs: PATIENCE_MS }));
  const lanes = [...acceptors, ...initiators.lanes(PATIENCE_MS)];
  void playAll(plays, lanes, (play, failure) => outcomes.get(play)!.resolve(failure));
});

afterAll(() => Promise.all(subjects.map((subject) => subject.stop())));

test.for(plays.map((play) => [`${play.scenario.name} in ${play.version}`, play] as const))(
  '%s',
  { timeout: SUITE_MS },
  async ([, play]: readonly [string, Play]) => {
    const failure = await outcomes.get(play)!.promise;
    if (failure !== undefined) throw failure;
  },
);
