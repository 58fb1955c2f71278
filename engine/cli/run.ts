/** `gyrfalcon run`: the engine until Ctrl-C, the end of a recording, or --for; then what it came to. */
import { parseArgs } from 'node:util';
import { loadConfig } from '../../config/load.ts';
import { EXIT_OK, GyrfalconError } from '../errors.ts';
import { requireRecordedFile } from '../event/recorded-file.ts';
import { Engine } from '../main.ts';
import type { RunSummary } from '../summary.ts';
import { durationMs, type Speed, speedOf, usage, wholeNumber } from './arguments.ts';
import { summaryScreen } from './summary-screen.ts';

const HELP = `usage: gyrfalcon run [options]

  --replay FILE    market data from a recorded day (.fix, .fix.zst) instead of the generator, or recorded
                   Binance messages (.jsonl.zst; with --config config/binance.yaml)
  --ws-drop K      of those, every K-th diff is lost on the way
  --speed X        1 real time (default), 10 ten times as fast, max = lock-step, flood = as fast as it goes
  --seed N         of the generated market (default 1)
  --config FILE    default config/default.yaml
  --journal DIR    where the journal is kept; one that exists is recovered and continued
  --flow 390m      market time that the generator lasts
  --venue-log DIR  where the simulated venue keeps its own log of orders
  --for 30s        stop after this time
  --headless       no console
  --json           the summary as one JSON object on stdout
`;

const OPTIONS = {
  replay: { type: 'string' },
  speed: { type: 'string', default: '1' },
  seed: { type: 'string', default: '1' },
  config: { type: 'string', default: 'config/default.yaml' },
  journal: { type: 'string' },
  'venue-log': { type: 'string' },
  flow: { type: 'string' },
  'ws-drop': { type: 'string' },
  for: { type: 'string' },
  headless: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Ctrl-C reaches us twice when a wrapper passes it on; within this time it is the same one. */
const SAME_SIGNAL_MS = 500;

export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  if (values.help) {
    process.stdout.write(HELP);
    return EXIT_OK;
  }
  const speed = speedOf(values.speed);
  const forMs = values.for === undefined ? undefined : durationMs('for', values.for);
  wholeNumber('seed', values.seed, { min: 0, max: 2 ** 32 - 1 });
  const loaded = loadConfig(values.config);
  const ending = new Ending();
  const say = (text: string): void => {
    process.stderr.write(`${text}\n`);
  };
  const engine = new Engine({
    loaded,
    journalDirectory: values.journal,
    isLockStep: speed === 'max',
    venueArguments: venueArguments(values, speed),
    isFeedReplayed: isFeedRecording(values.replay),
    isHeadless: values.headless,
    log: say,
    onEndOfRecording: () => ending.reach('the recording has ended'),
    onFault: (error) => ending.fail(error),
  });
  const summary = await runUntilEnd(engine, ending, { forMs, say });
  if (values.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
  else process.stdout.write(summaryScreen(summary));
  return EXIT_OK;
}

interface RunControl {
  readonly forMs: number | undefined;
  readonly say: (text: string) => void;
}

async function runUntilEnd(
  engine: Engine,
  ending: Ending,
  control: RunControl,
): Promise<RunSummary> {
  try {
    await Promise.race([engine.start(), ending.failed]);
    if (engine.consoleUrl !== '') control.say(`console: ${engine.consoleUrl}`);
    control.say(`journal: ${engine.journalDirectory}`);
    const { events, ms } = engine.recovered;
    if (events > 0) control.say(`recovered ${events} records in ${ms.toFixed(0)} ms`);
    const timer =
      control.forMs === undefined
        ? undefined
        : setTimeout(() => ending.reach('the time is over'), control.forMs);
    const reason = await ending.reached;
    clearTimeout(timer);
    control.say(`stopping: ${reason}`);
    return await Promise.race([engine.stop(reason), ending.failed]);
  } catch (error) {
    await engine.abandon();
    throw error;
  }
}

/** How a run can end: asked to, by itself, or by a fault. */
class Ending {
  readonly reached: Promise<string>;
  /** Never resolves; rejects with the fault. */
  readonly failed: Promise<never>;
  reach!: (reason: string) => void;
  fail!: (error: GyrfalconError) => void;
  #firstSignalMs = 0;

  constructor() {
    this.failed = new Promise((_, reject) => {
      this.fail = reject;
    });
    this.failed.catch(() => {});
    this.reached = new Promise((resolve, reject) => {
      this.reach = resolve;
      this.failed.catch(reject);
    });
    this.reached.catch(() => {});
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => this.#onSignal(signal));
    }
  }

  #onSignal(signal: string): void {
    if (this.#firstSignalMs === 0) {
      this.#firstSignalMs = Date.now();
      this.reach(signal === 'SIGINT' ? 'Ctrl-C' : signal);
    } else if (Date.now() - this.#firstSignalMs > SAME_SIGNAL_MS) {
      this.fail(
        new GyrfalconError(
          'ENGINE_STOPPED',
          'stopped at once: orders may be left at the venue; the journal is whole',
        ),
      );
    }
  }
}

type RunValues = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

/** Recorded WebSocket messages rather than FIX. */
function isFeedRecording(file: string | undefined): boolean {
  return file !== undefined && /\.jsonl(\.zst)?$/.test(file);
}

function venueArguments(values: RunValues, speed: Speed): readonly string[] {
  const args = ['--speed', String(speed), '--seed', values.seed, '--config', values.config];
  if (values.replay !== undefined) {
    requireRecordedFile(values.replay);
    args.push(isFeedRecording(values.replay) ? '--ws-file' : '--replay', values.replay);
  }
  const drop = values['ws-drop'];
  if (drop !== undefined) {
    if (!isFeedRecording(values.replay))
      throw usage('--ws-drop needs --replay with recorded Binance messages (.jsonl, .jsonl.zst)');
    wholeNumber('ws-drop', drop, { min: 0, max: 1e12 });
    args.push('--ws-drop', drop);
  }
  if (values['venue-log'] !== undefined) args.push('--log', values['venue-log']);
  if (values.flow !== undefined) {
    durationMs('flow', values.flow);
    args.push('--flow', values.flow);
  }
  return args;
}
