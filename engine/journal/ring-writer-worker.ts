/**
 * The thread that empties the journal ring into the segments: one write a batch, one sync for all batches of
 * a while. It sleeps between batches and is woken early when the ring is half full; it never blocks the loop
 * and tells it of a disk that is full or gone through the ring's header.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { loadNative } from '../../native/index.ts';
import * as R from '../../wasm/journal-ring-layout.ts';
import { CTL_JOURNAL_BYTES, JOURNAL_STAGE, JOURNAL_STAGE_BYTES } from '../../wasm/layout.ts';
import { Memory } from '../../wasm/memory.ts';
import { loadCore } from '../core-module.ts';
import { GyrfalconError } from '../errors.ts';
import type { RingWorkerInput } from './ring-writer.ts';
import { SegmentWriter } from './segment-writer.ts';

/**
 * Between batches; while nothing comes it doubles up to the longest: an idle engine costs next to nothing. On a
 * core that the hot loop shares each batch holds a tick up, so few of them: a bigger one takes no more time in all.
 */
const SLEEP_MS_MIN = 20;
const SLEEP_MS_MAX = 40;
/** A record that is seen before its bytes is there by the next batch; one that never fits was changed. */
const BAD_BATCHES_MAX = 20;

const port = parentPort!;
const input = workerData as RingWorkerInput;
const memory = new Memory(input.memory);
const words = new Int32Array(memory.bytes.buffer);
const positions = new BigInt64Array(memory.bytes.buffer);
const core = loadCore(memory);
const { module: native } = loadNative();
const sealer = native?.hasCrc32c() === true ? native : undefined;

class RingWriterThread {
  readonly #segments = new SegmentWriter({
    directory: input.directory,
    segmentBytes: input.segmentBytes,
    segment: input.segment,
    writtenBytes: input.writtenBytes,
    onOutOfRoom: (fault) => tell(R.WRITER_FAULT_NO_ROOM, fault),
  });
  #nextSyncMs = performance.now() + input.syncMs;
  #isSyncing = false;
  #badBatches = 0;
  #sleepMs = SLEEP_MS_MIN;

  async run(): Promise<void> {
    setState(R.WRITER_RUNNING);
    while (memory.atomicI32(R.RING_REQUEST) !== R.RING_ASK_CLOSE) {
      this.#handOver();
      if (this.#segments.failure !== undefined) throw this.#segments.failure;
      if (isSyncAsked()) await this.#answerSync();
      else if (performance.now() >= this.#nextSyncMs) this.#beginSync();
      Atomics.wait(words, R.RING_WAKE >>> 2, 0, this.#sleepMs);
      memory.setAtomicI32(R.RING_WAKE, 0);
      await new Promise((resolve) => setImmediate(resolve)); // the end of a sync is heard here
    }
    this.#handOver();
    if (memory.i32(R.RING_TAKE_RESULT) !== R.TAKE_ALL) throw damaged();
    this.#segments.close();
    setDurable(handedOver());
    setState(R.WRITER_CLOSED);
  }

  /** Everything that is committed; JOURNAL_STAGE is free when records go through the ring. */
  #handOver(): void {
    this.#sleepMs = Math.min(2 * this.#sleepMs, SLEEP_MS_MAX);
    for (;;) {
      const staged = core.journalTake(JOURNAL_STAGE_BYTES);
      if (staged > 0) {
        seal(staged);
        this.#segments.write(memory.bytes, JOURNAL_STAGE, JOURNAL_STAGE + staged);
        core.journalFree();
        this.#sleepMs = SLEEP_MS_MIN;
        memory.addI64(CTL_JOURNAL_BYTES, staged);
        Atomics.notify(words, R.RING_TAIL >>> 2);
      }
      const result = memory.i32(R.RING_TAKE_RESULT);
      if (result === R.TAKE_ALL) this.#badBatches = 0;
      if (result === R.TAKE_BAD_RECORD) this.#noteBad();
      if (result !== R.TAKE_NO_ROOM) return;
    }
  }

  #noteBad(): void {
    if (++this.#badBatches >= BAD_BATCHES_MAX) throw damaged();
  }

  /** One sync at a time; batches go on meanwhile. */
  #beginSync(): void {
    const until = handedOver();
    if (this.#isSyncing || until === durable()) return;
    this.#isSyncing = true;
    this.#nextSyncMs = performance.now() + input.syncMs;
    this.#segments.sync().then(
      () => {
        this.#isSyncing = false;
        setDurable(until);
      },
      () => {
        this.#isSyncing = false; // the segments remember the failure: the next turn ends with it
      },
    );
  }

  async #answerSync(): Promise<void> {
    const until = handedOver();
    await this.#segments.sync();
    setDurable(until);
    port.postMessage('synced');
  }
}

/** With the processor's own CRC-32C where there are addon and instruction. */
function seal(length: number): void {
  if (sealer === undefined) return core.journalSeal(length);
  const chain = memory.i32(R.RING_TAKEN_CHAIN);
  const next = sealer.sealRecords(memory.bytes, JOURNAL_STAGE, length, chain);
  memory.setI32(R.RING_TAKEN_CHAIN, next);
}

const handedOver = (): bigint => Atomics.load(positions, R.RING_TAIL >>> 3);
const durable = (): bigint => Atomics.load(positions, R.RING_DURABLE >>> 3);

/** An earlier sync may end after a later one. */
function setDurable(until: bigint): void {
  if (until > durable()) Atomics.store(positions, R.RING_DURABLE >>> 3, until);
}

/** Takes the request; one to close stays. */
function isSyncAsked(): boolean {
  const { RING_ASK_SYNC: asked, RING_ASK_NOTHING: nothing } = R;
  return Atomics.compareExchange(words, R.RING_REQUEST >>> 2, asked, nothing) === asked;
}

const damaged = (): Error =>
  Object.assign(new Error('a record in the ring was changed'), { code: 'RING_DAMAGED' });

function setState(state: number): void {
  memory.setAtomicI32(R.RING_WRITER_STATE, state);
  Atomics.notify(words, R.RING_WRITER_STATE >>> 2);
}

/** Says in the header what is wrong with the disk, in the system's word. */
function tell(fault: number, cause: unknown): void {
  const isOurs = cause instanceof GyrfalconError;
  const { code } = isOurs ? cause.details : (cause as NodeJS.ErrnoException);
  memory.setText(R.RING_FAULT_TEXT, R.RING_FAULT_TEXT_BYTES, String(code).slice(0, 31));
  memory.setAtomicI32(R.RING_FAULT, fault);
}

try {
  await new RingWriterThread().run();
} catch (cause) {
  tell(R.WRITER_FAULT_FAILED, cause);
  setState(R.WRITER_FAILED);
  port.postMessage('failed');
}
