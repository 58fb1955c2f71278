/**
 * `npm run -s conformance`: plays the scenarios against `gyrfalcon fix echo` and our initiator, or
 * against whatever listens at a port. options.ts says what it takes.
 */
import { fileURLToPath } from 'node:url';
import { optionFault } from '../../engine/cli/arguments.ts';
import { EXIT_FAILED, EXIT_OK, FAULTS, GyrfalconError } from '../../engine/errors.ts';
import { acceptorLanes, startEcho } from './acceptors.ts';
import { InitiatorHost } from './initiators.ts';
import { type Lane, type Play, playAll, playsOf } from './lanes.ts';
import { Link } from './link.ts';
import { chosenPlays, HELP, type Options, readOptions } from './options.ts';
import { readScenarios } from './scenario-file.ts';

const PATIENCE_MS = 16_000;
const ECHOES = 3;
const PROGRESS_PLAYS = 25;
const CLEAR_LINE = '\r\x1b[K';
const SCENARIOS = fileURLToPath(new URL('scenarios/', import.meta.url));

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options === undefined) {
    process.stdout.write(HELP);
    return EXIT_OK;
  }
  const { address, isVerbose } = options;
  const plays = chosenPlays(playsOf(readScenarios(SCENARIOS)), options);
  const failed =
    address === undefined ? await runOwn(plays, isVerbose) : await runAt(address, plays, isVerbose);
  return failed === 0 ? EXIT_OK : EXIT_FAILED;
}

async function runOwn(plays: readonly Play[], isVerbose: boolean): Promise<number> {
  const echoes = await Promise.all(Array.from({ length: ECHOES }, startEcho));
  const initiators = new InitiatorHost();
  const lanes = echoes.flatMap(({ port }) => acceptorLanes({ port, patienceMs: PATIENCE_MS }));
  const failed = await run(plays, [...lanes, ...initiators.lanes(PATIENCE_MS)], isVerbose);
  await Promise.all([...echoes, initiators].map((subject) => subject.stop()));
  return failed;
}

type Address = NonNullable<Options['address']>;

/** One connection first: otherwise every play would say that there is none. */
async function runAt(
  { port, host }: Address,
  plays: readonly Play[],
  isVerbose: boolean,
): Promise<number> {
  try {
    (await Link.connect(port, host, new Map())).drop();
  } catch (cause) {
    throw new GyrfalconError('VENUE_UNREACHABLE', `nothing listens at ${host}:${port}`, {}, cause);
  }
  return run(plays, acceptorLanes({ port, host, patienceMs: PATIENCE_MS }), isVerbose);
}

/** How many failed. A person at a terminal sees how far it is. */
async function run(
  plays: readonly Play[],
  lanes: readonly Lane[],
  isVerbose: boolean,
): Promise<number> {
  const { isTTY: isWatched } = process.stderr;
  const say = (text: string): void => {
    if (isWatched) process.stderr.write(CLEAR_LINE);
    process.stdout.write(`${text}\n`);
  };
  let ended = 0;
  let failed = 0;
  await playAll(plays, lanes, ({ scenario, version }, failure) => {
    ended += 1;
    if (failure !== undefined) failed += 1;
    if (failure !== undefined) say(`FAILED ${failure.message}\n`);
    else if (isVerbose) say(`passed ${scenario.name} ${version}`);
    if (isWatched && ended % PROGRESS_PLAYS === 0) {
      process.stderr.write(`${CLEAR_LINE}${ended} of ${plays.length} played, ${failed} failed`);
    }
  });
  say(`${plays.length - failed} of ${plays.length} passed`);
  return failed;
}

/** What is wrong with the use or the address is one line; anything else is a bug of ours. */
function complain(error: unknown): number {
  const fault = error instanceof GyrfalconError ? error : optionFault(error, 'conformance');
  if (fault === undefined) throw error;
  const text = fault.message.replace(
    'see gyrfalcon conformance --help',
    'see npm run -s conformance -- --help',
  );
  process.stderr.write(`conformance: ${text.replaceAll(/\s*[\r\n]+\s*/g, ' ')}\n`);
  return FAULTS[fault.code];
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  // A refused connection's time limit would keep the process for seconds.
  process.exit(complain(error));
}
