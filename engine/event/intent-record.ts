/**
 * The INTENT block as event.fbs' Intent and back: templates for the kernel that writes the records
 * (wasm/intent-record.ts), `loadIntent` for a replay.
 */
import { Builder, ByteBuffer } from 'flatbuffers';
import * as layout from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';
import { assert } from '../errors.ts';
import type { IntentEvent } from './event.ts';
import { encodeIntent } from './event-codec.ts';
import { Intent } from './generated/intent.ts';

/** What identifies the code and data behind a decision. */
export interface IntentHashes {
  readonly codeHash: string;
  readonly configHash: string;
  readonly modelHash: string;
}

/** FlatBuffers numbers its fields 4, 6, 8 … in the order of event.fbs. */
const vtableEntry = (field: number) => 4 + field * 2;

const I64_FIELDS = [
  [0, layout.INT_SEQUENCE],
  [8, layout.INT_PRICE_TICKS],
  [9, layout.INT_QTY_LOTS],
] as const;
const I32_FIELDS = [
  [2, layout.INT_STRATEGY],
  [3, layout.INT_INSTRUMENT],
  [7, layout.INT_FLAGS],
  [10, layout.INT_ORDER_SLOT],
  [11, layout.INT_VERDICT],
] as const;
const U8_FIELDS = [
  [1, layout.INT_KIND],
  [4, layout.INT_SIDE],
  [5, layout.INT_ORD_TYPE],
  [6, layout.INT_TIME_IN_FORCE],
] as const;

/** Makes the strategy's template for wasm/intent-record.ts: its hashes never change. */
export function writeIntentTemplate(memory: Memory, strategy: number, hashes: IntentHashes): void {
  const builder = new Builder(512);
  builder.forceDefaults(true); // every field has a place, whatever its value
  builder.finish(encodeIntent(builder, { ...EMPTY, ...hashes }));
  const record = builder.asUint8Array();
  assert(
    record.length <= layout.INTENT_TEMPLATE_BYTES - layout.ITP_TEMPLATE,
    'an intent record fits its template',
  );
  const buffer = new ByteBuffer(record.slice());
  const table = Intent.getRootAsIntent(buffer);
  const place = (field: number) => table.bb_pos + buffer.__offset(table.bb_pos, vtableEntry(field));
  const words: (readonly [number, number])[] = [];
  for (const [field, from] of I32_FIELDS) words.push([place(field), from]);
  for (const [field, from] of I64_FIELDS)
    words.push([place(field), from], [place(field) + 4, from + 4]);
  const bytes = U8_FIELDS.map(([field, from]) => [place(field), from] as const);
  const template = layout.INTENT_TEMPLATES + strategy * layout.INTENT_TEMPLATE_BYTES;
  memory.setI32(template + layout.ITP_LENGTH, record.length);
  memory.setI32(template + layout.ITP_WORD_COUNT, words.length);
  memory.setI32(template + layout.ITP_BYTE_COUNT, bytes.length);
  memory.setI32(template + layout.ITP_FEATURES, buffer.__vector(place(12)));
  for (const [index, [to, from]] of [...words, ...bytes].entries()) {
    memory.setI32(template + layout.ITP_PLACES + index * 4, to | (from << 16));
  }
  memory.bytes.set(record, template + layout.ITP_TEMPLATE);
}

const EMPTY: IntentEvent = {
  type: 'INTENT',
  sequence: 0,
  kind: 0,
  strategy: 0,
  instrument: 0,
  side: 0,
  ordType: 0,
  timeInForce: 0,
  flags: 0,
  priceTicks: 0,
  qtyLots: 0,
  orderSlot: 0,
  verdict: 0,
  features: new Array<number>(layout.FEATURES).fill(0),
  codeHash: '',
  configHash: '',
  modelHash: '',
};

/** Sets the INTENT block to a journaled intent; the account is the strategy's. */
export function loadIntent(memory: Memory, event: IntentEvent): void {
  const at = layout.INTENT;
  const strategy = layout.STRATEGIES + event.strategy * layout.STRATEGY_BYTES;
  memory.setI32(at + layout.INT_KIND, event.kind);
  memory.setI32(at + layout.INT_STRATEGY, event.strategy);
  memory.setI32(at + layout.INT_INSTRUMENT, event.instrument);
  memory.setI32(at + layout.INT_SIDE, event.side);
  memory.setI32(at + layout.INT_ORD_TYPE, event.ordType);
  memory.setI32(at + layout.INT_TIME_IN_FORCE, event.timeInForce);
  memory.setI64(at + layout.INT_PRICE_TICKS, event.priceTicks);
  memory.setI64(at + layout.INT_QTY_LOTS, event.qtyLots);
  memory.setI32(at + layout.INT_ORDER_SLOT, event.orderSlot);
  memory.setI32(at + layout.INT_ACCOUNT, memory.i32(strategy + layout.STR_ACCOUNT));
  memory.setI64(at + layout.INT_SEQUENCE, event.sequence);
  memory.setI32(at + layout.INT_VERDICT, event.verdict);
  memory.setI32(at + layout.INT_FLAGS, event.flags);
  for (let i = 0; i < layout.FEATURES; i++) {
    memory.setF64(at + layout.INT_FEATURES + i * 8, event.features[i]!);
  }
}
