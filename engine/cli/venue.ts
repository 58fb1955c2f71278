/** `gyrfalcon venue`: the simulated venue as a process of its own. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { FixVersion } from '../../config/fix-version.ts';
import { loadConfig } from '../../config/load.ts';
import {
  EXCHANGE_SOCKETS,
  type ExchangeOptions,
} from '../../gateways/sim/exchange/exchange-parts.ts';
import { runVenue, type WebSocketOptions } from '../../gateways/sim/run-venue.ts';
import { VENUE_DEFAULTS, type VenueOptions } from '../../gateways/sim/venue-options.ts';
import { VENUE_OPEN_ORDERS_MAX } from '../../wasm/venue-layout.ts';
import { EXIT_OK } from '../errors.ts';
import { requireRecordedFile } from '../event/recorded-file.ts';
import { durationMs, realNumber, speedOf, usage, wholeNumber } from './arguments.ts';

/** More take more memory. */
const OPEN_ORDERS = 250_000;

const HELP = `usage: gyrfalcon venue [options]

  A FIX acceptor that plays a recorded day (or generated order flow) and matches orders.
  --port N          default 0 = any free one; the first line on stdout says which
  --host ADDRESS    127.0.0.1 (default) or ::1
  --replay FILE     a recorded day (.fix, .fix.zst); without it the seeded generator runs
  --speed X         1 real time (default), 10 ten times as fast, max = lock-step, flood
  --seed N          of generator, latency and rejects (default 1)
  --flow 390m       market time that the generator lasts (default 390m)
  --log DIR         orders.jsonl and session numbers; a venue on the same DIR goes on from there
  --latency 5ms     from an order's arrival to its effect, in market time; --latency-jitter 2ms
  --reject-rate P   share of orders that are rejected, 0 to 1
  --disconnect N    drop the connection after every N messages
  --exchange        no market of its own: orders meet in a book by order, market data come from it;
                    --with-flow: orders of a generated flow (--seed, --speed, --flow) meet there too,
                    --open-orders N (250000, at most 1000000), --log-sync: in the log before an answer leaves,
                    --sockets auto|native|node, --core N: its own core, --spin-us 50: polls so long
  --fix VERSION     FIX.4.4 (default) or FIX.5.0SP2
  --sender S --target S   its own and its peer's CompID (default SIM, GYRFALCON)
  --config FILE     where the instruments and their price history stand (default config/default.yaml)
  --ws-file FILE    serve recorded Binance messages (.jsonl.zst) over WebSocket and HTTP; with --replay
                    the FIX side runs too
  --ws-port N       default 0; --ws-drop K: every K-th depth diff is lost on the way
  --json            for scripts; the line on stdout, with the ports, is JSON with and without it
`;

const OPTIONS = {
  port: { type: 'string', default: '0' },
  host: { type: 'string', default: VENUE_DEFAULTS.host },
  replay: { type: 'string' },
  speed: { type: 'string', default: '1' },
  seed: { type: 'string', default: '1' },
  flow: { type: 'string', default: `${VENUE_DEFAULTS.flowDurationS}s` },
  log: { type: 'string' },
  latency: { type: 'string', default: '0ms' },
  'latency-jitter': { type: 'string', default: '0ms' },
  'reject-rate': { type: 'string', default: '0' },
  disconnect: { type: 'string', default: '0' },
  exchange: { type: 'boolean', default: false },
  'with-flow': { type: 'boolean', default: false },
  'open-orders': { type: 'string', default: String(OPEN_ORDERS) },
  'log-sync': { type: 'boolean', default: false },
  sockets: { type: 'string', default: EXCHANGE_SOCKETS.sockets },
  core: { type: 'string' },
  'spin-us': { type: 'string', default: String(EXCHANGE_SOCKETS.spinUs) },
  fix: { type: 'string', default: VENUE_DEFAULTS.version },
  sender: { type: 'string', default: VENUE_DEFAULTS.senderCompId },
  target: { type: 'string', default: VENUE_DEFAULTS.targetCompId },
  config: { type: 'string', default: 'config/default.yaml' },
  'ws-file': { type: 'string' },
  'ws-port': { type: 'string', default: '0' },
  'ws-drop': { type: 'string', default: '0' },
  json: { type: 'boolean', default: false },
  /** Started by an engine: ends with it. */
  'with-parent': { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const MARKET_OPTIONS = [
  'replay',
  'latency',
  'latency-jitter',
  'reject-rate',
  'disconnect',
] as const;
const FLOW_OPTIONS = ['speed', 'flow', 'seed'] as const;
const OPTIONS_DEFAULTS = parseArgs({ args: [], options: OPTIONS }).values;
const PORTS = { min: 0, max: 65_535 };
/** Loopback alone: what the venue says is not protected. */
const HOSTS: readonly string[] = ['127.0.0.1', '::1'];
/** The versions of the engine's order path. */
const VERSIONS: readonly string[] = ['FIX.4.4', 'FIX.5.0SP2'];
const CORES = { min: 0, max: 1023 };
const SPIN_US = { min: 0, max: 1_000_000 };
const COUNTS = { min: 0, max: 1e12 };

export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  if (values.help) {
    process.stdout.write(HELP);
    return EXIT_OK;
  }
  if (values.replay !== undefined) requireRecordedFile(values.replay);
  const webSocket = webSocketOptions(values);
  const options = values.exchange ? exchangeOptions(values) : venueOptions(values);
  if (values['with-parent']) {
    // The pipe closes when the parent is gone, however it went.
    process.stdin.on('end', () => process.kill(process.pid, 'SIGTERM'));
    process.stdin.resume();
  }
  const isFeedOnly = webSocket !== undefined && values.replay === undefined;
  try {
    return await runVenue(isFeedOnly ? undefined : options, webSocket);
  } finally {
    process.stdin.pause(); // an open pipe would keep the process
  }
}

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

function venueOptions(values: Values): VenueOptions {
  if (!HOSTS.includes(values.host))
    throw usage(`--host ${values.host}: give ${HOSTS.join(' or ')}`);
  if (!VERSIONS.includes(values.fix)) {
    throw usage(`--fix ${values.fix}: give ${VERSIONS.join(' or ')}`);
  }
  const { config, directory } = loadConfig(values.config);
  return {
    ...VENUE_DEFAULTS,
    host: values.host,
    port: wholeNumber('port', values.port, PORTS),
    version: values.fix as FixVersion,
    senderCompId: values.sender,
    targetCompId: values.target,
    instruments: config.instruments,
    historyFile: join(directory, config.valueAtRisk.history),
    flowDurationS: durationMs('flow', values.flow) / 1000,
    speed: speedOf(values.speed),
    seed: wholeNumber('seed', values.seed, { min: 0, max: 2 ** 32 - 1 }),
    latencyMs: durationMs('latency', values.latency),
    latencyJitterMs: durationMs('latency-jitter', values['latency-jitter']),
    rejectRate: realNumber('reject-rate', values['reject-rate'], { min: 0, max: 1 }),
    disconnectEvery: wholeNumber('disconnect', values.disconnect, COUNTS),
    ...(values.replay === undefined ? {} : { replay: values.replay }),
    ...(values.log === undefined ? {} : { logDir: values.log }),
  };
}

/** What a recorded or generated market needs has no meaning where orders alone make the market. */
function exchangeOptions(values: Values): ExchangeOptions {
  const unused = values['with-flow'] ? MARKET_OPTIONS : [...MARKET_OPTIONS, ...FLOW_OPTIONS];
  for (const name of unused) {
    if (values[name] === OPTIONS_DEFAULTS[name]) continue;
    throw usage(`--${name} has no meaning with --exchange: its orders meet in its own book`);
  }
  if (typeof speedOf(values.speed) !== 'number')
    throw usage(`--speed ${values.speed}: the flow of --exchange runs at a clock's pace`);
  const openOrders = { min: 1, max: VENUE_OPEN_ORDERS_MAX };
  return {
    ...venueOptions(values),
    openOrders: wholeNumber('open-orders', values['open-orders'], openOrders),
    isLogSync: values['log-sync'],
    hasFlow: values['with-flow'],
    sockets: socketsOf(values.sockets),
    core: values.core === undefined ? undefined : wholeNumber('core', values.core, CORES),
    spinUs: wholeNumber('spin-us', values['spin-us'], SPIN_US),
  };
}

function socketsOf(text: string): ExchangeOptions['sockets'] {
  if (text === 'auto' || text === 'native' || text === 'node') return text;
  throw usage(`--sockets ${text}: give auto, native or node`);
}

function webSocketOptions(values: Values): WebSocketOptions | undefined {
  const wsFile = values['ws-file'];
  if (wsFile === undefined) {
    if (values['ws-port'] === '0' && values['ws-drop'] === '0') return undefined;
    throw usage('--ws-port and --ws-drop need --ws-file FILE');
  }
  requireRecordedFile(wsFile);
  return {
    wsFile,
    wsPort: wholeNumber('ws-port', values['ws-port'], PORTS),
    wsDrop: wholeNumber('ws-drop', values['ws-drop'], COUNTS),
    speed: speedOf(values.speed),
  };
}
