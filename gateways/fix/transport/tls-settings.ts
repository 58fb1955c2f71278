/**
 * TLS of one side of a connection: what it proves, whom it believes, what the other side must
 * prove. Checked as a whole before it is used, so that a wrong certificate is found at the start or
 * when its file changes, not by the first peer.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import tls from 'node:tls';
import { GyrfalconError } from '../../../engine/errors.ts';

/** What came out of files and secrets; PEM. */
export interface TlsMaterial {
  /** Authorities that may have signed the peer's certificate; undefined = those of Node.js. */
  readonly ca: string | undefined;
  /** Our certificate, then those that lead to its authority; undefined = we show none. */
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  /** Of an encrypted key. */
  readonly passphrase: string | undefined;
}

export interface TlsRules {
  /** Initiator: the name that the peer's certificate must show; undefined = the host. */
  readonly serverName: string | undefined;
  /** Acceptor: the peer must show a certificate, too. */
  readonly requirePeerCertificate: boolean;
  /** Names (CN or SAN), one of which the peer's certificate must show; empty = any. */
  readonly peerNames: readonly string[];
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  /** OpenSSL's list of ciphers; undefined = the choice of Node.js. */
  readonly ciphers: string | undefined;
}

export type TlsSettings = TlsMaterial & TlsRules;

/** Where settings come from, for each new connection; another object = they have changed. */
export interface TlsSource {
  current(): TlsSettings;
}

/** What people call each part: the file or the variable that it came from. */
export type TlsPlaces = Readonly<Record<keyof TlsMaterial, string>>;

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;
const PEM_ENCRYPTED = /-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED/;

/** Throws a GyrfalconError that says which part cannot be used, and why. */
export function checkTls(settings: TlsSettings, places: TlsPlaces, nowMs: number): void {
  const { ca, certificate, ciphers, key, minVersion, requirePeerCertificate } = settings;
  if (ca !== undefined) checkAuthorities(ca, places.ca, nowMs);
  else if (requirePeerCertificate) {
    const text = 'a peer that must show a certificate needs authorities that may have signed it';
    throw fault(places.ca, `${text}: name them`);
  }
  if (certificate !== undefined && key !== undefined) checkOwn(settings, places, nowMs);
  else if (certificate !== undefined) throw fault(places.key, 'the certificate needs its key');
  else if (key !== undefined) throw fault(places.certificate, 'the key needs its certificate');
  try {
    tls.createSecureContext({ minVersion, ...(ciphers === undefined ? {} : { ciphers }) });
  } catch (cause) {
    throw fault('ciphers', `OpenSSL knows none of "${ciphers}"`, cause);
  }
}

/** The part that both sides of a connection give to node:tls. */
export function contextOptions(settings: TlsSettings): tls.SecureContextOptions {
  const { ca, certificate, ciphers, key, minVersion, passphrase } = settings;
  return {
    minVersion,
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined ? {} : { cert: certificate }),
    ...(key === undefined ? {} : { key }),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(ciphers === undefined ? {} : { ciphers }),
  };
}

/** A bundle may hold some that are over; all of them is a mistake. */
function checkAuthorities(pem: string, place: string, nowMs: number): void {
  const authorities = certificatesOf(pem, place);
  const problems = authorities.map((authority) => validityProblem(authority, nowMs));
  if (problems.every((problem) => problem !== undefined)) throw fault(place, problems[0]!);
}

function checkOwn(settings: TlsSettings, places: TlsPlaces, nowMs: number): void {
  const [own] = certificatesOf(settings.certificate!, places.certificate);
  const problem = validityProblem(own!, nowMs);
  if (problem !== undefined) throw fault(places.certificate, problem);
  const key = privateKeyOf(settings, places);
  if (!own!.checkPrivateKey(key)) {
    const text = `the key is not that of the certificate in ${places.certificate}`;
    throw fault(places.key, `${text}, which is for ${subjectOf(own!)}`);
  }
}

function certificatesOf(pem: string, place: string): X509Certificate[] {
  const found = pem.match(PEM_CERTIFICATE) ?? [];
  if (found.length === 0) throw fault(place, 'there is no PEM certificate in it');
  return found.map((text, index) => {
    try {
      return new X509Certificate(text);
    } catch (cause) {
      throw fault(place, `certificate ${index + 1} in it is damaged`, cause);
    }
  });
}

function validityProblem(certificate: X509Certificate, nowMs: number): string | undefined {
  const who = `the certificate of ${subjectOf(certificate)}`;
  const { validFrom, validTo } = certificate;
  if (nowMs > Date.parse(validTo)) return `${who} has expired, on ${validTo}`;
  return nowMs < Date.parse(validFrom) ? `${who} is valid only from ${validFrom} on` : undefined;
}

function privateKeyOf({ key, passphrase }: TlsSettings, places: TlsPlaces): KeyObject {
  const isEncrypted = PEM_ENCRYPTED.test(key!);
  if (isEncrypted && passphrase === undefined) {
    throw fault(places.key, `the key is encrypted: give its passphrase (${places.passphrase})`);
  }
  try {
    return createPrivateKey(passphrase === undefined ? key! : { key: key!, passphrase });
  } catch (cause) {
    if (isEncrypted) throw fault(places.passphrase, `this is not the passphrase of ${places.key}`);
    throw fault(places.key, 'there is no PEM private key in it', cause);
  }
}

const subjectOf = ({ subject }: X509Certificate): string => subject.replaceAll('\n', ', ');

const fault = (place: string, text: string, cause?: unknown): GyrfalconError =>
  new GyrfalconError('CONFIG_INVALID', `TLS: ${place}: ${text}`, { place }, cause);
