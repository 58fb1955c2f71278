/**
 * What can be wrong with a message whatever its type: a flat list of checks in a fixed order, the
 * first complaint wins. A fatal complaint is followed by a Logout (FIX 4.4 volume 2).
 */
import type { Field, FixMessage } from '../codec.ts';
import { type Complaint, complaint } from '../complaint.ts';
import { MsgType, RejectReason, Tag } from '../tags.ts';
import { NS_PER_S, parseTimestamp } from '../timestamp.ts';
import { beginStringOf } from '../version.ts';
import { ignoresItsNumber } from './session-table.ts';
import type { SessionConfig } from './session-types.ts';

export const valueIncorrect = (refTag: number, text: string): Complaint =>
  complaint(refTag, RejectReason.ValueIsIncorrect, text);

/**
 * What no Reject can answer, since it has no number or another version; undefined = sound, 34 is a
 * number.
 */
export function checkFraming(message: FixMessage, config: SessionConfig): string | undefined {
  const { beginString, msgType } = message;
  const expected = beginStringOf(config.version);
  if (beginString !== expected) {
    return `BeginString (8) is ${beginString}, this session is ${expected}`;
  }
  const msgSeqNum = message.getInt(Tag.MsgSeqNum) ?? -1;
  if (msgSeqNum > 0 || (msgSeqNum === 0 && ignoresItsNumber(message))) return undefined;
  return `MsgSeqNum (34) of a message 35=${msgType} is missing or no number`;
}

/** The message against the session's own identity and clock. */
export function checkHeader(
  message: FixMessage,
  config: SessionConfig,
  nowNs: bigint,
): Complaint | undefined {
  return (
    checkSendingTime(message, config, nowNs) ??
    checkCompId(message, Tag.SenderCompID, config.targetCompId) ??
    checkCompId(message, Tag.TargetCompID, config.senderCompId) ??
    checkOrigSendingTime(message)
  );
}

function checkSendingTime(
  message: FixMessage,
  config: SessionConfig,
  nowNs: bigint,
): Complaint | undefined {
  const text = message.get(Tag.SendingTime);
  if (text === undefined) {
    return complaint(
      Tag.SendingTime,
      RejectReason.RequiredTagMissing,
      'SendingTime (52) is missing',
    );
  }
  const sentNs = parseTimestamp(text);
  if (sentNs === undefined) {
    const why = `SendingTime (52) ${text} is not a UTCTimestamp`;
    return complaint(Tag.SendingTime, RejectReason.IncorrectDataFormat, why);
  }
  const apartNs = sentNs > nowNs ? sentNs - nowNs : nowNs - sentNs;
  if (apartNs <= BigInt(config.sendingTimeToleranceS) * NS_PER_S) return undefined;
  const why =
    `SendingTime (52) ${text} is ${apartNs / NS_PER_S} s ${sentNs > nowNs ? 'after' : 'before'} our clock, ` +
    `${config.sendingTimeToleranceS} s are allowed: check both clocks`;
  return complaint(Tag.SendingTime, RejectReason.SendingTimeAccuracyProblem, why, true);
}

function checkCompId(message: FixMessage, tag: number, expected: string): Complaint | undefined {
  const value = message.get(tag);
  const name = tag === Tag.SenderCompID ? 'SenderCompID (49)' : 'TargetCompID (56)';
  if (value === undefined) {
    return complaint(tag, RejectReason.RequiredTagMissing, `${name} is missing`);
  }
  if (value === '') return complaint(tag, RejectReason.TagWithoutValue, `${name} is empty`);
  if (value === expected) return undefined;
  const why = `${name} is ${value}, this session expects ${expected}`;
  return complaint(tag, RejectReason.CompIDProblem, why, true);
}

/** A repeated message says when it was first sent, not later than now; a SequenceReset need not. */
function checkOrigSendingTime(message: FixMessage): Complaint | undefined {
  if (!message.isYes(Tag.PossDupFlag) || message.msgType === MsgType.SequenceReset)
    return undefined;
  const text = message.get(Tag.OrigSendingTime);
  if (text === undefined) {
    const why = 'PossDupFlag (43) without OrigSendingTime (122)';
    return complaint(Tag.OrigSendingTime, RejectReason.RequiredTagMissing, why);
  }
  const firstNs = parseTimestamp(text);
  if (firstNs === undefined) {
    const why = `OrigSendingTime (122) ${text} is not a UTCTimestamp`;
    return complaint(Tag.OrigSendingTime, RejectReason.IncorrectDataFormat, why);
  }
  const sentNs = parseTimestamp(message.get(Tag.SendingTime) ?? '');
  if (sentNs === undefined || firstNs <= sentNs) return undefined;
  const why = `OrigSendingTime (122) ${text} is after SendingTime (52)`;
  return complaint(Tag.OrigSendingTime, RejectReason.SendingTimeAccuracyProblem, why, true);
}

/** The fields without which the session cannot act on the message, however lenient its dictionary. */
export function checkContent(message: FixMessage): Complaint | undefined {
  for (const tag of REQUIRED_NUMBERS[message.msgType] ?? []) {
    if (!message.has(tag)) {
      return complaint(tag, RejectReason.RequiredTagMissing, `required tag ${tag} is missing`);
    }
    if ((message.getInt(tag) ?? -1) < 0) {
      const why = `tag ${tag} is ${message.get(tag)}, not a number`;
      return complaint(tag, RejectReason.IncorrectDataFormat, why);
    }
  }
  if (message.msgType === MsgType.TestRequest && !message.has(Tag.TestReqID)) {
    const why = 'TestReqID (112) is missing';
    return complaint(Tag.TestReqID, RejectReason.RequiredTagMissing, why);
  }
  const gapFill = message.get(Tag.GapFillFlag) ?? 'N';
  if (gapFill === 'Y' || gapFill === 'N') return undefined;
  const why = `GapFillFlag (123) is ${gapFill}, neither Y nor N`;
  return complaint(Tag.GapFillFlag, RejectReason.IncorrectDataFormat, why);
}

const REQUIRED_NUMBERS: Readonly<Record<string, readonly number[]>> = {
  [MsgType.ResendRequest]: [Tag.BeginSeqNo, Tag.EndSeqNo],
  [MsgType.SequenceReset]: [Tag.NewSeqNo],
  [MsgType.Reject]: [Tag.RefSeqNum],
};

/** Body of the Reject (35=3) that answers the message; a reason that the version lacks is not said. */
export function rejectFields(message: FixMessage, why: Complaint, reasonMax: number): Field[] {
  const fields: Field[] = [[Tag.RefSeqNum, message.get(Tag.MsgSeqNum) ?? '0']];
  if (why.refTag !== undefined) fields.push([Tag.RefTagID, why.refTag]);
  if (message.msgType !== '') fields.push([Tag.RefMsgType, message.msgType]);
  if (why.reason <= reasonMax) fields.push([Tag.SessionRejectReason, why.reason]);
  fields.push([Tag.Text, plainText(why.text)]);
  return fields;
}

const TEXT_CHARS_MAX = 250;

/** What may hold a peer's own bytes, as the value of a Text (58): one line of printable ASCII. */
export function plainText(text: string): string {
  const shown = text.replaceAll(/[^\x20-\x7e]/g, '?');
  return shown.length <= TEXT_CHARS_MAX ? shown : `${shown.slice(0, TEXT_CHARS_MAX - 1)}~`;
}

/** Routing fields turned round, for an answer that goes back the way the message came. */
export function reverseRoute(message: FixMessage): Field[] {
  const fields: Field[] = [];
  for (const [from, to] of ROUTES) {
    const value = message.get(from);
    if (value !== undefined && value !== '') fields.push([to, value]);
  }
  return fields;
}

const ROUTES: readonly (readonly [from: number, to: number])[] = [
  [Tag.OnBehalfOfCompID, Tag.DeliverToCompID],
  [Tag.OnBehalfOfSubID, Tag.DeliverToSubID],
  [Tag.OnBehalfOfLocationID, Tag.DeliverToLocationID],
  [Tag.DeliverToCompID, Tag.OnBehalfOfCompID],
  [Tag.DeliverToSubID, Tag.OnBehalfOfSubID],
  [Tag.DeliverToLocationID, Tag.OnBehalfOfLocationID],
];
