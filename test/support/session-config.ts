/** For tests: the configuration of a FIX session in which only what matters need be said. */
import {
  ORDINARY_SESSION,
  RESEND_EXECUTIONS,
  type SessionConfig,
} from '../../gateways/fix/session/session-types.ts';

export function sessionConfig(changes: Partial<SessionConfig>): SessionConfig {
  return {
    ...ORDINARY_SESSION,
    name: 'test',
    role: 'initiator',
    senderCompId: 'US',
    targetCompId: 'PEER',
    heartbeatS: 30,
    resend: RESEND_EXECUTIONS,
    ...changes,
  };
}
