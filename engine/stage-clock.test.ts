/** What the loop says about its own speed, and where a tick's time went. */
import { beforeEach, expect, test } from 'vitest';
import * as L from '../wasm/layout.ts';
import { Memory } from '../wasm/memory.ts';
import * as S from '../wasm/stage-layout.ts';
import { LatencyHistograms } from './latency-histogram.ts';
import { SlowTickReader } from './slow-tick-reader.ts';
import { StageClock } from './stage-clock.ts';

let nowNs = 0;
let clockReads = 0;
let memory = new Memory();
let histograms = new LatencyHistograms(memory);
let clock = new StageClock(memory);

/** A loop that goes on from a journal with 7 orders, 9 intents and 20 records. */
beforeEach(() => {
  memory = new Memory();
  histograms = new LatencyHistograms(memory);
  memory.setI64(L.CTL_ORDERS_SENT, 7);
  memory.setI64(L.CTL_INTENT_SEQUENCE, 9);
  memory.setI64(L.CTL_RECORD_SEQUENCE, 20);
  memory.setI32(L.CTL_SESSION_COUNT, 1);
  clock = new StageClock(memory);
  clock.start({
    elapsedNs: () => {
      clockReads++;
      return nowNs;
    },
  });
});

const stage = (index: number) => histograms.read(S.HISTOGRAM_STAGES + index);

/** One message that is received, framed, applied and done; no order. */
function quietTick(receivedNs: number, endNs: number): void {
  clock.beginTick(receivedNs);
  clock.framed(S.TICK_MARKET_DATA, 0, 200);
  nowNs = endNs;
  clock.endTick();
}

test('a turn without an order is not timed as one, not even the first after a recovery', () => {
  quietTick(1_000, 5_000);
  expect(histograms.read(S.HISTOGRAM_TICK_TO_ORDER).count).toBe(0);
  expect(histograms.read(S.HISTOGRAM_TICK_TO_DONE).max).toBe(4_000);
});

test('an order is timed to the moment it is handed over, its answer and its sending from there', () => {
  clock.beginTick(1_000);
  clock.framed(S.TICK_MARKET_DATA, 0, 200);
  memory.setI64(L.CTL_ORDERS_SENT, 8);
  memory.setI64(L.CTL_INTENT_SEQUENCE, 11);
  nowNs = 3_000;
  clock.handedOver(nowNs);
  nowNs = 3_700;
  clock.endTick();
  expect(histograms.read(S.HISTOGRAM_TICK_TO_ORDER)).toMatchObject({ count: 1, max: 2_000 });
  expect(histograms.read(S.HISTOGRAM_TICK_TO_DONE)).toMatchObject({ count: 1, max: 2_700 });
  expect(stage(S.STAGE_SEND)).toMatchObject({ count: 1, max: 700 });
  nowNs = 9_000;
  clock.answered(11);
  expect(histograms.read(S.HISTOGRAM_ORDER_TO_ACK).max).toBe(6_000);
});

test('the answer to an order of the run before is not timed', () => {
  clock.answered(9);
  expect(histograms.read(S.HISTOGRAM_ORDER_TO_ACK).count).toBe(0);
});

test('an order that no message led to is no tick, but its answer is timed', () => {
  quietTick(1_000, 2_000);
  memory.setI64(L.CTL_ORDERS_SENT, 8);
  memory.setI64(L.CTL_INTENT_SEQUENCE, 10);
  nowNs = 50_000;
  clock.handedOver(nowNs);
  clock.endTick();
  expect(histograms.read(S.HISTOGRAM_TICK_TO_ORDER).count).toBe(0);
  expect(histograms.read(S.HISTOGRAM_TICK_TO_DONE).count).toBe(1);
  nowNs = 51_000;
  clock.answered(10);
  expect(histograms.read(S.HISTOGRAM_ORDER_TO_ACK).max).toBe(1_000);
});

test('a look at an empty buffer is no tick', () => {
  quietTick(1_000, 2_000);
  clock.beginTick(1_000);
  nowNs = 900_000;
  clock.endTick();
  expect(memory.f64(S.SLOW_TICKS + S.SLT_TICKS)).toBe(1);
  expect(histograms.read(S.HISTOGRAM_TICK_TO_DONE)).toMatchObject({ count: 1, max: 1_000 });
});

test('bytes of the session, too, are timed on their way into the socket', () => {
  clock.beginTick(1_000);
  clock.framed(S.TICK_SLOW, 0, 90);
  nowNs = 2_000;
  clock.handedOver(nowNs);
  nowNs = 2_400;
  clock.endTick();
  expect(stage(S.STAGE_SEND)).toMatchObject({ count: 1, max: 400 });
  expect(histograms.read(S.HISTOGRAM_TICK_TO_ORDER).count).toBe(0);
  expect(histograms.read(S.HISTOGRAM_TICK_TO_DONE).count).toBe(0);
});

test('the second message of a read has waited for the first', () => {
  quietTick(1_000, 6_000);
  quietTick(1_000, 7_500);
  expect(stage(S.STAGE_WAIT)).toMatchObject({ count: 2, max: 5_000 });
  expect(histograms.read(S.HISTOGRAM_TICK_TO_DONE).max).toBe(6_500);
});

test('who has waited says behind whom: the longest of those before it, in the same run', () => {
  memory.setI64(L.CTL_RECORD_SEQUENCE, 100);
  const tick = (receivedNs: number, endNs: number) => {
    quietTick(receivedNs, endNs);
    memory.addI64(L.CTL_RECORD_SEQUENCE, 1);
  };
  tick(1_000, 3_000); // record 101, by itself 2 us
  tick(1_000, 903_000); // record 102, by itself 900 us
  tick(1_000, 907_000); // record 103: 4 us
  tick(5_000, 909_000); // record 104: came later, has waited behind the same
  tick(2_000_000, 2_001_000); // record 105: nobody before it any more
  tick(2_000_500, 2_002_500); // record 106: behind 105
  const causes = new Map(
    new SlowTickReader(memory).read().ticks.map((one) => [one.record, one.causes]),
  );
  expect(causes.get(101)).toEqual([]);
  expect(causes.get(102)).toEqual([]); // it has waited, but its own time is longer
  expect(causes.get(103)).toEqual(['behind record 102, 0.900 ms']);
  expect(causes.get(104)).toEqual(['behind record 102, 0.900 ms']);
  expect(causes.get(105)).toEqual([]);
  expect(causes.get(106)).toEqual([]);
});

test('exactly one tick in 64 has its stages timed; the others read the clock once', () => {
  const sampled: number[] = [];
  for (let tick = 1; tick <= 640; tick++) {
    clock.beginTick(tick * 1_000);
    clock.framed(S.TICK_MARKET_DATA, 0, 200);
    if (clock.isSampled) sampled.push(tick);
    const before = clockReads;
    clock.lap(S.STAGE_BOOK);
    clock.lap(S.STAGE_SIGNAL);
    clock.lap(S.STAGE_JOURNAL);
    nowNs = tick * 1_000 + 500;
    clock.endTick();
    expect(clockReads - before).toBe(tick % 64 === 0 ? 4 : 1);
  }
  expect(sampled).toEqual([64, 128, 192, 256, 320, 384, 448, 512, 576, 640]);
  expect(stage(S.STAGE_BOOK).count).toBe(10);
  expect(stage(S.STAGE_LIMITS).count).toBe(0);
  expect(stage(S.STAGE_WAIT).count).toBe(640);
});

test('the stages of a sampled tick sum up to its time, however often each is passed', () => {
  for (let tick = 1; tick < 64; tick++) quietTick(tick * 100, tick * 100 + 50);
  clock.beginTick(20_000);
  const lap = (index: number, ns: number) => {
    nowNs += ns;
    clock.lap(index);
  };
  nowNs = 20_110;
  clock.framed(S.TICK_MARKET_DATA, 0, 200);
  lap(S.STAGE_JOURNAL, 70);
  lap(S.STAGE_BOOK, 30);
  lap(S.STAGE_SIGNAL, 20);
  for (let order = 0; order < 3; order++) {
    lap(S.STAGE_STRATEGY, 40);
    lap(S.STAGE_LIMITS, 11);
    lap(S.STAGE_ENCODE, 13);
  }
  lap(S.STAGE_STRATEGY, 5);
  lap(S.STAGE_REST, 1);
  memory.setI64(L.CTL_ORDERS_SENT, 10);
  memory.setI64(L.CTL_INTENT_SEQUENCE, 12);
  nowNs += 60;
  clock.lap(S.STAGE_JOURNAL);
  clock.handedOver(nowNs);
  nowNs += 900;
  clock.endTick();
  const { ticks } = new SlowTickReader(memory).read();
  expect(ticks[0]).toMatchObject({ tick: 64, record: 21, orders: 3, longest: 'send' });
  expect(ticks[0]!.stages).toEqual([
    { stage: 'wait', ns: 0 },
    { stage: 'frame', ns: 110 },
    { stage: 'journal', ns: 130 },
    { stage: 'book', ns: 30 },
    { stage: 'signal', ns: 20 },
    { stage: 'strategy', ns: 125 },
    { stage: 'limits', ns: 33 },
    { stage: 'encode', ns: 39 },
    { stage: 'rest', ns: 1 },
    { stage: 'send', ns: 900 },
  ]);
  expect(ticks[0]!.stages.reduce((sum, { ns }) => sum + ns, 0)).toBe(ticks[0]!.totalNs);
  expect(stage(S.STAGE_STRATEGY)).toMatchObject({ count: 1, max: 125 });
});

test('what happened in a tick is said of that tick alone', () => {
  clock.note(S.CAUSE_COMMAND); // between two ticks: of neither
  quietTick(1_000, 2_000);
  clock.beginTick(3_000);
  clock.framed(S.TICK_EXECUTION, 0, 150);
  clock.note(S.CAUSE_PEER_SLOW);
  clock.note(S.CAUSE_COMMAND);
  nowNs = 5_000;
  clock.endTick();
  quietTick(6_000, 6_500);
  const { ticks, unknownCauses } = new SlowTickReader(memory).read();
  expect(ticks.map(({ kind, causes }) => ({ kind, causes }))).toEqual([
    { kind: 'execution report', causes: ['command', 'peer reads too slowly'] },
    { kind: 'market data', causes: [] },
    { kind: 'market data', causes: [] },
  ]);
  expect(unknownCauses).toEqual([
    'garbage collection',
    'new journal segment',
    'context switch',
    'page fault',
  ]);
});

test('a timer that comes late says for how long, one that comes early was not late', () => {
  for (const ranNs of [5_000_000, 25_000_000, 52_000_000, 71_000_000]) {
    nowNs = ranNs;
    clock.timerRan(20_000_000);
  }
  const delays = histograms.read(S.HISTOGRAM_LOOP_DELAY);
  expect(delays).toMatchObject({ count: 3, sum: 7_000_000, max: 7_000_000 });
});

test('a clock that was never started costs a replay nothing', () => {
  const idle = new StageClock(new Memory());
  idle.lap(S.STAGE_LIMITS);
  idle.note(S.CAUSE_SEGMENT);
  expect(idle.isSampled).toBe(false);
});
