/** For tests: a venue's certificates and ours, in files where the settings want files. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsOptions } from 'node:tls';
import type { ClientTlsConfig } from '../../config/fix-tls.ts';
import { type CertificateWish, encryptedKey, type Issued, issue } from './certificates.ts';

export const VENUE_NAME = 'venue.example';
const PASSPHRASE = 'open sesame';

export class VenueTls {
  readonly authority = issue({ name: 'authority', isAuthority: true });
  readonly #folder = mkdtempSync(join(tmpdir(), 'gyrfalcon-venue-tls-'));
  readonly #authorities = this.#file('ca.pem', this.authority.certificate);

  /** What the venue shows: of our authority, for its name, unless said otherwise. */
  server(wish: Partial<CertificateWish> = {}): TlsOptions {
    const own = { name: 'venue', dnsNames: [VENUE_NAME], issuer: this.authority, ...wish };
    const { certificate: cert, key } = issue(own);
    return { cert, key };
  }

  /** What we want of it. */
  settings(changes: Partial<ClientTlsConfig> = {}): ClientTlsConfig {
    return {
      serverName: VENUE_NAME,
      peerNames: [],
      authorities: this.#authorities,
      certificate: null,
      key: null,
      passphrase: null,
      minVersion: 'TLSv1.2',
      ciphers: null,
      ...changes,
    };
  }

  /** And a certificate of ours, its key under a passphrase. */
  withOwn(own: Issued): ClientTlsConfig {
    return this.settings({
      certificate: this.#file('own.pem', own.certificate),
      key: { file: this.#file('own.key', encryptedKey(own, PASSPHRASE)) },
      passphrase: { file: this.#file('passphrase', PASSPHRASE) },
    });
  }

  /** PEM in a file of its own. */
  authoritiesOf(other: Issued): Partial<ClientTlsConfig> {
    return { authorities: this.#file(`${other.name}.pem`, other.certificate) };
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }

  #file(name: string, text: string): string {
    const file = join(this.#folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  }
}
