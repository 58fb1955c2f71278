/** What a journal says about orders, read back for whole-system tests: requests written down, states, positions. */
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { replayJournal } from '../../engine/cli/replay.ts';
import type { Command, IntentEvent } from '../../engine/event/event.ts';
import { decodeEvent } from '../../engine/event/event-codec.ts';
import { RecordKind } from '../../engine/event/generated/record-kind.ts';
import { segmentName } from '../../engine/journal/journal-format.ts';
import { JournalReader } from '../../engine/journal/journal-reader.ts';
import { stateHashOf } from '../../engine/state-hash.ts';
import { parseMessage } from '../../gateways/fix/codec.ts';
import { Tag } from '../../gateways/fix/tags.ts';
import * as L from '../../wasm/layout.ts';

export interface JournalRequests {
  /** ClOrdIDs of the order messages that were written down, in order. */
  readonly sent: readonly string[];
  /** Sequences of the intents that our limits let through. */
  readonly intents: ReadonlySet<number>;
  readonly commands: readonly Command[];
  readonly prefix: string;
}

const ORDER_MESSAGES = new Set(['D', 'F', 'G']);

export function readRequests(directory: string): JournalRequests {
  const reader = new JournalReader(directory);
  const sent: string[] = [];
  const intents = new Set<number>();
  const commands: Command[] = [];
  let prefix = '';
  try {
    while (reader.next()) {
      const { kind, payload } = reader.record;
      if (kind === RecordKind.OUTBOUND) {
        const message = parseMessage(payload)!;
        if (ORDER_MESSAGES.has(message.msgType)) sent.push(message.get(Tag.ClOrdID)!);
        continue;
      }
      if (kind !== RecordKind.INTENT && kind !== RecordKind.COMMAND && kind !== RecordKind.CONFIG)
        continue;
      const event = decodeEvent(kind, payload)!;
      if (event.type === 'CONFIG') prefix = event.clOrdIdPrefix;
      if (event.type === 'COMMAND') commands.push(event);
      if (event.type === 'INTENT' && isAllowed(event)) intents.add(event.sequence);
    }
  } finally {
    reader.close();
  }
  return { sent, intents, commands, prefix };
}

const isAllowed = (intent: IntentEvent): boolean => intent.verdict === L.ALLOWED;

export interface JournalEnd {
  readonly stateHash: string;
  /** Orders by state, ORDER_FREE left out. */
  readonly states: ReadonlyMap<number, number>;
  /** Signed lots by `account symbol`; flat ones are left out. */
  readonly positions: ReadonlyMap<string, number>;
}

/** The state that a replay in this process comes to. */
export async function journalEnd(directory: string): Promise<JournalEnd> {
  const { memory, core } = await replayJournal(directory, false);
  const states = new Map<number, number>();
  for (let slot = 0; slot < L.ORDERS_MAX; slot++) {
    const state = memory.i32(L.ORDERS + slot * L.ORDER_BYTES + L.ORD_STATE);
    if (state !== L.ORDER_FREE) states.set(state, (states.get(state) ?? 0) + 1);
  }
  const positions = new Map<string, number>();
  for (let strategy = 0; strategy < memory.i32(L.CTL_STRATEGY_COUNT); strategy++) {
    const account = memory.i32(L.STRATEGIES + strategy * L.STRATEGY_BYTES + L.STR_ACCOUNT);
    const accountName = memory.text(L.ACCOUNTS + account * L.ACCOUNT_BYTES + L.ACC_NAME, 32);
    for (let instrument = 0; instrument < memory.i32(L.CTL_INSTRUMENT_COUNT); instrument++) {
      const row = L.POSITIONS + (strategy * L.INSTRUMENTS_MAX + instrument) * L.POSITION_BYTES;
      const lots = memory.i64(row + L.POS_LOTS);
      const symbol = memory.text(
        L.INSTRUMENTS + instrument * L.INSTRUMENT_BYTES + L.INS_SYMBOL,
        32,
      );
      if (lots !== 0) positions.set(`${accountName} ${symbol}`, lots);
    }
  }
  return {
    stateHash: stateHashOf(memory, core.module),
    states,
    positions: new Map([...positions].sort()),
  };
}

/** Ends the journal right behind its last order intent that was let through, as a crash at that moment does. */
export function cutAfterLastIntent(directory: string): void {
  const reader = new JournalReader(directory);
  let segment = 0;
  let bytes = 0;
  while (reader.next()) {
    const { kind, payload } = reader.record;
    if (kind !== RecordKind.INTENT) continue;
    const event = decodeEvent(kind, payload);
    if (event?.type !== 'INTENT' || !isAllowed(event)) continue;
    segment = reader.segment;
    bytes = reader.offset;
  }
  reader.close();
  truncateSync(join(directory, segmentName(segment)), bytes);
}

export interface RecordEnd {
  readonly sequence: number;
  readonly kind: number;
  /** In the first segment. */
  readonly bytes: number;
}

/** Where the first records of a journal end. */
export function recordEnds(directory: string, count: number): readonly RecordEnd[] {
  const reader = new JournalReader(directory);
  const ends: RecordEnd[] = [];
  while (ends.length < count && reader.next()) {
    const { sequence, kind } = reader.record;
    ends.push({ sequence, kind, bytes: reader.offset });
  }
  reader.close();
  return ends;
}

/** A copy of the journal as it was when this was its last record. */
export function copyUpTo(directory: string, end: RecordEnd, copy: string): void {
  mkdirSync(copy, { recursive: true });
  const bytes = readFileSync(join(directory, segmentName(1)));
  writeFileSync(join(copy, segmentName(1)), bytes.subarray(0, end.bytes));
}
