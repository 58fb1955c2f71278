/**
 * When a session must act although nothing came: its deadlines, from the times of the last
 * messages. It holds no clock; the times are those that the session was called with.
 */
import { NS_PER_S } from '../timestamp.ts';
import type { Deadline } from './session-table.ts';
import type { SessionConfig } from './session-types.ts';

/** Without progress a ResendRequest is repeated after this time. */
const GAP_WAIT_NS = 10n * NS_PER_S;

/** No time matters. */
export const NO_DEADLINE = 0x7fff_ffff_ffff_ffffn;

/** In the order in which they are looked at: a dead peer gets no Heartbeat. */
export const DEADLINES: readonly Deadline[] = [
  'ANSWER_LATE',
  'HOURS_OVER',
  'DEAD',
  'SILENT',
  'GAP_LATE',
  'RESEND_DUE',
  'IDLE',
];

export class SessionClock {
  heartbeatNs = 0n;
  receivedNs = 0n;
  /** When the last message left. */
  sentNs = 0n;
  /** When the peer was asked for a sign of life that has not come. */
  #testedNs: bigint | undefined;
  /** When the gap last moved or was asked for; NO_DEADLINE = no gap. */
  gapMovedNs = NO_DEADLINE;
  /** When the next batch of a resend leaves; NO_DEADLINE = none is going on. */
  resendDueNs = NO_DEADLINE;
  /** The end of the window that the session was logged on in. */
  hoursEndNs = NO_DEADLINE;
  #answerByNs = 0n;
  readonly #config: SessionConfig;

  constructor(config: SessionConfig) {
    this.#config = config;
  }

  connected(nowNs: bigint): void {
    this.setHeartbeat(this.#config.heartbeatS);
    this.received(nowNs);
    this.gapMovedNs = NO_DEADLINE;
    this.resendDueNs = NO_DEADLINE;
    this.hoursEndNs = NO_DEADLINE;
    this.#answerByNs = nowNs + BigInt(this.#config.logonWaitS) * NS_PER_S;
  }

  setHeartbeat(heartbeatS: number): void {
    this.heartbeatNs = BigInt(heartbeatS) * NS_PER_S;
  }

  received(nowNs: bigint): void {
    this.receivedNs = nowNs;
    this.#testedNs = undefined;
  }

  testRequested(nowNs: bigint): void {
    this.#testedNs = nowNs;
  }

  logoutSent(nowNs: bigint): void {
    this.#answerByNs = nowNs + BigInt(this.#config.logoutWaitS) * NS_PER_S;
  }

  /** While a Logon or a Logout is awaited only that matters, and what the peer still lacks. */
  deadlineNs(deadline: Deadline, isLoggedOn: boolean): bigint {
    if (deadline === 'RESEND_DUE') return this.resendDueNs;
    if (deadline === 'ANSWER_LATE') return isLoggedOn ? NO_DEADLINE : this.#answerByNs;
    if (!isLoggedOn) return NO_DEADLINE;
    if (deadline === 'HOURS_OVER') return this.hoursEndNs;
    if (deadline === 'GAP_LATE') {
      return this.gapMovedNs === NO_DEADLINE ? NO_DEADLINE : this.gapMovedNs + GAP_WAIT_NS;
    }
    return this.#silenceNs(deadline);
  }

  /** The earliest of them. */
  nextNs(isLoggedOn: boolean): bigint {
    let next = NO_DEADLINE;
    for (const deadline of DEADLINES) {
      const at = this.deadlineNs(deadline, isLoggedOn);
      if (at < next) next = at;
    }
    return next;
  }

  /** HeartBtInt 0 means no Heartbeats. */
  #silenceNs(deadline: Deadline): bigint {
    const beat = this.heartbeatNs;
    if (beat === 0n) return NO_DEADLINE;
    const waitNs = (beat * 12n) / 10n;
    const testedNs = this.#testedNs;
    // Who was late to look, or whose clock jumped, asks first like anybody else.
    if (deadline === 'DEAD') return testedNs === undefined ? NO_DEADLINE : testedNs + waitNs;
    // A peer that owes us an answer gets no Heartbeat: its silence is the next thing to happen.
    if (testedNs !== undefined) return NO_DEADLINE;
    return deadline === 'IDLE' ? this.sentNs + beat : this.receivedNs + waitNs;
  }

  /** How long a silent peer is waited for, in words. */
  get deadAfter(): string {
    return `${Number((this.heartbeatNs * 24n) / 10n) / 1e9} s`;
  }
}
