/** What a session reads back from the journal: its own messages, of the present numbers, once. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadCore } from '../../../engine/core-module.ts';
import { RecordKind } from '../../../engine/event/generated/record-kind.ts';
import { JournalWriter } from '../../../engine/journal/journal-writer.ts';
import { encodeMessage } from '../../../test/support/fix-message.ts';
import { RingRig } from '../../../test/support/ring-rig.ts';
import { CTL_NOW_NS, SCRATCH } from '../../../wasm/layout.ts';
import { Memory } from '../../../wasm/memory.ts';
import type { Field } from '../codec.ts';
import { JournalStore } from './journal-store.ts';

const SESSION = 1;
let directory = '';
let memory: Memory;
let writer: JournalWriter;

beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'store-')), 'journal');
  memory = new Memory();
  memory.setAbsoluteNs(CTL_NOW_NS, 1n);
  const core = loadCore(memory);
  const segmentBytes = 1_048_576;
  writer = new JournalWriter({ directory, segmentBytes, memory, core, notice: () => {} });
});

afterEach(() => {
  writer.close();
  rmSync(join(directory, '..'), { recursive: true });
});

function record(kind: RecordKind, bytes: Uint8Array, session = SESSION): void {
  memory.bytes.set(bytes, SCRATCH);
  writer.append(kind, session, SCRATCH, bytes.length);
}

function send(msgSeqNum: number, msgType = 'D', extra: Field[] = [], session = SESSION): void {
  const fields: Field[] = [[35, msgType], [34, msgSeqNum], [49, 'US'], [56, 'PEER'], ...extra];
  record(RecordKind.OUTBOUND, encodeMessage('FIX.4.4', fields), session);
}

const newStore = (): JournalStore =>
  new JournalStore(directory, SESSION, {
    sequence: () => writer.sequence,
    handed: () => writer.handedSequence,
  });

function read(store: JournalStore, from: number, to: number): string[] {
  writer.flush();
  const found: string[] = [];
  for (const message of store.sent(from, to)) {
    if (message !== undefined) found.push(`${message.msgSeqNum}${message.msgType}`);
  }
  return found;
}

test('a range is read in order, whatever else the journal holds', () => {
  send(1, 'A');
  send(1, 'A', [], 0);
  send(2);
  record(
    RecordKind.INBOUND,
    encodeMessage('FIX.4.4', [
      [35, 'D'],
      [34, 3],
    ]),
  );
  send(3, '0');
  // As the order encoder has it: the number behind the CompIDs.
  record(
    RecordKind.OUTBOUND,
    encodeMessage('FIX.4.4', [
      [35, 'G'],
      [49, 'US'],
      [56, 'P'],
      [34, 4],
    ]),
  );
  send(2, 'D', [
    [43, 'Y'],
    [122, 'then'],
  ]);
  send(5, '8');
  expect(read(newStore(), 1, 9)).toEqual(['1A', '2D', '30', '4G', '58']);
  expect(read(newStore(), 2, 3)).toEqual(['2D', '30']);
});

test('numbers that started anew hide what came before, known or found out', () => {
  for (const [number, type] of [
    [1, 'A'],
    [2, 'D'],
    [3, 'D'],
  ] as const)
    send(number, type);
  const store = newStore();
  store.reset();
  send(1, 'A');
  send(2, '8');
  expect(read(store, 1, 9)).toEqual(['1A', '28']);
  expect(read(newStore(), 1, 9)).toEqual(['1A', '28']);
});

test('marks change nothing but where the reading begins', () => {
  const store = newStore();
  store.reset();
  send(1, 'A');
  for (let number = 2; number <= 20_000; number++) {
    send(number, 'D', [[58, 'x'.repeat(100)]]);
    if (number % 700 === 0) store.note(number + 1);
  }
  for (const [from, to] of [
    [1, 3],
    [701, 702],
    [699, 1401],
    [15_000, 15_002],
    [19_999, 30_000],
  ]) {
    expect(read(store, from!, to!)).toEqual(read(newStore(), from!, to!));
  }
});

test('what the segments do not have yet is waited for, and nothing of it is left out', () => {
  for (const number of [1, 2, 3]) send(number);
  writer.flush();
  for (const number of [4, 5, 6]) send(number);
  const steps = newStore().sent(2, 5)[Symbol.iterator]();
  for (let step = 0; step < 50; step++) expect(steps.next()).toEqual({ done: false });
  send(7);
  writer.flush();
  const found: number[] = [];
  for (let step = steps.next(); !step.done; step = steps.next()) {
    if (step.value !== undefined) found.push(step.value.msgSeqNum);
  }
  expect(found).toEqual([2, 3, 4, 5]);
});

test('through a ring, a resend has what was sent a moment ago', () => {
  const rig = new RingRig();
  const journal = rig.open({ segmentBytes: 8192 });
  const ends = { sequence: () => journal.sequence, handed: () => journal.handedSequence };
  const store = new JournalStore(rig.directory, SESSION, ends);
  store.reset();
  for (let number = 1; number <= 900; number++) {
    const bytes = encodeMessage('FIX.4.4', [
      [35, 'D'],
      [34, number],
    ]);
    rig.memory.bytes.set(bytes, SCRATCH);
    journal.append(RecordKind.OUTBOUND, SESSION, SCRATCH, bytes.length);
    store.note(number + 1);
    if (number % 100 !== 0) continue;
    const found: number[] = [];
    const first = Math.max(number - 150, 1);
    for (const message of store.sent(first, number)) {
      if (message !== undefined) found.push(message.msgSeqNum);
    }
    expect(found).toEqual(Array.from({ length: number - first + 1 }, (_, i) => first + i));
  }
  journal.close();
  rig.remove();
});

test('a step looks at no more than some hundreds of records', () => {
  for (let number = 1; number <= 5_000; number++) send(number, 'D', [], 0);
  send(1, 'A');
  writer.flush();
  const steps = [...newStore().sent(1, 1)];
  expect(steps.filter((step) => step === undefined).length).toBeGreaterThan(30);
  expect(steps.filter((step) => step !== undefined)).toHaveLength(1);
});
