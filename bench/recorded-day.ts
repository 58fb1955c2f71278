/** A recorded NASDAQ day traded once in lock-step by a whole engine: its journal is what the bench plays again. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { configSchema, type GyrfalconConfig } from '../config/schema.ts';
import type { ConfigEvent } from '../engine/event/event.ts';
import { RecordKind } from '../engine/event/generated/record-kind.ts';
import { JournalReader } from '../engine/journal/journal-reader.ts';
import { readConfig } from '../engine/recovery.ts';

const DAY = fileURLToPath(
  new URL('../../shared/data/lobster-fix/GOOG_2012-06-21_L10.fix.zst', import.meta.url),
);
const CLI = fileURLToPath(new URL('../engine/cli.ts', import.meta.url));
const CONFIG = fileURLToPath(new URL('../config/default.yaml', import.meta.url));
/** Of the loop itself: orders, and the "done through" of a day in lock-step. */
const LOOP_TYPES = new Set(['D', 'F', 'G', 'U1']);
/** The venue has no more: comes through the session, which looks at the clock again before it is answered. */
const END_OF_RECORDING = 'U2';
/** BodyLength, MsgSeqNum and CheckSum, which the "done through" messages between them change. */
const NUMBERS = ['9=', '34=', '10='];

export interface DayRecord {
  readonly kind: number;
  readonly timeNs: bigint;
  readonly payload: Uint8Array;
}

export interface RecordedDay {
  readonly journal: string;
  readonly config: GyrfalconConfig;
  readonly recorded: ConfigEvent;
  /** Up to the end of trading. */
  readonly records: readonly DayRecord[];
  /** Which of them led to an order. */
  readonly ticks: readonly number[];
  /** Of the orders that the loop sent (ordersHash). */
  readonly sentHash: string;
}

/** undefined where the recording is not at hand. */
export async function recordDay(
  folder: string,
  messages = Number.POSITIVE_INFINITY,
): Promise<RecordedDay | undefined> {
  if (!existsSync(DAY)) return undefined;
  const journal = join(folder, 'day');
  await promisify(execFile)(process.execPath, [
    '--disable-warning=ExperimentalWarning',
    CLI,
    'run',
    '--config',
    CONFIG,
    '--replay',
    DAY,
    '--speed',
    'max',
    '--headless',
    '--json',
    '--journal',
    journal,
  ]);
  return openDay(journal, messages);
}

/** The first so many messages of a journal that `recordDay` has made. */
export function openDay(journal: string, messages: number): RecordedDay {
  const recorded = readConfig(journal)!;
  const config = configSchema.parse(JSON.parse(recorded.configJson));
  return { journal, config, recorded, ...readDay(journal, messages) };
}

function readDay(journal: string, messages: number) {
  const reader = new JournalReader(journal);
  const records: DayRecord[] = [];
  const ticks: number[] = [];
  const sent: Uint8Array[] = [];
  let inbound = -1;
  let count = 0;
  // The first command is the end of the run.
  while (reader.next() && reader.record.kind !== RecordKind.COMMAND) {
    const { kind, timeNs, payload } = reader.record;
    if (kind === RecordKind.OUTBOUND && LOOP_TYPES.has(msgTypeOf(payload))) {
      if (msgTypeOf(payload) === 'U1') continue;
      sent.push(payload.slice());
      if (ticks.at(-1) !== inbound) ticks.push(inbound);
      continue;
    }
    if (kind === RecordKind.INTENT || kind === RecordKind.STATE || kind === RecordKind.CONFIG) {
      continue;
    }
    if (kind === RecordKind.INBOUND) {
      if (count++ === messages || msgTypeOf(payload) === END_OF_RECORDING) break;
      inbound = records.length;
    }
    records.push({ kind, timeNs, payload: payload.slice() });
  }
  reader.close();
  return { records, ticks, sentHash: ordersHash(sent) };
}

/** Of orders, whatever their numbers in the session. */
export function ordersHash(sent: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const bytes of sent) {
    for (const field of Buffer.from(bytes).toString('latin1').split('\x01')) {
      if (!NUMBERS.some((tag) => field.startsWith(tag))) hash.update(field);
    }
  }
  return hash.digest('hex');
}

/** 35= is the third field; of a whole frame. */
export function msgTypeOf(frame: Uint8Array): string {
  const head = Buffer.from(frame.subarray(0, 40)).toString('latin1');
  return head.split('\x01', 3)[2]!.slice(3);
}
