/**
 * HOT: what the loop measures of itself: wall time only, never read by the core; no allocation. Receiving and
 * sending are timed on every tick; on one in STAGE_SAMPLE_TICKS each part of the path says when it is
 * through (`lap`), and the time since the one before is that stage's. A tick is one message with all that
 * follows from it in its turn.
 */
import * as L from '../wasm/layout.ts';
import type { Memory } from '../wasm/memory.ts';
import * as S from '../wasm/stage-layout.ts';
import { LatencyHistograms } from './latency-histogram.ts';
import { type FinishedTick, SlowTicks } from './slow-ticks.ts';

/** Orders whose sending time is remembered; an answer that comes later than so many orders is not timed. */
const SENT_KEPT = 65_536;
const WAIT_BIT = 1 << S.STAGE_WAIT;
const SEND_BIT = 1 << S.STAGE_SEND;

export interface ElapsedClock {
  elapsedNs(): number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export class StageClock {
  readonly #memory: Memory;
  readonly #histograms: LatencyHistograms;
  readonly slowTicks: SlowTicks;
  #clock!: ElapsedClock;
  /** By intent sequence modulo SENT_KEPT. */
  readonly #sentNs = new Float64Array(SENT_KEPT);
  #orders = 0;
  #intents = 0;
  /** The tick in hand: nothing of it counts before `endTick`. */
  readonly #tick: Mutable<FinishedTick> = {
    totalNs: 0,
    receivedNs: 0,
    record: 0,
    tick: 1,
    kind: 0,
    source: 0,
    bytes: 0,
    orders: 0,
    behindRecord: 0,
    behindNs: 0,
    causes: 0,
    timed: 0,
    stagesNs: new Float64Array(S.STAGES),
  };
  #isInTick = false;
  #isSampled = false;
  #startNs = 0;
  #lapNs = 0;
  /** Of the ticks that follow one another without a pause, the one that took the longest by itself. */
  #longestNs = 0;
  #longestRecord = 0;
  #handedNs = 0;
  #endNs = 0;
  /** When the loop's own timer ran last; 0 = not yet. */
  #timerNs = 0;

  /** Does nothing until it is started: a replay has no clock. */
  constructor(memory: Memory) {
    this.#memory = memory;
    this.#histograms = new LatencyHistograms(memory);
    this.slowTicks = new SlowTicks(memory);
  }

  start(clock: ElapsedClock): void {
    this.#clock = clock;
    // A recovered journal's orders were not sent by this loop.
    this.#orders = this.#memory.i64(L.CTL_ORDERS_SENT);
    this.#intents = this.#memory.i64(L.CTL_INTENT_SEQUENCE);
    this.slowTicks.watch(S.CAUSE_COMMAND | S.CAUSE_PEER_SLOW | S.CAUSE_JOURNAL_FULL);
  }

  /** The tick in hand is one whose stages are timed. */
  get isSampled(): boolean {
    return this.#isSampled;
  }

  /** The next tick is such a one. */
  get isNextSampled(): boolean {
    return this.#tick.tick % S.STAGE_SAMPLE_TICKS === 0;
  }

  /** A message may lie in RX since `receivedNs`; when none does, the next call begins anew. */
  beginTick(receivedNs: number): void {
    const tick = this.#tick;
    tick.receivedNs = receivedNs;
    tick.record = this.#memory.i64(L.CTL_RECORD_SEQUENCE) + 1;
    tick.orders = 0;
    tick.causes = 0;
    tick.timed = WAIT_BIT;
    // Messages of one read follow one another without a pause: the end of one is the start of the next.
    const hasWaited = receivedNs < this.#endNs;
    if (!hasWaited) this.#beginRun();
    this.#startNs = hasWaited ? this.#endNs : receivedNs;
    this.#lapNs = this.#startNs;
    tick.behindRecord = this.#longestRecord;
    tick.behindNs = this.#longestNs;
    tick.stagesNs[S.STAGE_WAIT] = this.#lapNs - receivedNs;
    this.#handedNs = 0;
  }

  /** There is a tick: TICK_*, the session or feed that it came from, the length of its message. */
  framed(kind: number, source: number, bytes: number): void {
    const tick = this.#tick;
    tick.kind = kind;
    tick.source = source;
    tick.bytes = bytes;
    this.#isInTick = true;
    this.#isSampled = this.isNextSampled;
    if (this.#isSampled) this.#beginSample();
  }

  /** The stage is through, for now. */
  lap(stage: number): void {
    if (this.#isSampled) this.#lap(stage);
  }

  /** Something happened that may explain the tick in hand: CAUSE_*. */
  note(cause: number): void {
    this.#tick.causes |= cause;
  }

  /** What the turn decided went to the sockets at `handedNs`, written down before. */
  handedOver(handedNs: number): void {
    this.#handedNs = handedNs;
    const orders = this.#memory.i64(L.CTL_ORDERS_SENT);
    if (orders === this.#orders) return;
    this.#tick.orders = orders - this.#orders;
    const intents = this.#memory.i64(L.CTL_INTENT_SEQUENCE);
    for (let intent = this.#intents + 1; intent <= intents; intent++) {
      this.#sentNs[intent % SENT_KEPT] = handedNs;
    }
    this.#orders = orders;
    this.#intents = intents;
    if (!this.#isInTick) return;
    this.#histograms.record(S.HISTOGRAM_TICK_TO_ORDER, handedNs - this.#tick.receivedNs);
  }

  /** The turn is over, its bytes are with the kernel. A turn that no message began is no tick. */
  endTick(): void {
    if (!this.#isInTick) return;
    const tick = this.#tick;
    const nowNs = this.#clock.elapsedNs();
    tick.totalNs = nowNs - tick.receivedNs;
    if (this.#handedNs !== 0) {
      tick.stagesNs[S.STAGE_SEND] = nowNs - this.#handedNs;
      tick.timed |= SEND_BIT;
      this.#histograms.record(S.HISTOGRAM_STAGES + S.STAGE_SEND, nowNs - this.#handedNs);
    }
    this.#histograms.record(S.HISTOGRAM_STAGES, tick.stagesNs[S.STAGE_WAIT]!);
    if (tick.kind === S.TICK_MARKET_DATA || tick.kind === S.TICK_FEED) {
      this.#histograms.record(S.HISTOGRAM_TICK_TO_DONE, tick.totalNs);
    }
    if (this.#isSampled) this.#recordSample();
    this.slowTicks.offer(tick);
    if (nowNs - this.#startNs > this.#longestNs) {
      this.#longestNs = nowNs - this.#startNs;
      this.#longestRecord = tick.record;
    }
    tick.tick++;
    this.#endNs = nowNs;
    this.#isInTick = false;
    this.#isSampled = false;
  }

  /** The venue's first word about the order. */
  answered(orderNumber: number): void {
    const sentNs = this.#sentNs[orderNumber % SENT_KEPT]!;
    if (sentNs === 0) return;
    this.#histograms.record(S.HISTOGRAM_ORDER_TO_ACK, this.#clock.elapsedNs() - sentNs);
  }

  /** The loop's own timer runs, due every `periodNs`: by how much it is late, the loop was held up. */
  timerRan(periodNs: number): void {
    const nowNs = this.#clock.elapsedNs();
    const dueNs = this.#timerNs + periodNs;
    if (this.#timerNs !== 0) this.#histograms.record(S.HISTOGRAM_LOOP_DELAY, nowNs - dueNs);
    this.#timerNs = nowNs;
  }

  #beginRun(): void {
    this.#longestNs = 0;
    this.#longestRecord = 0;
  }

  #beginSample(): void {
    const { stagesNs } = this.#tick;
    stagesNs.fill(0, S.STAGE_WAIT + 1);
    this.#lap(S.STAGE_FRAME);
  }

  #lap(stage: number): void {
    const { stagesNs } = this.#tick;
    const nowNs = this.#clock.elapsedNs();
    stagesNs[stage] = stagesNs[stage]! + (nowNs - this.#lapNs);
    this.#tick.timed |= 1 << stage;
    this.#lapNs = nowNs;
  }

  /** The stages between the first and the last, which every tick records. */
  #recordSample(): void {
    const { stagesNs, timed } = this.#tick;
    for (let stage = S.STAGE_WAIT + 1; stage < S.STAGE_SEND; stage++) {
      if ((timed & (1 << stage)) === 0) continue;
      this.#histograms.record(S.HISTOGRAM_STAGES + stage, stagesNs[stage]!);
    }
  }
}
