/**
 * A session and its model, side by side: the peer's messages go to both, and after each step they
 * must agree on numbers, on what was delivered and on what was said. What a session says unasked as
 * time goes by is judged by the clock.
 */
import type { Field, Fields } from '../../gateways/fix/codec.ts';
import { parseMessage } from '../../gateways/fix/codec.ts';
import { loadDictionary } from '../../gateways/fix/dictionary/dictionary.ts';
import { messageCheck, STRICT } from '../../gateways/fix/dictionary/message-check.ts';
import { RESEND_EXECUTIONS } from '../../gateways/fix/session/session-types.ts';
import { formatTimestamp } from '../../gateways/fix/timestamp.ts';
import { beginStringOf, type FixVersion, VERSION_TRAITS } from '../../gateways/fix/version.ts';
import { encodeMessage } from './fix-message.ts';
import { type ModelOptions, type PeerMessage, SessionModel } from './session-model.ts';
import { type Sent, WatchedSession } from './watched-session.ts';

export const START_NS = 1_340_285_400_000_000_000n;
const STEP_S = 0.5;
const LOGON_WAIT_S = 10;
const LOGOUT_WAIT_S = 2;
/** A ResendRequest that brings nothing is repeated, not at once. */
const ASK_AGAIN_AFTER_S = 5;

export interface RigOptions extends ModelOptions {
  readonly version: FixVersion;
}

const MSG_TYPES: Readonly<Record<PeerMessage['kind'], string>> = {
  APP: 'B',
  HEARTBEAT: '0',
  TEST_REQUEST: '1',
  REJECT: '3',
  RESEND_REQUEST: '2',
  GAP_FILL: '4',
  RESET: '4',
  LOGOUT: '5',
  LOGON: 'A',
};

export const news = (id: string): Fields => [
  [148, id],
  [33, 1],
  [58, 'line'],
];

export class ModelRig {
  readonly model: SessionModel;
  readonly real: WatchedSession;
  readonly #options: RigOptions;
  readonly #steps: string[] = [];
  #sentBefore = 0;
  #receivedNs = START_NS;
  #saidNs = START_NS;
  #askedNs = START_NS;
  /** When the phase began in which only one answer is awaited. */
  #phaseNs = START_NS;
  #isTestRequested = false;

  constructor(options: RigOptions) {
    const { heartbeatS, requestMessagesMax: resendRequestMessagesMax, role, version } = options;
    this.#options = options;
    this.model = new SessionModel(options);
    this.real = new WatchedSession(START_NS, {
      role,
      version,
      heartbeatS,
      resendRequestMessagesMax,
      senderCompId: 'US',
      targetCompId: 'PEER',
      check: messageCheck(loadDictionary(version), STRICT),
      resend: {
        ...RESEND_EXECUTIONS,
        again: () => true,
        batchMessages: 1000,
        messagesPerS: 1_000_000,
      },
      logonWaitS: LOGON_WAIT_S,
      logoutWaitS: LOGOUT_WAIT_S,
    });
  }

  get role(): RigOptions['role'] {
    return this.#options.role;
  }

  connect(): void {
    this.#step('connect');
    this.model.connect();
    this.real.connect();
    this.#phaseNs = this.real.nowNs;
    this.#heard();
    this.#agree();
  }

  disconnect(): void {
    this.#step('disconnect');
    this.model.disconnect();
    this.real.disconnect();
    this.#agree();
  }

  hear(message: PeerMessage): void {
    this.#step(JSON.stringify(message));
    const wasClosed = this.model.phase === 'CLOSED';
    this.model.hear(message);
    this.real.hear(this.#bytes(message));
    if (!wasClosed) this.#heard();
    this.#agree();
  }

  /** Bytes that are no message: they cost a connection that is not logged on, and no other. */
  hearGarbled(): void {
    this.#step('garbled');
    if (this.model.phase === 'AWAITING_LOGON') this.model.disconnect();
    this.real.hear(Buffer.from('8=FIX.4.4\x019=5\x0135=0\x0110=000\x01', 'latin1'));
    this.#agree();
  }

  send(id: string): void {
    this.#step(`send ${id}`);
    this.model.send(id);
    this.real.session.sendApp('B', news(id), this.real.nowNs);
    this.#agree();
  }

  wantLogout(): void {
    this.#step('want logout');
    this.model.wantLogout();
    this.real.session.logout('done', this.real.nowNs);
    this.#agree();
  }

  pass(seconds: number): void {
    this.#step(`pass ${seconds}`);
    for (let left = seconds; left > 0; left -= STEP_S) {
      this.real.pass(STEP_S);
      for (const sent of this.real.sent.slice(this.#sentBefore)) this.#judgeUnasked(sent);
      this.#sentBefore = this.real.sent.length;
      this.#judgeSilence();
      this.#agree();
    }
  }

  get stepsText(): string {
    return this.#steps.join('\n  ');
  }

  #step(what: string): void {
    this.#steps.push(what);
  }

  #fail(what: string): never {
    throw new Error(`${what}\nsteps:\n  ${this.stepsText}`);
  }

  #heard(): void {
    this.#receivedNs = this.real.nowNs;
    this.#isTestRequested = false;
  }

  #seconds(sinceNs: bigint): number {
    return Number(this.real.nowNs - sinceNs) / 1e9;
  }

  /** Something said because time went by: there must be a reason for it. */
  #judgeUnasked(sent: Sent): void {
    const { heartbeatS } = this.#options;
    const what = simplified(sent);
    const isLive = this.model.phase === 'LIVE';
    const isInTime: Readonly<Record<string, boolean>> = {
      '0': isLive && this.#seconds(this.#saidNs) >= heartbeatS,
      '1': isLive && !this.#isTestRequested && this.#seconds(this.#receivedNs) >= heartbeatS,
      '2': this.model.isGapOpen && this.#seconds(this.#askedNs) >= ASK_AGAIN_AFTER_S,
      '5': isLive && this.model.isGapOpen && this.#seconds(this.#askedNs) >= ASK_AGAIN_AFTER_S,
    };
    if (isInTime[sent.msgType] !== true) this.#fail(`said unasked and without a reason: ${what}`);
    if (sent.msgType === '1') this.#isTestRequested = true;
    if (sent.msgType === '2') {
      this.#askedNs = this.real.nowNs;
      const right = this.model.askAgain();
      if (what !== right) this.#fail(`asked ${what}\nexpected: ${right}`);
    } else this.model.saidUnasked();
    if (sent.msgType === '5') {
      this.model.phase = 'LOGGING_OUT';
      this.#phaseNs = this.real.nowNs;
    }
    this.#saidNs = this.real.nowNs;
  }

  /** Nothing said and still open: that must be right, too; and a close must have a reason. */
  #judgeSilence(): void {
    const { heartbeatS } = this.#options;
    const { phase } = this.model;
    const silentS = this.#seconds(this.#receivedNs);
    const waitedS = this.#seconds(this.#phaseNs);
    const isDue =
      (phase === 'LIVE' && silentS >= 2.4 * heartbeatS) ||
      (phase === 'AWAITING_LOGON' && waitedS >= LOGON_WAIT_S) ||
      ((phase === 'LOGGING_OUT' || phase === 'REFUSING') && waitedS >= LOGOUT_WAIT_S);
    if (this.real.isClosed !== (isDue || phase === 'CLOSED')) {
      this.#fail(
        `${phase} for ${waitedS} s, silent for ${silentS} s, closed: ${this.real.isClosed}`,
      );
    }
    if (isDue) this.model.disconnect();
    if (phase !== 'LIVE' || isDue) return;
    if (silentS >= 1.3 * heartbeatS && !this.#isTestRequested) this.#fail('no TestRequest');
    if (this.#seconds(this.#saidNs) > heartbeatS && !this.#isTestRequested)
      this.#fail('no Heartbeat');
  }

  #agree(): void {
    const { model, real } = this;
    const said = real.sent.slice(this.#sentBefore);
    this.#sentBefore = real.sent.length;
    const found = said.map(simplified);
    const { expected } = model;
    model.expected = [];
    if (found.join() !== expected.join()) {
      this.#fail(`said:\n  ${found.join('\n  ')}\nexpected:\n  ${expected.join('\n  ')}`);
    }
    if (said.length > 0) this.#saidNs = real.nowNs;
    if (expected.some((each) => each.includes('35=2 '))) this.#askedNs = real.nowNs;
    if (expected.some((each) => /35=[5A]/.test(each))) this.#phaseNs = real.nowNs;
    const { nextIn, nextOut } = real.session.counters;
    const numbers = `in ${nextIn} out ${nextOut}, closed ${real.isClosed}`;
    const right = `in ${model.nextIn} out ${model.nextOut}, closed ${model.phase === 'CLOSED'}`;
    if (numbers !== right) this.#fail(`${numbers}\nexpected: ${right}`);
    const delivered = real.delivered.map(({ text }) =>
      parseMessage(Buffer.from(text, 'latin1'))!.get(148),
    );
    if (delivered.join() !== model.delivered.join()) {
      this.#fail(`delivered ${delivered.join()}\nexpected: ${model.delivered.join()}`);
    }
    if (real.faults.length > 0) this.#fail(real.faults.join('\n'));
  }

  #bytes(message: PeerMessage): Buffer {
    const { version } = this.#options;
    const { dup, flaw, kind, msgSeqNum } = message;
    const time = formatTimestamp(this.real.nowNs + (flaw === 'TIME' ? 1_000_000_000_000n : 0n));
    const header: Field[] = [
      [35, MSG_TYPES[kind]],
      [34, msgSeqNum],
      [49, flaw === 'COMP_ID' ? 'STRANGER' : 'PEER'],
      [52, time],
      [56, 'US'],
    ];
    if (dup !== 'NO') header.push([43, 'Y']);
    if (dup === 'DUP') header.push([122, formatTimestamp(START_NS)]);
    return encodeMessage(beginStringOf(version), [...header, ...this.#body(message)]);
  }

  #body({ kind, id, from, to, isReset }: PeerMessage): Fields {
    const { applVerId } = VERSION_TRAITS[this.#options.version];
    switch (kind) {
      case 'APP':
        return news(id);
      case 'TEST_REQUEST':
        return [[112, id]];
      case 'REJECT':
        return [[45, 1]];
      case 'RESEND_REQUEST':
        return [
          [7, from],
          [16, to],
        ];
      case 'GAP_FILL':
        return [
          [123, 'Y'],
          [36, to],
        ];
      case 'RESET':
        return [[36, to]];
      case 'LOGON': {
        const body: Field[] = [
          [98, 0],
          [108, this.#options.heartbeatS],
        ];
        if (isReset) body.push([141, 'Y']);
        if (applVerId !== undefined) body.push([1137, applVerId]);
        return body;
      }
      default:
        return [];
    }
  }
}

/** "34=5 35=2 7=3 16=0": what matters of a message sent. */
function simplified({ text, msgSeqNum, msgType, isResend }: Sent): string {
  const message = parseMessage(Buffer.from(text, 'latin1'))!;
  const parts = [`34=${msgSeqNum}`, `35=${msgType}`];
  const tags: Readonly<Record<string, readonly number[]>> = {
    A: [108, 141],
    '0': [112],
    '2': [7, 16],
    '3': [45, 373],
    '4': [36],
  };
  for (const tag of tags[msgType] ?? []) {
    const value = message.get(tag);
    if (value !== undefined) parts.push(`${tag}=${value}`);
  }
  if (msgType === 'B') parts.push(message.get(148)!);
  return `${isResend ? 'again ' : ''}${parts.join(' ')}`;
}
