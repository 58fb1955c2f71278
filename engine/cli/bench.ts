/** `gyrfalcon bench [SUITE]`: the benches of bench/, each checking its own answer. */
import { parseArgs } from 'node:util';
import { BENCH_NAMES, runBench } from '../../bench/run.ts';
import { EXIT_FAILED, EXIT_OK } from '../errors.ts';
import { usage, wholeNumber } from './arguments.ts';

const HELP = `usage: gyrfalcon bench [${BENCH_NAMES.join('|')}] [options]

  --json      results as JSON on stdout
  --compare   exit code 1 when a ratio got worse than the accepted figures
  --accept    write the figures to bench/baseline and the README
  --sessions N   how many fix-sessions has (default 500)
`;

const OPTIONS = {
  json: { type: 'boolean', default: false },
  compare: { type: 'boolean', default: false },
  accept: { type: 'boolean', default: false },
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
  if (suite !== undefined && !BENCH_NAMES.includes(suite)) {
    throw usage(`there is no bench ${suite}; name one of: ${BENCH_NAMES.join(' ')}`);
  }
  const sessions = wholeNumber('sessions', values.sessions, { min: 1, max: 10_000 });
  return (await runBench(suite, { ...values, sessions })) ? EXIT_OK : EXIT_FAILED;
}
