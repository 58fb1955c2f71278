/** A session's connection over the addon's sockets: the kernel reads into RX and sends from TX itself. */
import { lookup } from 'node:dns';
import net from 'node:net';

import * as N from '../../wasm/native-layout.ts';
import type { LinkBuffers, LinkSocket, LinkSocketEvents, LinkTarget } from './link-socket.ts';
import type { NativeSocketOwner, NativeSockets } from './native-sockets.ts';

/** A host of several addresses: one that has not answered by then is left for the next. */
const ATTEMPT_MS = 250;

export class NativeLinkSocket implements LinkSocket, NativeSocketOwner {
  readonly #sockets: NativeSockets;
  readonly #target: LinkTarget;
  readonly #buffers: LinkBuffers;
  readonly #events: LinkSocketEvents;
  /** Numeric, still to be tried. */
  #addresses: string[] = [];
  #slot: number;
  #isOver = false;
  #linger: NodeJS.Timeout | undefined;
  #attempt: NodeJS.Timeout | undefined;

  /** `slot` is that of the session: its send lock is this socket's. */
  constructor(
    sockets: NativeSockets,
    slot: number,
    target: LinkTarget,
    parts: { readonly buffers: LinkBuffers; readonly events: LinkSocketEvents },
  ) {
    this.#sockets = sockets;
    this.#slot = slot;
    this.#target = target;
    this.#buffers = parts.buffers;
    this.#events = parts.events;
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
    if ((events & N.SOCKET_EVENT_CONNECTED) !== 0) {
      this.#addresses = [];
      clearTimeout(this.#attempt);
      this.#events.onConnect();
    }
    if ((events & N.SOCKET_EVENT_READABLE) !== 0) {
      this.#sockets.noteReceived(this.#slot, this.#buffers.receivedNs);
      this.#events.onReadable();
    }
    if ((events & N.SOCKET_EVENT_FAILED) !== 0) this.#fail(this.#sockets.errorOf(this.#slot));
    else if ((events & N.SOCKET_EVENT_ENDED) !== 0) this.destroy();
  }

  #try(addresses: string[]): void {
    this.#addresses = addresses;
    this.#tryNext('ENOTFOUND');
  }

  #tryNext(lastError: string): void {
    if (this.#isOver) return;
    const address = this.#addresses.shift();
    if (address === undefined) return this.destroy(lastError);
    const from = this.#target.bindHost ?? undefined;
    const wrong = this.#sockets.connect(
      this.#slot,
      this,
      { address, port: this.#target.port, from },
      this.#buffers,
    );
    if (wrong !== undefined) this.#tryNext(wrong);
    else if (this.#addresses.length > 0) {
      this.#attempt = setTimeout(() => this.#fail('ETIMEDOUT'), ATTEMPT_MS);
    }
  }

  /** The next address, as long as none has answered. */
  #fail(why: string): void {
    if (this.#addresses.length === 0) return this.destroy(why);
    clearTimeout(this.#attempt);
    this.#sockets.close(this.#slot);
    this.#tryNext(why);
  }
}
