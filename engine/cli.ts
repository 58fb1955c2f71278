/**
 * The command line: names the commands, hands over to engine/cli/*.ts, and turns a fault into one line and
 * an exit code (0 done, 1 failed, 2 wrong use, 3 bad input, 4 the machine or the network).
 */
import { optionFault } from './cli/arguments.ts';
import { complain, oneLine } from './cli/complain.ts';
import { EXIT_OK, GyrfalconError } from './errors.ts';
import { ENGINE_VERSION } from './version.ts';

interface Command {
  readonly summary: string;
  readonly load: () => Promise<{ main(args: readonly string[]): Promise<number> | number }>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  run: {
    summary: 'run the engine, by default against its own simulated venue',
    load: () => import('./cli/run.ts'),
  },
  venue: { summary: 'run the simulated venue alone', load: () => import('./cli/venue.ts') },
  replay: {
    summary: 'run a journal again and print its state hash',
    load: () => import('./cli/replay.ts'),
  },
  journal: { summary: 'verify or show a journal', load: () => import('./cli/journal.ts') },
  book: {
    summary: 'build an order book from a recording, a CSV row a message',
    load: () => import('./cli/book.ts'),
  },
  fix: {
    summary: 'FIX tools: try a session, read a log, take over settings',
    load: () => import('./cli/fix.ts'),
  },
  kill: {
    summary: 'stop all trading of a running engine, now',
    load: () => import('./cli/kill.ts'),
  },
  latency: {
    summary: 'print stages and slowest ticks of a running engine',
    load: () => import('./cli/latency.ts'),
  },
  bench: {
    summary: 'measure, against a plain version in the same run',
    load: () => import('./cli/bench.ts'),
  },
};

const HELP = `gyrfalcon ${ENGINE_VERSION}: usage: gyrfalcon <command> [options]

${Object.entries(COMMANDS)
  .map(([name, { summary }]) => `  ${name.padEnd(8)} ${summary}`)
  .join('\n')}

  gyrfalcon <command> --help tells the options of a command.
  Exit codes: 0 done, 1 failed, 2 wrong use, 3 bad input, 4 the machine or the network.
`;

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  const names = Object.keys(COMMANDS).join(' ');
  if (name === undefined) {
    throw new GyrfalconError('USAGE', `name a command: ${names}; see gyrfalcon --help`);
  }
  if (name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(HELP);
    return EXIT_OK;
  }
  if (name === '--version') {
    process.stdout.write(`${ENGINE_VERSION}\n`);
    return EXIT_OK;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    throw new GyrfalconError(
      'USAGE',
      `there is no command ${oneLine(name)}; name one of: ${names}`,
    );
  }
  return (await command.load()).main(rest);
}

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

function exitCodeOf(error: unknown): number {
  return complain(optionFault(error, process.argv[2]!) ?? error, say);
}

// Thrown where nobody waits: in a socket's or a timer's call.
process.on('uncaughtException', (error) => process.exit(exitCodeOf(error)));
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT_OK);
});
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = exitCodeOf(error);
}
