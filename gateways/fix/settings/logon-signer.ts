/**
 * Initiator: the signature of a Logon, by one of our algorithms or by a module of the user's. A key
 * that cannot sign is found out when the settings are loaded.
 */
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import type { SignatureConfig } from '../../../config/fix-logon.ts';
import type { Fields } from '../codec.ts';
import type { LogonParts } from '../session/session-types.ts';
import { MsgType, Tag } from '../tags.ts';
import type { SecretKeeper } from './open-secret.ts';
import { signedText, signWith } from './signature.ts';
import { wireText } from './wire-text.ts';

/** What the Logon says besides. */
interface Values {
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly further: Readonly<Record<string, string>>;
}

/** Further fields of a Logon: RawDataLength (95) and RawData (96). @throws what a bad key throws. */
export type SignLogon = (parts: LogonParts, values: Values) => Fields;

/** What a module of the user's is given; it returns RawData (96), or fields of its own. */
interface SignParts extends LogonParts {
  readonly username: string | undefined;
  readonly key: string | undefined;
}
type SignModule = (parts: SignParts) => string | Fields;

export function logonSigner(signature: SignatureConfig, secrets: SecretKeeper): SignLogon {
  const path = ['signature', 'key'];
  const key = signature.key === null ? undefined : secrets.open(signature.key, path);
  if (signature.algorithm === 'module') {
    const sign = loadModule(signature.module, secrets);
    return (parts, { username }) => {
      const signed = sign({ ...parts, username, key: key?.reveal() });
      return typeof signed === 'string' ? rawData(signed) : signed;
    };
  }
  const sign = signWith(signature);
  try {
    if (key !== undefined && key.reveal() !== '') sign('', key.reveal());
  } catch (cause) {
    const text = `names a key that cannot sign with ${signature.algorithm}: ${(cause as Error).message}`;
    secrets.problem(path, text);
  }
  return (parts, values) => {
    const text = signedText(signature, (name) => partOf(name, parts, values));
    return rawData(sign(text, key?.reveal() ?? ''));
  };
}

function partOf(name: string, parts: LogonParts, values: Values): string | undefined {
  switch (name) {
    case 'SendingTime':
      return parts.sendingTime;
    case 'MsgType':
      return MsgType.Logon;
    case 'MsgSeqNum':
      return String(parts.msgSeqNum);
    case 'SenderCompID':
      return parts.senderCompId;
    case 'TargetCompID':
      return parts.targetCompId;
    case 'Username':
      return values.username === undefined ? undefined : wireText(values.username);
    case 'Password':
      return values.password;
    default:
      return wireText(values.further[name] ?? '');
  }
}

const rawData = (text: string): Fields => [
  [Tag.RawDataLength, text.length],
  [Tag.RawData, text],
];

function loadModule(file: string, secrets: SecretKeeper): SignModule {
  const path = ['signature', 'module'];
  try {
    const loaded: unknown = createRequire(import.meta.url)(resolve(file));
    const sign = (loaded as { sign?: unknown } | null)?.sign;
    if (typeof sign === 'function') return sign as SignModule;
    secrets.problem(path, `is "${file}", which exports no function sign`);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === 'MODULE_NOT_FOUND' ? 'there is no such module' : message.split('\n')[0];
    secrets.problem(path, `is "${file}": ${why}`);
  }
  return () => [];
}
