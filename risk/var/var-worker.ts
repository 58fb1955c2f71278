/**
 * One worker's share of a simulation: loads the kernel once a thread, runs whole blocks, hands
 * back the largest losses. Written for Piscina; called directly it does the same in the caller's
 * thread.
 */
import { readFileSync } from 'node:fs';
import { GyrfalconError } from '../../engine/errors.ts';
import {
  VAR_BLOCK,
  VAR_CHOLESKY,
  VAR_EXPOSURE,
  VAR_LOSSES,
  VAR_MEAN,
  VAR_PAGES,
} from '../../wasm/value-at-risk-layout.ts';
import type { LinearBook } from './monte-carlo.ts';
import { Tail } from './tail.ts';

export interface VarTask {
  readonly book: LinearBook;
  readonly seed: number;
  /** Scenarios of the whole simulation; the last block may be cut short. */
  readonly scenarios: number;
  /** Blocks firstBlock, firstBlock + blockStep … are this worker's. */
  readonly firstBlock: number;
  readonly blockStep: number;
  /** How many of the largest losses to hand back. */
  readonly tailSize: number;
}

interface Kernel {
  readonly memory: WebAssembly.Memory;
  simulateBlock(seed: number, block: number, factors: number, scenarios: number): void;
}

const FILE = new URL('../../build/value-at-risk.wasm', import.meta.url);
let kernel: Kernel | undefined;

function loadKernel(): Kernel {
  const memory = new WebAssembly.Memory({ initial: VAR_PAGES, maximum: VAR_PAGES });
  try {
    const module = new WebAssembly.Module(readFileSync(FILE));
    const instance = new WebAssembly.Instance(module, { env: { memory } });
    return { memory, simulateBlock: instance.exports.simulateBlock as Kernel['simulateBlock'] };
  } catch (cause) {
    const hint = 'build/value-at-risk.wasm is missing or damaged: run `node scripts/setup.mjs`';
    throw new GyrfalconError('INPUT_MISSING', hint, {}, cause);
  }
}

/** The task's largest losses, largest first. */
export default function runVarTask(task: VarTask): Float64Array {
  kernel ??= loadKernel();
  const { book, seed, scenarios } = task;
  const doubles = new Float64Array(kernel.memory.buffer);
  doubles.set(book.mean, VAR_MEAN / 8);
  doubles.set(book.exposures, VAR_EXPOSURE / 8);
  doubles.set(book.cholesky, VAR_CHOLESKY / 8);
  const tail = new Tail(task.tailSize);
  for (let block = task.firstBlock; block * VAR_BLOCK < scenarios; block += task.blockStep) {
    const count = Math.min(VAR_BLOCK, scenarios - block * VAR_BLOCK);
    kernel.simulateBlock(seed, block, book.exposures.length, count);
    tail.offer(doubles.subarray(VAR_LOSSES / 8, VAR_LOSSES / 8 + count));
  }
  return tail.largest();
}
