/** Starts the hot loop on the calling thread, whichever that is, and tells its supervisor of a fault. */
import type { MessagePort } from 'node:worker_threads';
import { GyrfalconError } from './errors.ts';
import { HotEngine } from './hot-engine.ts';
import type { FromHotLoop, HotLoopInput, ToHotLoop } from './hot-messages.ts';
import { setOptimiserFlags } from './optimiser-flags.ts';

/**
 * `leave`: given where the supervisor cannot end the thread. It is called when the loop has failed, or is to
 * end at once, after its sockets and its journal are closed; nothing may run on the thread any more.
 */
export function runHotLoop(input: HotLoopInput, port: MessagePort, leave?: () => never): void {
  setOptimiserFlags();
  const tell = (message: FromHotLoop): void => port.postMessage(message);
  const end = (): void => {
    try {
      engine.halt();
    } catch (error) {
      tell({ type: 'log', text: `the journal could not be closed: ${textOf(error)}` });
    }
    tell({ type: 'ended' });
    leave?.();
  };
  const fail = (error: unknown): void => {
    const code = error instanceof GyrfalconError ? error.code : 'ENGINE_STOPPED';
    tell({ type: 'fault', code, text: textOf(error) });
    if (leave !== undefined) end();
  };
  const engine = new HotEngine(input, port, end);
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  engine
    .start()
    .then(() => port.on('message', (message: ToHotLoop) => engine.onMessage(message)))
    .catch(fail);
}

function textOf(error: unknown): string {
  if (error instanceof GyrfalconError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
