/**
 * The connection of one session as its link sees it, whoever drives it: Node's own sockets or the addon's.
 * What comes in lies in the session's RX when the link is told; what goes out lies in its TX.
 */
import type { SocketBuffers } from '../../native/index.ts';
import * as L from '../../wasm/layout.ts';

export interface LinkSocket {
  /** Bytes that have left TX and that the kernel has not taken yet. */
  readonly unsentBytes: number;
  /**
   * Has what lies in TX sent straight from there. false = this socket wants the bytes instead (write); true =
   * it does, when stands in SES_SENT_NS, and what the kernel does not take yet stays in TX.
   */
  flush(): boolean;
  /** false = it is full: the bytes stay with the caller. */
  write(bytes: Uint8Array): boolean;
  /** Closes when all has left, at the latest after `lingerMs`. */
  end(lingerMs: number): void;
  /** Closes now; `why` is told as an error first. */
  destroy(why?: string): void;
}

/** None of them is told from within a call of the socket's. */
export interface LinkSocketEvents {
  onConnect(): void;
  /** Bytes were added to RX; when they came stands in SES_RECEIVED_NS. */
  onReadable(): void;
  /** Why it is going to close: a code of the system (ECONNREFUSED) or a text. */
  onError(text: string): void;
  /** Once, also where it was never connected. */
  onClose(): void;
}

export interface LinkTarget {
  readonly host: string;
  readonly port: number;
  /** Our own address, where the machine has several. */
  readonly bindHost: string | null;
}

/** With the places of the times at which bytes came and were handed over (f64, elapsed ns). */
export interface LinkBuffers extends SocketBuffers {
  readonly receivedNs: number;
  readonly sentNs: number;
}

/** Where the bytes of an engine's session lie. */
export function sessionBuffers(session: number): LinkBuffers {
  const block = L.SESSIONS + session * L.SESSION_BYTES;
  return {
    rx: L.RX + session * L.RX_BYTES,
    rxBytes: L.RX_BYTES,
    rxWords: block + L.SES_RX_START,
    tx: L.TX + session * L.TX_BYTES,
    txBytes: L.TX_BYTES,
    txWords: block + L.SES_TX_END,
    receivedNs: block + L.SES_RECEIVED_NS,
    sentNs: block + L.SES_SENT_NS,
  };
}
