/** The intent that the loop writes without allocating is the intent that a reader decodes. */
import { expect, test } from 'vitest';
import * as layout from '../../wasm/layout.ts';
import { Memory } from '../../wasm/memory.ts';
import { loadCore } from '../core-module.ts';
import type { IntentEvent } from './event.ts';
import { decodeEvent } from './event-codec.ts';
import { RecordKind } from './generated/record-kind.ts';
import { loadIntent, writeIntentTemplate } from './intent-record.ts';

const memory = new Memory();
const hashes = { codeHash: 'c0de', configHash: 'c0ffee', modelHash: '' };
const core = loadCore(memory);
writeIntentTemplate(memory, 3, hashes);
const AT = layout.SCRATCH;

const intent: IntentEvent = {
  type: 'INTENT',
  sequence: 123_456_789_012,
  kind: layout.INTENT_REPLACE,
  strategy: 3,
  instrument: 17,
  side: 2,
  ordType: 50,
  timeInForce: 51,
  flags: layout.INTENT_FLAG_OPERATOR,
  priceTicks: 8_007_199_254_740_991,
  qtyLots: -5,
  orderSlot: 16_383,
  verdict: 14,
  features: [57_950, 57_960, 115_910, 57_955.25, -1e300, 0.1, -2.5, 1 / 3],
  ...hashes,
};

/** Fills the INTENT block with what earlier intents may have left there. */
function scramble(byte: number): void {
  memory.bytes.fill(byte, layout.INTENT, layout.INTENT + layout.INTENT_BYTES);
}

function written(): unknown {
  memory.bytes.fill(0x5a, AT, AT + 1024);
  const length = core.intentWrite(3, AT);
  // The template is copied by sixteen bytes.
  expect(memory.bytes[AT + length + 15]).toBe(0x5a);
  return decodeEvent(RecordKind.INTENT, memory.bytes.subarray(AT, AT + length));
}

test('an intent goes from the INTENT block to its bytes and back', () => {
  scramble(0xff);
  loadIntent(memory, intent);
  expect(written()).toEqual(intent);
});

test('fields that are zero are written as zero, whatever stood there before', () => {
  scramble(0xff);
  const empty: IntentEvent = {
    ...intent,
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
    features: [0, 0, 0, 0, 0, 0, 0, 0],
  };
  loadIntent(memory, empty);
  expect(written()).toEqual(empty);
  loadIntent(memory, intent);
  expect(written(), 'and the next intent is whole again').toEqual(intent);
});

test('a replayed intent belongs to the account of its strategy', () => {
  const strategy = layout.STRATEGIES + intent.strategy * layout.STRATEGY_BYTES;
  memory.setI32(strategy + layout.STR_ACCOUNT, 9);
  loadIntent(memory, intent);
  expect(memory.i32(layout.INTENT + layout.INT_ACCOUNT)).toBe(9);
});
