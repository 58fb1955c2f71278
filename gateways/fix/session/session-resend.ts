/**
 * Answers a ResendRequest: application messages again under their own numbers, everything else
 * (session messages, what the policy calls stale, what the store no longer has) as one
 * SequenceReset-GapFill a run.
 */
import { encodeFields, type FixMessage, parseMessage } from '../codec.ts';
import type { Complaint } from '../complaint.ts';
import { ADMIN_MSG_TYPES, MsgType, Tag } from '../tags.ts';
import { valueIncorrect } from './session-checks.ts';
import type { SessionCounters } from './session-counters.ts';
import type { SessionEncoder } from './session-encoder.ts';
import type { MessageStore, ResendPolicy, SessionPort } from './session-types.ts';

interface ResendParts {
  readonly counters: SessionCounters;
  readonly store: MessageStore;
  readonly encoder: SessionEncoder;
  readonly port: SessionPort;
  readonly policy: ResendPolicy;
}

/** Sends what was asked for, or says why it cannot. */
export function answerResendRequest(
  request: FixMessage,
  nowNs: bigint,
  parts: ResendParts,
): Complaint | undefined {
  const fromSeq = request.getInt(Tag.BeginSeqNo)!;
  const endSeq = request.getInt(Tag.EndSeqNo)!;
  const lastSeq = parts.counters.nextOut - 1;
  if (fromSeq < 1 || fromSeq > lastSeq) {
    const why = `BeginSeqNo (7) is ${fromSeq}, messages 1 to ${lastSeq} were sent`;
    return valueIncorrect(Tag.BeginSeqNo, why);
  }
  const isOpenEnded = endSeq === 0 || endSeq > lastSeq;
  const toSeq = isOpenEnded ? lastSeq : Math.max(endSeq, fromSeq);
  resendRange(fromSeq, toSeq, nowNs, parts);
  parts.port.event('RESENT', `the peer asked for messages ${fromSeq} to ${toSeq} again`);
  return undefined;
}

function resendRange(fromSeq: number, toSeq: number, nowNs: bigint, parts: ResendParts): void {
  let next = fromSeq;
  for (const stored of parts.store.sent(fromSeq, toSeq)) {
    if (ADMIN_MSG_TYPES.has(stored.msgType) || !parts.policy.again(stored.msgType, 0n)) continue;
    const message = parseMessage(stored.bytes);
    if (message === undefined) continue; // damaged in the store: its number is gap-filled
    if (stored.msgSeqNum > next) sendGapFill(next, stored.msgSeqNum, nowNs, parts);
    const bytes = parts.encoder.composeResend(message, stored.msgSeqNum, nowNs);
    parts.port.send(bytes, stored.msgSeqNum, stored.msgType, true);
    next = stored.msgSeqNum + 1;
  }
  if (next <= toSeq) sendGapFill(next, toSeq + 1, nowNs, parts);
}

function sendGapFill(msgSeqNum: number, newSeqNo: number, nowNs: bigint, parts: ResendParts): void {
  const header = encodeFields([
    [Tag.PossDupFlag, 'Y'],
    [Tag.OrigSendingTime, parts.encoder.sendingTime(nowNs)],
  ]);
  const body = encodeFields([
    [Tag.GapFillFlag, 'Y'],
    [Tag.NewSeqNo, newSeqNo],
  ]);
  const bytes = parts.encoder.compose(MsgType.SequenceReset, msgSeqNum, nowNs, body, header);
  parts.port.send(bytes, msgSeqNum, MsgType.SequenceReset, true);
}
