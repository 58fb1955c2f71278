/**
 * FIX bytes to values: the kernel in WASM, the session's codec in TypeScript, jspurefix, and the plain
 * twin. Each adds up what it has read, so that none may leave a value unread and all must agree.
 */
import { strict as assert } from 'node:assert';
import { checksumOf, type FixMessage, parseMessage } from '../../gateways/fix/codec.ts';
import { DecodeHarness, SESSION_OF_TEST } from '../../test/support/decode-harness.ts';
import { type ReferenceDecoded, referenceDecode } from '../../wasm/fix-decode-reference.ts';
import { referenceFrames } from '../../wasm/fix-frame-reference.ts';
import * as L from '../../wasm/layout.ts';
import { type PreparedBench, timeEach } from '../harness.ts';
import type { JspurefixCodec, LooseMessage } from './jspurefix-codec.ts';
import { BATCH, type DecodedKind, messagesOf, SEED, TICKS_PER_UNIT } from './messages.ts';

const SAMPLES = 128;
/** The session of DecodeHarness. */
const SESSION = 1;
const BLOCK = L.SESSIONS + SESSION * L.SESSION_BYTES;
const TRAILER_BYTES = 7;

/** The sum over one batch of all values that matter. */
type DecodeBatch = () => number;

export function prepareDecode(kind: DecodedKind, peer: JspurefixCodec): PreparedBench {
  const messages = messagesOf(kind);
  const isMarketData = kind === '35=X';
  const sums = new Map<string, number>();
  const variant = (name: string, decodeBatch: DecodeBatch) => ({
    name,
    run(samplesNs: Float64Array) {
      let sum = 0;
      timeEach(samplesNs, () => {
        sum += decodeBatch();
      });
      sums.set(name, sum);
    },
  });
  const perMessage =
    (sumOf: (message: Buffer, index: number) => number): DecodeBatch =>
    () =>
      messages.reduce((sum, message, index) => sum + sumOf(message, index), 0);
  return {
    name: `codec: decode ${kind}`,
    operation: `${isMarketData ? 'market-data message of 4 entries' : 'execution report'} of ${meanBytes(messages)} bytes`,
    operationsPerRound: BATCH * SAMPLES,
    samplesPerRound: SAMPLES,
    ratiosOf: ['p50'],
    seed: SEED,
    variants: [
      variant('WASM kernel', kernelDecoder(messages, isMarketData)),
      variant(
        'session in TypeScript',
        perMessage((message) => sessionSum(message, isMarketData)),
      ),
      variant(
        'jspurefix',
        perMessage((message) => jspurefixSum(peer.decode(message), isMarketData)),
      ),
      variant(
        'plain twin',
        perMessage((message, index) => twinSum(message, index, isMarketData)),
      ),
    ],
    check() {
      const [first, ...others] = sums.values();
      assert.ok(first! > 0);
      for (const other of others) assert.equal(other, first);
    },
    remarks: () => [
      'kernel and twin do the checks of the session, too; jspurefix makes an object of every field',
    ],
  };
}

const meanBytes = (messages: readonly Buffer[]): string =>
  (messages.reduce((sum, { length }) => sum + length, 0) / messages.length).toFixed(0);

/** Weights tell fields apart that might be mixed up. */
const entrySum = (type: number, action: number, priceTicks: number, qtyLots: number): number =>
  type + 2 * action + 3 * priceTicks + 5 * qtyLots;
const fillSum = (clOrdId: number, lastPxTicks: number, lastLots: number, leavesLots: number) =>
  clOrdId + 3 * lastPxTicks + 5 * lastLots + 7 * leavesLots;

function kernelDecoder(messages: readonly Buffer[], isMarketData: boolean): DecodeBatch {
  const { memory, core } = new DecodeHarness();
  const bytes = Buffer.concat(messages);
  memory.bytes.set(bytes, L.RX + SESSION * L.RX_BYTES);
  const expected = isMarketData ? L.DECODED_MARKET_DATA : L.DECODED_EXECUTION;
  return () => {
    memory.setI32(BLOCK + L.SES_RX_START, 0);
    memory.setI32(BLOCK + L.SES_RX_END, bytes.length);
    memory.setI64(BLOCK + L.SES_NEXT_IN, 1);
    let sum = 0;
    for (let i = 0; i < BATCH; i++) {
      if (core.fixNext(SESSION) !== expected) assert.fail('a message left the fast path');
      sum += memory.i64(L.DECODED + L.DEC_MSG_SEQ_NUM);
      if (!isMarketData) {
        sum += fillSum(
          memory.i64(L.DECODED + L.DEC_CLORDID),
          memory.i64(L.DECODED + L.DEC_LAST_PX_TICKS),
          memory.i64(L.DECODED + L.DEC_LAST_LOTS),
          memory.i64(L.DECODED + L.DEC_LEAVES_LOTS),
        );
        continue;
      }
      const count = memory.i32(L.DECODED + L.DEC_ENTRY_COUNT);
      for (let entry = 0; entry < count; entry++) {
        const at = L.DECODED + L.DEC_ENTRIES + entry * L.ENTRY_BYTES;
        sum += entrySum(
          memory.i32(at + L.ENTRY_TYPE),
          memory.i32(at + L.ENTRY_ACTION),
          memory.i64(at + L.ENTRY_PRICE_TICKS),
          memory.i64(at + L.ENTRY_QTY_LOTS),
        );
      }
    }
    return sum;
  };
}

const ticksOf = (price: string): number => Math.round(Number(price) * TICKS_PER_UNIT);

function sessionSum(bytes: Buffer, isMarketData: boolean): number {
  const message = parseMessage(bytes);
  assert.ok(message !== undefined);
  const sum = checksumOf(bytes, 0, bytes.length - TRAILER_BYTES);
  assert.equal(Number(message.get(10)), sum);
  const number = message.getInt(34)!;
  if (isMarketData) return number + marketDataSum(message);
  const clOrdId = Number(message.get(11)!.slice(SESSION_OF_TEST.clOrdIdPrefix.length));
  const [lastLots, leavesLots] = [message.getInt(32)!, message.getInt(151)!];
  return number + fillSum(clOrdId, ticksOf(message.get(31)!), lastLots, leavesLots);
}

function marketDataSum(message: FixMessage): number {
  let sum = 0;
  let [type, action, priceTicks] = [0, 0, 0];
  for (let index = 0; index < message.count; index++) {
    const tag = message.tagAt(index);
    if (tag === 279) action = Number(message.valueAt(index));
    else if (tag === 269) type = Number(message.valueAt(index));
    else if (tag === 270) priceTicks = ticksOf(message.valueAt(index));
    else if (tag === 271) sum += entrySum(type, action, priceTicks, Number(message.valueAt(index)));
  }
  return sum;
}

interface LooseEntry {
  readonly MDUpdateAction: string;
  readonly MDEntryType: string;
  readonly MDEntryPx: number;
  readonly MDEntrySize: number;
}

function jspurefixSum(message: LooseMessage, isMarketData: boolean): number {
  const number = (message.StandardHeader as { MsgSeqNum: number }).MsgSeqNum;
  if (isMarketData) {
    const { NoMDEntries } = message.MDIncGrp as { NoMDEntries: readonly LooseEntry[] };
    return NoMDEntries.reduce((sum, { MDEntryType, MDUpdateAction, MDEntryPx, MDEntrySize }) => {
      const priceTicks = Math.round(MDEntryPx * TICKS_PER_UNIT);
      return sum + entrySum(Number(MDEntryType), Number(MDUpdateAction), priceTicks, MDEntrySize);
    }, number);
  }
  const { ClOrdID, LastPx, LastQty, LeavesQty } = message as {
    readonly ClOrdID: string;
    readonly LastPx: number;
    readonly LastQty: number;
    readonly LeavesQty: number;
  };
  const clOrdId = Number(ClOrdID.slice(SESSION_OF_TEST.clOrdIdPrefix.length));
  return number + fillSum(clOrdId, Math.round(LastPx * TICKS_PER_UNIT), LastQty, LeavesQty);
}

function twinSum(message: Buffer, index: number, isMarketData: boolean): number {
  const [piece] = referenceFrames(message.toString('latin1'));
  const session = { ...SESSION_OF_TEST, nextIn: BigInt(index + 1) };
  const decoded = referenceDecode(piece!.text, session, true);
  assert.equal(decoded.kind, isMarketData ? L.DECODED_MARKET_DATA : L.DECODED_EXECUTION);
  const value = (name: string): number => Number(decoded.fields.get(name));
  if (isMarketData) return value('msgSeqNum') + twinEntriesSum(decoded);
  const fill = fillSum(
    value('clOrdId'),
    value('lastPxTicks'),
    value('lastLots'),
    value('leavesLots'),
  );
  return value('msgSeqNum') + fill;
}

const twinEntriesSum = ({ entries }: ReferenceDecoded): number =>
  entries.reduce(
    (sum, { type, action, priceTicks, qtyLots }) =>
      sum + entrySum(type, action, Number(priceTicks), Number(qtyLots)),
    0,
  );
