/**
 * Instructions that each kernel of a tick executes for one operation, counted in the WebAssembly itself
 * (counted-wasm.ts). A count is the same on every machine and under any load, so a test may hold it to
 * the accepted one; a time may not.
 */
import { readFileSync } from 'node:fs';
import type { CoreModule } from '../../engine/core-module.ts';
import type { BenchResult, Figure } from '../bench-result.ts';
import { BATCH } from '../codec/messages.ts';
import { startEnvironment } from '../environment.ts';
import { buildResult } from '../result-builder.ts';
import { COUNTER, countedWasm } from './counted-wasm.ts';
import { KERNELS, type Kernel } from './kernels.ts';

const CORE = new URL('../../build/core.wasm', import.meta.url);
/** Each is a round of its own; odd, as the generator takes an even one for the next. */
const SEEDS = [1, 3, 5, 7, 9, 11, 13, 15];

export function measureInstructions(): BenchResult {
  const environmentNow = startEnvironment();
  const head = {
    bench: 'instructions',
    operation: 'WebAssembly instructions of one operation, locals and constants free',
    operationsPerSample: 1,
    rounds: SEEDS.length,
    seed: SEEDS[0]!,
    figures: countKernels(countedCore()),
  };
  return buildResult(head, [], environmentNow());
}

export function countedCore(): WebAssembly.Module {
  return new WebAssembly.Module(countedWasm(readFileSync(CORE)));
}

export function countKernels(core: WebAssembly.Module): readonly Figure[] {
  return KERNELS.map((kernel) => ({
    name: kernel.name,
    unit: 'instructions',
    rounds: SEEDS.map((seed) => countOne(core, kernel, seed)),
  }));
}

function countOne(core: WebAssembly.Module, kernel: Kernel, seed: number): number {
  const { memory, run } = kernel.prepare(seed);
  const { exports } = new WebAssembly.Instance(core, { env: { memory: memory.wasm } });
  const counter = exports[COUNTER] as WebAssembly.Global;
  counter.value = 0n;
  run(exports as unknown as CoreModule);
  return Number(counter.value) / BATCH;
}
