/**
 * Whether a Logon is acceptable to this session; the refusal is what a connectivity engineer reads.
 */
import type { FixMessage } from '../codec.ts';
import { Tag } from '../tags.ts';
import { checkFraming, checkHeader } from './session-checks.ts';
import type { SessionConfig } from './session-types.ts';

const HEARTBEAT_S_MAX = 86_400;

/** Why the Logon is refused; undefined = accepted, 34 and 108 are numbers. */
export function checkLogon(
  message: FixMessage,
  config: SessionConfig,
  nowNs: bigint,
): string | undefined {
  const broken = checkFraming(message, config);
  if (broken !== undefined) return `Logon refused: ${broken}`;
  const complaint = checkHeader(message, config, nowNs);
  if (complaint !== undefined) return `Logon refused: ${complaint.text}`;
  const msgSeqNum = message.getInt(Tag.MsgSeqNum);
  if (message.get(Tag.EncryptMethod) !== '0') {
    const method = message.get(Tag.EncryptMethod);
    return `Logon with EncryptMethod (98) ${method}, only 0 (none) is served`;
  }
  const heartbeatS = message.getInt(Tag.HeartBtInt);
  if (heartbeatS === undefined || heartbeatS < 0 || heartbeatS > HEARTBEAT_S_MAX) {
    const heartbeat = message.get(Tag.HeartBtInt);
    return `Logon with HeartBtInt (108) ${heartbeat}, seconds from 0 are expected`;
  }
  if (config.role === 'initiator' && heartbeatS !== config.heartbeatS) {
    return `Logon answered with HeartBtInt (108) ${heartbeatS}, ${config.heartbeatS} was asked for`;
  }
  if (message.isYes(Tag.ResetSeqNumFlag) && msgSeqNum !== 1) {
    return `Logon with ResetSeqNumFlag (141) and MsgSeqNum (34) ${msgSeqNum}, 1 is expected`;
  }
  if (config.role === 'initiator' && config.resetSeqNum && !message.isYes(Tag.ResetSeqNumFlag)) {
    return 'ResetSeqNumFlag (141=Y) was asked for and not confirmed in the Logon reply';
  }
  return undefined;
}
