/**
 * One FIX session, initiator or acceptor, without clock, socket or timer of its own: bytes and
 * times come in through its methods, everything that it does leaves through SessionPort. What it
 * does when stands in session-table.ts; this file carries it out. Cold path: the WASM fast path
 * shares its counters and comes here only with what it does not take (wasm/fix-decode.ts).
 */
import {
  SESSION_DISCONNECTED,
  SESSION_LIVE,
  SESSION_LOGOUT_SENT,
  SESSION_RECOVERING,
} from '../../../wasm/layout.ts';
import { encodeFields, type Fields, type FixMessage, parseMessage } from '../codec.ts';
import type { Complaint } from '../complaint.ts';
import { Tag } from '../tags.ts';
import { checkContent, checkFraming, checkHeader, valueIncorrect } from './session-checks.ts';
import { DEADLINES, NO_DEADLINE, SessionClock } from './session-clock.ts';
import type { SessionCounters } from './session-counters.ts';
import { SessionGap } from './session-gap.ts';
import { SessionLogon } from './session-logon.ts';
import { SessionNumbers } from './session-numbers.ts';
import {
  closingReason,
  GARBLED,
  HOURS_OVER,
  LOST_NUMBERS,
  lateReason,
  loggedOutReason,
  lostReason,
  rejectedReason,
  tooLowReason,
  UNANSWERED,
  withOurs,
} from './session-reasons.ts';
import { SessionResend } from './session-resend.ts';
import { SessionSender } from './session-sender.ts';
import {
  type Action,
  type Deadline,
  ignoresItsNumber,
  kindOf,
  type MessageKind,
  type Row,
  SEQUENCE_TABLE,
  SESSION_REFUSING,
  STATE_TABLE,
  sequenceClass,
} from './session-table.ts';
import type { SessionConfig, SessionParts, SessionPort } from './session-types.ts';

/** What the send methods return when the session is not logged on: nothing was sent. */
export const NOT_SENT = 0;

export class Session {
  readonly config: SessionConfig;
  readonly counters: SessionCounters;
  readonly #port: SessionPort;
  readonly #sender: SessionSender;
  readonly #clock: SessionClock;
  readonly #gap: SessionGap;
  readonly #resend: SessionResend;
  readonly #numbers: SessionNumbers;
  readonly #logons: SessionLogon;
  #isOpen = false;
  #isRefusing = false;

  constructor(parts: SessionParts) {
    const { config, counters, store, port } = parts;
    const clock = new SessionClock(config);
    const sender = new SessionSender({ config, counters, clock, port });
    this.config = config;
    this.counters = counters;
    this.#port = port;
    this.#clock = clock;
    this.#sender = sender;
    const requestMessagesMax = config.resendRequestMessagesMax;
    const gap = new SessionGap({ counters, clock, sender, port, requestMessagesMax });
    const { encoder } = sender;
    const policy = config.resend;
    const resend = new SessionResend({ counters, clock, store, encoder, port, policy });
    const numbers = new SessionNumbers(parts);
    this.#gap = gap;
    this.#resend = resend;
    this.#numbers = numbers;
    this.#logons = new SessionLogon({
      config,
      counters,
      clock,
      sender,
      gap,
      resend,
      numbers,
      port,
    });
    counters.state = SESSION_DISCONNECTED;
  }

  get isLoggedOn(): boolean {
    const state = this.counters.state;
    return state === SESSION_LIVE || state === SESSION_RECOVERING;
  }

  /** When the numbers were last in use, 0 = never. */
  get usedNs(): bigint {
    return this.#numbers.usedNs;
  }

  /** A connection stands. The initiator logs on, the acceptor waits for a Logon. */
  start(nowNs: bigint): void {
    this.#isOpen = true;
    this.#isRefusing = false;
    this.#gap.clear();
    this.#clock.connected(nowNs);
    this.counters.state = SESSION_DISCONNECTED;
    if (this.config.role === 'initiator') this.#closeIf(this.#logons.send(nowNs));
  }

  /** One whole framed message from the peer; its bytes are not kept. */
  onMessage(frame: Uint8Array, nowNs: bigint): void {
    if (!this.#isOpen) return;
    const message = parseMessage(frame);
    if (message === undefined) {
      this.onGarbled();
      return;
    }
    this.onReceived(nowNs);
    const kind = kindOf(message.msgType);
    const isSequenced = this.isLoggedOn || this.counters.state === SESSION_LOGOUT_SENT;
    if (isSequenced && !this.#isRefusing) this.#onSequenced(kind, message, nowNs);
    else this.#act(this.#row()[kind], message, nowNs);
  }

  /** Bytes that are no message were skipped: that ends a connection without a Logon, no other. */
  onGarbled(): void {
    if (!this.#isOpen) return;
    if (this.#row().GARBLED === 'IGNORE') this.#port.event('GARBLED', GARBLED);
    else this.#close('the peer sent bytes that are no FIX message before it was logged on');
  }

  /** The fast path consumed a message: the peer is alive. */
  onReceived(nowNs: bigint): void {
    this.#clock.received(nowNs);
  }

  /** The fast path sent a message: no Heartbeat is due. */
  onSent(nowNs: bigint): void {
    this.#clock.sentNs = nowNs;
  }

  /** Does what is due; returns when to call again, which any other call may move. */
  onTimer(nowNs: bigint): bigint {
    for (const deadline of DEADLINES) {
      const isDue = nowNs >= this.#clock.deadlineNs(deadline, this.isLoggedOn);
      if (this.#isOpen && isDue) this.#onDeadline(deadline, nowNs);
    }
    return this.nextDeadlineNs();
  }

  nextDeadlineNs(): bigint {
    return this.#isOpen ? this.#clock.nextNs(this.isLoggedOn) : NO_DEADLINE;
  }

  /** Says goodbye; DISCONNECT follows when the peer answers, or after the wait for it. */
  logout(reason: string, nowNs: bigint): void {
    if (!this.#isOpen) return;
    const action = this.#row().LOGOUT_WANTED;
    if (action === 'SEND_LOGOUT') this.#sendLogout(reason, nowNs);
    else if (action === 'CLOSE') this.#close(reason);
  }

  /** The connection is gone, whoever closed it. */
  onDisconnect(): void {
    if (!this.#isOpen) return;
    const wasLogoutSaid = this.counters.state === SESSION_LOGOUT_SENT;
    const lost = withOurs(lostReason(this.config), this.counters.state, this.#sender.said);
    this.#leave(lost, wasLogoutSaid);
  }

  /** Sends an application message; its number, or NOT_SENT. `header`: further header fields. */
  sendApp(msgType: string, body: Fields, nowNs: bigint, header: Fields = []): number {
    if (!this.isLoggedOn) return NOT_SENT;
    return this.#sender.send(msgType, encodeFields(body), nowNs, encodeFields(header));
  }

  /** The same with the body encoded before; WARM. */
  sendAppRaw(msgType: string, body: Uint8Array, nowNs: bigint): number {
    if (!this.isLoggedOn) return NOT_SENT;
    return this.#sender.send(msgType, body, nowNs);
  }

  #onSequenced(kind: MessageKind, message: FixMessage, nowNs: bigint): void {
    const broken = checkFraming(message, this.config);
    const complaint = checkHeader(message, this.config, nowNs);
    const msgSeqNum = message.getInt(Tag.MsgSeqNum)!;
    if (broken !== undefined) this.#refuse(broken, nowNs);
    else if (complaint !== undefined) this.#complain(message, msgSeqNum, complaint, nowNs);
    else if (ignoresItsNumber(message)) this.#checkAndAct(kind, message, nowNs);
    else this.#bySequence(kind, message, msgSeqNum, nowNs);
  }

  #bySequence(kind: MessageKind, message: FixMessage, msgSeqNum: number, nowNs: bigint): void {
    const found = sequenceClass(message, msgSeqNum, this.counters.nextIn);
    switch (SEQUENCE_TABLE[kind][found]) {
      case 'USE':
        this.#use(kind, message, nowNs);
        this.#afterProgress(nowNs);
        break;
      case 'NO_NUMBER':
        this.#checkAndAct(kind, message, nowNs);
        break;
      case 'ACT_AND_KEEP':
        this.#checkAndAct(kind, message, nowNs);
        this.#gap.add(msgSeqNum, { message, isDone: true }, nowNs);
        break;
      case 'KEEP':
        this.#gap.add(msgSeqNum, { message, isDone: false }, nowNs);
        break;
      case 'DROP':
        break;
      case 'REFUSE':
        this.#refuseTooLow(msgSeqNum, nowNs);
        break;
    }
  }

  #use(kind: MessageKind, message: FixMessage, nowNs: bigint): void {
    this.counters.nextIn += 1;
    this.#checkAndAct(kind, message, nowNs);
  }

  #checkAndAct(kind: MessageKind, message: FixMessage, nowNs: bigint): void {
    const complaint = this.config.check(message) ?? checkContent(message);
    if (complaint === undefined) this.#act(this.#row()[kind], message, nowNs);
    else if (kind !== 'REJECT') this.#sender.reject(message, complaint, nowNs);
    // Two sides that reject what the other's Rejects say would never end.
    else this.#port.event('REJECT_RECEIVED', `a Reject that is faulty itself: ${complaint.text}`);
  }

  #row(): Row {
    return STATE_TABLE[this.#isRefusing ? SESSION_REFUSING : this.counters.state]!;
  }

  #act(action: Action, message: FixMessage, nowNs: bigint): void {
    switch (action) {
      case 'LOG_ON':
        this.#closeIf(this.#logons.first(message, nowNs));
        break;
      case 'RESET_BY_LOGON':
        this.#refuseIf(this.#logons.whileLive(message, nowNs), nowNs);
        break;
      case 'ANSWER_LOGOUT':
        this.#sender.logout('', nowNs);
        this.#close(loggedOutReason(message, this.config), true);
        break;
      case 'TAKE_REFUSAL':
      case 'CLOSE':
        if (action === 'TAKE_REFUSAL') this.#useUp(message, nowNs);
        this.#close(closingReason(message, this.counters.state, this.config));
        break;
      case 'ANSWER_TEST':
        this.#sender.heartbeat(message.get(Tag.TestReqID), nowNs);
        break;
      case 'RESEND':
        this.#onResendRequest(message, nowNs);
        break;
      case 'MOVE_SEQUENCE':
        this.#onSequenceReset(message, nowNs);
        break;
      case 'NOTE_REJECT':
        this.#port.event('REJECT_RECEIVED', rejectedReason(message, this.config));
        break;
      case 'DELIVER':
        this.#port.deliver(message, {
          possDup: message.isYes(Tag.PossDupFlag),
          possResend: message.isYes(Tag.PossResend),
        });
        break;
      default: // CONSUME, IGNORE: the number was all
        break;
    }
  }

  /** The number of a message that ends the session before it began, where it is the peer's. */
  #useUp(message: FixMessage, nowNs: bigint): void {
    const { config, counters } = this;
    const fault = checkFraming(message, config) ?? checkHeader(message, config, nowNs);
    const isNext = message.getInt(Tag.MsgSeqNum) === counters.nextIn;
    if (fault === undefined && isNext) counters.nextIn += 1;
  }

  #complain(message: FixMessage, msgSeqNum: number, why: Complaint, nowNs: bigint): void {
    if (msgSeqNum === this.counters.nextIn) this.counters.nextIn += 1;
    this.#sender.reject(message, why, nowNs);
    if (why.isFatal) this.#refuse(why.text, nowNs);
    else this.#afterProgress(nowNs);
  }

  /** The expected number moved on: messages that waited follow, and the gap may be filled. */
  #afterProgress(nowNs: bigint): void {
    if (!this.#gap.isOpen || this.#isRefusing) return;
    this.#gap.moved(nowNs);
    for (let kept = this.#gap.takeNext(); kept !== undefined; kept = this.#gap.takeNext()) {
      if (kept.isDone) this.counters.nextIn += 1;
      else this.#use(kindOf(kept.message.msgType), kept.message, nowNs);
      if (!this.#isOpen || this.#isRefusing) return;
    }
    this.#gap.settle(nowNs);
  }

  #onResendRequest(message: FixMessage, nowNs: bigint): void {
    const complaint = this.#resend.answer(message, nowNs);
    if (complaint !== undefined) this.#sender.reject(message, complaint, nowNs);
  }

  /** A gap fill has used its own number up: NewSeqNo lies behind it or is refused. */
  #onSequenceReset(message: FixMessage, nowNs: bigint): void {
    const newSeqNo = message.getInt(Tag.NewSeqNo)!;
    if (newSeqNo < this.counters.nextIn) {
      const text = `NewSeqNo (36) is ${newSeqNo}, message ${this.counters.nextIn} is next`;
      this.#sender.reject(message, valueIncorrect(Tag.NewSeqNo, text), nowNs);
      return;
    }
    this.counters.nextIn = newSeqNo;
    if (!message.isYes(Tag.GapFillFlag)) this.#afterProgress(nowNs);
  }

  #onDeadline(deadline: Deadline, nowNs: bigint): void {
    switch (this.#row()[deadline]) {
      case 'SEND_HEARTBEAT':
        this.#sender.heartbeat(undefined, nowNs);
        break;
      case 'SEND_TEST_REQUEST':
        this.#clock.testRequested(nowNs);
        this.#sender.testRequest(nowNs);
        break;
      case 'RESEND_MORE':
        this.#resend.more(nowNs);
        break;
      case 'SEND_LOGOUT':
        this.#sendLogout(HOURS_OVER, nowNs);
        break;
      case 'ASK_AGAIN':
        // Not refused: a replay has no timer and sees a Logout as any other.
        if (!this.#gap.askAgain(nowNs)) this.#sendLogout(UNANSWERED, nowNs);
        break;
      case 'CLOSE':
        this.#close(lateReason(deadline, this.counters.state, this.config, this.#clock));
        break;
      default:
        break;
    }
  }

  #sendLogout(reason: string, nowNs: bigint): void {
    this.#sender.logout(reason, nowNs);
    this.counters.state = SESSION_LOGOUT_SENT;
    this.#clock.logoutSent(nowNs);
  }

  #closeIf(reason: string | undefined): void {
    if (reason !== undefined) this.#close(reason);
  }

  #refuseIf(reason: string | undefined, nowNs: bigint): void {
    if (reason !== undefined) this.#refuse(reason, nowNs);
  }

  /** The peer broke a rule that ends the session: Logout, then only its Logout is heard. */
  #refuse(reason: string, nowNs: bigint): void {
    if (this.counters.state !== SESSION_LOGOUT_SENT) this.#sendLogout(reason, nowNs);
    this.#resend.stop();
    this.#isRefusing = true;
  }

  #refuseTooLow(msgSeqNum: number, nowNs: bigint): void {
    const reason = tooLowReason(msgSeqNum, this.counters.nextIn);
    this.#sender.logout(reason, nowNs);
    this.#close(`${reason}: ${LOST_NUMBERS}`);
  }

  #close(reason: string, wasLogoutSaid = this.counters.state === SESSION_LOGOUT_SENT): void {
    const why = withOurs(reason, this.counters.state, this.#sender.said);
    this.#leave(why, wasLogoutSaid);
    this.#port.event('DISCONNECT', why);
  }

  #leave(reason: string, wasLogoutSaid: boolean): void {
    const wasLoggedOn = this.isLoggedOn || this.counters.state === SESSION_LOGOUT_SENT;
    this.#isOpen = false;
    this.#gap.clear();
    this.#resend.stop();
    this.counters.state = SESSION_DISCONNECTED;
    if (!wasLoggedOn) return;
    this.#port.event('LOGGED_OUT', reason);
    this.#numbers.left({ wasLogoutSaid });
  }
}
