/** For tests: the configuration of a FIX session in which only what matters need be said. */
import { RESEND_EXECUTIONS, type SessionConfig } from '../../gateways/fix/session/session-types.ts';

export function sessionConfig(changes: Partial<SessionConfig>): SessionConfig {
  return {
    name: 'test',
    role: 'initiator',
    version: 'FIX.4.4',
    senderCompId: 'US',
    targetCompId: 'PEER',
    heartbeatS: 30,
    sendingTimeToleranceS: 120,
    resetSeqNum: false,
    resetOnLogon: false,
    resetOnLogout: false,
    resetOnDisconnect: false,
    check: () => undefined,
    resend: RESEND_EXECUTIONS,
    schedule: undefined,
    logon: undefined,
    ...changes,
  };
}
