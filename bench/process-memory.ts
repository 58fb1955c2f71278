/**
 * What a process's memory is made of: resident pages from /proc, JavaScript heaps of every isolate from
 * Node's own diagnostic report, which a signal asks for and which needs nothing in the program itself.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MEMORY_PAGES } from '../wasm/layout.ts';
import type { EngineRun } from './engine-run.ts';

const REPORT = 'report.json';
const REPORT_WITHIN_MS = 20_000;
const POLL_MS = 20;
const KIB = 1024;
const WASM_PAGE_BYTES = 65_536;

export interface ProcessMemory {
  readonly rssBytes: number;
  /** Pages of files: program text and libraries. Other processes may share them. */
  readonly fileBytes: number;
  /** Pages of /dev/shm: the journal ring, where the addon is built. */
  readonly shmBytes: number;
  /** Of the shared WebAssembly memory: only what was ever touched. */
  readonly wasmBytes: number;
  /** Committed JavaScript heap of the main thread and of each worker, the largest first. */
  readonly mainHeapBytes: number;
  readonly workerHeapBytes: readonly number[];
  /** All else: buffers, stacks, what C++ and Rust allocate. */
  readonly nativeBytes: number;
}

/** What the process must be started with. */
export const reportArguments = (folder: string): readonly string[] => [
  '--report-on-signal',
  '--report-exclude-network',
  `--report-directory=${folder}`,
  `--report-filename=${REPORT}`,
];

export async function memoryOf(run: EngineRun, folder: string): Promise<ProcessMemory> {
  // Before the report, which takes memory itself.
  const status = readFileSync(`/proc/${run.pid}/status`, 'utf8');
  const bytesOf = (field: string): number =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * KIB;
  const rssBytes = bytesOf('VmRSS');
  const fileBytes = bytesOf('RssFile');
  const shmBytes = bytesOf('RssShmem');
  const wasmBytes = wasmResidentBytes(readFileSync(`/proc/${run.pid}/smaps`, 'utf8'));
  const { javascriptHeap, workers } = await reportOf(run, join(folder, REPORT));
  const workerHeapBytes = workers
    .map((worker) => worker.javascriptHeap.totalCommittedMemory)
    .sort((a, b) => b - a);
  const mainHeapBytes = javascriptHeap.totalCommittedMemory;
  const heapBytes = workerHeapBytes.reduce((sum, bytes) => sum + bytes, mainHeapBytes);
  const nativeBytes = Math.max(0, rssBytes - fileBytes - shmBytes - wasmBytes - heapBytes);
  return {
    ...{ rssBytes, fileBytes, shmBytes, wasmBytes },
    ...{ mainHeapBytes, workerHeapBytes, nativeBytes },
  };
}

/**
 * The mappings that make up the shared memory: its first is anonymous; others may lie inside it
 * (a file in /dev/shm over a part of it), which count as files.
 */
export function wasmResidentBytes(smaps: string): number {
  let resident = 0;
  let runBytes = 0;
  let runResident = 0;
  let runEnd = -1;
  for (const block of smaps.split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m)) {
    const head = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(block);
    if (head === null) continue;
    const [start, end] = [Number.parseInt(head[1]!, 16), Number.parseInt(head[2]!, 16)];
    if (start !== runEnd) [runBytes, runResident] = [0, 0];
    runBytes += end - start;
    const isAnonymous = / 0 *$/.test(block.split('\n', 1)[0]!);
    if (isAnonymous) runResident += Number(/^Rss:\s+(\d+) kB/m.exec(block)?.[1] ?? 0) * KIB;
    runEnd = end;
    if (runBytes === MEMORY_PAGES * WASM_PAGE_BYTES) resident += runResident;
  }
  return resident;
}

interface Heap {
  readonly javascriptHeap: { readonly totalCommittedMemory: number };
}

async function reportOf(
  run: EngineRun,
  file: string,
): Promise<Heap & { readonly workers: readonly Heap[] }> {
  rmSync(file, { force: true });
  run.signal('SIGUSR2');
  for (let waitedMs = 0; waitedMs < REPORT_WITHIN_MS; waitedMs += POLL_MS) {
    await sleep(POLL_MS);
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    // Written piece by piece.
    if (text.trimEnd().endsWith('}')) return JSON.parse(text);
  }
  throw new Error('the process wrote no report of its memory');
}
