/**
 * The application behind `gyrfalcon fix echo`, against which a counterparty, or a certification
 * suite, tries its session: orders and security definitions come back as they came, what was
 * possibly sent before comes back once, everything else is refused as not supported.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../../../engine/ports.ts';
import type { Field, FixMessage } from '../codec.ts';
import { businessReject } from '../order-entry.ts';
import type { DeliveryFlags, SessionEvent } from '../session/session-types.ts';
import { MsgType, Tag } from '../tags.ts';
import type { ConnectionHandler, FixConnection } from '../transport/fix-connection.ts';

/** BusinessRejectReason (380). */
const UNSUPPORTED_MESSAGE_TYPE = 3;
/** ClOrdIDs remembered a session; past it the oldest is forgotten. */
const CLORDIDS_MAX = 100_000;
const POSS_RESEND: readonly Field[] = [[Tag.PossResend, 'Y']];

export class EchoApplication implements ConnectionHandler {
  readonly #clock: Clock;
  readonly #log: (text: string) => void;
  /** ClOrdIDs seen since the logon. */
  readonly #seen = new Map<FixConnection, Set<string>>();

  constructor(clock: Clock, log: (text: string) => void) {
    this.#clock = clock;
    this.#log = log;
  }

  onMessage(connection: FixConnection, message: FixMessage, flags: DeliveryFlags): void {
    const { msgType } = message;
    const nowNs = this.#clock.nowNs();
    // Two sides that refuse each other's refusals would never stop.
    if (msgType === MsgType.BusinessMessageReject) return;
    if (msgType !== MsgType.NewOrderSingle && msgType !== MsgType.SecurityDefinition) {
      const msgSeqNum = message.getInt(Tag.MsgSeqNum)!;
      const text = `the echo takes 35=${MsgType.NewOrderSingle} and 35=${MsgType.SecurityDefinition}`;
      const body = businessReject({ msgType, msgSeqNum }, UNSUPPORTED_MESSAGE_TYPE, text);
      connection.session.sendApp(MsgType.BusinessMessageReject, body, nowNs);
      return;
    }
    const isKnown = this.#remember(connection, message);
    if (flags.possResend && isKnown) return;
    const header = flags.possResend ? POSS_RESEND : [];
    connection.session.sendApp(msgType, message.bodyFields(), nowNs, header);
  }

  onEvent(connection: FixConnection, kind: SessionEvent, reason: string): void {
    if (kind === 'LOGGED_OUT') this.#seen.delete(connection);
    if (kind === 'RESENT') return;
    const { targetCompId, version } = connection.config;
    this.#log(`${version} ${targetCompId}: ${kind.toLowerCase().replaceAll('_', ' ')}: ${reason}`);
  }

  onWritable(): void {}

  /** Whether the order's ClOrdID came before on this logon; it is known from now on. */
  #remember(connection: FixConnection, message: FixMessage): boolean {
    const clOrdId = message.get(Tag.ClOrdID);
    if (message.msgType !== MsgType.NewOrderSingle || clOrdId === undefined) return false;
    const seen = this.#seen.get(connection) ?? new Set<string>();
    this.#seen.set(connection, seen);
    // However long it is, and nothing of the message that a part of its text would keep alive.
    const id = createHash('sha256').update(clOrdId, 'latin1').digest('base64');
    if (seen.has(id)) return true;
    seen.add(id);
    if (seen.size > CLORDIDS_MAX) seen.delete(seen.values().next().value!);
    return false;
  }
}
