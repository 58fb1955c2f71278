/**
 * HOT: the matching venue's connections over the addon's sockets: the kernel reads into RX and
 * sends from TX itself. One peer at a time.
 */
import { GyrfalconError } from '../../../engine/errors.ts';
import type { NativeModule, SocketBuffers } from '../../../native/index.ts';
import * as L from '../../../wasm/layout.ts';
import type { Memory } from '../../../wasm/memory.ts';
import * as N from '../../../wasm/native-layout.ts';
import * as V from '../../../wasm/venue-layout.ts';
import type { NativeSocketOwner, NativeSockets } from '../../sockets/native-sockets.ts';
import type { ExchangeLink, ExchangeTransport } from './exchange-link.ts';
import type { ExchangePort, ExchangePortParts } from './exchange-port.ts';

const BACKLOG = 16;
/** After our end of a connection the peer has this long for its own. */
const LINGER_MS = 1000;
/** Where a connection's bytes would lie that is closed at once: a session that the venue does not have. */
const REFUSED = 1;

export class ExchangeNative implements ExchangePort, NativeSocketOwner {
  readonly #parts: ExchangePortParts;
  readonly #native: NativeModule;
  readonly #sockets: NativeSockets;
  readonly #slot: number;
  readonly #connections = new Set<NativeTransport>();
  #onGone: (() => void) | undefined;

  constructor(native: NativeModule, sockets: NativeSockets, parts: ExchangePortParts) {
    this.#native = native;
    this.#sockets = sockets;
    this.#parts = parts;
    this.#slot = sockets.freeSlot();
  }

  async listen(): Promise<number> {
    const { host, port } = this.#parts;
    const wrong = this.#sockets.listen(this.#slot, this, host, port, BACKLOG);
    if (wrong === undefined) return this.#sockets.localPort(this.#slot);
    const code = wrong === 'EADDRINUSE' ? 'PORT_IN_USE' : 'CONFIG_INVALID';
    throw new GyrfalconError(code, `cannot listen on ${host}:${port}: ${wrong}`, { host, port });
  }

  close(): Promise<void> {
    this.#sockets.close(this.#slot);
    return new Promise((resolve) => {
      this.#onGone = resolve;
      this.#tellGone();
    });
  }

  dispose(): void {
    this.#sockets.dispose();
  }

  onEvents(events: number): void {
    if ((events & N.SOCKET_EVENT_ACCEPTABLE) === 0) return;
    while (this.#accept());
  }

  /** False = nobody waits any more. */
  #accept(): boolean {
    const { link, onRefused } = this.#parts;
    const slot = this.#sockets.freeSlot();
    const isFull = link.isConnected || this.#connections.size > 0;
    const onGone = (): void => {
      this.#connections.delete(transport);
      this.#tellGone();
    };
    const transport = new NativeTransport(this.#native, this.#sockets, slot, { link, onGone });
    const buffers = isFull ? buffersOf(REFUSED) : buffersOf(0);
    const wrong = this.#sockets.accept(this.#slot, slot, transport, buffers);
    if (wrong === 'EAGAIN') return false;
    if (wrong !== undefined) onRefused(`a connection could not be accepted: ${wrong}`);
    else if (isFull) {
      this.#sockets.close(slot);
      onRefused('a peer is connected already, a second connection was closed');
    } else {
      this.#connections.add(transport);
      link.connect(transport);
    }
    return true;
  }

  #tellGone(): void {
    if (this.#connections.size === 0) this.#onGone?.();
  }
}

class NativeTransport implements ExchangeTransport, NativeSocketOwner {
  readonly #native: NativeModule;
  readonly #sockets: NativeSockets;
  readonly #memory: Memory;
  readonly #slot: number;
  readonly #row: number;
  readonly #link: ExchangeLink;
  readonly #onGone: () => void;
  #linger: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(
    native: NativeModule,
    sockets: NativeSockets,
    slot: number,
    parts: { readonly link: ExchangeLink; readonly onGone: () => void },
  ) {
    const { link, onGone } = parts;
    this.#native = native;
    this.#sockets = sockets;
    this.#memory = sockets.memory;
    this.#slot = slot;
    this.#row = N.SOCKET_ROWS + slot * N.SOCKET_ROW_BYTES;
    this.#link = link;
    this.#onGone = onGone;
  }

  /** What has left TX is with the kernel. */
  get unreadBytes(): number {
    return 0;
  }

  send(): void {
    this.#sockets.flush(this.#slot);
  }

  /** What the loop would only send at a later turn. */
  sendWaiting(waitMs: number): void {
    const { bytes } = this.#memory;
    if (!this.#native.lockSession(bytes, this.#slot, waitMs)) return;
    this.#native.sendLocked(bytes, this.#slot, waitMs);
    this.#native.unlockSession(bytes, this.#slot);
  }

  end(): void {
    if (this.#isOver) return;
    this.#sockets.end(this.#slot);
    this.#linger = setTimeout(() => this.destroy(), LINGER_MS);
  }

  destroy(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#linger);
    this.#sockets.close(this.#slot);
    this.#onGone();
  }

  onEvents(events: number): void {
    const isTurn = (events & (N.SOCKET_EVENT_READABLE | N.SOCKET_EVENT_SENT)) !== 0;
    if (isTurn && this.#linger === undefined) {
      const received = this.#row + N.SOC_RECEIVED_REAL_NS;
      this.#memory.setI32(L.CTL_NOW_NS, this.#memory.i32(received));
      this.#memory.setI32(L.CTL_NOW_NS + 4, this.#memory.i32(received + 4));
      this.#link.turn();
    }
    if ((events & (N.SOCKET_EVENT_ENDED | N.SOCKET_EVENT_FAILED)) === 0) return;
    this.destroy();
    this.#link.disconnect(this);
  }
}

function buffersOf(session: number): SocketBuffers {
  const block = L.SESSIONS + session * L.SESSION_BYTES;
  return {
    rx: L.RX + session * L.RX_BYTES,
    rxBytes: L.RX_BYTES,
    rxWords: block + L.SES_RX_START,
    tx: V.VENUE_TX + session * V.VENUE_TX_BYTES,
    txBytes: V.VENUE_TX_BYTES,
    txWords: block + L.SES_TX_END,
  };
}
