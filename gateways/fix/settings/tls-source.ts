/** TLS of a connection out of its settings: files and secrets are read and checked here, and watched. */
import type { ClientTlsConfig, ServerTlsConfig } from '../../../config/fix-tls.ts';
import type { Clock } from '../../../engine/ports.ts';
import { FileTls } from '../transport/tls-files.ts';
import type { TlsSource } from '../transport/tls-settings.ts';

interface TlsParts {
  readonly clock: Clock;
  /** A file has changed and cannot be used; what it held before still is. */
  readonly log: (text: string) => void;
}

/** @throws GyrfalconError that names the file and what is wrong with it. */
export function clientTls(config: ClientTlsConfig, { clock, log }: TlsParts): TlsSource {
  return new FileTls({
    clock,
    onProblem: log,
    rules: {
      serverName: config.serverName ?? undefined,
      requirePeerCertificate: false,
      peerNames: config.peerNames,
      minVersion: config.minVersion,
      ciphers: config.ciphers ?? undefined,
    },
    files: {
      ca: config.authorities ?? undefined,
      certificate: config.certificate ?? undefined,
      key: config.key ?? undefined,
      passphrase: config.passphrase ?? undefined,
    },
  });
}

/** @throws GyrfalconError that names the file and what is wrong with it. */
export function serverTls(config: ServerTlsConfig, { clock, log }: TlsParts): TlsSource {
  return new FileTls({
    clock,
    onProblem: log,
    rules: {
      serverName: undefined,
      requirePeerCertificate: config.clientAuthorities !== null,
      peerNames: [],
      minVersion: config.minVersion,
      ciphers: config.ciphers ?? undefined,
    },
    files: {
      ca: config.clientAuthorities ?? undefined,
      certificate: config.certificate,
      key: config.key,
      passphrase: config.passphrase ?? undefined,
    },
  });
}
