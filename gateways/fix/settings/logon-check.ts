/**
 * Acceptor: whether a peer's Logon proves who it says it is. The peer learns that it was refused
 * and, in SessionStatus (1409), the kind of reason; which part was wrong stands in our log alone.
 * Too many refusals lock the session for a while, for the right password too.
 */
import { isUtf8 } from 'node:buffer';
import { statSync } from 'node:fs';
import type { AcceptorLogonConfig } from '../../../config/fix-logon.ts';
import { type Secret, writeSecretFile } from '../../../config/secret.ts';
import type { Fields, FixMessage } from '../codec.ts';
import { plainText } from '../session/session-checks.ts';
import type { LogonProof, LogonRefusal } from '../session/session-types.ts';
import { Tag } from '../tags.ts';
import { NS_PER_MS, NS_PER_S } from '../timestamp.ts';
import { type FixVersion, VERSION_TRAITS } from '../version.ts';
import type { SecretKeeper } from './open-secret.ts';
import {
  hashPassword,
  isPassword,
  isPasswordHash,
  isSame,
  parsePasswordHash,
} from './password-hash.ts';
import { signedText, type Verify, verifyWith } from './signature.ts';

/** SessionStatus (1409). */
const STATUS = {
  active: 0,
  passwordChanged: 1,
  newPasswordRefused: 3,
  invalid: 5,
  locked: 6,
  passwordExpired: 8,
} as const;
const NEW_PASSWORD_CHARS = { min: 8, max: 255 };
const DAY_NS = 86_400n * NS_PER_S;

interface CheckParts {
  readonly version: FixVersion;
  readonly secrets: SecretKeeper;
  readonly log: (text: string) => void;
}

export function acceptorProof(config: AcceptorLogonConfig, parts: CheckParts): LogonProof {
  return new AcceptorProof(config, parts);
}

class AcceptorProof implements LogonProof {
  readonly #config: AcceptorLogonConfig;
  readonly #isFixt: boolean;
  readonly #log: (text: string) => void;
  readonly #password: Secret | undefined;
  readonly #isSigned: ((logon: FixMessage) => boolean) | undefined;
  /** Times of refused proofs, within the window of the lock-out. */
  #failuresNs: bigint[] = [];

  constructor(config: AcceptorLogonConfig, { version, secrets, log }: CheckParts) {
    const { password, signature } = config;
    this.#config = config;
    this.#isFixt = VERSION_TRAITS[version].applVerId !== undefined;
    this.#log = log;
    if (password !== null) {
      this.#password = secrets.open(password, ['password']);
      const kept = this.#password.reveal();
      if (isPasswordHash(kept) && parsePasswordHash(kept) === undefined) {
        const text =
          'names a scrypt: hash that cannot be checked: make one with gyrfalcon fix password';
        secrets.problem(['password'], text);
      }
    }
    if (signature !== null) this.#isSigned = signatureCheck(signature, secrets, log);
  }

  refusal(logon: FixMessage, nowNs: bigint): LogonRefusal | undefined {
    const { failuresMax, windowS } = this.#config.lockout;
    const sinceNs = nowNs - BigInt(windowS) * NS_PER_S;
    this.#failuresNs = this.#failuresNs.filter((atNs) => atNs > sinceNs && atNs <= nowNs);
    const failures = this.#failuresNs.length;
    if (failures >= failuresMax) {
      const reason = `${failures} Logons were refused within ${windowS} s, the session is locked`;
      return { reason, text: 'account locked', sessionStatus: STATUS.locked };
    }
    const wrong = this.#wrong(logon);
    if (wrong !== undefined) {
      this.#failuresNs.push(nowNs);
      const reason = `${wrong} (failure ${failures + 1} of ${failuresMax} in ${windowS} s)`;
      return { reason, text: 'invalid username or password', sessionStatus: STATUS.invalid };
    }
    this.#failuresNs = [];
    return this.#newPasswordRefusal(logon) ?? this.#expiry(logon, nowNs);
  }

  answer(logon: FixMessage): Fields {
    const status = this.#changePassword(logon.get(Tag.NewPassword));
    return this.#isFixt ? [[Tag.SessionStatus, status]] : [];
  }

  fields(): Fields {
    return [];
  }

  onAccepted(): void {}

  /** What is wrong, for our log; all is looked at, so that the time tells nothing. */
  #wrong(logon: FixMessage): string | undefined {
    const { username } = this.#config;
    const given = logon.get(Tag.Username) ?? '';
    const isUser = username === null || isSame(bytesOf(given), Buffer.from(username, 'utf8'));
    const password = bytesOf(logon.get(Tag.Password) ?? '');
    const isKnown = this.#password === undefined || this.#isPassword(password);
    const isSigned = this.#isSigned === undefined || this.#isSigned(logon);
    if (!isUser)
      return `Username (553) ${given === '' ? 'is missing' : `is ${plainText(given)}, not ours`}`;
    if (!isKnown) return `Password (554) ${logon.has(Tag.Password) ? 'is wrong' : 'is missing'}`;
    if (!isSigned)
      return `RawData (96) ${logon.has(Tag.RawData) ? 'is no signature of this Logon' : 'is missing'}`;
    return undefined;
  }

  #isPassword(given: Uint8Array): boolean {
    const kept = this.#password?.reveal() ?? '';
    // An unusable file made it empty: nothing opens an empty lock.
    return kept !== '' && isPassword(given, kept);
  }

  #newPasswordRefusal(logon: FixMessage): LogonRefusal | undefined {
    const wanted = logon.get(Tag.NewPassword);
    if (wanted === undefined) return undefined;
    const refused = (reason: string, text: string): LogonRefusal => ({
      reason,
      text,
      sessionStatus: STATUS.newPasswordRefused,
    });
    if (!this.#config.isChangeable) {
      const text = 'NewPassword (925) is not taken in this session';
      return refused(text, text);
    }
    const { min, max } = NEW_PASSWORD_CHARS;
    const bytes = bytesOf(wanted);
    // A file keeps it as one line.
    const isText = isUtf8(bytes) && !/\p{Cc}/u.test(bytes.toString('utf8'));
    if (wanted.length < min || wanted.length > max || !isText || isPasswordHash(wanted)) {
      const text = `NewPassword (925) must have from ${min} to ${max} printable characters`;
      return refused(text, text);
    }
    if (!this.#isPassword(bytes)) return undefined;
    const text = 'NewPassword (925) is the password that holds already';
    return refused(text, text);
  }

  #expiry(logon: FixMessage, nowNs: bigint): LogonRefusal | undefined {
    const { password, expiresDays } = this.#config;
    if (expiresDays === null || password === null || !('file' in password)) return undefined;
    if (logon.has(Tag.NewPassword)) return undefined; // it is being changed
    const expired = (reason: string): LogonRefusal => ({
      reason: `${password.file} ${reason}`,
      text: 'password expired',
      sessionStatus: STATUS.passwordExpired,
    });
    let changedMs: number;
    try {
      changedMs = statSync(password.file).mtimeMs;
    } catch (cause) {
      return expired(`does not tell its age (${(cause as NodeJS.ErrnoException).code})`);
    }
    const ageNs = nowNs - BigInt(Math.floor(changedMs)) * NS_PER_MS;
    if (ageNs <= BigInt(expiresDays) * DAY_NS) return undefined;
    return expired(`was last changed ${ageNs / DAY_NS} days ago, ${expiresDays} are allowed`);
  }

  /** The SessionStatus of the answer. */
  #changePassword(wanted: string | undefined): number {
    const { password } = this.#config;
    if (wanted === undefined || password === null || !('file' in password)) return STATUS.active;
    const isHashed = isPasswordHash(this.#password?.reveal() ?? '');
    try {
      writeSecretFile(
        password.file,
        isHashed ? hashPassword(bytesOf(wanted)) : bytesOf(wanted).toString('utf8'),
      );
      this.#log(`the peer has changed its password; ${password.file} holds the new one`);
      return STATUS.passwordChanged;
    } catch (cause) {
      this.#log(`the peer's new password cannot be kept: ${(cause as Error).message}`);
      return STATUS.newPasswordRefused;
    }
  }
}

type SignatureCheck = NonNullable<AcceptorLogonConfig['signature']>;

function signatureCheck(
  config: SignatureCheck,
  secrets: SecretKeeper,
  log: (text: string) => void,
): (logon: FixMessage) => boolean {
  const isHmac = config.algorithm === 'hmac-sha256';
  const key = isHmac ? secrets.open(config.key, ['signature', 'key']) : undefined;
  let isSignature: Verify = () => false;
  try {
    isSignature = verifyWith(config);
    if (key !== undefined && key.reveal() !== '') isSignature('', '', key.reveal());
  } catch (cause) {
    const text = `cannot check ${config.algorithm}: ${(cause as Error).message}`;
    secrets.problem(['signature', isHmac ? 'key' : 'publicKey'], text);
  }
  return (logon) => {
    const text = signedText(config, (name) => logon.get(SIGNED_TAGS[name] ?? Number(name)));
    try {
      return isSignature(text, logon.get(Tag.RawData) ?? '', key?.reveal() ?? '');
    } catch (cause) {
      // The file of the key has changed since the start.
      log(`signature.key cannot check ${config.algorithm}: ${(cause as Error).message}`);
      return false;
    }
  };
}

const SIGNED_TAGS: Readonly<Record<string, number>> = {
  SendingTime: Tag.SendingTime,
  MsgType: Tag.MsgType,
  MsgSeqNum: Tag.MsgSeqNum,
  SenderCompID: Tag.SenderCompID,
  TargetCompID: Tag.TargetCompID,
  Username: Tag.Username,
  Password: Tag.Password,
};

/** FIX text is one character a byte. */
const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');
