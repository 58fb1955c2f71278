/**
 * `npm run -s conformance -- [--only NAME[,NAME]] [--version FIX.4.4] [--port P [--host H]]
 * [--verbose]`: plays the scenarios against `gyrfalcon fix echo`, or against whatever listens at the
 * port. NAME is a part of a scenario's name, or its whole name in the acceptance list.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { acceptorLanes, startEcho } from './acceptors.ts';
import { InitiatorHost } from './initiators.ts';
import { type Lane, type Play, playAll, playsOf } from './lanes.ts';
import { readScenarios } from './scenario-file.ts';

const PATIENCE_MS = 16_000;
const ECHOES = 3;
const SCENARIOS = fileURLToPath(new URL('scenarios/', import.meta.url));

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    version: { type: 'string' },
    port: { type: 'string' },
    host: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
});

function isWanted({ scenario, version }: Play): boolean {
  const names = values.only.split(',');
  if (values.version !== undefined && values.version !== version) return false;
  return names.some((name) => scenario.name.includes(name) || scenario.acceptance === name);
}

async function run(plays: readonly Play[], lanes: readonly Lane[]): Promise<number> {
  let failed = 0;
  await playAll(plays, lanes, ({ scenario, version }, failure) => {
    if (failure !== undefined) failed += 1;
    if (failure !== undefined) process.stdout.write(`FAILED ${failure.message}\n\n`);
    else if (values.verbose) process.stdout.write(`passed ${scenario.name} ${version}\n`);
  });
  process.stdout.write(`${plays.length - failed} of ${plays.length} passed\n`);
  return failed;
}

const plays = playsOf(readScenarios(SCENARIOS)).filter(isWanted);
let failed: number;
if (values.port === undefined) {
  const echoes = await Promise.all(Array.from({ length: ECHOES }, startEcho));
  const initiators = new InitiatorHost();
  const lanes = echoes.flatMap(({ port }) => acceptorLanes({ port, patienceMs: PATIENCE_MS }));
  failed = await run(plays, [...lanes, ...initiators.lanes(PATIENCE_MS)]);
  await Promise.all([...echoes, initiators].map((subject) => subject.stop()));
} else {
  const { host = '127.0.0.1' } = values;
  const acceptors = plays.filter(({ scenario }) => scenario.role === 'acceptor');
  const port = Number(values.port);
  failed = await run(acceptors, acceptorLanes({ port, host, patienceMs: PATIENCE_MS }));
}
process.exitCode = failed === 0 ? 0 : 1;
