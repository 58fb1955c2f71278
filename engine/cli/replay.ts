/** `gyrfalcon replay DIR [--verify]`: the journal through a fresh core; the state hash must be the live run's. */
import { parseArgs } from 'node:util';
import { configSchema } from '../../config/schema.ts';
import { ReplaySession } from '../../gateways/fix/session/replay-session.ts';
import * as L from '../../wasm/layout.ts';
import { Memory } from '../../wasm/memory.ts';
import { AppInput } from '../app-input.ts';
import { buildCore, type Core } from '../core.ts';
import { fixVenues } from '../core-setup.ts';
import { EXIT_FAILED, EXIT_OK, GyrfalconError } from '../errors.ts';
import { damageText } from '../journal/journal-format.ts';
import { JournalReader } from '../journal/journal-reader.ts';
import { lastInputs } from '../journal-crashes.ts';
import { NO_RECORDER } from '../recorder.ts';
import { prepareCore, readConfig } from '../recovery.ts';
import { Replay } from '../replay.ts';
import { stateHashOf, strategyStateHashOf } from '../state-hash.ts';
import { type LoadedStrategy, loadStrategies } from '../strategy/strategy-loader.ts';
import { usage } from './arguments.ts';

const HELP = `usage: gyrfalcon replay DIR [--verify] [--json]

  Applies a journal to a fresh core and prints its state hash: the same as the live run printed.
  --verify   also runs the strategies again and compares intent by intent
  --json     one JSON object on stdout
`;

const OPTIONS = {
  verify: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
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
  const [directory] = positionals;
  if (directory === undefined || positionals.length > 1)
    throw usage('give one journal directory: gyrfalcon replay DIR');
  const { memory, core, events, damage } = await replayJournal(directory, values.verify);
  const stateHash = stateHashOf(memory, core.module);
  const strategyStateHash = strategyStateHashOf(memory, core.module);
  const figures = { stateHash, strategyStateHash, events, verified: values.verify, damage };
  if (values.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
  else process.stdout.write(`state-hash ${stateHash} events ${events}\n`);
  if (values.verify && !values.json) {
    const decided = memory.i64(L.CTL_INTENT_SEQUENCE);
    process.stderr.write(`verified: the strategies decided the same again, ${decided} intents\n`);
  }
  if (damage === undefined) return EXIT_OK;
  process.stderr.write(
    `gyrfalcon: the journal is damaged: ${damage}; the hash is of the state before it\n`,
  );
  return EXIT_FAILED;
}

export interface ReplayedJournal {
  readonly memory: Memory;
  readonly core: Core;
  readonly events: number;
  /** Why the replay ended before the journal's last byte; undefined = it did not. */
  readonly damage: string | undefined;
}

/** What a replay runs with, where it is not what the journal names: a reader that watches, other strategies. */
export interface ReplayParts {
  readonly memory: Memory;
  readonly reader: JournalReader;
  readonly strategies: readonly LoadedStrategy[];
}

/** The core as the journal leaves it. */
export async function replayJournal(
  directory: string,
  isVerifying: boolean,
  parts: Partial<ReplayParts> = {},
): Promise<ReplayedJournal> {
  const { memory = new Memory(), reader = new JournalReader(directory) } = parts;
  const recorded = readConfig(directory);
  if (recorded === undefined)
    throw new GyrfalconError('INPUT_INVALID', `journal ${directory} has no record`);
  const config = configSchema.parse(JSON.parse(recorded.configJson));
  const strategies = parts.strategies ?? (await loadStrategies(config.strategies));
  const core = buildCore({ memory, config, strategies }, NO_RECORDER);
  prepareCore(core, recorded);
  const app = new AppInput(core);
  const sessions = fixVenues(config).map(
    (venue, index) =>
      new ReplaySession({
        memory,
        index,
        venue,
        deliver: (session, message) => void app.deliver(session, message),
      }),
  );
  const replay = new Replay(core, reader, sessions);
  core.gate.recorder = replay;
  const events = replay.run(isVerifying, isVerifying ? lastInputs(directory) : undefined);
  const damage = reader.damage === undefined ? undefined : damageText(reader.damage);
  return { memory, core, events, damage };
}
