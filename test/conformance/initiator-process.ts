/**
 * Initiators under test, in a process of their own: each line on stdin starts or stops one, which
 * connects to the runner's port and sends back what it is sent, as `fix echo` does.
 */
import { createInterface } from 'node:readline';
import { EchoApplication } from '../../gateways/fix/echo/echo-application.ts';
import { echoSessions } from '../../gateways/fix/echo/echo-sessions.ts';
import type { SessionConfig } from '../../gateways/fix/session/session-types.ts';
import { FixInitiator } from '../../gateways/fix/transport/initiator.ts';
import type { FixVersion } from '../../gateways/fix/version.ts';
import { wallClock } from '../../gateways/sim/venue-parts.ts';

export interface InitiatorOrder {
  readonly id: number;
  /** Undefined: the initiator of this id logs out and stops. */
  readonly start:
    | {
        readonly port: number;
        readonly version: FixVersion;
        /** Settings of the session in place of the usual ones. */
        readonly settings: Partial<SessionConfig>;
      }
    | undefined;
}

const RECONNECT_MS = 100;
const PENDING_BYTES_MAX = 1_048_576;
const RESEND_MESSAGES_MAX = 1000;
const clock = wallClock();
const log = (text: string): boolean => process.stderr.write(`${text}\n`);
const initiators = new Map<number, FixInitiator>();

function start(
  id: number,
  { port, version, settings }: NonNullable<InitiatorOrder['start']>,
): void {
  const sessions = echoSessions({ senderCompId: 'TW', targetCompId: 'ISLD' });
  const session = sessions.find((candidate) => candidate.version === version)!;
  const initiator = new FixInitiator({
    config: { ...session, resetOnLogon: false, ...settings, role: 'initiator' },
    addresses: [{ host: '127.0.0.1', port }],
    reconnect: { minMs: RECONNECT_MS, maxMs: RECONNECT_MS },
    random: () => 0,
    clock,
    handler: new EchoApplication(clock, log),
    pendingBytesMax: PENDING_BYTES_MAX,
    resendMessagesMax: RESEND_MESSAGES_MAX,
  });
  initiators.set(id, initiator);
  initiator.start();
}

createInterface(process.stdin).on('line', (line) => {
  const { id, start: order } = JSON.parse(line) as InitiatorOrder;
  if (order !== undefined) start(id, order);
  else void initiators.get(id)?.stop('the runner wants it');
});
