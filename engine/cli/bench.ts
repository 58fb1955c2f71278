/** `gyrfalcon bench [SUITE]`: the benches of bench/, each checking its own answer. */
import { parseArgs } from 'node:util';
import { ROUNDS_MIN } from '../../bench/harness.ts';
import { runBench } from '../../bench/run.ts';
import { SUITE_NAMES, suiteOf } from '../../bench/suites.ts';
import { EXIT_FAILED, EXIT_OK } from '../errors.ts';
import { usage, wholeNumber } from './arguments.ts';

const ROUNDS_MAX = 1000;
const NAME_WIDTH = 16;

const HELP = `usage: gyrfalcon bench [SUITE] [options]

${SUITE_NAMES.map((name) => `  ${name.padEnd(NAME_WIDTH)}${suiteOf(name).about}`).join('\n')}

Without a SUITE all are run.

  --json         results as JSON on stdout (bench/README.md says what each field is)
  --compare      each variant's change against the accepted figures, with an interval;
                 exit code 1 where one is slower beyond doubt and tolerance
  --accept       write the figures to bench/baseline and the README
  --rounds N     fewer for a quick look, more for narrower intervals (default ${ROUNDS_MIN} or more)
  --sessions N   how many fix-sessions has (default 500)
`;

const OPTIONS = {
  json: { type: 'boolean', default: false },
  compare: { type: 'boolean', default: false },
  accept: { type: 'boolean', default: false },
  rounds: { type: 'string' },
  sessions: { type: 'string', default: '500' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

export async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: OPTIONS,
    allowPositionals: true,
  });
  if (values.help) {
    process.stdout.write(HELP);
    return EXIT_OK;
  }
  const [suite, ...rest] = positionals;
  if (rest.length > 0) throw usage('name one bench, or none for all; see gyrfalcon bench --help');
  if (suite !== undefined && !SUITE_NAMES.includes(suite)) {
    throw usage(`there is no bench ${suite}; name one of: ${SUITE_NAMES.join(' ')}`);
  }
  const rounds = values.rounds === undefined ? undefined : roundsOf(values.rounds, values.accept);
  const sessions = wholeNumber('sessions', values.sessions, { min: 1, max: 10_000 });
  return (await runBench(suite, { ...values, rounds, sessions })) ? EXIT_OK : EXIT_FAILED;
}

function roundsOf(text: string, accept: boolean): number {
  const rounds = wholeNumber('rounds', text, { min: 1, max: ROUNDS_MAX });
  if (accept && rounds < ROUNDS_MIN) {
    throw usage(`--rounds ${text}: figures to be accepted need at least ${ROUNDS_MIN} rounds`);
  }
  return rounds;
}
