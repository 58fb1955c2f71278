/**
 * The sessions of `gyrfalcon fix echo` when no file names others: one a version, all on one port,
 * each judged by the dictionary of its version and starting at number 1 with every Logon.
 */
import { loadDictionary } from '../dictionary/dictionary.ts';
import { messageCheck, STRICT } from '../dictionary/message-check.ts';
import {
  ORDINARY_SESSION,
  RESEND_EXECUTIONS,
  type SessionConfig,
} from '../session/session-types.ts';
import { FIX_VERSIONS, type FixVersion } from '../version.ts';

interface Identity {
  readonly senderCompId: string;
  readonly targetCompId: string;
}

/** An acceptor takes the peer's HeartBtInt; this is what counts until its Logon. */
const HEARTBEAT_S = 30;

export function echoSessions(identity: Identity): readonly SessionConfig[] {
  return FIX_VERSIONS.map((version) => echoSession(version, identity));
}

function echoSession(version: FixVersion, identity: Identity): SessionConfig {
  return {
    ...ORDINARY_SESSION,
    ...identity,
    name: `echo ${version}`,
    role: 'acceptor',
    version,
    heartbeatS: HEARTBEAT_S,
    resetOnLogon: true,
    check: messageCheck(loadDictionary(version), STRICT),
    // Whoever tries a session wants to see all of it again.
    resend: { ...RESEND_EXECUTIONS, again: () => true },
  };
}
