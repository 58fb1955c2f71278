/** `gyrfalcon run`: the engine until Ctrl-C, the end of a recording, or --for; then what it came to. */
import { parseArgs } from 'node:util';
import { type LoadedConfig, loadConfig } from '../../config/load.ts';
import { requireVenueSessions } from '../../gateways/fix/settings/venue-session.ts';
import { EXIT_OK } from '../errors.ts';
import { requireRecordedFile } from '../event/recorded-file.ts';
import { loadStrategies } from '../strategy/strategy-loader.ts';
import type { RunSummary } from '../summary.ts';
import type { RunPlan } from '../supervisor/run-plan.ts';
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
  await requireUsable(loaded);
  const plan: RunPlan = {
    config: loaded.config,
    configJson: loaded.canonicalJson,
    configDirectory: loaded.directory,
    journalDirectory: values.journal,
    isLockStep: speed === 'max',
    venueArguments: venueArguments(values, speed),
    isFeedReplayed: isFeedRecording(values.replay),
    isHeadless: values.headless,
    forMs,
  };
  const summary = await run(plan);
  const text = values.json ? `${JSON.stringify(summary)}\n` : summaryScreen(summary);
  // Where the loop had this thread, its timers are still there.
  await new Promise<void>((resolve) => process.stdout.write(text, () => resolve()));
  return plan.config.hotLoop.thread === 'main' ? process.exit(EXIT_OK) : EXIT_OK;
}

/** What a user got wrong is said before anything is started. */
async function requireUsable(loaded: LoadedConfig): Promise<void> {
  const { config } = loaded;
  await loadStrategies(config.strategies, (path, schema) => loaded.mistakesIn(path, schema));
  requireVenueSessions(config, loaded);
}

/** A thread loads only what it runs. */
async function run(plan: RunPlan): Promise<RunSummary> {
  if (plan.config.hotLoop.thread === 'main') {
    const { runOnMain } = await import('./run-on-main.ts');
    return runOnMain(plan);
  }
  const { runInWorker } = await import('./run-in-worker.ts');
  return runInWorker(plan);
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
