/** Two threads write for one session: under the send lock no number is lost, doubled or out of turn. */
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { loadCore } from '../engine/core-module.ts';
import { LOCK_WORD } from '../test/support/lock-writer.ts';
import * as L from './layout.ts';
import { Memory } from './memory.ts';
import * as N from './native-layout.ts';

const MESSAGES = 20_000;
const WRITER = new URL('../test/support/lock-writer.ts', import.meta.url);

function openSession(): { memory: Memory; core: ReturnType<typeof loadCore> } {
  const memory = new Memory();
  memory.setI64(L.SESSIONS + L.SES_NEXT_OUT, 1);
  memory.setI32(L.SESSIONS + L.SES_TIME_BYTES, 27);
  return { memory, core: loadCore(memory) };
}

test('the loop and another thread number in turn', async () => {
  const { memory, core } = openSession();
  const worker = new Worker(WRITER, {
    workerData: { memory: memory.wasm, lockedMessages: MESSAGES },
  });
  let isOver = false;
  worker.on('exit', () => {
    isOver = true;
  });
  const numbers: number[] = [];
  let own = 0;
  const take = (): void => {
    core.sessionLock(0);
    const end = memory.i32(L.SESSIONS + L.SES_TX_END);
    const text = Buffer.from(memory.bytes.slice(L.TX, L.TX + end))
      .toString('latin1')
      .replaceAll('\x01', '|');
    memory.setI32(L.SESSIONS + L.SES_TX_END, 0);
    core.sessionUnlock(0);
    for (const [, number] of text.matchAll(/(?<!\d)34=(\d+)\|/g)) numbers.push(Number(number));
  };
  while (!isOver) {
    for (let turn = 0; turn < 20; turn++) {
      core.sessionLock(0);
      if (core.encodeDoneThrough(0, ++own) === 0) own--;
      core.sessionUnlock(0);
    }
    take();
    await new Promise((resolve) => setImmediate(resolve));
  }
  take();
  expect(own).toBeGreaterThan(100);
  expect(numbers).toEqual(Array.from({ length: MESSAGES + own }, (_, index) => index + 1));
});

test('a loop that was ended while it held the lock keeps nobody out, another thread’s hold stays', () => {
  const { memory, core } = openSession();
  core.sessionLock(0);
  expect(memory.i32(LOCK_WORD)).toBe(N.LOCK_LOOP);
  core.sessionUnlockOfLoop(0);
  expect(memory.i32(LOCK_WORD)).toBe(N.LOCK_FREE);
  memory.setI32(LOCK_WORD, N.LOCK_CONTROL);
  core.sessionUnlockOfLoop(0);
  expect(memory.i32(LOCK_WORD)).toBe(N.LOCK_CONTROL);
});
