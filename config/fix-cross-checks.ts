/**
 * What no single value of a FIX session's settings can show: pauses the right way round, secrets
 * where they can be replaced, signatures over what the Logon holds. Read by config/cross-checks.ts
 * for the engine's venues and by the loader of FIX settings files.
 */
import type { FixSessionSettings } from './fix-session.ts';
import type { FixSettingsConfig } from './fix-settings.ts';
import type { Path } from './yaml-source.ts';

type Report = (path: Path, text: string) => void;
type Initiator = Extract<FixSessionSettings, { role: 'initiator' }>;
type InitiatorLogon = NonNullable<Initiator['logon']>;
type AcceptorLogon = NonNullable<Extract<FixSessionSettings, { role: 'acceptor' }>['logon']>;

/** The session says these itself. */
const SESSION_TAGS: ReadonlySet<string> = new Set(
  '8 9 10 34 35 49 52 56 95 96 98 108 141 789 1137 1409'.split(' '),
);
const PASSWORD_TAGS: ReadonlySet<string> = new Set('553 554 925 1402 1404'.split(' '));

/** Of the whole file: who listens for whom, and each session. */
export function checkFixSettings({ acceptor, sessions }: FixSettingsConfig, report: Report): void {
  const names = new Set<string>();
  const identities = new Set<string>();
  for (const [i, session] of sessions.entries()) {
    const at = ['sessions', i];
    const { name, role, version, senderCompId, targetCompId, header } = session;
    if (names.has(name)) report([...at, 'name'], `is "${name}"; each may stand only once`);
    names.add(name);
    if (role === 'acceptor' && acceptor === null) {
      report(
        [...at, 'role'],
        'is "acceptor"; then "acceptor" at the top must say where it listens',
      );
    }
    // One listener tells its sessions apart by these.
    const transport = version.startsWith('FIX.5') ? 'FIXT.1.1' : version;
    const subIds = [header.senderSubId ?? '', header.targetSubId ?? ''];
    const identity = JSON.stringify([role, transport, senderCompId, targetCompId, ...subIds]);
    if (role === 'acceptor' && identities.has(identity)) {
      report(
        at,
        `has the BeginString, the CompIDs and the sub ids of another acceptor's session; ` +
          'give it its own CompIDs, header.senderSubId or header.targetSubId',
      );
    }
    identities.add(identity);
    if (role === 'acceptor' && session.certificateNames.length > 0) {
      if ((acceptor?.tls?.clientAuthorities ?? null) === null) {
        const text =
          'needs acceptor.tls.clientAuthorities: without them no peer shows a certificate';
        report([...at, 'certificateNames'], text);
      }
    }
    checkFixSession(session, at, report);
  }
  if (acceptor !== null && !sessions.some(({ role }) => role === 'acceptor')) {
    report(['acceptor'], 'listens for nobody: no session has the role acceptor; it must be null');
  }
}

export function checkFixSession(session: FixSessionSettings, at: Path, report: Report): void {
  if (session.role === 'initiator') {
    checkConnection(session, at, report);
    if (session.logon !== null) checkInitiator(session.logon, [...at, 'logon'], report);
  } else if (session.logon !== null) checkAcceptor(session.logon, [...at, 'logon'], report);
}

function checkConnection({ reconnect, tls }: Initiator, at: Path, report: Report): void {
  if (reconnect.minMs > reconnect.maxMs) {
    const text = `is ${reconnect.maxMs}; it must not be below minMs ${reconnect.minMs}`;
    report([...at, 'reconnect', 'maxMs'], text);
  }
  if (tls !== null && (tls.certificate === null) !== (tls.key === null)) {
    report([...at, 'tls'], 'has a certificate without its key, or a key without its certificate');
  }
}

function checkInitiator(logon: InitiatorLogon, at: Path, report: Report): void {
  const { username, password, newPassword, fields, signature } = logon;
  if (newPassword !== null && (password === null || !('file' in password))) {
    report([...at, 'newPassword'], 'needs the password in a file, which it then replaces');
  }
  for (const tag of Object.keys(fields)) {
    if (PASSWORD_TAGS.has(tag)) {
      report([...at, 'fields', tag], 'is a credential: use username, password and newPassword');
    } else if (SESSION_TAGS.has(tag)) {
      report([...at, 'fields', tag], 'is a field that the session itself says');
    }
  }
  if (signature === null || signature.algorithm === 'module') return;
  for (const [i, part] of signature.over.entries()) {
    const isThere =
      (part !== 'Username' || username !== null) &&
      (part !== 'Password' || password !== null) &&
      (!/^\d/.test(part) || part in fields);
    if (isThere) continue;
    report([...at, 'signature', 'over', i], `is "${part}", which this Logon does not hold`);
  }
}

function checkAcceptor(logon: AcceptorLogon, at: Path, report: Report): void {
  const { username, password, isChangeable, expiresDays, signature } = logon;
  const isInFile = password !== null && 'file' in password;
  if (isChangeable && !isInFile) {
    report([...at, 'isChangeable'], 'is true; then the password must be kept in a file');
  }
  if (expiresDays !== null && !isInFile) {
    report(
      [...at, 'expiresDays'],
      'counts from the last change of a file: keep the password in one',
    );
  }
  if (username === null && password === null && signature === null) {
    report(at, 'asks for nothing; it must be null, or name what the peer has to show');
  }
}
