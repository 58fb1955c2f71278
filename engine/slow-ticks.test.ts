/** The slowest ticks of the day: kept right against a plain sort, emptied by a new day, read whole. */
import { beforeEach, expect, test } from 'vitest';
import { SeededRandom } from '../test/support/seeded-random.ts';
import * as R from '../wasm/journal-ring-layout.ts';
import * as L from '../wasm/layout.ts';
import { Memory } from '../wasm/memory.ts';
import * as S from '../wasm/stage-layout.ts';
import { SlowTickReader } from './slow-tick-reader.ts';
import { type FinishedTick, SlowTicks } from './slow-ticks.ts';

const DAY_NS = 86_400_000_000_000;

let memory = new Memory();
let table = new SlowTicks(memory);
let reader = new SlowTickReader(memory);

beforeEach(() => {
  memory = new Memory();
  table = new SlowTicks(memory);
  reader = new SlowTickReader(memory);
  memory.setI64(L.CTL_CORE_TIME_NS, 50_000_000_000_000);
});

function tickOf(tick: number, totalNs: number): FinishedTick {
  return {
    totalNs,
    receivedNs: tick * 1_000_000,
    record: tick * 3,
    tick,
    kind: S.TICK_MARKET_DATA,
    source: 0,
    bytes: 200,
    orders: 0,
    behindRecord: 0,
    behindNs: 0,
    causes: 0,
    timed: 1 << S.STAGE_WAIT,
    stagesNs: new Float64Array(S.STAGES),
  };
}

const numbersOf = () => reader.read().ticks.map(({ tick }) => tick);

test.each([1, 2, 3, 4, 5, 6, 7, 8])('are those that a sort finds (seed %i)', (seed) => {
  const random = new SeededRandom(seed);
  const all: { tick: number; totalNs: number }[] = [];
  // Few different times, so that many ticks are as slow as each other; and long runs that grow.
  const isGrowing = seed % 3 === 0;
  for (let tick = 1; tick <= 3_000; tick++) {
    const totalNs = isGrowing ? tick + random.below(50) : 100 + random.below(400) ** 2;
    all.push({ tick, totalNs });
    table.offer(tickOf(tick, totalNs));
    if (tick !== 57 && tick % 500 !== 0) continue;
    const slowest = all
      .map((one) => one.totalNs)
      .sort((a, b) => b - a)
      .slice(0, S.SLOW_TICKS_MAX);
    const { ticks } = reader.read();
    expect(ticks.map((one) => one.totalNs)).toEqual(slowest);
    for (const one of ticks) expect(all[one.tick - 1]!.totalNs).toBe(one.totalNs);
    expect(new Set(ticks.map((one) => one.tick)).size).toBe(ticks.length);
  }
});

test('a new day begins with an empty table, whatever the old one held', () => {
  for (let tick = 1; tick <= 150; tick++) table.offer(tickOf(tick, 1_000_000 + tick));
  memory.setI64(L.CTL_CORE_TIME_NS, DAY_NS - 1);
  table.offer(tickOf(151, 5));
  expect(numbersOf()).toHaveLength(100);
  memory.setI64(L.CTL_CORE_TIME_NS, DAY_NS);
  table.offer(tickOf(152, 7));
  expect(numbersOf()).toEqual([152]);
  table.offer(tickOf(153, 9));
  expect(numbersOf()).toEqual([153, 152]);
  memory.setI64(L.CTL_CORE_TIME_NS, 5 * DAY_NS + 3);
  table.offer(tickOf(154, 1));
  expect(numbersOf()).toEqual([154]);
});

test('a tick keeps what it was, where it stands in the journal, and what lay behind it', () => {
  memory.setAbsoluteNs(L.CTL_MARKET_EPOCH_NS, 1_340_236_800_000_000_000n);
  memory.setAbsoluteNs(L.CTL_NOW_NS, 1_700_000_000_123_456_789n);
  memory.setI32(L.DECODED + L.DEC_ENTRY_COUNT, 4);
  const session = L.SESSIONS + 2 * L.SESSION_BYTES;
  memory.setI32(session + L.SES_RX_START, 300);
  memory.setI32(session + L.SES_RX_END, 1_024);
  const stagesNs = new Float64Array(S.STAGES);
  stagesNs[S.STAGE_WAIT] = 300;
  stagesNs[S.STAGE_SEND] = 200;
  const timed = (1 << S.STAGE_WAIT) | (1 << S.STAGE_SEND);
  table.offer({ ...tickOf(12, 1_700), source: 2, orders: 2, timed, stagesNs });
  expect(reader.read().ticks).toEqual([
    {
      tick: 12,
      wallMs: 1_700_000_000_123.4568,
      marketMs: 1_340_236_800_000 + 50_000_000,
      record: 36,
      kind: 'market data',
      source: 2,
      bytes: 200,
      entries: 4,
      orders: 2,
      backlogBytes: 724,
      journalBytes: 0,
      totalNs: 1_700,
      stages: [
        { stage: 'wait', ns: 300 },
        { stage: 'inside', ns: 1_200 },
        { stage: 'send', ns: 200 },
      ],
      longest: 'inside',
      causes: [],
    },
  ]);
  table.offer({ ...tickOf(13, 1_800), kind: S.TICK_FEED, source: 9 });
  expect(reader.read().ticks[0]).toMatchObject({ kind: 'feed', entries: 0, backlogBytes: 0 });
});

test.each([
  [R.JOURNAL_TO_RING, 5_000_000, 5_000_000 + R.RING_ORDERS_BYTES_MAX - 8, []],
  [R.JOURNAL_TO_RING, 5_000_000, 5_000_000 + R.RING_ORDERS_BYTES_MAX, ['journal ring half full']],
  [R.JOURNAL_TO_STAGE, 0, 9_000_000, []],
])(
  'the journal is a cause where its ring pushes back (mode %i, %i to %i)',
  (mode, tail, head, causes) => {
    memory.setI32(R.RING_MODE, mode);
    memory.setI64(R.RING_TAIL, tail);
    memory.setI64(R.RING_HEAD, head);
    table.offer(tickOf(1, 500));
    const journalBytes = mode === R.JOURNAL_TO_RING ? head - tail : 0;
    expect(reader.read().ticks[0]).toMatchObject({ journalBytes, causes });
  },
);

test('garbage collection is laid to the ticks that it ran in, with its share of each', () => {
  table.watch(S.CAUSE_GC);
  table.offer(tickOf(1, 300_000)); // 1.0 to 1.3 ms
  table.offer(tickOf(2, 200_000)); // 2.0 to 2.2 ms
  table.offer(tickOf(3, 100_000)); // 3.0 to 3.1 ms
  table.addGarbageCollection(1_250_000, 2_050_000);
  table.addGarbageCollection(2_060_000, 2_070_000);
  const causes = reader.read().ticks.map((tick) => tick.causes);
  expect(causes).toEqual([['garbage collection 0.050 ms'], ['garbage collection 0.060 ms'], []]);
  expect(reader.read().unknownCauses).not.toContain('garbage collection');
});

test('a reader that meets a write keeps the last whole reading', () => {
  table.offer(tickOf(1, 500));
  expect(numbersOf()).toEqual([1]);
  memory.setAtomicI32(S.SLOW_TICKS + S.SLT_VERSION, 7); // a write that does not end
  memory.setI64(S.SLOW_TICKS + S.SLT_ROWS + S.TCK_TICK, 99);
  expect(numbersOf()).toEqual([1]);
  memory.setAtomicI32(S.SLOW_TICKS + S.SLT_VERSION, 8);
  expect(numbersOf()).toEqual([99]);
});

test('nothing is written outside the table', () => {
  const end = S.SLOW_TICKS + S.SLT_ROWS + S.SLOW_TICKS_MAX * S.SLOW_TICK_BYTES;
  memory.bytes.fill(0x5a, S.SLOW_TICKS - 64, S.SLOW_TICKS);
  memory.bytes.fill(0x5a, end, end + 64);
  for (let tick = 1; tick <= 300; tick++) table.offer(tickOf(tick, tick));
  const around = [
    ...memory.bytes.slice(S.SLOW_TICKS - 64, S.SLOW_TICKS),
    ...memory.bytes.slice(end, end + 64),
  ];
  expect(around.every((byte) => byte === 0x5a)).toBe(true);
});
