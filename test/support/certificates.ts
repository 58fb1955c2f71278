/**
 * For tests: X.509 certificates made at run time, with no program and no package beside Node.js: a
 * certificate is a few nested DER values around a public key, signed. Elliptic keys are made in a
 * millisecond, so that each test has its own, expired ones included.
 */
import {
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';

const DAY_MS = 86_400_000;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const OBJECT_ID = 0x06;
const UTF8_STRING = 0x0c;
const SEQUENCE = 0x30;
const SET = 0x31;
const GENERALIZED_TIME = 0x18;
const TRUE = Buffer.from([0x01, 0x01, 0xff]);
/** [n] of the standard's grammar: as a container, as a value. */
const context = (n: number): number => 0xa0 + n;
const contextValue = (n: number): number => 0x80 + n;

export interface CertificateWish {
  readonly name: string;
  readonly dnsNames?: readonly string[];
  readonly ipAddress?: string;
  /** Undefined = it signs itself. */
  readonly issuer?: Issued;
  readonly isAuthority?: boolean;
  readonly fromMs?: number;
  readonly toMs?: number;
}

/** A certificate with its key, as PEM. */
export interface Issued {
  readonly name: string;
  readonly certificate: string;
  readonly key: string;
}

export function issue(wish: CertificateWish): Issued {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { issuer, name } = wish;
  const signer = issuer === undefined ? privateKey : createPrivateKey(issuer.key);
  const body = bodyOf(wish, issuer?.name ?? name, publicKey);
  const signature = sign('sha256', body, signer);
  const whole = der(SEQUENCE, body, ECDSA_SHA256(), bits(signature));
  const lines = whole.toString('base64').replaceAll(/.{64}/g, '$&\n').trim();
  return {
    name,
    certificate: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** The key under a passphrase. */
export const encryptedKey = ({ key }: Issued, passphrase: string): string =>
  createPrivateKey(key)
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase })
    .toString();

function bodyOf(wish: CertificateWish, issuerName: string, publicKey: KeyObject): Buffer {
  const { name, fromMs = Date.now() - DAY_MS, toMs = Date.now() + DAY_MS } = wish;
  return der(
    SEQUENCE,
    der(context(0), der(INTEGER, Buffer.from([2]))), // version 3
    der(INTEGER, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ECDSA_SHA256(),
    nameOf(issuerName),
    der(SEQUENCE, time(fromMs), time(toMs)),
    nameOf(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(context(3), der(SEQUENCE, ...extensionsOf(wish))),
  );
}

function extensionsOf({
  dnsNames = [],
  ipAddress,
  isAuthority = false,
}: CertificateWish): Buffer[] {
  const basic = der(SEQUENCE, ...(isAuthority ? [TRUE] : []));
  const extensions = [der(SEQUENCE, objectId('2.5.29.19'), TRUE, der(OCTET_STRING, basic))];
  const names = dnsNames.map((dns) => der(contextValue(2), Buffer.from(dns)));
  if (ipAddress !== undefined) {
    names.push(der(contextValue(7), Buffer.from(ipAddress.split('.').map(Number))));
  }
  if (names.length > 0) {
    const value = der(OCTET_STRING, der(SEQUENCE, ...names));
    extensions.push(der(SEQUENCE, objectId('2.5.29.17'), value));
  }
  return extensions;
}

const ECDSA_SHA256 = (): Buffer => der(SEQUENCE, objectId('1.2.840.10045.4.3.2'));

const nameOf = (commonName: string): Buffer =>
  der(
    SEQUENCE,
    der(SET, der(SEQUENCE, objectId('2.5.4.3'), der(UTF8_STRING, Buffer.from(commonName)))),
  );

const time = (ms: number): Buffer =>
  der(
    GENERALIZED_TIME,
    Buffer.from(`${new Date(ms).toISOString().slice(0, 19).replaceAll(/\D/g, '')}Z`),
  );

const bits = (value: Buffer): Buffer => der(BIT_STRING, Buffer.from([0]), value);

function objectId(text: string): Buffer {
  const [first, second, ...rest] = text.split('.').map(Number);
  const bytes = [first! * 40 + second!];
  for (const part of rest) {
    const digits = [part % 128];
    for (let left = Math.floor(part / 128); left > 0; left = Math.floor(left / 128)) {
      digits.unshift((left % 128) + 128);
    }
    bytes.push(...digits);
  }
  return der(OBJECT_ID, Buffer.from(bytes));
}

/** Tag, length, contents. */
function der(tag: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
