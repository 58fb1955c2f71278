/**
 * What lets peers in to the matching venue: the addon's sockets where the addon is there, Node's
 * otherwise. Both put a peer's bytes into RX and send what lies in TX.
 */
import { GyrfalconError } from '../../../engine/errors.ts';
import { loadNative } from '../../../native/index.ts';
import type { Memory } from '../../../wasm/memory.ts';
import { NativeSockets } from '../../sockets/native-sockets.ts';
import type { ExchangeLink } from './exchange-link.ts';
import { ExchangeNative } from './exchange-native.ts';
import { ExchangeNet } from './exchange-net.ts';

/** A turn that finds nothing ends after this time: the venue's own timer is not waited for longer. */
const WAIT_MS = 10;
/** A thread that is not pinned and loses its core while it polls leaves it to the others for so long. */
const YIELD_MS = 100;

export interface ExchangePort {
  /** Starts to listen; the port. */
  listen(): Promise<number>;
  /** Lets nobody in any more; resolves when the last connection is gone. */
  close(): Promise<void>;
  /** Afterwards: gives the sockets back. */
  dispose(): void;
}

export interface ExchangePortParts {
  readonly memory: Memory;
  readonly link: ExchangeLink;
  readonly host: string;
  readonly port: number;
  readonly onRefused: (reason: string) => void;
}

export interface ExchangeSocketWish {
  readonly sockets: 'auto' | 'native' | 'node';
  /** The thread runs on this core alone; undefined = wherever the system puts it. */
  readonly core: number | undefined;
  /** It polls its sockets so long after the last activity, then it blocks. */
  readonly spinUs: number;
}

export function openExchangePort(
  wish: ExchangeSocketWish,
  parts: ExchangePortParts,
): { readonly port: ExchangePort; readonly text: string } {
  const { module: native, reason } = loadNative();
  if (native === undefined) {
    const isWanted = wish.sockets === 'native' || wish.core !== undefined;
    if (isWanted) throw new GyrfalconError('CONFIG_INVALID', `native sockets or a core: ${reason}`);
    return { port: new ExchangeNet(parts), text: `sockets: node (${reason})` };
  }
  try {
    if (wish.core !== undefined) native.pinThread(wish.core);
  } catch (cause) {
    throw new GyrfalconError('CONFIG_INVALID', `core ${wish.core}: ${(cause as Error).message}`);
  }
  const place = wish.core === undefined ? '' : ` on core ${wish.core}`;
  if (wish.sockets === 'node')
    return { port: new ExchangeNet(parts), text: `sockets: node${place}` };
  const sockets = new NativeSockets(native, parts.memory, {
    spinUs: wish.spinUs,
    yieldMs: wish.core === undefined ? YIELD_MS : 0,
    waitMs: WAIT_MS,
    busyPollUs: 0,
    log: parts.onRefused,
  });
  const text = `sockets: native${place}, polls for ${wish.spinUs} us, then blocks`;
  return { port: new ExchangeNative(native, sockets, parts), text };
}
