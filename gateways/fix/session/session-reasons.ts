/** Why a session ended or refused, in words that a connectivity engineer can act on. */
import { SESSION_LOGOUT_SENT } from '../../../wasm/layout.ts';
import type { FixMessage } from '../codec.ts';
import { MsgType, Tag } from '../tags.ts';
import { plainText } from './session-checks.ts';
import type { SessionClock } from './session-clock.ts';
import type { Deadline } from './session-table.ts';
import type { SessionConfig } from './session-types.ts';

/** Nobody is told but our side: there is no sure number to answer to. */
export const GARBLED =
  'bytes that are no sound message were ignored: BodyLength, CheckSum or the first three fields are wrong';

/** What a peer is told, too, when the window of its schedule ends. */
export const HOURS_OVER = 'the hours of the session are over';
/** The same when a gap stays open. */
export const UNANSWERED = 'repeated ResendRequests were not answered';

/** The peer's own words, where it gave any. */
function saying(message: FixMessage): string {
  const text = message.get(Tag.Text);
  return text === undefined ? '' : `: ${plainText(text)}`;
}

/** A deadline ended the session. */
export function lateReason(
  deadline: Deadline,
  state: number,
  config: SessionConfig,
  clock: SessionClock,
): string {
  const peer = config.targetCompId;
  if (deadline === 'HOURS_OVER') return HOURS_OVER;
  if (deadline === 'DEAD') {
    return `${peer} sent nothing for ${clock.deadAfter}, our TestRequest stayed unanswered`;
  }
  if (state === SESSION_LOGOUT_SENT) {
    return `our Logout stayed unanswered for ${config.logoutWaitS} s`;
  }
  return config.role === 'acceptor'
    ? `no Logon came within ${config.logonWaitS} s`
    : `${peer} did not answer our Logon within ${config.logonWaitS} s: does it know our CompIDs?`;
}

/** The same where the end was our wish: why we wished it. */
export const withOurs = (reason: string, state: number, said: string): string =>
  state !== SESSION_LOGOUT_SENT || said === '' ? reason : `${reason}; our Logout said: ${said}`;

/** A message ended the session; a Logout that answers ours has no reason of its own. */
export function closingReason(message: FixMessage, state: number, config: SessionConfig): string {
  const msgType = plainText(message.msgType);
  const isLogout = msgType === MsgType.Logout;
  if (state === SESSION_LOGOUT_SENT) {
    return isLogout ? 'the Logout was answered' : `35=${msgType} came after our Logout`;
  }
  if (isLogout || msgType === MsgType.Reject) {
    return `${config.targetCompId} refused the Logon${saying(message)}`;
  }
  return `the first message was 35=${msgType}, not a Logon`;
}

export const loggedOutReason = (message: FixMessage, config: SessionConfig): string =>
  `${config.targetCompId} logged out${saying(message)}`;

export const rejectedReason = (message: FixMessage, config: SessionConfig): string =>
  `${config.targetCompId} refused message ${message.get(Tag.RefSeqNum)}${saying(message)}`;

export const lostReason = (config: SessionConfig): string =>
  `the connection to ${config.targetCompId} was lost`;

/** What a peer is told whose number is one that was used before. */
export const tooLowReason = (msgSeqNum: number, expected: number): string =>
  `MsgSeqNum too low, expecting ${expected} but received ${msgSeqNum}`;

/** What follows from it, for our side. */
export const LOST_NUMBERS = 'one side lost its numbers, agree with the peer on a reset';
