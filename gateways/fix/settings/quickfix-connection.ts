/** Addresses, pauses and TLS of a QuickFIX session as ours, on both sides of the connection. */
import net from 'node:net';
import type { FixSettingsConfig } from '../../../config/fix-settings.ts';
import type { ClientTlsConfig, ServerTlsConfig } from '../../../config/fix-tls.ts';
import { ACCEPTOR_LIMITS } from '../transport/transport-limits.ts';
import type { QuickfixEntry } from './quickfix-file.ts';
import type { QuickfixReader } from './quickfix-reader.ts';

type Initiator = Extract<FixSettingsConfig['sessions'][number], { role: 'initiator' }>;
type Connecting = Pick<
  Initiator,
  'host' | 'port' | 'backups' | 'reconnect' | 'connectWaitS' | 'bindHost' | 'tls'
>;
export type Listener = NonNullable<FixSettingsConfig['acceptor']>;

const BACKUPS_MAX = 8;
/** QuickFIX's own, where the file says nothing. */
const RECONNECT_S = 30;
const RECONNECT_MS = { min: 10, max: 600_000 };
const HOST = /^[\x21-\x7e]{1,253}$/;

/** undefined = there is no address to connect to. */
export function convertConnecting(reader: QuickfixReader): Connecting | undefined {
  const host = reader.take('SocketConnectHost');
  const port = portOf(reader, 'SocketConnectPort');
  if (host === undefined || port === undefined || !HOST.test(host.value)) {
    reader.leftOut('names no SocketConnectHost and SocketConnectPort to connect to');
    return undefined;
  }
  reader.taken(host, `host: ${host.value}`);
  reader.taken(port.entry, `port: ${port.value}`);
  const local = reader.take('SocketLocalHost');
  const isLocal = local !== undefined && net.isIP(local.value) !== 0;
  if (isLocal) reader.taken(local, `bindHost: ${local.value}`);
  else if (local !== undefined) reader.left(local, `is "${local.value}", no IP address`);
  return {
    host: host.value,
    port: port.value,
    backups: backups(reader),
    reconnect: reconnect(reader),
    connectWaitS: reader.number(
      'connectWaitS',
      { min: 1, max: 600, fallback: 10 },
      'SocketConnectTimeout',
    ),
    bindHost: isLocal ? local.value : null,
    tls: clientTls(reader),
  };
}

export function convertListening(reader: QuickfixReader): Listener | undefined {
  const port = portOf(reader, 'SocketAcceptPort');
  if (port === undefined) {
    reader.leftOut('names no SocketAcceptPort to listen on');
    return undefined;
  }
  reader.taken(port.entry, `acceptor.port: ${port.value}`);
  const address = reader.take('SocketAcceptAddress', 'SocketAcceptHost');
  const isAddress = address !== undefined && HOST.test(address.value);
  if (isAddress) reader.taken(address, `acceptor.host: ${address.value}`);
  else reader.added('acceptor.host: 0.0.0.0, every address of this machine, as QuickFIX listens');
  return {
    host: isAddress ? address.value : '0.0.0.0',
    port: port.value,
    tls: serverTls(reader),
    allowAddresses: null,
    limits: structuredClone(ACCEPTOR_LIMITS) as Listener['limits'],
  };
}

/** From where the peer of an acceptor may connect. */
export function convertAllowed(reader: QuickfixReader): string[] | null {
  const entry = reader.take('AllowedRemoteAddresses');
  if (entry === undefined || entry.value === '') return null;
  const names = entry.value.split(',').map((name) => name.trim());
  const addresses = names.filter((name) => net.isIP(name) !== 0);
  const others = names.filter((name) => net.isIP(name) === 0);
  if (others.length > 0) {
    const text = `"${others.join(', ')}" is no IP address: look it up and put it into allowAddresses`;
    reader.left(entry, text);
  }
  // Nobody rather than everybody, where a list was meant and nothing of it is left.
  if (addresses.length === 0) return ['255.255.255.255'];
  if (others.length === 0) reader.taken(entry, `allowAddresses: [${addresses.join(', ')}]`);
  return addresses;
}

function portOf(
  reader: QuickfixReader,
  key: string,
): { readonly entry: QuickfixEntry; readonly value: number } | undefined {
  const entry = reader.take(key);
  if (entry === undefined) return undefined;
  const value = Number(entry.value);
  if (/^\d{1,5}$/.test(entry.value) && value <= 65_535) return { entry, value };
  reader.left(entry, `is "${entry.value}", no port from 0 to 65535`);
  return undefined;
}

/** SocketConnectHost1, SocketConnectPort1 and so on, in their order. */
function backups(reader: QuickfixReader): Connecting['backups'] {
  const found: Connecting['backups'] = [];
  for (let n = 0; ; n++) {
    const host = reader.take(`SocketConnectHost${n}`);
    const port = portOf(reader, `SocketConnectPort${n}`);
    if (host === undefined && port === undefined) {
      if (n > 0) return found;
      continue; // QuickFIX/J counts from 1, some files from 0
    }
    if (host === undefined || port === undefined || !HOST.test(host.value)) {
      for (const entry of [host, port?.entry]) {
        if (entry !== undefined)
          reader.left(entry, 'has no counterpart: host and port belong together');
      }
    } else if (found.length === BACKUPS_MAX) {
      reader.left(host, `is one of more than ${BACKUPS_MAX} backups`);
      reader.left(port.entry, `is one of more than ${BACKUPS_MAX} backups`);
    } else {
      found.push({ host: host.value, port: port.value });
      reader.taken(host, `backups[${found.length - 1}].host: ${host.value}`);
      reader.taken(port.entry, `backups[${found.length - 1}].port: ${port.value}`);
    }
  }
}

/** Seconds, or a list of them in QuickFIX/J: 5x10;30 is five times 10 s, then 30 s. */
function reconnect(reader: QuickfixReader): Connecting['reconnect'] {
  const entry = reader.take('ReconnectInterval');
  const pauses = (entry?.value ?? String(RECONNECT_S))
    .split(';')
    .map((part) => Number(/^(?:\d+\s*[x*]\s*)?(\d{1,9})$/.exec(part.trim())?.[1] ?? Number.NaN));
  const isRight = pauses.every(Number.isFinite);
  const bounded = (s: number): number =>
    Math.min(Math.max(s * 1000, RECONNECT_MS.min), RECONNECT_MS.max);
  const known = isRight ? pauses : [RECONNECT_S];
  const minMs = bounded(Math.min(...known));
  const maxMs = bounded(Math.max(...known));
  const text = `reconnect: { minMs: ${minMs}, maxMs: ${maxMs} }`;
  if (entry === undefined) reader.added(`${text}, QuickFIX's own ${RECONNECT_S} s`);
  else if (!isRight) reader.left(entry, `is "${entry.value}", no seconds; ${text}`);
  else reader.converted(entry, `${text}: pauses double, and chance shortens each by up to half`);
  return { minMs, maxMs };
}

// ---- TLS. Java keeps keys and certificates in key stores, which have to be turned into PEM first.

const PEM_FROM_STORE =
  'key stores of Java are not read: turn it into PEM files (keytool -importkeystore to PKCS#12, then ' +
  'openssl pkcs12) and put their names in';

function isSecured(reader: QuickfixReader): boolean {
  const flag = reader.flag('SocketUseSSL', 'SSLEnable');
  if (flag !== undefined) {
    reader.taken(flag.entry, flag.isYes ? 'tls: as below' : 'tls: null');
    return flag.isYes;
  }
  // QuickFIX and QuickFIX/Go speak TLS where a certificate is named.
  return [
    'SocketCertificateFile',
    'ServerCertificateFile',
    'ClientCertificateFile',
    'SocketCAFile',
  ].some((key) => reader.has(key));
}

function clientTls(reader: QuickfixReader): ClientTlsConfig | null {
  if (!isSecured(reader)) return null;
  const authorities =
    named(
      reader,
      'tls.authorities',
      'SocketCAFile',
      'CertificationAuthoritiesFile',
      'SSLCACertificate',
    ) ?? stored(reader, 'tls.authorities', 'SocketTrustStore');
  const certificate =
    named(reader, 'tls.certificate', 'SocketCertificateFile', 'ClientCertificateFile') ??
    stored(reader, 'tls.certificate', 'SocketKeyStore');
  const key = named(reader, 'tls.key', 'SocketPrivateKeyFile', 'ClientCertificateKeyFile');
  const server = reader.take('SocketServerName', 'SNIHostName', 'SSLServerName');
  if (server !== undefined) reader.taken(server, `tls.serverName: ${server.value}`);
  return {
    serverName: server === undefined || server.value === '' ? null : server.value,
    peerNames: [],
    authorities: authorities ?? null,
    certificate: certificate ?? null,
    key: certificate === undefined ? null : { file: key ?? `${certificate}.key` },
    passphrase: null,
    minVersion: minVersion(reader),
    ciphers: null,
  };
}

function serverTls(reader: QuickfixReader): ServerTlsConfig | null {
  if (!isSecured(reader)) return null;
  const certificate =
    named(reader, 'acceptor.tls.certificate', 'SocketCertificateFile', 'ServerCertificateFile') ??
    stored(reader, 'acceptor.tls.certificate', 'SocketKeyStore') ??
    'certificate.pem';
  const key = named(reader, 'acceptor.tls.key', 'SocketPrivateKeyFile', 'ServerCertificateKeyFile');
  const needed = reader.flag('NeedClientAuth');
  const authorities =
    named(
      reader,
      'acceptor.tls.clientAuthorities',
      'SocketCAFile',
      'CertificationAuthoritiesFile',
    ) ?? stored(reader, 'acceptor.tls.clientAuthorities', 'SocketTrustStore');
  if (needed !== undefined) {
    reader.taken(needed.entry, needed.isYes ? 'a peer shows a certificate' : 'a peer shows none');
  }
  const isMutual = needed === undefined ? authorities !== undefined : needed.isYes;
  return {
    certificate,
    key: { file: key ?? `${certificate}.key` },
    clientAuthorities: isMutual ? (authorities ?? 'authorities.pem') : null,
    passphrase: null,
    minVersion: minVersion(reader),
    ciphers: null,
  };
}

function named(
  reader: QuickfixReader,
  ours: string,
  ...keys: readonly string[]
): string | undefined {
  const entry = reader.take(...keys);
  if (entry === undefined || entry.value === '') return undefined;
  reader.taken(entry, `${ours}: ${entry.value} (from where the program is started)`);
  return entry.value;
}

function stored(reader: QuickfixReader, ours: string, key: string): string | undefined {
  const entry = reader.take(key);
  if (entry === undefined || entry.value === '') return undefined;
  const pem = `${entry.value.replace(/\.[^./]*$/, '')}.pem`;
  reader.left(entry, `${ours} is ${pem}, which is not there yet: ${PEM_FROM_STORE}`);
  return pem;
}

function minVersion(reader: QuickfixReader): 'TLSv1.2' | 'TLSv1.3' {
  const entry = reader.take(
    'SocketMinimumTLSVersion',
    'EnabledProtocols',
    'SSLProtocol',
    'SSLProtocols',
  );
  if (entry === undefined) return 'TLSv1.2';
  const isNewest = /1[._]?3/.test(entry.value) && !/1[._]?2|all/i.test(entry.value);
  const version = isNewest ? 'TLSv1.3' : 'TLSv1.2';
  reader.converted(entry, `tls.minVersion: ${version}; nothing older is spoken`);
  return version;
}
