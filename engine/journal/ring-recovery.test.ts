/** An engine was killed with records in its ring: readers see them, a start keeps them, damage is named. */
import {
  appendFileSync,
  closeSync,
  cpSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KilledEngine } from '../../test/support/killed-engine.ts';
import * as R from '../../wasm/journal-ring-layout.ts';
import { Memory } from '../../wasm/memory.ts';
import { loadCore } from '../core-module.ts';
import { journalCommand } from './journal-command.ts';
import { JournalReader, verifyJournal } from './journal-reader.ts';
import { JournalWriter } from './journal-writer.ts';
import { readRingNote } from './ring-file.ts';
import { settleRing } from './settle-ring.ts';

const memory = new Memory();
const core = loadCore(memory);
const SEGMENT_BYTES = 8192;
let base = '';
let directory = '';
let notices: string[] = [];

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'gyrfalcon-recovery-'));
  directory = join(base, 'journal');
  notices = [];
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const killed = (run: (engine: KilledEngine) => void): string => {
  const engine = new KilledEngine(directory, base, SEGMENT_BYTES);
  run(engine);
  engine.die();
  return engine.ringFile;
};

function start(): JournalWriter {
  const notice = (text: string): void => void notices.push(text);
  return new JournalWriter({ directory, segmentBytes: SEGMENT_BYTES, memory, core, notice });
}

function expectRecords(count: number, segmentsOnly = false): void {
  const reader = new JournalReader(directory, { segmentsOnly });
  const found: number[] = [];
  while (reader.next()) {
    expect(KilledEngine.isAppended(reader.record), `record ${reader.record.sequence}`).toBe(true);
    found.push(reader.record.sequence);
  }
  expect(reader.damage).toBeUndefined();
  expect(found.length).toBe(count);
}

/** All segments as they are. */
const segments = (): Buffer =>
  Buffer.concat(
    readdirSync(directory)
      .filter((name) => name.endsWith('.gfj'))
      .map((name) => readFileSync(join(directory, name))),
  );

/** A start takes everything over and leaves a journal without a ring. */
function expectStart(count: number): void {
  const writer = start();
  expect(writer.sequence).toBe(count);
  writer.close();
  expectRecords(count, true);
  expect(readRingNote(directory)).toBeUndefined();
  expect(readdirSync(base).filter((name) => name.endsWith('.ring'))).toEqual([]);
}

test('what only the ring holds is read without a change, and kept by the next start', () => {
  const ring = killed((engine) => engine.append(500));
  const before = segments();
  expectRecords(500);
  expect(verifyJournal(directory)).toMatchObject({
    records: 500,
    ringRecords: 500,
    damage: undefined,
  });
  const told: string[] = [];
  expect(journalCommand(['verify', directory], (line) => told.push(line))).toBe(0);
  expect(told.slice(1)).toEqual(["the last 500 records are in the engine's ring only", 'whole']);
  const lines: string[] = [];
  journalCommand(['show', directory, '--from', '499', '--json'], (line) => lines.push(line));
  expect(lines.map((line) => JSON.parse(line).sequence)).toEqual([499, 500]);
  expect(segments().equals(before), 'a reader changes nothing').toBe(true);
  expect(existsSync(ring)).toBe(true);
  expectStart(500);
  expect(notices).toEqual([
    expect.stringContaining(
      '500 records that only its ring held are in the segments now, kept 500',
    ),
  ]);
});

test('killed between write and free, nothing is there twice', () => {
  killed((engine) => {
    engine.append(300);
    engine.write(4000);
    engine.free();
    engine.append(50);
    engine.write(3000);
  });
  expectRecords(350);
  expectStart(350);
});

test('killed in mid-write, the torn record comes from the ring', () => {
  killed((engine) => {
    engine.append(40);
    engine.write(2000);
    engine.free();
    engine.tear(61);
  });
  expectRecords(40);
  expectStart(40);
  expect(notices[0]).toContain('incomplete record');
});

test('killed when all was handed over, the start has nothing to say', () => {
  killed((engine) => {
    engine.append(100);
    while (engine.write(8000) > 0) engine.free();
  });
  expectRecords(100);
  expectStart(100);
  expect(notices).toEqual([]);
});

test('an engine that ended by a fault leaves nothing in /dev/shm', () => {
  killed((engine) => engine.append(30));
  settleRing({ directory, segmentBytes: SEGMENT_BYTES, notice: (text) => void notices.push(text) });
  expectRecords(30, true);
  expect(readRingNote(directory)).toBeUndefined();
  expect(notices).toHaveLength(1);
  settleRing({ directory, segmentBytes: SEGMENT_BYTES, notice: (text) => void notices.push(text) });
  expect(notices, 'nothing is left to do').toHaveLength(1);
});

test('a ring that went round is read across its end', () => {
  killed((engine) => {
    for (let lap = 0; lap < 22; lap++) {
      engine.append(1, 800_000);
      if (lap < 8) {
        engine.write(1_048_576);
        engine.free();
      }
    }
  });
  expectRecords(22);
});

test('a start that was killed itself begins again', () => {
  const ring = killed((engine) => engine.append(200));
  const kept = join(base, 'kept');
  cpSync(ring, kept);
  const note = readFileSync(join(directory, 'journal.ring'));
  start().close();
  const [first] = readdirSync(directory).sort();
  for (const cut of [0, 50, 3000]) {
    cpSync(kept, ring);
    writeFileSync(join(directory, 'journal.ring'), note);
    const names = readdirSync(directory).filter((name) => name.endsWith('.gfj'));
    for (const name of names.slice(1)) rmSync(join(directory, name));
    truncateSync(join(directory, first!), cut);
    expectRecords(200);
    expectStart(200);
  }
});

test.each([0, 7, 24, 31, 33, 60])(
  'a bit that changed in the ring (byte %i) is named, and what is before it is kept',
  (byte) => {
    const ring = killed((engine) => engine.append(100));
    const bytes = readFileSync(ring);
    const at = R.JOURNAL_RING_HEADER_BYTES + KilledEngine.bytesOf(70) + byte;
    bytes[at]! ^= 4;
    writeFileSync(ring, bytes);
    const reader = new JournalReader(directory);
    while (reader.next());
    expect(reader.sequence).toBe(70);
    expect(reader.damage).toMatchObject({ sequence: 71, segment: ring });
    const refusal = expect.objectContaining({
      code: 'JOURNAL_CORRUPT',
      message: expect.stringMatching(
        /record 71 in its ring .* is damaged .*up to 70 are in the segments now/,
      ),
    });
    expect(() => start()).toThrow(refusal);
    expect(() => start(), 'again').toThrow(refusal);
    expectRecordsBefore(70);
    rmSync(ring);
    expectStart(70);
    expect(notices.at(-1)).toContain('is gone');
  },
);

test('a bit that changed in the ring’s header never makes a journal shorter in silence', () => {
  const ring = killed((engine) => {
    engine.append(60);
    engine.write(2000);
    engine.free();
  });
  const whole = readFileSync(ring);
  const fields = [R.RING_HEAD, R.RING_HANDED_INDEX, R.RING_HANDED + R.RING_HANDED_BYTES];
  for (const field of fields) {
    for (let bit = 0; bit < 128; bit++) {
      const bytes = Buffer.from(whole.subarray(0, 4096));
      bytes[field - R.JOURNAL_RING + (bit >> 3)]! ^= 1 << (bit & 7);
      const file = openSync(ring, 'r+');
      writeSync(file, bytes, 0, bytes.length, 0);
      closeSync(file);
      const reader = new JournalReader(directory);
      while (reader.next());
      const isTold = reader.damage !== undefined;
      expect(isTold || reader.sequence === 60, `field ${field} bit ${bit}`).toBe(true);
    }
  }
});

function expectRecordsBefore(count: number): void {
  const reader = new JournalReader(directory, { segmentsOnly: true });
  while (reader.next());
  expect(reader.damage).toBeUndefined();
  expect(reader.sequence).toBe(count);
}

test('after a restart of the machine the start says what may be lost', () => {
  const ring = killed((engine) => {
    engine.append(100);
    engine.write(3000);
    engine.free();
  });
  rmSync(ring);
  const kept = verifyJournal(directory).records;
  expect(kept).toBeGreaterThan(0);
  expectStart(kept);
  expect(notices).toEqual([
    expect.stringMatching(new RegExp(`${ring} is gone.*records behind ${kept} .*are lost`)),
  ]);
});

test('a ring that was still being made is nobody’s', () => {
  const ring = killed(() => {});
  writeFileSync(ring, Buffer.alloc(R.JOURNAL_RING_BYTES));
  expectRecords(0);
  expectStart(0);
  writeFileSync(join(directory, 'journal.ring'), `${ring}\nabcd\n`);
  writeFileSync(ring, Buffer.alloc(17));
  expectStart(0);
});

test('segments that lack what was written to them are refused, and nothing is changed', () => {
  killed((engine) => {
    engine.append(100);
    engine.write(6000);
    engine.free();
  });
  truncateSync(join(directory, '00000001.gfj'), KilledEngine.bytesOf(20));
  const before = segments();
  const reader = new JournalReader(directory);
  while (reader.next());
  expect(reader.damage).toMatchObject({ sequence: 21, reason: 'missing records' });
  expect(() => start()).toThrow(
    expect.objectContaining({
      code: 'JOURNAL_CORRUPT',
      message: expect.stringMatching(
        /ends at record 20, but \d+ were written to it; nothing was changed/,
      ),
    }),
  );
  expect(segments().equals(before)).toBe(true);
});

test('a ring never goes on from other segments than its own', () => {
  killed((engine) => {
    engine.append(60);
    engine.write(3000);
    engine.free();
  });
  const file = join(directory, '00000001.gfj');
  const other = new KilledEngine(join(base, 'other'), join(base, 'other-shm'), SEGMENT_BYTES, 9);
  other.append(60);
  other.write(3000);
  other.die();
  cpSync(join(base, 'other', '00000001.gfj'), file);
  const before = segments();
  expect(() => start()).toThrow(
    expect.objectContaining({
      code: 'JOURNAL_CORRUPT',
      message: expect.stringContaining('is not the one that its ring'),
    }),
  );
  expect(segments().equals(before)).toBe(true);
});

test('a copy of the directory takes the records and leaves the ring to the original', () => {
  const ring = killed((engine) => engine.append(80));
  const original = directory;
  directory = join(base, 'copy');
  cpSync(original, directory, { recursive: true });
  start().close();
  expectRecords(80, true);
  expect(existsSync(ring)).toBe(true);
  directory = original;
  expectStart(80);
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'whatever writer and loop did last, nothing committed is lost (seed %i)',
  (seed) => {
    let state = seed;
    const below = (bound: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return (state >>> 8) % bound;
    };
    let total = 0;
    for (let run = 0; run < 4; run++) {
      killed((engine) => {
        for (let step = below(60); step > 0; step--) {
          const what = below(4);
          if (what < 2) {
            const count = below(30);
            engine.append(count);
            total += count;
          } else if (what === 2) engine.write(below(9000));
          else engine.free();
        }
        if (below(2) === 0) engine.tear(below(200));
      });
      expectRecords(total);
      const writer = start();
      expect(writer.sequence).toBe(total);
      writer.close();
    }
    expectRecords(total, true);
  },
);

test('an engine that runs keeps its ring when another wants the directory', () => {
  const engine = new KilledEngine(directory, base, SEGMENT_BYTES);
  engine.append(10);
  expect(() => start()).toThrow(expect.objectContaining({ code: 'JOURNAL_LOCKED' }));
  expect(existsSync(engine.ringFile)).toBe(true);
  appendFileSync(join(directory, 'stray'), '');
  engine.die();
  expectStart(10);
});
