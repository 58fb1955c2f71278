/**
 * A thread that feeds the input ring with seeded messages of random length as fast as it goes;
 * ring.test.ts reads and checks them. `messageOf` is what both sides know.
 */
import { isMainThread, workerData } from 'node:worker_threads';
import { RingProducer } from '../../engine/ring/ring.ts';
import { Memory } from '../../wasm/memory.ts';

/** Length and content of message number `index`: the index, then bytes that follow from it. */
export function messageLength(index: number): number {
  const mixed = Math.imul(index ^ 0x9e3779b9, 0x85ebca6b) >>> 0;
  // Mostly short, now and then one of up to 60 kB.
  return 4 + (mixed % 997 === 0 ? mixed % 60_000 : mixed % 200);
}

export const messageByte = (index: number): number => Math.imul(index, 31) & 255;

function produce(memory: Memory, count: number): void {
  const ring = new RingProducer(memory);
  const head = new Uint8Array(4);
  const view = new DataView(head.buffer);
  const body = new Uint8Array(60_004);
  for (let index = 0; index < count; index++) {
    view.setUint32(0, index, true);
    const part = body.subarray(0, messageLength(index) - 4).fill(messageByte(index));
    while (!ring.tryWrite(head, part));
  }
}

if (!isMainThread && workerData?.ringMessages > 0) {
  produce(new Memory(workerData.memory), workerData.ringMessages);
}
