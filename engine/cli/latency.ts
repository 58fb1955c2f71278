/** `gyrfalcon latency`: where the time of a running engine's ticks goes, and which were the slowest today. */
import { parseArgs } from 'node:util';
import { loadConfig } from '../../config/load.ts';
import { EXIT_OK } from '../errors.ts';
import { wholeNumber } from './arguments.ts';
import { askEngine } from './control-client.ts';
import { type EngineLatency, latencyScreen } from './latency-screen.ts';

const SLOWEST_MAX = 100;

const HELP = `usage: gyrfalcon latency [options]

  Prints the latencies of a running engine: by path, by stage of a tick, and the slowest ticks
  of the day with their stages, causes and the sequence of their record in the journal.
  wait and send are timed on every tick, the other stages on one in 64; of a slow tick that
  is not one of these, "inside" stands for all between wait and send.
  --slowest N      how many of the slowest ticks, 0 to ${SLOWEST_MAX} (default 20)
  --config FILE    where host, port and token file stand (default config/default.yaml)
  --port N         of the running engine, when it is not the configured one
  --json           everything as JSON
`;

const OPTIONS = {
  slowest: { type: 'string', default: '20' },
  config: { type: 'string', default: 'config/default.yaml' },
  port: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  if (values.help) {
    process.stdout.write(HELP);
    return EXIT_OK;
  }
  const slowest = wholeNumber('slowest', values.slowest, { min: 0, max: SLOWEST_MAX });
  if (values.port !== undefined) wholeNumber('port', values.port, { min: 1, max: 65_535 });
  const { control } = loadConfig(values.config).config;
  const latency = await askEngine<EngineLatency>({
    control,
    port: values.port,
    path: 'latency',
    tokenFile: control.tokenFile,
  });
  const slowTicks = latency.slowTicks.slice(0, slowest);
  const shown = { ...latency, slowTicks };
  process.stdout.write(values.json ? `${JSON.stringify(shown)}\n` : latencyScreen(shown));
  return EXIT_OK;
}
