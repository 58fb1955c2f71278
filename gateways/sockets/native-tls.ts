/**
 * TLS of the addon's sockets from the settings that node:tls gets, with the same meaning. The addon judges the chain of
 * the peer's certificate; its names are judged as with node:tls (gateways/fix/transport/tls-client.ts).
 */
import { createPrivateKey } from 'node:crypto';
import tls from 'node:tls';
import { GyrfalconError } from '../../engine/errors.ts';
import type { NativeModule, TlsClient } from '../../native/index.ts';
import { nameOfPeer } from '../fix/transport/tls-client.ts';
import type { TlsSettings } from '../fix/transport/tls-settings.ts';

const CIPHER_SEPARATOR = /[:, ]+/;

export class NativeTls {
  readonly #Client: NonNullable<NativeModule['TlsClient']>;
  /** By the name of the peer; other settings = their files have changed. */
  readonly #clients = new WeakMap<TlsSettings, Map<string, TlsClient>>();

  constructor(Client: NonNullable<NativeModule['TlsClient']>) {
    this.#Client = Client;
  }

  /** @throws GyrfalconError where the addon's TLS cannot do what the settings want, with what can be done about it. */
  clientFor(settings: TlsSettings, host: string): TlsClient {
    const name = nameOfPeer(settings, host);
    const clients = this.#clients.get(settings) ?? new Map<string, TlsClient>();
    this.#clients.set(settings, clients);
    const client = clients.get(name) ?? this.#make(settings, name);
    clients.set(name, client);
    return client;
  }

  #make(settings: TlsSettings, name: string): TlsClient {
    const { ca, certificate, ciphers, minVersion } = settings;
    try {
      return new this.#Client({
        name,
        authorities: ca ?? tls.getCACertificates('default').join('\n'),
        certificate: certificate ?? '',
        key: keyOf(settings),
        isTls13Only: minVersion === 'TLSv1.3',
        ciphers: ciphers?.split(CIPHER_SEPARATOR).filter((cipher) => cipher !== '') ?? [],
      });
    } catch (cause) {
      const text = `TLS of the addon: ${(cause as Error).message}`;
      throw new GyrfalconError('CONFIG_INVALID', text, { name }, cause);
    }
  }
}

/** Without its passphrase. */
function keyOf({ key, passphrase }: TlsSettings): string {
  if (key === undefined) return '';
  const opened = createPrivateKey(passphrase === undefined ? key : { key, passphrase });
  return opened.export({ type: 'pkcs8', format: 'pem' }).toString();
}
