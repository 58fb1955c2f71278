/**
 * For tests: a thread that numbers and writes messages for a session under its send lock, as the control thread
 * may, while the hot loop does the same.
 */
import { isMainThread, workerData } from 'node:worker_threads';
import * as L from '../../wasm/layout.ts';
import { Memory } from '../../wasm/memory.ts';
import * as N from '../../wasm/native-layout.ts';

export const LOCK_WORD = N.SOCKET_ROWS + N.SOC_LOCK;
const TX_ROOM = 4096;

/** `count` messages "34=N|" into the first session's TX, each behind what lies there. */
function write(memory: Memory, count: number): void {
  const words = new Int32Array(memory.bytes.buffer);
  for (let message = 0; message < count; ) {
    const { LOCK_FREE, LOCK_CONTROL } = N;
    const owner = Atomics.compareExchange(words, LOCK_WORD >>> 2, LOCK_FREE, LOCK_CONTROL);
    if (owner !== LOCK_FREE) continue;
    const end = memory.i32(L.SESSIONS + L.SES_TX_END);
    if (end < L.TX_BYTES - TX_ROOM) {
      const number = memory.i64(L.SESSIONS + L.SES_NEXT_OUT);
      const text = Buffer.from(`34=${number}\x01`, 'latin1');
      memory.bytes.set(text, L.TX + end);
      memory.setI64(L.SESSIONS + L.SES_NEXT_OUT, number + 1);
      memory.setI32(L.SESSIONS + L.SES_TX_END, end + text.length);
      message++;
    }
    Atomics.store(words, LOCK_WORD >>> 2, LOCK_FREE);
  }
}

if (!isMainThread && workerData?.lockedMessages > 0) {
  write(new Memory(workerData.memory), workerData.lockedMessages);
}
