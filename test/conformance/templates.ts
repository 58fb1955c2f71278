/**
 * What a message says when the scenario leaves it open: the body of a valid message of each
 * version, and what an answer must hold in any case.
 */
import type { FixVersion } from '../../gateways/fix/version.ts';
import type { FieldSpec, Value } from './step.ts';

type Body = readonly (readonly [tag: string, value: string])[];

interface Sending {
  readonly version: FixVersion;
  /** Names the message in ClOrdID, TestReqID and the like. */
  readonly msgSeqNum: string;
}

const text = (value: string): Value => ({ kind: 'text', text: value });
const NOW: Value = { kind: 'now', offsetMs: 0 };

const specs = (body: Body): FieldSpec[] =>
  body.map(([tag, value]) => ({ tag, value: value === 'now' ? NOW : text(value) }));

/** HandlInst is required in FIX.4.2 and allowed later; the order is that of all three versions. */
const order = (id: string): Body => [
  ['11', id],
  ['21', '1'],
  ['55', 'MSFT'],
  ['54', '1'],
  ['60', 'now'],
  ['38', '100'],
  ['40', '1'],
];

const securityDefinition = ({ version, msgSeqNum }: Sending): Body => [
  ['320', `REQ-${msgSeqNum}`],
  ['322', `RESP-${msgSeqNum}`],
  ['323', '1'],
  ...(version === 'FIX.4.2' ? ([['393', '1']] as const) : []),
  ['55', 'MSFT'],
];

const execution = ({ version, msgSeqNum }: Sending): Body => [
  ['37', `O-${msgSeqNum}`],
  ['17', `E-${msgSeqNum}`],
  ...(version === 'FIX.4.2' ? ([['20', '0']] as const) : []),
  ['150', '0'],
  ['39', '0'],
  ['55', 'MSFT'],
  ['54', '1'],
  ['38', '100'],
  ['151', '100'],
  ['14', '0'],
  ['6', '0'],
];

/** The usual body of a message that is sent. */
export function bodyOf(msgType: string, sending: Sending): FieldSpec[] {
  switch (msgType) {
    case 'A':
      return specs([
        ['98', '0'],
        ['108', '30'],
        ...(sending.version === 'FIX.5.0SP2' ? ([['1137', '9']] as const) : []),
      ]);
    case '1':
      return specs([['112', `TEST-${sending.msgSeqNum}`]]);
    case 'D':
      return specs(order(`ORDER-${sending.msgSeqNum}`));
    case 'd':
      return specs(securityDefinition(sending));
    case '8':
      return specs(execution(sending));
    default:
      return [];
  }
}

/** SessionRejectReason values above this one are not defined in FIX.4.2. */
const FIX42_REASON_MAX = 11;

/** The message that was sent last: what an answer refers to. */
interface Referred {
  readonly msgType: string;
  readonly msgSeqNum: string | undefined;
}

/** What an answer holds in any case, where the scenario does not say otherwise. */
export function answerFields(
  msgType: string,
  version: FixVersion,
  referred: Referred | undefined,
): FieldSpec[] {
  if (msgType === 'A') {
    return specs([
      ['98', '0'],
      ['108', '30'],
      ...(version === 'FIX.5.0SP2' ? ([['1137', '9']] as const) : []),
    ]);
  }
  if ((msgType !== '3' && msgType !== 'j') || referred?.msgSeqNum === undefined) return [];
  return specs([
    ['45', referred.msgSeqNum],
    ['372', referred.msgType],
  ]);
}

/** A reason that the version does not define is left out of the Reject. */
export const hasReason = (version: FixVersion, reason: string): boolean =>
  version !== 'FIX.4.2' || Number(reason) <= FIX42_REASON_MAX;
