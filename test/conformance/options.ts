/** Options of the command that plays the scenarios, checked; and the plays that they choose. */
import { parseArgs } from 'node:util';
import { usage, wholeNumber } from '../../engine/cli/arguments.ts';
import { FIX_VERSIONS, type FixVersion } from '../../gateways/fix/version.ts';
import type { Play } from './lanes.ts';

export const HELP = `usage: npm run -s conformance -- [options]

  Plays the scenarios against gyrfalcon fix echo and our initiator, or against what listens at a port.
  --only NAME[,NAME]   those with NAME in their name, or NAME as their whole name in the acceptance list
  --version V          ${FIX_VERSIONS.join(', ')}: this version only
  --port N             an acceptor that listens there; an initiator's scenarios are left out
  --host ADDRESS       where it listens, with --port (default 127.0.0.1)
  --verbose            name those that passed too
  Exit codes: 0 all passed, 1 some failed, 2 wrong use, 4 nothing listens there.
`;

const OPTIONS = {
  only: { type: 'string' },
  version: { type: 'string' },
  port: { type: 'string' },
  host: { type: 'string' },
  verbose: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;
const PORT_RANGE = { min: 1, max: 65_535 };
const HOST = '127.0.0.1';

export interface Options {
  readonly only: readonly string[];
  readonly version: FixVersion | undefined;
  /** The acceptor under test; undefined: our own. */
  readonly address: { readonly port: number; readonly host: string } | undefined;
  readonly isVerbose: boolean;
}

/** undefined: help is asked for. */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  if (values.help) return undefined;
  const { only, version, port, host, verbose } = values;
  const names = only?.split(',').map((name) => name.trim()) ?? [];
  if (names.includes('')) throw usage(`--only ${only}: give names with a comma between them`);
  if (host === '') throw usage('--host needs a value');
  if (host !== undefined && port === undefined) throw usage('--host needs --port');
  return {
    only: names,
    version: version === undefined ? undefined : versionNamed(version),
    address:
      port === undefined
        ? undefined
        : { port: wholeNumber('port', port, PORT_RANGE), host: host ?? HOST },
    isVerbose: verbose,
  };
}

function versionNamed(text: string): FixVersion {
  const version = FIX_VERSIONS.find((known) => known === text);
  if (version === undefined) throw usage(`--version ${text}: give ${FIX_VERSIONS.join(', ')}`);
  return version;
}

/** Each name must choose something that can be played: a typing error must not look like a pass. */
export function chosenPlays(plays: readonly Play[], options: Options): readonly Play[] {
  const { only, version, address } = options;
  const ofVersion = plays.filter((play) => version === undefined || play.version === version);
  const canPlay = ({ scenario }: Play): boolean =>
    address === undefined || scenario.role === 'acceptor';
  for (const name of only) {
    const found = ofVersion.filter((play) => isNamed(play, name));
    if (found.length === 0) {
      const where = version === undefined ? '' : ` in ${version}`;
      throw usage(`--only ${name}: no scenario${where} has that name`);
    }
    if (!found.some(canPlay)) {
      throw usage(`--only ${name}: these scenarios are an initiator's: leave --port out`);
    }
  }
  return ofVersion.filter(
    (play) => canPlay(play) && (only.length === 0 || only.some((name) => isNamed(play, name))),
  );
}

function isNamed({ scenario }: Play, name: string): boolean {
  return scenario.name.includes(name) || scenario.acceptance === name;
}
