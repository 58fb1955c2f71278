/**
 * For tests: a real thread that shares the memory of a hot loop in another one: wakes it, or numbers, writes
 * and sends messages for its session under the send lock.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { loadNative } from '../../native/index.ts';
import { Memory } from '../../wasm/memory.ts';
import { type NumberedAt, writeNext } from './native-rig.ts';

export interface ControlThreadInput {
  readonly memory: WebAssembly.Memory;
  readonly slot: number;
  readonly job: 'wake' | 'send';
  readonly messages: number;
  readonly at: NumberedAt;
}

const LOCK_WAIT_MS = 10_000;

const input = workerData as ControlThreadInput;
const memory = new Memory(input.memory);
const native = loadNative().module!;

function send(): void {
  for (let sent = 0; sent < input.messages; sent++) {
    if (!native.lockSession(memory.bytes, input.slot, LOCK_WAIT_MS)) throw new Error('no lock');
    writeNext(memory, input.at, 'c');
    const left = native.sendLocked(memory.bytes, input.slot, LOCK_WAIT_MS);
    native.unlockSession(memory.bytes, input.slot);
    if (left !== 0) throw new Error(`${left} bytes are left`);
  }
}

parentPort?.once('message', () => {
  if (input.job === 'wake') native.wakeLoop(memory.bytes);
  else send();
  parentPort?.postMessage('done');
});
