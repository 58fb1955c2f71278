/**
 * How a session is entered: our Logon, the judgement of the peer's, the numbers that both start
 * from. The reason of a refusal is what a connectivity engineer reads on our side; the peer is told
 * only what it may know, and nothing where it may not be who it says.
 */
import { SESSION_LIVE, SESSION_LOGON_SENT } from '../../../wasm/layout.ts';
import type { FixMessage } from '../codec.ts';
import { Tag } from '../tags.ts';
import { VERSION_TRAITS } from '../version.ts';
import { checkFraming, checkHeader, plainText } from './session-checks.ts';
import { NO_DEADLINE, type SessionClock } from './session-clock.ts';
import type { SessionCounters } from './session-counters.ts';
import type { SessionGap } from './session-gap.ts';
import type { SessionNumbers } from './session-numbers.ts';
import { HOURS_OVER, LOST_NUMBERS, tooLowReason } from './session-reasons.ts';
import type { SessionResend } from './session-resend.ts';
import type { SessionSender } from './session-sender.ts';
import type { SessionConfig, SessionPort } from './session-types.ts';

const HEARTBEAT_S_MAX = 86_400;
/** SessionStatus (1409). */
const LOGON_VALID_NOT_NOW = 7;

interface RefusedLogon {
  /** For our side. */
  readonly reason: string;
  /** Text of the Logout that goes before the close; undefined = no answer at all. */
  readonly told: string | undefined;
  /** SessionStatus (1409) of that Logout, where the version has it. */
  readonly sessionStatus?: number;
}

interface LogonParts {
  readonly config: SessionConfig;
  readonly counters: SessionCounters;
  readonly clock: SessionClock;
  readonly sender: SessionSender;
  readonly gap: SessionGap;
  readonly resend: SessionResend;
  readonly numbers: SessionNumbers;
  readonly port: SessionPort;
}

export class SessionLogon {
  readonly #parts: LogonParts;

  constructor(parts: LogonParts) {
    this.#parts = parts;
  }

  /** Initiator: asks to be let in; why the connection is to be closed, undefined = it did. */
  send(nowNs: bigint): string | undefined {
    const { clock, config, counters, numbers, sender } = this.#parts;
    const { heartbeatS, resetSeqNum: isReset, schedule } = config;
    // The window may have ended while the connection was made.
    if (schedule !== undefined && schedule.windowAt(nowNs) === undefined) return HOURS_OVER;
    clock.hoursEndNs = numbers.enter(nowNs) ?? NO_DEADLINE;
    if (isReset) numbers.reset();
    counters.state = SESSION_LOGON_SENT;
    const nextExpected = config.nextExpected ? counters.nextIn : undefined;
    const further = config.logon?.fields(sender.logonParts(nowNs)) ?? [];
    sender.logon({ heartbeatS, isReset, nextExpected, further }, nowNs);
    return undefined;
  }

  /** The Logon that begins a session; why the connection is to be closed, undefined = it is live. */
  first(message: FixMessage, nowNs: bigint): string | undefined {
    const { config, counters, sender } = this.#parts;
    const refused = checkLogon(message, config, nowNs);
    if (refused !== undefined) {
      const { told, sessionStatus } = refused;
      if (told !== undefined) sender.logout(told, nowNs, sessionStatus);
      return refused.reason;
    }
    this.#enter(message, nowNs);
    const theyExpect = config.nextExpected ? message.getInt(Tag.NextExpectedMsgSeqNum) : undefined;
    const nextOut = counters.nextOut;
    const lost = this.#lostNumbers(message, theyExpect ?? nextOut);
    if (lost !== undefined) {
      sender.logout(lost, nowNs);
      return `${lost}: ${LOST_NUMBERS}`;
    }
    this.#beLive(message, nowNs);
    if (theyExpect !== undefined && theyExpect < nextOut) {
      this.#parts.resend.resend(Math.max(theyExpect, 1), nextOut - 1, nowNs);
    }
    if (config.role === 'initiator') config.logon?.onAccepted(message);
    return undefined;
  }

  /** A Logon in a live session; why it ends the session, undefined = both directions start anew. */
  whileLive(message: FixMessage, nowNs: bigint): string | undefined {
    const { clock, config, counters, gap, numbers, resend, sender } = this.#parts;
    if (!message.isYes(Tag.ResetSeqNumFlag)) {
      return 'a second Logon came in a live session without a reset (141=Y)';
    }
    const wrong = checkTerms(message, config);
    if (wrong !== undefined) return wrong;
    resend.stop();
    numbers.reset();
    gap.clear();
    counters.nextIn = 2;
    counters.state = SESSION_LIVE;
    const heartbeatS = message.getInt(Tag.HeartBtInt)!;
    clock.setHeartbeat(heartbeatS);
    const nextExpected = config.nextExpected ? counters.nextIn : undefined;
    sender.logon({ heartbeatS, isReset: true, nextExpected, further: [] }, nowNs);
    return undefined;
  }

  /** The numbers that this Logon is judged by: those of before, or 1 in both directions. */
  #enter(message: FixMessage, nowNs: bigint): void {
    const { clock, config, numbers } = this.#parts;
    const isReset = message.isYes(Tag.ResetSeqNumFlag);
    if (config.role === 'acceptor') {
      clock.hoursEndNs = numbers.enter(nowNs) ?? NO_DEADLINE;
      if (isReset || config.resetOnLogon) numbers.reset();
    } else if (isReset && !config.resetSeqNum) numbers.reset();
  }

  /** Numbers that one side must have lost, in words; undefined = none. */
  #lostNumbers(message: FixMessage, theyExpect: number): string | undefined {
    const { nextIn, nextOut } = this.#parts.counters;
    const msgSeqNum = message.getInt(Tag.MsgSeqNum)!;
    if (msgSeqNum < nextIn) return tooLowReason(msgSeqNum, nextIn);
    if (theyExpect <= nextOut) return undefined;
    return `NextExpectedMsgSeqNum (789) is ${theyExpect}, our next message is ${nextOut}`;
  }

  #beLive(message: FixMessage, nowNs: bigint): void {
    const { clock, config, counters, gap, port, sender } = this.#parts;
    const msgSeqNum = message.getInt(Tag.MsgSeqNum)!;
    const heartbeatS = message.getInt(Tag.HeartBtInt)!;
    const isExpected = msgSeqNum === counters.nextIn;
    if (isExpected) counters.nextIn += 1;
    clock.setHeartbeat(heartbeatS);
    if (config.role === 'acceptor') {
      const nextExpected = config.nextExpected ? counters.nextIn : undefined;
      const isReset = message.isYes(Tag.ResetSeqNumFlag);
      const further = config.logon?.answer(message) ?? [];
      sender.logon({ heartbeatS, isReset, nextExpected, further }, nowNs);
    }
    counters.state = SESSION_LIVE;
    port.event('LOGGED_ON', `${config.name}: heartbeat every ${heartbeatS} s`);
    if (isExpected) return;
    const kept = { message, isDone: true };
    if (config.nextExpected) gap.expect(msgSeqNum, kept, nowNs);
    else gap.add(msgSeqNum, kept, nowNs);
  }
}

/** Why the Logon is refused; undefined = accepted, 34 and 108 are numbers. */
function checkLogon(
  message: FixMessage,
  config: SessionConfig,
  nowNs: bigint,
): RefusedLogon | undefined {
  const stranger = checkFraming(message, config) ?? checkHeader(message, config, nowNs)?.text;
  if (stranger !== undefined)
    return { reason: `Logon refused: ${plainText(stranger)}`, told: undefined };
  const wrong = config.check(message)?.text ?? checkTerms(message, config);
  if (wrong !== undefined) return { reason: `Logon refused: ${plainText(wrong)}`, told: wrong };
  if (config.role === 'initiator') return undefined;
  if (config.schedule !== undefined && config.schedule.windowAt(nowNs) === undefined) {
    const reason = 'Logon refused: it came outside the hours of the session';
    return {
      reason,
      told: 'logons are not allowed at this time',
      sessionStatus: LOGON_VALID_NOT_NOW,
    };
  }
  const unproven = config.logon?.refusal(message, nowNs);
  if (unproven === undefined) return undefined;
  const { reason, text, sessionStatus } = unproven;
  return { reason: `Logon refused: ${reason}`, told: text, sessionStatus };
}

/** What the two sides must agree on. */
function checkTerms(message: FixMessage, config: SessionConfig): string | undefined {
  const { role } = config;
  const method = message.get(Tag.EncryptMethod);
  if (method !== '0') return `EncryptMethod (98) is ${method}, only 0 (none) is served`;
  const heartbeatS = message.getInt(Tag.HeartBtInt);
  if (heartbeatS === undefined || heartbeatS < 0 || heartbeatS > HEARTBEAT_S_MAX) {
    return `HeartBtInt (108) is ${message.get(Tag.HeartBtInt)}, seconds from 0 are expected`;
  }
  if (role === 'initiator' && heartbeatS !== config.heartbeatS) {
    return `HeartBtInt (108) is ${heartbeatS}, ${config.heartbeatS} was asked for`;
  }
  const { applVerId } = VERSION_TRAITS[config.version];
  const theirs = message.get(Tag.DefaultApplVerID);
  if (applVerId !== undefined && theirs !== applVerId) {
    return `DefaultApplVerID (1137) is ${theirs ?? 'missing'}, ${applVerId} is served`;
  }
  const isReset = message.isYes(Tag.ResetSeqNumFlag);
  if (isReset && message.getInt(Tag.MsgSeqNum) !== 1) {
    const msgSeqNum = message.get(Tag.MsgSeqNum);
    return `ResetSeqNumFlag (141) with MsgSeqNum (34) ${msgSeqNum}, 1 is expected`;
  }
  if (role === 'initiator' && config.resetSeqNum && !isReset) {
    return 'ResetSeqNumFlag (141=Y) was asked for and not confirmed in the Logon reply';
  }
  return undefined;
}
