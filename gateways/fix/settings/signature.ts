/**
 * Signatures of a Logon (RawData, 96): over fields of it that the venue names, as Coinbase, Kraken
 * and Binance document theirs. HMAC-SHA256 with a shared key, Ed25519 with a pair of keys; both in
 * base64. Text is FIX text: one character a byte.
 */
import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto';
import type { SignatureCheckConfig, SignatureConfig } from '../../../config/fix-logon.ts';

type PlainSignature = Exclude<SignatureConfig, { algorithm: 'module' }>;
type HmacConfig = Extract<PlainSignature, { algorithm: 'hmac-sha256' }>;

/** Base64 of the signature of the text. @throws Error where the key is no such key. */
export type Sign = (text: string, key: string) => string;
export type Verify = (text: string, signature: string, key: string) => boolean;

/** What the signature is made over; a part that is absent counts as empty. */
export function signedText(
  { over, separator }: Pick<PlainSignature, 'over' | 'separator'>,
  partOf: (name: string) => string | undefined,
): string {
  return over.map((name) => partOf(name) ?? '').join(separator === 'SOH' ? '\x01' : '');
}

export function signWith(config: PlainSignature): Sign {
  if (config.algorithm === 'hmac-sha256') {
    return (text, key) => hmac(text, key, config).toString('base64');
  }
  return (text, key) =>
    sign(
      null,
      bytesOf(text),
      ed25519(() => createPrivateKey(key), 'private key in PEM (PKCS#8)'),
    ).toString('base64');
}

/** The key of an Ed25519 check stands in the configuration itself: it is public. */
export function verifyWith(config: SignatureCheckConfig): Verify {
  if (config.algorithm === 'hmac-sha256') {
    return (text, signature, key) => {
      const expected = hmac(text, key, config);
      const given = Buffer.from(signature, 'base64');
      return given.length === expected.length && timingSafeEqual(given, expected);
    };
  }
  const publicKey = publicKeyOf(config.publicKey);
  return (text, signature) =>
    verify(null, bytesOf(text), publicKey, Buffer.from(signature, 'base64'));
}

function publicKeyOf(base64: string): KeyObject {
  const key = Buffer.from(base64, 'base64');
  const make = (): KeyObject => createPublicKey({ key, format: 'der', type: 'spki' });
  return ed25519(make, 'public key in base64 (SPKI)');
}

function ed25519(make: () => KeyObject, what: string): KeyObject {
  let key: KeyObject;
  try {
    key = make();
  } catch {
    throw new Error(`it is no ${what}`); // OpenSSL's own words tell people nothing
  }
  if (key.asymmetricKeyType === 'ed25519') return key;
  throw new Error(`it is a key for ${key.asymmetricKeyType}, not for ed25519`);
}

function hmac(text: string, key: string, { keyEncoding }: Pick<HmacConfig, 'keyEncoding'>): Buffer {
  return createHmac('sha256', keyBytes(key, keyEncoding)).update(bytesOf(text)).digest();
}

const SHAPES = { base64: /^[A-Za-z0-9+/]+={0,2}$/, hex: /^([0-9A-Fa-f]{2})+$/ };

function keyBytes(key: string, encoding: HmacConfig['keyEncoding']): Buffer {
  if (encoding === 'text') return Buffer.from(key, 'utf8');
  if (!SHAPES[encoding].test(key)) throw new Error(`it is not ${encoding}`);
  return Buffer.from(key, encoding);
}

const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');
