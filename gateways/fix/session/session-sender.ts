/**
 * The session's way out: gives each message its number, puts it together and hands it to the port.
 * Session messages are worded here; when they go is decided in session.ts.
 */
import { encodeFields, type Field, type Fields, type FixMessage } from '../codec.ts';
import type { Complaint } from '../complaint.ts';
import { MsgType, Tag } from '../tags.ts';
import { rejectFields, reverseRoute } from './session-checks.ts';
import type { SessionCounters } from './session-counters.ts';
import { SessionEncoder } from './session-encoder.ts';
import type { SessionConfig, SessionPort } from './session-types.ts';

export class SessionSender {
  readonly encoder: SessionEncoder;
  /** When the last message left: a Heartbeat is due HeartBtInt later. */
  sentNs = 0n;
  readonly #counters: SessionCounters;
  readonly #port: SessionPort;
  #testRequests = 0;

  constructor(config: SessionConfig, counters: SessionCounters, port: SessionPort) {
    this.encoder = new SessionEncoder(config);
    this.#counters = counters;
    this.#port = port;
  }

  /** Returns the number that was used. */
  send(msgType: string, body: Uint8Array | string, nowNs: bigint, header = ''): number {
    const msgSeqNum = this.#counters.nextOut;
    const bytes = this.encoder.compose(msgType, msgSeqNum, nowNs, body, header);
    this.#counters.nextOut = msgSeqNum + 1;
    this.sentNs = nowNs;
    this.#port.send(bytes, msgSeqNum, msgType, false);
    return msgSeqNum;
  }

  logon(heartbeatS: number, nowNs: bigint, options: { readonly isReset: boolean }): void {
    const body: Field[] = [
      [Tag.EncryptMethod, 0],
      [Tag.HeartBtInt, heartbeatS],
    ];
    if (options.isReset) body.push([Tag.ResetSeqNumFlag, 'Y']);
    this.send(MsgType.Logon, encodeFields(body), nowNs);
  }

  /** An empty reason says nothing: the answer to the peer's Logout. */
  logout(reason: string, nowNs: bigint): void {
    const body: Fields = reason === '' ? [] : [[Tag.Text, reason]];
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

  /** From the first missing number, open-ended. */
  resendRequest(nowNs: bigint): void {
    const body = encodeFields([
      [Tag.BeginSeqNo, this.#counters.nextIn],
      [Tag.EndSeqNo, 0],
    ]);
    this.send(MsgType.ResendRequest, body, nowNs);
  }

  reject(message: FixMessage, why: Complaint, nowNs: bigint): void {
    const header = encodeFields(reverseRoute(message));
    this.send(MsgType.Reject, encodeFields(rejectFields(message, why)), nowNs, header);
    const which = `${message.get(Tag.MsgSeqNum)} (35=${message.msgType})`;
    this.#port.event('REJECT_SENT', `message ${which} was refused: ${why.text}`);
  }
}
