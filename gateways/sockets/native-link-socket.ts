/** A session's connection over the addon's sockets: the kernel reads into RX and sends from TX itself. */
import { X509Certificate } from 'node:crypto';
import { lookup } from 'node:dns';
import net from 'node:net';

import { GyrfalconError } from '../../engine/errors.ts';
import type { TlsClient } from '../../native/index.ts';
import * as N from '../../wasm/native-layout.ts';
import { identityProblem } from '../fix/transport/tls-client.ts';
import type { TlsSettings } from '../fix/transport/tls-settings.ts';
import type { LinkBuffers, LinkSocket, LinkSocketEvents, LinkTarget } from './link-socket.ts';
import type { NativeSocketOwner, NativeSockets } from './native-sockets.ts';

/** A host of several addresses: one that has not answered by then is left for the next. */
const ATTEMPT_MS = 250;

export interface NativeLinkParts {
  readonly buffers: LinkBuffers;
  readonly events: LinkSocketEvents;
  /** undefined = in the clear. */
  readonly secure: TlsSettings | undefined;
}

export class NativeLinkSocket implements LinkSocket, NativeSocketOwner {
  readonly #sockets: NativeSockets;
  readonly #target: LinkTarget;
  readonly #buffers: LinkBuffers;
  readonly #events: LinkSocketEvents;
  readonly #secure: TlsSettings | undefined;
  /** Numeric, still to be tried. */
  #addresses: string[] = [];
  #slot: number;
  #isOver = false;
  #linger: NodeJS.Timeout | undefined;
  #attempt: NodeJS.Timeout | undefined;

  /** `slot` is that of the session: its send lock is this socket's. */
  constructor(sockets: NativeSockets, slot: number, target: LinkTarget, parts: NativeLinkParts) {
    this.#sockets = sockets;
    this.#slot = slot;
    this.#target = target;
    this.#buffers = parts.buffers;
    this.#events = parts.events;
    this.#secure = parts.secure;
    if (net.isIP(target.host) !== 0) setImmediate(() => this.#try([target.host]));
    else {
      lookup(target.host, { all: true }, (error, found) => {
        if (error !== null) this.destroy(error.code ?? error.message);
        else this.#try(found.map(({ address }) => address));
      });
    }
  }

  /** What has left TX is with the kernel. */
  get unsentBytes(): number {
    return 0;
  }

  flush(): boolean {
    const { memory } = this.#sockets;
    if (this.#isOver || !this.#sockets.isOpen(this.#slot)) {
      memory.setI32(this.#buffers.txWords, 0); // nobody there: the journal has it
    } else this.#sockets.flush(this.#slot);
    this.#sockets.noteSent(this.#slot, this.#buffers.sentNs);
    return true;
  }

  write(): never {
    throw new Error('what lies in TX is sent from there');
  }

  end(lingerMs: number): void {
    if (this.#isOver) return;
    if (!this.#sockets.isOpen(this.#slot)) return this.destroy();
    // Once what the turn still sends is on its way.
    setImmediate(() => {
      if (!this.#isOver) this.#sockets.end(this.#slot);
    });
    this.#linger = setTimeout(() => this.destroy(), lingerMs);
  }

  destroy(why?: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#linger);
    clearTimeout(this.#attempt);
    this.#sockets.close(this.#slot);
    setImmediate(() => {
      if (why !== undefined) this.#events.onError(why);
      this.#events.onClose();
    });
  }

  onEvents(events: number): void {
    if ((events & (N.SOCKET_EVENT_CONNECTED | N.SOCKET_EVENT_SECURING)) !== 0) {
      this.#addresses = [];
      clearTimeout(this.#attempt);
    }
    if ((events & N.SOCKET_EVENT_CONNECTED) !== 0) this.#events.onConnect();
    if ((events & N.SOCKET_EVENT_SECURED) !== 0) this.#onSecured();
    if ((events & N.SOCKET_EVENT_READABLE) !== 0) {
      this.#sockets.noteReceived(this.#slot, this.#buffers.receivedNs);
      this.#events.onReadable();
    }
    if ((events & N.SOCKET_EVENT_FAILED) !== 0) this.#fail(this.#sockets.errorOf(this.#slot));
    else if ((events & N.SOCKET_EVENT_ENDED) !== 0) this.destroy();
  }

  /** Nothing was said or heard yet. */
  #onSecured(): void {
    const certificate = new X509Certificate(this.#sockets.peerCertificate(this.#slot));
    const { host } = this.#target;
    const problem = identityProblem(this.#secure!, host, certificate.toLegacyObject());
    if (problem !== undefined) return this.destroy(problem.message);
    this.#sockets.admit(this.#slot);
    this.#events.onConnect();
  }

  #try(addresses: string[]): void {
    this.#addresses = addresses;
    this.#tryNext('ENOTFOUND');
  }

  #tryNext(lastError: string): void {
    if (this.#isOver) return;
    const address = this.#addresses.shift();
    if (address === undefined) return this.destroy(lastError);
    const { bindHost, port } = this.#target;
    let secure: TlsClient | undefined;
    try {
      secure = this.#tlsClient();
    } catch (error) {
      if (!(error instanceof GyrfalconError)) throw error;
      return this.destroy(error.message);
    }
    const to = { address, port, from: bindHost ?? undefined, secure };
    const wrong = this.#sockets.connect(this.#slot, this, to, this.#buffers);
    if (wrong !== undefined) this.#tryNext(wrong);
    else if (this.#addresses.length > 0) {
      this.#attempt = setTimeout(() => this.#fail('ETIMEDOUT'), ATTEMPT_MS);
    }
  }

  #tlsClient(): TlsClient | undefined {
    if (this.#secure === undefined) return undefined;
    return this.#sockets.tls!.clientFor(this.#secure, this.#target.host);
  }

  /** The next address, as long as none has answered. */
  #fail(why: string): void {
    if (this.#addresses.length === 0) return this.destroy(why);
    clearTimeout(this.#attempt);
    this.#sockets.close(this.#slot);
    this.#tryNext(why);
  }
}
