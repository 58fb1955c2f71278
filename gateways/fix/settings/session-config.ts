/**
 * What a FIX session is given, out of its settings: the same for a venue of the engine, in its
 * replays, and for a session outside the engine.
 */
import {
  type FixHeaderField,
  type FixSessionSettings,
  HEADER_FIELD_TAGS,
} from '../../../config/fix-session.ts';
import type { MessageCheck } from '../complaint.ts';
import type { LogonProof, ResendPolicy, SessionConfig } from '../session/session-types.ts';
import { NS_PER_S } from '../timestamp.ts';
import { sessionSchedule } from './session-schedule.ts';

/** An acceptor takes over the peer's HeartBtInt; until it is known this one counts. */
const ACCEPTOR_HEARTBEAT_S = 30;

interface SessionConfigParts {
  readonly check: MessageCheck;
  /** undefined = the CompIDs alone; a replay proves nothing to nobody. */
  readonly logon: LogonProof | undefined;
  /** Whether both sides have numbers to go on from; if not, an initiator asks for a reset (141=Y). */
  readonly hasNumbers: () => boolean;
}

export function sessionConfigOf(
  settings: FixSessionSettings,
  { check, logon, hasNumbers }: SessionConfigParts,
): SessionConfig {
  const { role, resetOn, schedule, header } = settings;
  const isInitiator = role === 'initiator';
  return {
    name: settings.name,
    role,
    version: settings.version,
    senderCompId: settings.senderCompId,
    targetCompId: settings.targetCompId,
    heartbeatS: isInitiator ? settings.heartbeatS : ACCEPTOR_HEARTBEAT_S,
    timestampDigits: settings.timestampDigits,
    sendingTimeToleranceS: settings.sendingTimeToleranceS,
    get resetSeqNum() {
      return isInitiator && (resetOn.logon || !hasNumbers());
    },
    resetOnLogon: !isInitiator && resetOn.logon,
    resetOnLogout: resetOn.logout,
    resetOnDisconnect: resetOn.disconnect,
    check,
    resend: resendPolicy(settings.resend),
    fixedHeader: Object.entries(header).map(([name, value]) => [
      HEADER_FIELD_TAGS[name as FixHeaderField],
      value,
    ]),
    resendRequestMessagesMax: settings.resendRequestMessagesMax,
    nextExpected: settings.nextExpectedMsgSeqNum,
    logonWaitS: settings.logonWaitS,
    logoutWaitS: settings.logoutWaitS,
    schedule: schedule === null ? undefined : sessionSchedule(schedule),
    logon,
  };
}

function resendPolicy(settings: FixSessionSettings['resend']): ResendPolicy {
  const staleAfterNs = new Map(
    Object.entries(settings.staleAfterS).map(([msgType, s]) => [msgType, BigInt(s) * NS_PER_S]),
  );
  return {
    again: (msgType, ageNs) => {
      const limitNs = staleAfterNs.get(msgType) ?? staleAfterNs.get('*');
      return limitNs === undefined || ageNs < limitNs;
    },
    batchMessages: settings.batchMessages,
    messagesPerS: settings.messagesPerS,
  };
}
