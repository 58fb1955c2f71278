/**
 * For tests: one session whose peer is the test, with everything that it said and did written down.
 */

import type { Field } from '../../gateways/fix/codec.ts';
import { MemoryMessageStore } from '../../gateways/fix/session/message-store.ts';
import { Session } from '../../gateways/fix/session/session.ts';
import { plainCounters } from '../../gateways/fix/session/session-counters.ts';
import type { SessionConfig } from '../../gateways/fix/session/session-types.ts';
import { formatTimestamp } from '../../gateways/fix/timestamp.ts';
import { beginStringOf } from '../../gateways/fix/version.ts';
import { encodeMessage } from './fix-message.ts';
import { sessionConfig } from './session-config.ts';

export const START_NS = 1_340_285_400_000_000_000n;
const HEARTBEAT_S = 10;

export class SessionRig {
  readonly sent: string[] = [];
  readonly delivered: string[] = [];
  readonly events: string[] = [];
  readonly store = new MemoryMessageStore(100);
  readonly session: Session;
  nowNs = START_NS;
  /** The peer does not read. */
  isFull = false;

  constructor(overrides: Partial<SessionConfig> = {}, nextIn = 1, nextOut = 1) {
    const config = sessionConfig({ role: 'acceptor', heartbeatS: HEARTBEAT_S, ...overrides });
    this.session = new Session({
      config,
      counters: plainCounters(nextIn, nextOut),
      store: this.store,
      port: {
        canResend: () => !this.isFull,
        send: (bytes, msgSeqNum, msgType, isResend) => {
          const text = Buffer.from(bytes).toString('latin1').replaceAll('\x01', '|');
          this.sent.push(text);
          if (!isResend && 'D8W'.includes(msgType)) this.store.keep(msgSeqNum, msgType, bytes);
        },
        deliver: (message, flags) => {
          const dup = flags.possDup ? ' dup' : '';
          this.delivered.push(`${message.get(34)}:${message.get(11) ?? message.msgType}${dup}`);
        },
        event: (kind, reason) => this.events.push(`${kind}: ${reason}`),
      },
    });
    this.session.start(this.nowNs);
  }

  /**
   * A message of the peer: extra fields after the usual header; a header tag given replaces the
   * usual one.
   */
  receive(msgType: string, msgSeqNum: number, ...fields: Field[]): this {
    const given = new Set(fields.map(([tag]) => tag));
    const header: Field[] = [
      [34, msgSeqNum],
      [49, 'PEER'],
      [52, formatTimestamp(this.nowNs)],
      [56, 'US'],
    ];
    const kept = header.filter(([tag]) => !given.has(tag));
    const bytes = encodeMessage(beginStringOf(this.session.config.version), [
      [35, msgType],
      ...kept,
      ...fields,
    ]);
    this.session.onMessage(bytes, this.nowNs);
    return this;
  }

  logon(msgSeqNum = 1, ...fields: Field[]): this {
    return this.receive('A', msgSeqNum, [98, 0], [108, HEARTBEAT_S], ...fields);
  }

  live(): this {
    this.logon();
    return this.forget();
  }

  forget(): this {
    this.sent.length = 0;
    this.events.length = 0;
    return this;
  }

  pass(seconds: number): this {
    this.nowNs += BigInt(Math.round(seconds * 1e9));
    this.session.onTimer(this.nowNs);
    return this;
  }

  /** The last message sent, without the fields that are always there. */
  get answers(): string[] {
    return this.sent.map((text) =>
      text
        .replace(/^8=FIX\.4\.4\|9=\d+\|/, '')
        .replace(/34=(\d+)\|49=US\|52=[^|]*\|56=PEER\|/, '34=$1|')
        .replace(/122=[^|]*\|/, '122=T|')
        .replace(/(58=)[^|]*\|/, '')
        .replace(/10=\d+\|$/, ''),
    );
  }

  get state(): number {
    return this.session.counters.state;
  }

  get numbers(): string {
    return `in ${this.session.counters.nextIn} out ${this.session.counters.nextOut}`;
  }
}

export const order = (clOrdId: string): Field[] => [
  [11, clOrdId],
  [55, 'GOOG'],
];
export const dup = (): Field[] => [
  [43, 'Y'],
  [122, formatTimestamp(START_NS)],
];
