/**
 * The session's behaviour as two tables that can be checked against the FIX session protocol row by
 * row (FIX 4.4 volume 2, FIXT 1.1 session layer): SEQUENCE_TABLE says what the number of a message
 * means for it, STATE_TABLE what the session does with a message, a deadline or a wish of its owner
 * in each state. session.ts carries the actions out and decides nothing else.
 */
import {
  SESSION_DISCONNECTED,
  SESSION_LIVE,
  SESSION_LOGON_SENT,
  SESSION_LOGOUT_SENT,
  SESSION_RECOVERING,
} from '../../../wasm/layout.ts';
import type { FixMessage } from '../codec.ts';
import { MsgType, Tag } from '../tags.ts';

/**
 * A state of its own that shared memory shows as SESSION_LOGOUT_SENT: the peer broke a rule, only
 * its Logout counts.
 */
export const SESSION_REFUSING = 5;

export type MessageKind =
  | 'LOGON'
  | 'LOGOUT'
  | 'HEARTBEAT'
  | 'TEST_REQUEST'
  | 'RESEND_REQUEST'
  | 'SEQUENCE_RESET'
  | 'REJECT'
  | 'APPLICATION';

export type Deadline =
  | 'ANSWER_LATE' // to a Logon or a Logout
  | 'DEAD' // nothing received for 2.4 times HeartBtInt
  | 'SILENT' // for 1.2 times
  | 'GAP_LATE' // nothing of what is missing came
  | 'RESEND_DUE' // the next batch of a resend
  | 'IDLE' // nothing sent for HeartBtInt
  | 'HOURS_OVER'; // the session's window ends

/** What the owner of the connection wants or saw. */
export type OwnerEvent = 'GARBLED' | 'LOGOUT_WANTED';

export type Action =
  | 'LOG_ON' // check it, answer it if it came first, be live
  | 'RESET_BY_LOGON' // 141=Y in a live session: both directions to 1, answer; without 141=Y it closes
  | 'ANSWER_LOGOUT' // Logout, then close
  | 'CLOSE' // close at once, with the reason
  | 'TAKE_REFUSAL' // the Logon was refused: the number of the refusal is used up, then close
  | 'CONSUME' // the number is all that counts
  | 'ANSWER_TEST' // Heartbeat with the same TestReqID
  | 'RESEND'
  | 'MOVE_SEQUENCE' // SequenceReset
  | 'NOTE_REJECT'
  | 'DELIVER'
  | 'IGNORE'
  | 'SEND_HEARTBEAT'
  | 'SEND_TEST_REQUEST'
  | 'RESEND_MORE'
  | 'SEND_LOGOUT' // and wait for the answer
  | 'ASK_AGAIN'; // the gap is still open: another ResendRequest, or Logout after too many

export type Row = Readonly<Record<MessageKind | Deadline | OwnerEvent, Action>>;

const LIVE_ROW: Row = {
  LOGON: 'RESET_BY_LOGON',
  LOGOUT: 'ANSWER_LOGOUT',
  HEARTBEAT: 'CONSUME',
  TEST_REQUEST: 'ANSWER_TEST',
  RESEND_REQUEST: 'RESEND',
  SEQUENCE_RESET: 'MOVE_SEQUENCE',
  REJECT: 'NOTE_REJECT',
  APPLICATION: 'DELIVER',
  ANSWER_LATE: 'IGNORE',
  DEAD: 'CLOSE',
  SILENT: 'SEND_TEST_REQUEST',
  GAP_LATE: 'ASK_AGAIN',
  RESEND_DUE: 'RESEND_MORE',
  IDLE: 'SEND_HEARTBEAT',
  HOURS_OVER: 'SEND_LOGOUT',
  GARBLED: 'IGNORE', // its number is not used up: the gap shows with the next message
  LOGOUT_WANTED: 'SEND_LOGOUT',
};

/** Before a Logon nothing but it is acceptable. */
const CLOSED_ROW: Row = {
  LOGON: 'LOG_ON',
  LOGOUT: 'CLOSE',
  HEARTBEAT: 'CLOSE',
  TEST_REQUEST: 'CLOSE',
  RESEND_REQUEST: 'CLOSE',
  SEQUENCE_RESET: 'CLOSE',
  REJECT: 'CLOSE',
  APPLICATION: 'CLOSE',
  ANSWER_LATE: 'CLOSE',
  DEAD: 'IGNORE',
  SILENT: 'IGNORE',
  GAP_LATE: 'IGNORE',
  RESEND_DUE: 'IGNORE',
  IDLE: 'IGNORE',
  HOURS_OVER: 'CLOSE',
  GARBLED: 'CLOSE',
  LOGOUT_WANTED: 'CLOSE',
};

export const STATE_TABLE: Readonly<Record<number, Row>> = {
  [SESSION_DISCONNECTED]: CLOSED_ROW,
  [SESSION_LOGON_SENT]: { ...CLOSED_ROW, LOGOUT: 'TAKE_REFUSAL', REJECT: 'TAKE_REFUSAL' },
  [SESSION_LIVE]: LIVE_ROW,
  [SESSION_RECOVERING]: LIVE_ROW,
  // Our Logout is out: the peer may still finish what it was doing, and ask for what it lacks.
  [SESSION_LOGOUT_SENT]: {
    ...LIVE_ROW,
    LOGON: 'CLOSE',
    LOGOUT: 'CLOSE',
    ANSWER_LATE: 'CLOSE',
    DEAD: 'IGNORE',
    SILENT: 'IGNORE',
    GAP_LATE: 'IGNORE',
    IDLE: 'IGNORE',
    HOURS_OVER: 'IGNORE',
    LOGOUT_WANTED: 'IGNORE',
  },
  [SESSION_REFUSING]: {
    LOGON: 'IGNORE',
    LOGOUT: 'CLOSE',
    HEARTBEAT: 'IGNORE',
    TEST_REQUEST: 'IGNORE',
    RESEND_REQUEST: 'IGNORE',
    SEQUENCE_RESET: 'IGNORE',
    REJECT: 'IGNORE',
    APPLICATION: 'IGNORE',
    ANSWER_LATE: 'CLOSE',
    DEAD: 'IGNORE',
    SILENT: 'IGNORE',
    GAP_LATE: 'IGNORE',
    RESEND_DUE: 'IGNORE',
    IDLE: 'IGNORE',
    HOURS_OVER: 'IGNORE',
    GARBLED: 'IGNORE',
    LOGOUT_WANTED: 'IGNORE',
  },
};

/** A message's number against the one expected; DUPLICATE = too low with PossDupFlag. */
type SequenceClass = 'EXPECTED' | 'TOO_HIGH' | 'TOO_LOW' | 'DUPLICATE';

type SequenceAction =
  | 'USE' // the number is used up, then STATE_TABLE
  | 'NO_NUMBER' // STATE_TABLE at once, the number is left alone
  | 'KEEP' // a gap: ask for it, keep the message until it is filled
  | 'ACT_AND_KEEP' // STATE_TABLE at once, and a gap as with KEEP
  | 'DROP'
  | 'REFUSE'; // Logout and close: numbers have gone back

const ORDINARY: Readonly<Record<SequenceClass, SequenceAction>> = {
  EXPECTED: 'USE',
  TOO_HIGH: 'KEEP',
  TOO_LOW: 'REFUSE',
  DUPLICATE: 'DROP',
};

/** SEQUENCE_RESET stands for its gap-fill mode; in reset mode its own number never counts. */
export const SEQUENCE_TABLE: Readonly<
  Record<MessageKind, Readonly<Record<SequenceClass, SequenceAction>>>
> = {
  LOGON: ORDINARY,
  // A Logout is honoured under any number: the gap, if there is one, shows at the next Logon.
  LOGOUT: { EXPECTED: 'USE', TOO_HIGH: 'NO_NUMBER', TOO_LOW: 'NO_NUMBER', DUPLICATE: 'NO_NUMBER' },
  HEARTBEAT: ORDINARY,
  TEST_REQUEST: ORDINARY,
  // Served at once under any number: two sides that both wait for the other's resend would wait for ever.
  RESEND_REQUEST: { ...ORDINARY, TOO_HIGH: 'ACT_AND_KEEP', TOO_LOW: 'NO_NUMBER' },
  SEQUENCE_RESET: ORDINARY,
  REJECT: ORDINARY,
  APPLICATION: ORDINARY,
};

const KINDS: Readonly<Record<string, MessageKind>> = {
  [MsgType.Logon]: 'LOGON',
  [MsgType.Logout]: 'LOGOUT',
  [MsgType.Heartbeat]: 'HEARTBEAT',
  [MsgType.TestRequest]: 'TEST_REQUEST',
  [MsgType.ResendRequest]: 'RESEND_REQUEST',
  [MsgType.SequenceReset]: 'SEQUENCE_RESET',
  [MsgType.Reject]: 'REJECT',
};

export const kindOf = (msgType: string): MessageKind => KINDS[msgType] ?? 'APPLICATION';

export function sequenceClass(
  message: FixMessage,
  msgSeqNum: number,
  nextIn: number,
): SequenceClass {
  if (msgSeqNum === nextIn) return 'EXPECTED';
  if (msgSeqNum > nextIn) return 'TOO_HIGH';
  return message.isYes(Tag.PossDupFlag) ? 'DUPLICATE' : 'TOO_LOW';
}

/** SequenceReset in reset mode, and a Logon that resets: their own number is not looked at. */
export function ignoresItsNumber(message: FixMessage): boolean {
  if (message.msgType === MsgType.SequenceReset) {
    const flag = message.get(Tag.GapFillFlag);
    return flag === undefined || flag === 'N';
  }
  return message.msgType === MsgType.Logon && message.isYes(Tag.ResetSeqNumFlag);
}
