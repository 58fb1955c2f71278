/** `gyrfalcon fix echo`: an acceptor that sends orders back, to try a FIX session against. */
import { parseArgs } from 'node:util';
import { EchoApplication } from '../../gateways/fix/echo/echo-application.ts';
import { echoSessions } from '../../gateways/fix/echo/echo-sessions.ts';
import { FixAcceptor } from '../../gateways/fix/transport/acceptor.ts';
import { wallClock } from '../../gateways/sim/venue-parts.ts';
import { EXIT_OK } from '../errors.ts';
import { usage, wholeNumber } from './arguments.ts';

const HELP = `usage: gyrfalcon fix echo --port N [options]

  A FIX acceptor for FIX.4.2, FIX.4.4 and FIX.5.0SP2 (FIXT.1.1), all on one port. NewOrderSingle (D) and
  SecurityDefinition (d) come back as they came; other application messages are refused with 35=j.
  --port N          0 = any free one; the first line on stdout says which
  --host ADDRESS    127.0.0.1 (default) or another address of this machine
  --sender S --target S   its own and its peer's CompID (default ISLD, TW)
  --json            the line on stdout is JSON
`;

const OPTIONS = {
  port: { type: 'string' },
  host: { type: 'string', default: '127.0.0.1' },
  sender: { type: 'string', default: 'ISLD' },
  target: { type: 'string', default: 'TW' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** A peer that leaves more than this unread is disconnected. */
const PENDING_BYTES_MAX = 16 * 1024 * 1024;
const RESEND_MESSAGES_MAX = 100_000;

export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  if (values.help) {
    process.stdout.write(HELP);
    return EXIT_OK;
  }
  if (values.port === undefined) throw usage('fix echo needs --port N (0 = any free one)');
  const log = (text: string): boolean => process.stderr.write(`${text}\n`);
  const clock = wallClock();
  const acceptor = new FixAcceptor({
    host: values.host,
    port: wholeNumber('port', values.port, { min: 0, max: 65_535 }),
    sessions: echoSessions({ senderCompId: values.sender, targetCompId: values.target }),
    clock,
    handler: new EchoApplication(clock, log),
    onRefused: (reason) => log(`refused: ${reason}`),
    pendingBytesMax: PENDING_BYTES_MAX,
    resendMessagesMax: RESEND_MESSAGES_MAX,
  });
  const port = await acceptor.listen();
  const { host, sender, target } = values;
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ host, port })}\n`
      : `listening on ${host}:${port} as ${sender} for ${target}; Ctrl-C ends\n`,
  );
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await acceptor.close('the echo ends');
  return EXIT_OK;
}
