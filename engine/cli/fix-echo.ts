/** `gyrfalcon fix echo`: sends orders back, to try a FIX session against; or the sessions of a file. */
import { parseArgs } from 'node:util';
import { compId } from '../../config/fix-session.ts';
import { EchoApplication } from '../../gateways/fix/echo/echo-application.ts';
import { echoSessions } from '../../gateways/fix/echo/echo-sessions.ts';
import {
  type FixSettings,
  loadFixSettings,
} from '../../gateways/fix/settings/load-fix-settings.ts';
import { formatTimestamp } from '../../gateways/fix/timestamp.ts';
import { FixAcceptor } from '../../gateways/fix/transport/acceptor.ts';
import { FixInitiator } from '../../gateways/fix/transport/initiator.ts';
import { wallClock } from '../../gateways/sim/venue-parts.ts';
import { EXIT_OK } from '../errors.ts';
import { usage, wholeNumber } from './arguments.ts';

const HELP = `usage: gyrfalcon fix echo --port N [options]
       gyrfalcon fix echo --config FILE [--port N]

  A FIX acceptor for FIX.4.2, FIX.4.4 and FIX.5.0SP2 (FIXT.1.1), all on one port. NewOrderSingle (D) and
  SecurityDefinition (d) come back as they came; other application messages are refused with 35=j.
  --port N          0 = any free one; the first line on stdout says which
  --host ADDRESS    127.0.0.1 (default) or another address of this machine
  --sender S --target S   its own and its peer's CompID (default ISLD, TW)
  --config FILE     the sessions of this file instead, acceptors and initiators (see config/fix/echo.yaml)
  --json            the line on stdout is JSON
`;

const OPTIONS = {
  port: { type: 'string' },
  host: { type: 'string' },
  sender: { type: 'string' },
  target: { type: 'string' },
  config: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;
type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

/** A peer that leaves more than this unread is disconnected. */
const PENDING_BYTES_MAX = 16 * 1024 * 1024;
const RESEND_MESSAGES_MAX = 100_000;

export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  if (values.help) {
    process.stdout.write(HELP);
    return EXIT_OK;
  }
  const clock = wallClock();
  const log = (text: string): boolean =>
    process.stderr.write(`${formatTimestamp(clock.nowNs())} ${text}\n`);
  const settings =
    values.config === undefined
      ? ownSettings(values)
      : fileSettings(values, loadFixSettings(values.config, { clock, log }));
  const parts = { clock, handler: new EchoApplication(clock, log) };
  const initiators = settings.initiators.map(
    (one) => new FixInitiator({ ...one, ...parts, random: Math.random, onUnreachable: log }),
  );
  const acceptor =
    settings.acceptor &&
    new FixAcceptor({
      ...settings.acceptor,
      ...parts,
      onRefused: (reason) => log(`refused: ${reason}`),
    });
  process.stdout.write(readyLine(settings, await acceptor?.listen(), values.json === true));
  for (const initiator of initiators) initiator.start();
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await Promise.all([acceptor, ...initiators].map((one) => stop(one)));
  return EXIT_OK;
}

function stop(side: FixAcceptor | FixInitiator | undefined): Promise<void> | undefined {
  const reason = 'the echo ends';
  return side instanceof FixAcceptor ? side.close(reason) : side?.stop(reason);
}

const portOf = (text: string): number => wholeNumber('port', text, { min: 0, max: 65_535 });

function compIdOf(option: string, text: string): string {
  if (compId.safeParse(text).success) return text;
  throw usage(`--${option} ${JSON.stringify(text)}: give ${compId.description}`);
}

function ownSettings({ port, host, sender, target }: Values): FixSettings {
  if (port === undefined)
    throw usage('fix echo needs --port N (0 = any free one) or --config FILE');
  return {
    initiators: [],
    acceptor: {
      host: host ?? '127.0.0.1',
      port: portOf(port),
      sessions: echoSessions({
        senderCompId: compIdOf('sender', sender ?? 'ISLD'),
        targetCompId: compIdOf('target', target ?? 'TW'),
      }),
      pendingBytesMax: PENDING_BYTES_MAX,
      resendMessagesMax: RESEND_MESSAGES_MAX,
    },
  };
}

function fileSettings(values: Values, settings: FixSettings): FixSettings {
  for (const name of ['host', 'sender', 'target'] as const) {
    if (values[name] !== undefined) throw usage(`--${name} stands in the file that --config names`);
  }
  const { acceptor } = settings;
  if (values.port === undefined) return settings;
  if (acceptor === undefined) throw usage('--port: the file that --config names has no acceptor');
  return { ...settings, acceptor: { ...acceptor, port: portOf(values.port) } };
}

/** What a person or a script waits for. */
function readyLine(settings: FixSettings, port: number | undefined, isJson: boolean): string {
  const { acceptor, initiators } = settings;
  const host = acceptor?.host;
  if (isJson) return `${JSON.stringify({ host, port, initiators: initiators.length })}\n`;
  const sessions = acceptor?.sessions.map(
    ({ version, senderCompId, targetCompId }) => `${version} ${senderCompId} for ${targetCompId}`,
  );
  const listening = sessions && `listening on ${host}:${port} (${sessions.join(', ')})`;
  const connecting = initiators.map(({ addresses, config }) => {
    const [first] = addresses;
    return `connecting to ${first!.host}:${first!.port} as ${config.senderCompId}`;
  });
  return `${[listening, ...connecting].filter((line) => line !== undefined).join('; ')}; Ctrl-C ends\n`;
}
