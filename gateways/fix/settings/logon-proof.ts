/**
 * Initiator: what our Logon says to prove who we are. User name and password, a new password until
 * the peer has taken it, further fields, a signature. Secrets are read anew when their files have
 * changed; what cannot be signed is sent unsigned, so that the peer refuses it and the log says why.
 */
import { existsSync, rmSync } from 'node:fs';
import type { InitiatorLogonConfig } from '../../../config/fix-logon.ts';
import { readSecret, type Secret, writeSecretFile } from '../../../config/secret.ts';
import type { Field, Fields, FixMessage } from '../codec.ts';
import type { LogonParts, LogonProof } from '../session/session-types.ts';
import { Tag } from '../tags.ts';
import { logonSigner, type SignLogon } from './logon-signer.ts';
import type { SecretKeeper } from './open-secret.ts';
import { wireText } from './wire-text.ts';

/** SessionStatus (1409) of a Logon that answers a change of password. */
const PASSWORD_CHANGED = '1';

interface ProofParts {
  readonly secrets: SecretKeeper;
  readonly log: (text: string) => void;
}

export function initiatorProof(config: InitiatorLogonConfig, parts: ProofParts): LogonProof {
  return new InitiatorProof(config, parts);
}

class InitiatorProof implements LogonProof {
  readonly #config: InitiatorLogonConfig;
  readonly #log: (text: string) => void;
  readonly #password: Secret | undefined;
  readonly #sign: SignLogon | undefined;
  /** The new password that the last Logon asked for. */
  #asked: string | undefined;

  constructor(config: InitiatorLogonConfig, { secrets, log }: ProofParts) {
    const { password, signature } = config;
    this.#config = config;
    this.#log = log;
    if (password !== null) {
      this.#password = secrets.open(password, ['password']);
      const text = this.#password.reveal();
      if (/\p{Cc}/u.test(text)) {
        secrets.problem(['password'], 'holds a line break or another control character');
      }
    }
    if (signature !== null) this.#sign = logonSigner(signature, secrets);
  }

  fields(parts: LogonParts): Fields {
    const { username, fields: further } = this.#config;
    const password = this.#password === undefined ? undefined : wireText(this.#password.reveal());
    this.#asked = this.#newPassword();
    const fields: Field[] = [];
    if (username !== null) fields.push([Tag.Username, wireText(username)]);
    if (password !== undefined) fields.push([Tag.Password, password]);
    if (this.#asked !== undefined) fields.push([Tag.NewPassword, wireText(this.#asked)]);
    for (const [tag, value] of Object.entries(further)) fields.push([Number(tag), wireText(value)]);
    if (this.#sign === undefined) return fields;
    try {
      fields.push(...this.#sign(parts, { username: username ?? undefined, password, further }));
    } catch (cause) {
      this.#log(`the Logon is not signed: ${(cause as Error).message}`);
    }
    return fields;
  }

  onAccepted(answer: FixMessage): void {
    const asked = this.#asked;
    this.#asked = undefined;
    if (asked === undefined) return;
    const { password, newPassword } = this.#config;
    if (password === null || !('file' in password) || newPassword === null) return;
    const status = answer.get(Tag.SessionStatus) ?? PASSWORD_CHANGED;
    if (status !== PASSWORD_CHANGED) {
      const what = `the peer let us in and did not say that the password was changed (1409=${status})`;
      this.#log(`${what}: ask it which holds, then put that one into ${password.file}`);
      return;
    }
    try {
      writeSecretFile(password.file, asked);
      rmSync(newPassword.file);
      this.#log(`the password was changed; ${password.file} holds the new one`);
    } catch (cause) {
      const why = (cause as Error).message;
      this.#log(
        `the password was changed, but not in ${password.file} (${why}): put there what ${newPassword.file} holds`,
      );
    }
  }

  refusal(): undefined {
    return undefined;
  }

  answer(): Fields {
    return [];
  }

  /** What the file holds while it exists. */
  #newPassword(): string | undefined {
    const { newPassword } = this.#config;
    if (newPassword === null || !existsSync(newPassword.file)) return undefined;
    const reading = readSecret(newPassword);
    if ('text' in reading && !/\p{Cc}/u.test(reading.text)) return reading.text;
    const why =
      'problem' in reading ? reading.problem : `${newPassword.file}: it has control characters`;
    this.#log(`the password is not changed: ${why}`);
    return undefined;
  }
}
