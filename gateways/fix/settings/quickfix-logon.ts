/**
 * Credentials out of a QuickFIX settings file. The engines themselves read none but QuickFIX/J's
 * LogonTag; applications keep them there under names of their own. Passwords are not copied: what
 * is written names a variable to put them into.
 */
import type { AcceptorLogonConfig, InitiatorLogonConfig } from '../../../config/fix-logon.ts';
import type { SecretReference } from '../../../config/secret.ts';
import type { QuickfixEntry } from './quickfix-file.ts';
import type { QuickfixReader } from './quickfix-reader.ts';

const USERNAME_KEYS = [
  'Username',
  'LogonUsername',
  'FIXUsername',
  'UserName',
  'User',
  'LoginUsername',
];
const PASSWORD_KEYS = ['Password', 'LogonPassword', 'FIXPassword', 'Passphrase', 'LoginPassword'];
const TEXT = /^[^\p{Cc}]{1,255}$/u;
/** How an acceptor guards a password that had no guard before. */
const LOCKOUT = { failuresMax: 5, windowS: 300 };

interface Credentials {
  readonly username: string | null;
  readonly password: SecretReference | null;
  readonly fields: Record<string, string>;
}

export function convertInitiatorLogon(
  reader: QuickfixReader,
  name: string,
): InitiatorLogonConfig | null {
  const { username, password, fields } = credentials(reader, name);
  const isEmpty = username === null && password === null && Object.keys(fields).length === 0;
  if (isEmpty) return null;
  return { username, password, newPassword: null, fields, signature: null };
}

export function convertAcceptorLogon(
  reader: QuickfixReader,
  name: string,
): AcceptorLogonConfig | null {
  const { username, password } = credentials(reader, name);
  if (username === null && password === null) return null;
  reader.added(
    `logon.lockout: ${LOCKOUT.failuresMax} refused Logons in ${LOCKOUT.windowS} s lock the session`,
  );
  const guard = {
    isChangeable: false,
    expiresDays: null,
    signature: null,
    lockout: { ...LOCKOUT },
  };
  return { username, password, ...guard };
}

function credentials(reader: QuickfixReader, name: string): Credentials {
  let username = usernameOf(reader, reader.take(...USERNAME_KEYS));
  let password = passwordOf(reader, reader.takeRaw(...PASSWORD_KEYS), name);
  const fields: Record<string, string> = {};
  for (const entry of reader.takeAll(/^logontag\d*$/)) {
    const match = /^(\d{1,5})=(.*)$/.exec(entry.value);
    const [tag, value] = [String(Number(match?.[1])), match?.[2]?.trim()];
    if (value === undefined || !TEXT.test(value)) {
      reader.left(entry, 'is not of the form LogonTag=tag=value');
    } else if (tag === '553') username = usernameOf(reader, entry, value);
    else if (tag === '554') password = passwordOf(reader, entry, name);
    else if (SESSION_TAGS.has(tag)) reader.left(entry, `the session itself says ${tag}`);
    else if (SECRET_TAGS.has(tag)) {
      reader.left(entry, `${tag} is secret: see newPassword and signature of logon`);
    } else {
      fields[tag] = value;
      reader.taken(entry, `logon.fields: { "${tag}": ${value} }`);
    }
  }
  return { username, password, fields };
}

const SESSION_TAGS: ReadonlySet<string> = new Set(
  '0 8 9 10 34 35 49 52 56 98 108 141 789 1137 1409'.split(' '),
);
const SECRET_TAGS: ReadonlySet<string> = new Set('95 96 925 1402 1404'.split(' '));

function usernameOf(
  reader: QuickfixReader,
  entry: QuickfixEntry | undefined,
  value = entry?.value ?? '',
): string | null {
  if (entry === undefined || value === '') return null;
  if (!TEXT.test(value)) {
    reader.left(entry, 'is no text that a field can hold');
    return null;
  }
  reader.taken(entry, `logon.username: ${value}`);
  return value;
}

function passwordOf(
  reader: QuickfixReader,
  entry: QuickfixEntry | undefined,
  name: string,
): SecretReference | null {
  if (entry === undefined) return null;
  const variable = /^\$\{([A-Za-z_]\w*)\}$/.exec(entry.raw)?.[1];
  if (variable !== undefined) {
    reader.converted(entry, `logon.password: { env: ${variable} }`);
    return { env: variable };
  }
  const env = `FIX_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}_PASSWORD`;
  const text = `logon.password: { env: ${env} }; the password itself is not copied`;
  reader.converted(entry, `${text}: put it into that variable, or into a file that you name`);
  return { env };
}
