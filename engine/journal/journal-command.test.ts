/** `gyrfalcon journal`: what a person sees of a journal. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CTL_NOW_NS, SCRATCH } from '../../wasm/layout.ts';
import { Memory } from '../../wasm/memory.ts';
import { loadCore } from '../core-module.ts';
import type { EngineEvent } from '../event/event.ts';
import { encodeEvent } from '../event/event-codec.ts';
import { FEED_HEADER_BYTES } from '../event/feed-layout.ts';
import { RecordKind } from '../event/generated/record-kind.ts';
import { journalCommand } from './journal-command.ts';
import { JournalWriter } from './journal-writer.ts';

const base = mkdtempSync(join(tmpdir(), 'gyrfalcon-show-'));
const directory = join(base, 'journal');
const SEGMENT = join(directory, '00000001.gfj');
const memory = new Memory();

const kill: EngineEvent = {
  type: 'COMMAND',
  kind: 'KILL',
  scope: 'FIRM',
  target: '',
  reason: 'drill',
  operator: 'ann',
  generation: 1,
};
const feed = Buffer.concat([Buffer.alloc(FEED_HEADER_BYTES + 8), Buffer.from('{"u":1}\u00e9')]);
feed.writeUint32LE(8, 0);
const state = new Uint8Array(24);
new Int32Array(state.buffer).set([3, 17]);
new Float64Array(state.buffer).set([-1.5, 42], 1);
const records: { kind: number; source: number; payload: Uint8Array }[] = [
  { kind: RecordKind.INBOUND, source: 0, payload: Buffer.from('8=FIX.4.4\x0135=W\x01') },
  { kind: RecordKind.COMMAND, source: 0, payload: encodeEvent(kill).slice() },
  { kind: RecordKind.FEED, source: 2, payload: feed },
  { kind: RecordKind.OUTBOUND, source: 1, payload: Buffer.from('8=FIX.4.4\x0135=D\x01') },
  { kind: RecordKind.STATE, source: 3, payload: state },
];

beforeAll(() => {
  const core = loadCore(memory);
  const writer = new JournalWriter({
    directory,
    segmentBytes: 65_536,
    memory,
    core,
    notice: () => {},
  });
  for (const [index, { kind, source, payload }] of records.entries()) {
    memory.setAbsoluteNs(CTL_NOW_NS, 1_340_285_400_000_000_000n + BigInt(index));
    memory.bytes.set(payload, SCRATCH);
    writer.append(kind, source, SCRATCH, payload.length);
  }
  writer.close();
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

function run(...args: string[]): { exit: number; lines: string[] } {
  const lines: string[] = [];
  const exit = journalCommand(args, (line) => lines.push(line));
  return { exit, lines };
}

test('show prints one readable line a record', () => {
  expect(run('show', directory)).toEqual({
    exit: 0,
    lines: [
      '1 2012-06-21T13:30:00.000000000Z INBOUND 0 8=FIX.4.4|35=W|',
      '2 2012-06-21T13:30:00.000000001Z COMMAND 0 ' +
        'kind=KILL scope=FIRM generation=1 reason=drill operator=ann',
      '3 2012-06-21T13:30:00.000000002Z FEED 2 {"u":1}..',
      '4 2012-06-21T13:30:00.000000003Z OUTBOUND 1 8=FIX.4.4|35=D|',
      '5 2012-06-21T13:30:00.000000004Z STATE 3 strategy=3 instrument=17 fields=[-1.5 42]',
    ],
  });
});

test.each([
  { args: ['--from', '3'], sequences: [3, 4, 5] },
  { args: ['--limit', '2'], sequences: [1, 2] },
  { args: ['--from', '2', '--limit', '1'], sequences: [2] },
  { args: ['--kind', 'outbound'], sequences: [4] },
  { args: ['--kind', 'TIMER'], sequences: [] },
  { args: ['--from', '99'], sequences: [] },
])('show $args prints records $sequences', ({ args, sequences }) => {
  const { exit, lines } = run('show', directory, ...args);
  expect(exit).toBe(0);
  expect(lines.map((line) => Number.parseInt(line, 10))).toEqual(sequences);
});

test('show --json prints one object a line', () => {
  const objects = run('show', directory, '--json').lines.map((line) => JSON.parse(line));
  expect(objects[0]).toEqual({
    sequence: 1,
    timeNs: '1340285400000000000',
    kind: 'INBOUND',
    source: 0,
    raw: '8=FIX.4.4|35=W|',
  });
  expect(objects[1]).toMatchObject({ kind: 'COMMAND', event: kill });
});

test('verify says that a journal is whole', () => {
  const { exit, lines } = run('verify', directory);
  expect(exit).toBe(0);
  expect(lines[0]).toContain('segments: 1, records: 5, bytes: ');
  expect(lines[1]).toBe('whole');
  const json = JSON.parse(run('verify', directory, '--json').lines[0]!);
  expect(json).toMatchObject({
    ok: true,
    records: 5,
    lastTimeNs: '1340285400000000004',
    damage: null,
  });
});

test('verify and show say where a journal is damaged', () => {
  const good = readFileSync(SEGMENT);
  const bad = Buffer.from(good);
  bad[60] = bad[60]! ^ 1; // in record 2
  writeFileSync(SEGMENT, bad);
  try {
    const where = 'wrong checksum at 00000001.gfj offset 48, where record 2 should be';
    const { exit, lines } = run('verify', directory);
    expect(exit).toBe(3);
    expect(lines[1]).toBe(`DAMAGED: ${where}; records 1 to 1 are good`);
    const json = JSON.parse(run('verify', directory, '--json').lines[0]!);
    expect(json).toMatchObject({ ok: false, damage: { offset: 48, sequence: 2 } });
    expect(() => run('show', directory)).toThrow(
      expect.objectContaining({ code: 'JOURNAL_CORRUPT', message: expect.stringContaining(where) }),
    );
    expect(run('show', directory, '--limit', '1').lines).toHaveLength(1);
  } finally {
    writeFileSync(SEGMENT, good);
  }
});

const mistakes = [
  { args: ['verify'], code: 'USAGE', says: 'name one journal directory' },
  { args: ['verify', 'a', 'b'], code: 'USAGE', says: 'name one journal directory' },
  { args: ['mend', 'a'], code: 'USAGE', says: 'not "mend"' },
  { args: ['show', base, '--form', '3'], code: 'USAGE', says: '--form' },
  { args: ['show', base, '--from', 'x'], code: 'USAGE', says: '--from takes a whole number' },
  { args: ['show', base, '--limit', '0'], code: 'USAGE', says: '--limit takes a whole number' },
  { args: ['show', base, '--kind', 'ORDER'], code: 'USAGE', says: 'INBOUND' },
  { args: ['show', base, '--kind', 'NONE'], code: 'USAGE', says: 'not "NONE"' },
  { args: ['verify', join(base, 'nowhere')], code: 'INPUT_MISSING', says: 'no such directory' },
  { args: ['verify', base], code: 'INPUT_MISSING', says: 'no journal segment' },
  { args: ['verify', SEGMENT], code: 'INPUT_MISSING', says: 'no such directory' },
];

test.each(mistakes)('journal $args is refused: $says', ({ args, code, says }) => {
  expect(() => run(...args)).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(says) }),
  );
});

test('--help explains both', () => {
  expect(run('--help').lines[0]).toMatch(/journal verify DIR[\s\S]*journal show DIR/);
});
