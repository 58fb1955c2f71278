/**
 * TLS of the listening side: does the handshake on a connection that was accepted, with the
 * settings of that moment, and judges the peer's certificate.
 */
import { constants, type X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import tls from 'node:tls';
import { nameProblem } from './tls-names.ts';
import { contextOptions, type TlsSettings, type TlsSource } from './tls-settings.ts';

interface Handshake {
  readonly done: (socket: tls.TLSSocket) => void;
  readonly failed: (reason: string) => void;
}

export class TlsServer {
  readonly #source: TlsSource;
  readonly #server: tls.Server;
  #settings: TlsSettings;
  /** By the peer's address and port: node:tls tells of a socket of its own. */
  readonly #handshakes = new Map<string, Handshake>();

  constructor(source: TlsSource, handshakeS: number) {
    const settings = source.current();
    this.#source = source;
    this.#settings = settings;
    this.#server = tls.createServer({
      ...serverOptions(settings),
      requestCert: settings.requirePeerCertificate,
      rejectUnauthorized: false, // judged here, so that the reason is known
      handshakeTimeout: handshakeS * 1000,
    });
    this.#server.on('secureConnection', (socket) => this.#onSecure(socket));
    this.#server.on('tlsClientError', (error, socket) => {
      const handshake = this.#take(socket); // its address is gone once it is destroyed
      socket.destroy();
      handshake?.failed(`the TLS handshake failed: ${reasonOf(error)}`);
    });
  }

  /** Does the handshake over a connection; one of the two is called unless that closes before. */
  secure(raw: Socket, handshake: Handshake): void {
    const settings = this.#source.current();
    if (settings !== this.#settings) {
      this.#settings = settings;
      this.#server.setSecureContext(serverOptions(settings));
    }
    const key = endpointOf(raw);
    this.#handshakes.set(key, handshake);
    raw.on('close', () => {
      if (this.#handshakes.get(key) === handshake) this.#handshakes.delete(key);
    });
    this.#server.emit('connection', raw);
  }

  #onSecure(socket: tls.TLSSocket): void {
    const handshake = this.#take(socket);
    const problem = this.#problemWith(socket);
    if (handshake === undefined || problem !== undefined) socket.destroy();
    if (problem === undefined) handshake?.done(socket);
    else handshake?.failed(`the peer may not connect: ${problem}`);
  }

  #problemWith(socket: tls.TLSSocket): string | undefined {
    const { requirePeerCertificate, peerNames } = this.#settings;
    if (!requirePeerCertificate) return undefined;
    const certificate = socket.getPeerX509Certificate();
    if (certificate === undefined) return 'it showed no certificate';
    if (!socket.authorized) return `its certificate was refused: ${socket.authorizationError}`;
    return nameProblem(certificate, peerNames);
  }

  #take(socket: Socket): Handshake | undefined {
    const key = endpointOf(socket);
    const handshake = this.#handshakes.get(key);
    this.#handshakes.delete(key);
    return handshake;
  }
}

/** The certificate that the peer has shown on this connection. */
export function peerCertificateOf(socket: Socket): X509Certificate | undefined {
  return socket instanceof tls.TLSSocket ? socket.getPeerX509Certificate() : undefined;
}

/** Every connection is judged anew: none is taken up again under an older certificate. */
const serverOptions = (settings: TlsSettings): tls.SecureContextOptions => ({
  ...contextOptions(settings),
  secureOptions: constants.SSL_OP_NO_TICKET,
});

const endpointOf = ({ remoteAddress, remotePort }: Socket): string =>
  `${remoteAddress} ${remotePort}`;

const NO_TLS = new Set(['ERR_SSL_HTTP_REQUEST', 'ERR_SSL_WRONG_VERSION_NUMBER']);

function reasonOf(error: NodeJS.ErrnoException): string {
  const code = error.code ?? error.message;
  return NO_TLS.has(code) ? `the peer does not speak TLS (${code})` : code;
}
