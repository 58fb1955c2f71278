/** The hot loop's sockets as its configuration wants them and this machine has them; said in one line. */
import { availableParallelism } from 'node:os';
import type { GyrfalconConfig } from '../../config/schema.ts';
import { GyrfalconError } from '../../engine/errors.ts';
import { loadNative, type NativeModule } from '../../native/index.ts';
import type { Memory } from '../../wasm/memory.ts';
import { NativeSockets } from './native-sockets.ts';

/** Up to so many cores, a thread that polls keeps the core from those that it waits for. */
const CORES_TO_BLOCK_ON = 2;
/** A thread that is not pinned and loses its core while it polls leaves it to the others for so long. */
const YIELD_MS = 100;

export interface HotSockets {
  /** undefined = Node's own. */
  readonly sockets: NativeSockets | undefined;
  readonly text: string;
}

/** On the hot loop's thread, once. Throws where the configuration asks for what is not there. */
export function openHotSockets(
  wish: GyrfalconConfig['hotLoop'],
  memory: Memory,
  log: (text: string) => void,
): HotSockets {
  const { module: native, reason } = loadNative();
  if (native === undefined) {
    const needs = wish.sockets === 'native' ? 'sockets is native' : `core is ${wish.core}`;
    if (wish.sockets === 'native' || wish.core !== null)
      throw new GyrfalconError('CONFIG_INVALID', `hotLoop.${needs}, but ${reason}`);
    return { sockets: undefined, text: `sockets: node (${reason})` };
  }
  const place = wish.core === null ? '' : ` on core ${wish.core}`;
  try {
    if (wish.core !== null) takeCore(native, wish.core);
  } catch (error) {
    throw new GyrfalconError('CONFIG_INVALID', `hotLoop.core: ${(error as Error).message}`);
  }
  if (wish.sockets === 'node') return { sockets: undefined, text: `sockets: node${place}` };
  const mayPoll = wish.core !== null || availableParallelism() > CORES_TO_BLOCK_ON;
  const spinUs = mayPoll ? wish.spinUs : 0;
  const yieldMs = wish.core === null ? YIELD_MS : 0;
  const sockets = new NativeSockets(native, memory, { ...wish, spinUs, yieldMs, log });
  const wait = spinUs === 0 ? 'blocks at once' : `polls for ${spinUs} us, then blocks`;
  return { sockets, text: `sockets: native${place}, ${wait}` };
}

/** For this thread alone: what else runs in the process would take it in the middle of a tick. */
function takeCore(native: NativeModule, core: number): void {
  native.pinThread(core);
  native.keepCore(core);
}
