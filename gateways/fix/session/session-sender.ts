/**
 * The session's way out: gives each message its number, puts it together and hands it to the port.
 * Session messages are worded here; when they go is decided in session.ts.
 */
import { encodeFields, type Field, type Fields, type FixMessage } from '../codec.ts';
import type { Complaint } from '../complaint.ts';
import { MsgType, Tag } from '../tags.ts';
import { VERSION_TRAITS } from '../version.ts';
import { plainText, rejectFields, reverseRoute } from './session-checks.ts';
import type { SessionClock } from './session-clock.ts';
import type { SessionCounters } from './session-counters.ts';
import { SessionEncoder } from './session-encoder.ts';
import type { LogonParts, SessionConfig, SessionPort } from './session-types.ts';

interface SenderParts {
  readonly config: SessionConfig;
  readonly counters: SessionCounters;
  readonly clock: SessionClock;
  readonly port: SessionPort;
}

export interface LogonOptions {
  readonly heartbeatS: number;
  /** 141=Y: asked for or confirmed. */
  readonly isReset: boolean;
  /** NextExpectedMsgSeqNum (789); undefined = not said. */
  readonly nextExpected: number | undefined;
  /** What proves who we are, or says how the peer's proof was taken. */
  readonly further: Fields;
}

export class SessionSender {
  readonly encoder: SessionEncoder;
  readonly #config: SessionConfig;
  readonly #clock: SessionClock;
  readonly #counters: SessionCounters;
  readonly #port: SessionPort;
  /** Why we logged out, as the peer was told; '' = for no reason of ours. */
  said = '';
  #testRequests = 0;

  constructor({ config, counters, clock, port }: SenderParts) {
    this.encoder = new SessionEncoder(config);
    this.#config = config;
    this.#clock = clock;
    this.#counters = counters;
    this.#port = port;
  }

  /** Returns the number that was used. */
  send(msgType: string, body: Uint8Array | string, nowNs: bigint, header = ''): number {
    this.#port.lock?.();
    try {
      const msgSeqNum = this.#counters.nextOut;
      const bytes = this.encoder.compose(msgType, msgSeqNum, nowNs, body, header);
      this.#counters.nextOut = msgSeqNum + 1;
      this.#clock.sentNs = nowNs;
      this.#port.send(bytes, msgSeqNum, msgType, false);
      return msgSeqNum;
    } finally {
      this.#port.unlock?.();
    }
  }

  /** What the next message is signed over. */
  logonParts(nowNs: bigint): LogonParts {
    const { senderCompId, targetCompId } = this.#config;
    const sendingTime = this.encoder.sendingTime(nowNs);
    return { sendingTime, msgSeqNum: this.#counters.nextOut, senderCompId, targetCompId };
  }

  logon({ heartbeatS, isReset, nextExpected, further }: LogonOptions, nowNs: bigint): void {
    const { applVerId } = VERSION_TRAITS[this.#config.version];
    const body: Field[] = [
      [Tag.EncryptMethod, 0],
      [Tag.HeartBtInt, heartbeatS],
    ];
    if (isReset) body.push([Tag.ResetSeqNumFlag, 'Y']);
    if (nextExpected !== undefined) body.push([Tag.NextExpectedMsgSeqNum, nextExpected]);
    body.push(...further);
    if (applVerId !== undefined) body.push([Tag.DefaultApplVerID, applVerId]);
    this.send(MsgType.Logon, encodeFields(body), nowNs);
  }

  /** An empty reason says nothing: the answer to the peer's Logout. */
  logout(reason: string, nowNs: bigint, sessionStatus?: number): void {
    const body: Field[] = [];
    const isFixt = VERSION_TRAITS[this.#config.version].applVerId !== undefined;
    if (isFixt && sessionStatus !== undefined) body.push([Tag.SessionStatus, sessionStatus]);
    this.said = plainText(reason);
    if (reason !== '') body.push([Tag.Text, this.said]);
    this.send(MsgType.Logout, encodeFields(body), nowNs);
  }

  /** With the TestReqID that is answered, or unasked. */
  heartbeat(testReqId: string | undefined, nowNs: bigint): void {
    const body: Fields = testReqId === undefined ? [] : [[Tag.TestReqID, testReqId]];
    this.send(MsgType.Heartbeat, encodeFields(body), nowNs);
  }

  testRequest(nowNs: bigint): void {
    this.#testRequests += 1;
    const body = encodeFields([[Tag.TestReqID, `TEST-${this.#testRequests}`]]);
    this.send(MsgType.TestRequest, body, nowNs);
  }

  /** From the first missing number to `endSeqNo`, 0 = open-ended. */
  resendRequest(endSeqNo: number, nowNs: bigint): void {
    const body = encodeFields([
      [Tag.BeginSeqNo, this.#counters.nextIn],
      [Tag.EndSeqNo, endSeqNo],
    ]);
    this.send(MsgType.ResendRequest, body, nowNs);
  }

  reject(message: FixMessage, why: Complaint, nowNs: bigint): void {
    const { rejectReasonMax } = VERSION_TRAITS[this.#config.version];
    const header = encodeFields(reverseRoute(message));
    const body = encodeFields(rejectFields(message, why, rejectReasonMax));
    this.send(MsgType.Reject, body, nowNs, header);
    const which = `${message.get(Tag.MsgSeqNum)} (35=${message.msgType})`;
    const text = plainText(`message ${which} was refused: ${why.text}`);
    this.#port.event('REJECT_SENT', text, message);
  }
}
