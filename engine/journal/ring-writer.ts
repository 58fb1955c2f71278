/**
 * HOT: append and flush run in the loop; no allocation there. The journal through the ring: a record is
 * safe from a kill of the process as soon as it is appended (the ring lies in /dev/shm), and a thread of its
 * own (ring-writer-worker.ts) hands it over to the segments. What the thread has to say about the disk it
 * says in the ring's header.
 */
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import * as R from '../../wasm/journal-ring-layout.ts';
import { CTL_RECORD_SEQUENCE } from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';
import type { CoreModule } from '../core-module.ts';
import type { GyrfalconError } from '../errors.ts';
import type { Journal } from './journal.ts';
import { journalWriteFault } from './journal-fault.ts';
import { segmentName } from './journal-format.ts';
import type { OpenedJournal } from './journal-opening.ts';
import type { OpenRing } from './ring-mapping.ts';

const WORKER = new URL('./ring-writer-worker.ts', import.meta.url);
/** For the thread to make room in a full ring, and to end: then its disk is taken for dead. */
const WAIT_MS = 20;
const ROOM_WAITS_MAX = 500;
const CLOSE_WAITS_MAX = 3000;

export interface RingWriterOptions {
  readonly directory: string;
  readonly segmentBytes: number;
  /** What was appended is on the disk after this time. */
  readonly syncMs: number;
  readonly memory: Memory;
  readonly core: Pick<CoreModule, 'journalAppend'>;
  readonly opened: OpenedJournal;
  readonly ring: OpenRing;
  readonly notice: (text: string) => void;
  /** The disk is full or gone: cancels still find room in the ring. Stop soon. */
  readonly onOutOfRoom: (fault: GyrfalconError) => void;
}

/** What the thread is given. */
export interface RingWorkerInput {
  readonly memory: WebAssembly.Memory;
  readonly directory: string;
  readonly segmentBytes: number;
  readonly syncMs: number;
  readonly segment: number;
  readonly writtenBytes: number;
}

/** Before the first record: a directory without one is no journal to anybody who reads. */
function makeFirstSegment(directory: string): void {
  closeSync(openSync(join(directory, segmentName(1)), 'a', 0o600));
}

export class RingWriter implements Journal {
  readonly directory: string;
  readonly #options: RingWriterOptions;
  readonly #memory: Memory;
  readonly #core: Pick<CoreModule, 'journalAppend'>;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #worker: Worker;
  #toldFault = R.WRITER_WELL;
  #isOpen = true;

  /** The ring is open and empty. Nobody waits for the thread: the ring takes records meanwhile. */
  constructor(options: RingWriterOptions) {
    const { directory, segmentBytes, syncMs, memory } = options;
    this.#options = options;
    this.directory = directory;
    this.#memory = memory;
    this.#core = options.core;
    this.#words = new Int32Array(memory.bytes.buffer);
    const { segment, segmentBytes: writtenBytes } = options.opened.recovered;
    if (segment === 0) makeFirstSegment(directory);
    const workerData: RingWorkerInput = {
      memory: memory.wasm,
      directory,
      segmentBytes,
      syncMs,
      segment,
      writtenBytes,
    };
    this.#worker = new Worker(WORKER, { workerData });
  }

  get sequence(): number {
    return this.#memory.i64(CTL_RECORD_SEQUENCE);
  }

  get handedSequence(): number {
    const index = this.#memory.atomicI32(R.RING_HANDED_INDEX);
    return this.#memory.i64(R.RING_HANDED + index * R.RING_HANDED_BYTES + R.HANDED_SEQUENCE);
  }

  append(kind: number, source: number, address: number, length: number): void {
    if (this.#core.journalAppend(kind, source, address, length) !== 0) return;
    for (let waits = 0; waits < ROOM_WAITS_MAX; waits++) {
      this.#waitForRoom();
      if (this.#core.journalAppend(kind, source, address, length) !== 0) return;
    }
    throw this.#fault();
  }

  /** What was appended is safe already; a fault of the thread is told here, once each. */
  flush(): void {
    const fault = this.#memory.i32(R.RING_FAULT);
    if (fault === this.#toldFault) return;
    this.#toldFault = fault;
    this.#options.onOutOfRoom(this.#fault());
  }

  async sync(): Promise<void> {
    const until = this.#memory.i64(R.RING_HEAD);
    while (this.#isRunning && this.#memory.i64(R.RING_DURABLE) < until) {
      const answer = once(this.#worker, 'message');
      this.#ask(R.RING_ASK_SYNC);
      await answer;
    }
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#ask(R.RING_ASK_CLOSE);
    const state = this.#waitForEnd();
    void this.#worker.terminate();
    if (state === R.WRITER_CLOSED) this.#options.ring.remove();
    else this.#tellKept();
    this.#options.ring.unmap();
    this.#options.opened.lock.release();
  }

  get #isRunning(): boolean {
    return this.#memory.atomicI32(R.RING_WRITER_STATE) <= R.WRITER_RUNNING;
  }

  #ask(request: number): void {
    this.#memory.setAtomicI32(R.RING_REQUEST, request);
    this.#wake();
  }

  #wake(): void {
    this.#memory.setAtomicI32(R.RING_WAKE, 1);
    Atomics.notify(this.#words, R.RING_WAKE >>> 2);
  }

  /** Never overwrites: the loop stands until the thread has handed something over. */
  #waitForRoom(): void {
    if (!this.#isRunning) throw this.#fault();
    const tail = this.#words[R.RING_TAIL >>> 2]!;
    this.#wake();
    Atomics.wait(this.#words, R.RING_TAIL >>> 2, tail, WAIT_MS);
  }

  /** WRITER_CLOSED, unless the thread failed or its disk hangs. */
  #waitForEnd(): number {
    for (let waits = 0; waits < CLOSE_WAITS_MAX; waits++) {
      const state = this.#memory.atomicI32(R.RING_WRITER_STATE);
      if (state > R.WRITER_RUNNING) return state;
      Atomics.wait(this.#words, R.RING_WRITER_STATE >>> 2, state, WAIT_MS);
    }
    return R.WRITER_FAILED;
  }

  #fault(): GyrfalconError {
    const code = this.#memory.text(R.RING_FAULT_TEXT, R.RING_FAULT_TEXT_BYTES);
    return journalWriteFault(this.directory, { code: code === '' ? 'the disk hangs' : code });
  }

  #tellKept(): void {
    const kept = this.#memory.i64(R.RING_LAST_SEQUENCE) - this.handedSequence;
    if (kept === 0) return;
    this.#options.notice(
      `journal ${this.directory}: its last ${kept} records are only in ${this.#options.ring.file}, ` +
        'from where the next start takes them, if the machine is not restarted before',
    );
  }
}
