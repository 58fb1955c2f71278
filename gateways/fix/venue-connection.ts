/**
 * The one connection to a venue, kept up for ever: to which of its addresses, in which hours, with what
 * pause after a failure, over whose sockets.
 */
import type { FixVenueConfig } from '../../config/schema.ts';
import {
  SES_RX_END,
  SES_RX_START,
  SES_SEARCHED,
  SESSION_BYTES,
  SESSIONS,
} from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';
import {
  type LinkSocket,
  type LinkSocketEvents,
  type LinkTarget,
  sessionBuffers,
} from '../sockets/link-socket.ts';
import { NativeLinkSocket } from '../sockets/native-link-socket.ts';
import type { NativeSockets } from '../sockets/native-sockets.ts';
import { NodeLinkSocket } from '../sockets/node-link-socket.ts';
import type { SessionConfig } from './session/session-types.ts';
import { venueTls } from './settings/venue-session.ts';
import { NS_PER_MS } from './timestamp.ts';
import { BackOff } from './transport/back-off.ts';
import type { TlsSource } from './transport/tls-settings.ts';

/** The clock may be set while a session's window is waited for. */
const WINDOW_CHECK_MS = 60_000;
/** After the end of a session its last messages have this long to leave. */
const LINGER_MS = 1000;

interface ConnectionParts {
  readonly memory: Memory;
  readonly index: number;
  readonly venue: FixVenueConfig;
  readonly schedule: SessionConfig['schedule'];
  readonly sockets: NativeSockets | undefined;
  readonly clock: { elapsedNs(): number; nowNs(): bigint };
  readonly log: (text: string) => void;
  readonly onConnect: () => void;
  readonly onReadable: () => void;
  readonly onClose: (wasOpen: boolean) => void;
}

export class VenueConnection {
  readonly #parts: ConnectionParts;
  readonly #addresses: readonly { readonly host: string; readonly port: number }[];
  readonly #backOff: BackOff;
  readonly #tls: TlsSource | undefined;
  #address = 0;
  /** Until the next try. */
  #wait: NodeJS.Timeout | undefined;
  #socket: LinkSocket | undefined;
  #isOpen = false;
  #isStopping = false;
  #lastError = '';

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    const { host, port, backups, reconnect } = parts.venue;
    this.#addresses = [{ host, port }, ...backups];
    this.#backOff = new BackOff(reconnect, Math.random);
    this.#tls = venueTls(parts.venue, parts.log);
    this.#checkAddonsTls();
  }

  /** @throws GyrfalconError where the sockets' TLS cannot do what the venue's settings want. */
  #checkAddonsTls(): void {
    const { sockets, venue, log } = this.#parts;
    if (sockets === undefined || this.#tls === undefined) return;
    if (sockets.tls === undefined)
      log(`${venue.name}: TLS of Node.js: the addon is built without its own`);
    for (const { host } of this.#addresses) sockets.tls?.clientFor(this.#tls.current(), host);
  }

  /** Connects now, or when the session's window comes. */
  start(): void {
    const { schedule, clock } = this.#parts;
    const nowNs = clock.nowNs();
    if (schedule === undefined || schedule.windowAt(nowNs) !== undefined) this.#connect();
    else {
      const waitMs = Number((schedule.nextStartNs(nowNs) - nowNs) / NS_PER_MS) + 1;
      this.#wait = setTimeout(() => this.start(), Math.min(waitMs, WINDOW_CHECK_MS));
    }
  }

  /** There is one, or it is being made. */
  get isAny(): boolean {
    return this.#socket !== undefined;
  }

  get unsentBytes(): number {
    return this.#socket?.unsentBytes ?? 0;
  }

  /** true = TX is seen to; false = the bytes are wanted (write). */
  flush(): boolean {
    return this.#socket?.flush() ?? false;
  }

  /** false = the socket is full. */
  write(bytes: Uint8Array): boolean {
    return this.#socket?.write(bytes) ?? true; // nobody there: the journal has it
  }

  /** The peer is whom we wanted: the first address is tried first again. */
  onLogon(): void {
    this.#address = -1;
    this.#backOff.reset();
  }

  /** Once what the turn still sends is on its way; a peer that does not read is not waited for. */
  end(): void {
    this.#socket?.end(LINGER_MS);
  }

  destroy(): void {
    this.#socket?.destroy();
  }

  /** A connection that is lost from now on stays lost; one that is still being made is given up. */
  stopReconnecting(): void {
    this.#isStopping = true;
    clearTimeout(this.#wait);
    if (!this.#isOpen) this.#socket?.destroy(); // no TLS yet, or no connection at all
  }

  #connect(): void {
    const { venue, index, memory, onReadable } = this.#parts;
    const { host, port } = this.#addresses[this.#address]!;
    const block = SESSIONS + index * SESSION_BYTES;
    memory.setI32(block + SES_RX_START, 0);
    memory.setI32(block + SES_RX_END, 0);
    memory.setI32(block + SES_SEARCHED, 0);
    const tooLate = setTimeout(
      () => this.#socket?.destroy(`no connection in ${venue.connectWaitS} s`),
      venue.connectWaitS * 1000,
    );
    this.#socket = this.#open(
      { host, port, bindHost: venue.bindHost },
      {
        onConnect: () => {
          clearTimeout(tooLate);
          this.#lastError = '';
          this.#isOpen = true;
          this.#parts.onConnect();
        },
        onReadable,
        onError: (text) => this.#onError(`${venue.name} (${host}:${port}): ${text}`),
        onClose: () => {
          clearTimeout(tooLate);
          this.#onClose();
        },
      },
    );
  }

  #open(target: LinkTarget, events: LinkSocketEvents): LinkSocket {
    const { memory, index, sockets, clock } = this.#parts;
    const buffers = sessionBuffers(index);
    const secure = this.#tls?.current();
    if (sockets === undefined || (secure !== undefined && sockets.tls === undefined)) {
      return new NodeLinkSocket(target, { memory, buffers, clock, events, secure });
    }
    return new NativeLinkSocket(sockets, index, target, { buffers, events, secure });
  }

  #onError(what: string): void {
    // Said once: the retries of an hour would bury everything else.
    if (what === this.#lastError) return;
    this.#lastError = what;
    this.#parts.log(`${what}; trying again`);
  }

  #onClose(): void {
    const wasOpen = this.#isOpen;
    this.#socket = undefined;
    this.#isOpen = false;
    this.#parts.onClose(wasOpen);
    if (this.#isStopping) return;
    this.#address = (this.#address + 1) % this.#addresses.length;
    this.#wait = setTimeout(() => this.start(), this.#backOff.pauseMs());
    if (this.#address === 0) this.#backOff.grow();
  }
}
