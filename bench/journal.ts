/**
 * Appending market-data messages to the journal: into the ring that a thread empties, into a ring alone,
 * written by the loop itself, and the plain way. By sixteen, as a busy turn of the loop has them, and
 * one by one, with the clock's own time in each, which overlaps with the append's. Nobody waits for the disk here; what survives a
 * kill lies in /dev/shm or with the kernel.
 */
import { strict as assert } from 'node:assert';
import { type PreparedBench, timeEach, type Variant } from './harness.ts';
import {
  type JournalWays,
  journalWays,
  type OpenWay,
  PAYLOAD_BYTES,
  RECORD_BYTES,
  type Way,
} from './journal-ways.ts';

const RECORDS = 48_000;
/** As many records as one turn of the loop finds waiting under load. */
const PER_TURN = 16;
const SINGLES = 20_000;
const ROUNDS = 9;
const CLOCK_SAMPLES = 2001;
const NS_PER_MS = 1e6;

export function prepareJournal(): readonly PreparedBench[] {
  const ways = journalWays();
  return [turns(ways), singles(ways)];
}

function turns({ ways, leftOut }: JournalWays): PreparedBench {
  const written = new Map<string, number>();
  return {
    name: 'journal',
    operation: `record of ${PAYLOAD_BYTES} bytes appended, ${PER_TURN} a turn`,
    operationsPerRound: RECORDS,
    samplesPerRound: RECORDS / PER_TURN,
    rounds: ROUNDS,
    seed: 0,
    variants: ways.map((way) =>
      variant(way, written, (open, samplesNs) => {
        for (let turn = 0; turn < samplesNs.length; turn++) {
          const start = performance.now();
          for (let i = 0; i < PER_TURN; i++) open.append();
          open.flush();
          samplesNs[turn] = (performance.now() - start) * NS_PER_MS;
          open.rest();
        }
      }),
    ),
    leftOut,
    check: () => checkAll(written, RECORDS),
  };
}

function singles({ ways, leftOut, close }: JournalWays): PreparedBench {
  const written = new Map<string, number>();
  const clockNs = clockCostNs();
  return {
    name: 'journal-append',
    operation: `record of ${PAYLOAD_BYTES} bytes appended`,
    operationsPerRound: SINGLES,
    samplesPerRound: SINGLES,
    rounds: ROUNDS,
    seed: 0,
    ratiosOf: ['p50', 'p99', 'p999'],
    variants: ways.map((way) =>
      variant(way, written, (open, samplesNs) => {
        for (let i = 0; i < samplesNs.length; i++) {
          const start = performance.now();
          open.append();
          open.flush();
          samplesNs[i] = (performance.now() - start) * NS_PER_MS;
          open.rest();
        }
      }),
    ),
    leftOut,
    check: () => checkAll(written, SINGLES),
    remarks: () => [`Each sample holds the clock's own time, ${clockNs.toFixed(0)} ns alone`],
    close,
  };
}

function variant(
  way: Way,
  written: Map<string, number>,
  measure: (open: OpenWay, samplesNs: Float64Array) => void,
): Variant {
  return {
    name: way.name,
    run(samplesNs) {
      const open = way.open();
      measure(open, samplesNs);
      written.set(way.name, open.close());
    },
  };
}

function checkAll(written: ReadonlyMap<string, number>, records: number): void {
  for (const [name, bytes] of written) assert.equal(bytes, records * RECORD_BYTES, name);
}

/** What is measured when nothing is done: the median of many. */
function clockCostNs(): number {
  const samplesNs = new Float64Array(CLOCK_SAMPLES);
  for (let round = 0; round < 5; round++) timeEach(samplesNs, () => {});
  return samplesNs.sort()[CLOCK_SAMPLES >> 1]!;
}
