/**
 * One timer for everything in a process that waits for a time: a heap of deadlines on the given
 * clock. An entry is called at its deadline or, where that has moved away since, a little early;
 * its answer is the next one. So a session whose deadline moves with every message costs nothing
 * until the old one comes.
 */
import type { Clock } from '../../../engine/ports.ts';
import { NS_PER_MS } from '../timestamp.ts';

/** No time matters. */
export const NEVER_NS = 0x7fff_ffff_ffff_ffffn;

export function earlier(oneNs: bigint, otherNs: bigint): bigint {
  if (oneNs < otherNs) return oneNs;
  return otherNs;
}

/** A sleep is no longer than this: the clock may be set while it lasts. */
const SLEEP_MS_MAX = 1000;

/** Something that waits; `slot` and `atNs` belong to the timer. */
export class DeadlineEntry {
  /** Does what is due; returns when to call again, NEVER_NS = not. */
  readonly onDeadline: (nowNs: bigint) => bigint;
  /** Place in the heap; -1 = waits for nothing. */
  slot = -1;
  atNs = NEVER_NS;

  constructor(onDeadline: (nowNs: bigint) => bigint) {
    this.onDeadline = onDeadline;
  }
}

export class DeadlineTimer {
  readonly #clock: Clock;
  /** A binary heap: no entry is earlier than the one at half its slot. */
  readonly #heap: DeadlineEntry[] = [];
  #sleep: NodeJS.Timeout | undefined;
  #soon: NodeJS.Immediate | undefined;
  /** What the sleep ends for. */
  #wakeNs = NEVER_NS;
  #isRunning = false;
  /** Up to here the last run went: the clock's time, or a little more where the clock stood. */
  #runNs = 0n;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many entries wait. */
  get size(): number {
    return this.#heap.length;
  }

  /** The entry is called at this time at the latest; an earlier one that stands is kept. */
  callBy(entry: DeadlineEntry, atNs: bigint): void {
    if (atNs >= entry.atNs) return;
    const isForNextRun = this.#isRunning && atNs <= this.#runNs;
    entry.atNs = isForNextRun ? this.#runNs + 1n : atNs;
    if (entry.slot < 0) entry.slot = this.#heap.push(entry) - 1;
    this.#rise(entry);
    if (!this.#isRunning) this.#arm();
  }

  /** The entry is not called any more. */
  drop(entry: DeadlineEntry): void {
    if (entry.slot < 0) return;
    const last = this.#heap.pop()!;
    if (last !== entry) {
      last.slot = entry.slot;
      this.#heap[last.slot] = last;
      this.#rise(last);
      this.#sink(last);
    }
    entry.slot = -1;
    entry.atNs = NEVER_NS;
    if (this.#heap.length === 0) this.#disarm(); // the process may end
  }

  /** Each entry that is due is called once; one that is due again has its turn in the next run. */
  #run(): void {
    this.#disarm();
    const nowNs = this.#clock.nowNs();
    // Where the clock still shows the time of the last run, what that left over is due all the same.
    const isSameTime = nowNs <= this.#runNs && this.#runNs - nowNs < NS_PER_MS;
    this.#runNs = isSameTime ? this.#runNs + 1n : nowNs;
    this.#isRunning = true;
    try {
      for (let first = this.#heap[0]; first !== undefined && first.atNs <= this.#runNs; ) {
        this.drop(first);
        this.callBy(first, first.onDeadline(nowNs));
        first = this.#heap[0];
      }
    } finally {
      this.#isRunning = false;
      this.#arm();
    }
  }

  /** Sleeps until the first deadline; one that has come lets sockets have their turn first. */
  #arm(): void {
    const first = this.#heap[0];
    if (first === undefined || this.#soon !== undefined || first.atNs >= this.#wakeNs) return;
    this.#disarm();
    const waitNs = first.atNs - this.#clock.nowNs();
    if (waitNs <= 0n || first.atNs === this.#runNs + 1n) {
      this.#soon = setImmediate(() => this.#run());
      return;
    }
    this.#wakeNs = first.atNs;
    const waitMs = Math.min(Number(waitNs) / Number(NS_PER_MS), SLEEP_MS_MAX);
    this.#sleep = setTimeout(() => this.#run(), Math.ceil(waitMs));
  }

  #disarm(): void {
    clearTimeout(this.#sleep);
    if (this.#soon !== undefined) clearImmediate(this.#soon);
    this.#soon = undefined;
    this.#wakeNs = NEVER_NS;
  }

  #rise(entry: DeadlineEntry): void {
    const heap = this.#heap;
    let slot = entry.slot;
    while (slot > 0) {
      const parent = heap[(slot - 1) >> 1]!;
      if (parent.atNs <= entry.atNs) break;
      heap[slot] = parent;
      parent.slot = slot;
      slot = (slot - 1) >> 1;
    }
    heap[slot] = entry;
    entry.slot = slot;
  }

  #sink(entry: DeadlineEntry): void {
    const heap = this.#heap;
    let slot = entry.slot;
    for (;;) {
      let child = 2 * slot + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1]!.atNs < heap[child]!.atNs) child++;
      if (heap[child]!.atNs >= entry.atNs) break;
      heap[slot] = heap[child]!;
      heap[slot]!.slot = slot;
      slot = child;
    }
    heap[slot] = entry;
    entry.slot = slot;
  }
}

const timers = new WeakMap<Clock, DeadlineTimer>();

/** The one timer of the process on this clock. */
export function timerOf(clock: Clock): DeadlineTimer {
  const found = timers.get(clock);
  if (found !== undefined) return found;
  const timer = new DeadlineTimer(clock);
  timers.set(clock, timer);
  return timer;
}
