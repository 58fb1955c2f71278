/** `gyrfalcon fix`: names its subcommands and hands over to them. */
import { EXIT_OK } from '../errors.ts';
import { usage } from './arguments.ts';

interface Subcommand {
  readonly summary: string;
  readonly load: () => Promise<{ main(args: readonly string[]): Promise<number> | number }>;
}

const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  echo: {
    summary: 'an acceptor that sends orders back, to try a session against',
    load: () => import('./fix-echo.ts'),
  },
  show: { summary: 'print a FIX log readably', load: () => import('./fix-show.ts') },
  import: {
    summary: 'the settings file of a QuickFIX engine as ours, with a report',
    load: () => import('./fix-import.ts'),
  },
  password: {
    summary: 'the hash under which an acceptor keeps a password',
    load: () => import('./fix-password.ts'),
  },
};

const NAMES = Object.keys(SUBCOMMANDS).join(' ');

const HELP = `usage: gyrfalcon fix <subcommand> [options]

${Object.entries(SUBCOMMANDS)
  .map(([name, { summary }]) => `  ${name.padEnd(8)} ${summary}`)
  .join('\n')}

  gyrfalcon fix <subcommand> --help tells its options.
`;

export async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined) throw usage(`fix needs one of: ${NAMES}; see gyrfalcon fix --help`);
  if (name === '--help' || name === '-h') {
    process.stdout.write(HELP);
    return EXIT_OK;
  }
  const subcommand = Object.hasOwn(SUBCOMMANDS, name) ? SUBCOMMANDS[name] : undefined;
  if (subcommand === undefined) {
    throw usage(`there is no fix ${name}; name one of: ${NAMES}`);
  }
  return (await subcommand.load()).main(rest);
}
