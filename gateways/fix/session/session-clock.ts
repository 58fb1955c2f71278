/**
 * When a session must act although nothing came: its deadlines, from the times of the last
 * messages. It holds no clock; the times are those that the session was called with.
 */

import { NS_PER_S } from '../timestamp.ts';
import type { Deadline } from './session-table.ts';

const LOGON_WAIT_NS = 10n * NS_PER_S;
const LOGOUT_WAIT_NS = 2n * NS_PER_S;
/** Without progress a ResendRequest is repeated after this time. */
const GAP_WAIT_NS = 10n * NS_PER_S;

/** No time matters. */
export const NO_DEADLINE = 0x7fff_ffff_ffff_ffffn;

/** In the order in which they are looked at: a dead peer gets no Heartbeat. */
export const DEADLINES: readonly Deadline[] = ['ANSWER_LATE', 'DEAD', 'SILENT', 'GAP_LATE', 'IDLE'];

export class SessionClock {
  heartbeatNs = 0n;
  receivedNs = 0n;
  isTestRequested = false;
  /** When the gap last moved or was asked for; NO_DEADLINE = no gap. */
  gapMovedNs = NO_DEADLINE;
  #answerByNs = 0n;

  connected(nowNs: bigint, heartbeatS: number): void {
    this.setHeartbeat(heartbeatS);
    this.received(nowNs);
    this.gapMovedNs = NO_DEADLINE;
    this.#answerByNs = nowNs + LOGON_WAIT_NS;
  }

  setHeartbeat(heartbeatS: number): void {
    this.heartbeatNs = BigInt(heartbeatS) * NS_PER_S;
  }

  received(nowNs: bigint): void {
    this.receivedNs = nowNs;
    this.isTestRequested = false;
  }

  logoutSent(nowNs: bigint): void {
    this.#answerByNs = nowNs + LOGOUT_WAIT_NS;
  }

  /** While a Logon or a Logout is awaited only that matters; HeartBtInt 0 means no Heartbeats. */
  deadlineNs(deadline: Deadline, sentNs: bigint, isLoggedOn: boolean): bigint {
    if (deadline === 'ANSWER_LATE') return isLoggedOn ? NO_DEADLINE : this.#answerByNs;
    if (!isLoggedOn) return NO_DEADLINE;
    if (deadline === 'GAP_LATE') {
      return this.gapMovedNs === NO_DEADLINE ? NO_DEADLINE : this.gapMovedNs + GAP_WAIT_NS;
    }
    const beat = this.heartbeatNs;
    if (beat === 0n) return NO_DEADLINE;
    if (deadline === 'IDLE') return sentNs + beat;
    if (deadline === 'DEAD') return this.receivedNs + (beat * 24n) / 10n;
    return this.isTestRequested ? NO_DEADLINE : this.receivedNs + (beat * 12n) / 10n;
  }

  /** The earliest of them. */
  nextNs(sentNs: bigint, isLoggedOn: boolean): bigint {
    let next = NO_DEADLINE;
    for (const deadline of DEADLINES) {
      const at = this.deadlineNs(deadline, sentNs, isLoggedOn);
      if (at < next) next = at;
    }
    return next;
  }

  /** The waits, in words. */
  get deadAfter(): string {
    return `${Number((this.heartbeatNs * 24n) / 10n) / 1e9} s`;
  }

  get logonWait(): string {
    return `${LOGON_WAIT_NS / NS_PER_S} s`;
  }

  get logoutWait(): string {
    return `${LOGOUT_WAIT_NS / NS_PER_S} s`;
  }
}
