/**
 * An order to FIX bytes (35=D): the kernel in WASM, the session's encoder in TypeScript, jspurefix, and
 * the plain twin. Kernel and twin must agree byte by byte, all in what the venue reads.
 */
import { strict as assert } from 'node:assert';
import { loadCore } from '../../engine/core-module.ts';
import { encodeFields, parseMessage } from '../../gateways/fix/codec.ts';
import { SessionEncoder } from '../../gateways/fix/session/session-encoder.ts';
import * as desk from '../../test/support/desk.ts';
import { SeededRandom } from '../../test/support/seeded-random.ts';
import { sessionConfig } from '../../test/support/session-config.ts';
import * as L from '../../wasm/layout.ts';
import { Memory } from '../../wasm/memory.ts';
import { encodeIntentReference } from '../../wasm/order-encode-reference.ts';
import { type PreparedBench, timeEach } from '../harness.ts';
import type { JspurefixCodec } from './jspurefix-codec.ts';
import { BATCH, SEED } from './messages.ts';

const SAMPLES = 128;
/** 2012-06-21 13:30:00.123 UTC: all clocks of the bench stand still. */
const NOW_NS = 1_340_285_400_123_000_000n;
const NOW_MS = 1_340_285_400_123;
const TIME = '20120621-13:30:00.123';
const TIME_BYTES = 21;
const PREFIX = '0ABCXYZ';
const TICKS_PER_UNIT = 100;

interface Order extends desk.Intent {
  readonly sequence: number;
}

/** The message of the batch's order with this index, the number of the message being index + 1. */
type Encode = (order: Order, index: number) => Uint8Array;

export function prepareEncode(peer: JspurefixCodec): PreparedBench {
  const random = new SeededRandom(SEED);
  const orders: readonly Order[] = Array.from({ length: BATCH }, (_, index) => ({
    ...desk.QUIET_BUY,
    sequence: 1000 + index,
    side: 1 + random.below(2),
    qtyLots: 1 + random.below(100),
    priceTicks: 9_900 + random.below(200),
  }));
  const memory = new Memory();
  openDesk(memory);
  const encoders: Readonly<Record<string, Encode>> = {
    'WASM kernel': kernelEncoder(memory),
    'session in TypeScript': sessionEncoder(),
    jspurefix: jspurefixEncoder(peer),
    'plain twin': twinEncoder(memory),
  };
  return {
    name: 'codec: encode 35=D',
    operation: 'limit order',
    operationsPerRound: BATCH * SAMPLES,
    samplesPerRound: SAMPLES,
    ratiosOf: ['p50'],
    seed: SEED,
    variants: Object.entries(encoders).map(([name, encode]) => ({
      name,
      run: (samplesNs) =>
        timeEach(samplesNs, () => {
          for (const [index, order] of orders.entries()) encode(order, index);
        }),
    })),
    check() {
      const texts = Object.values(encoders).map((encode) => textsOf(encode, orders));
      const [kernel, , , twin] = texts;
      assert.deepEqual(kernel, twin);
      for (const each of texts)
        assert.deepEqual(each.map(asTheVenueReadsIt), kernel!.map(asTheVenueReadsIt));
    },
  };
}

const textsOf = (encode: Encode, orders: readonly Order[]): string[] =>
  orders.map((order, index) => Buffer.from(encode(order, index)).toString('latin1'));

/** Order of fields, time digits and zeros before BodyLength are everybody's own. */
function asTheVenueReadsIt(text: string): string {
  const message = parseMessage(Buffer.from(text, 'latin1'));
  assert.ok(message !== undefined, text);
  return [35, 34, 49, 56, 52, 11, 1, 55, 54, 60, 38, 40, 44, 59, 21]
    .map((tag) => `${tag}=${tag === 44 ? Number(message.get(tag)) : message.get(tag)}`)
    .join('|');
}

function openDesk(memory: Memory): void {
  desk.openDesk(memory);
  memory.setText(L.CTL_CLORDID_PREFIX, L.CLORDID_PREFIX_BYTES, PREFIX);
  memory.setI32(L.SESSIONS + L.SES_TIME_BYTES, TIME_BYTES);
  memory.setAbsoluteNs(L.CTL_NOW_NS, NOW_NS);
}

function place(memory: Memory, order: Order, index: number): void {
  desk.setIntent(memory, order);
  memory.setI64(L.INTENT + L.INT_SEQUENCE, order.sequence);
  memory.setI64(L.SESSIONS + L.SES_NEXT_OUT, index + 1);
}

function kernelEncoder(memory: Memory): Encode {
  const core = loadCore(memory);
  return (order, index) => {
    place(memory, order, index);
    memory.setI32(L.SESSIONS + L.SES_TX_END, 0);
    return memory.bytes.subarray(L.TX, L.TX + core.encodeIntent(0));
  };
}

function twinEncoder(memory: Memory): Encode {
  return (order, index) => {
    place(memory, order, index);
    return Buffer.from(encodeIntentReference(memory, 0), 'latin1');
  };
}

function sessionEncoder(): Encode {
  const encoder = new SessionEncoder(
    sessionConfig({ senderCompId: 'GYRFALCON', targetCompId: 'SIM' }),
  );
  return ({ sequence, side, qtyLots, priceTicks }, index) => {
    const body = encodeFields([
      [11, `${PREFIX}${sequence}`],
      [1, 'PROP-A'],
      [55, 'AAPL'],
      [54, side],
      [60, TIME],
      [38, qtyLots],
      [40, 2],
      [44, (priceTicks / TICKS_PER_UNIT).toFixed(2)],
      [59, 0],
      [21, 1],
    ]);
    return encoder.compose('D', index + 1, NOW_NS, body);
  };
}

function jspurefixEncoder(peer: JspurefixCodec): Encode {
  const now = new Date(NOW_MS);
  return ({ sequence, side, qtyLots, priceTicks }, index) => {
    if (index === 0) peer.restart(now);
    return peer.encode('D', {
      ClOrdID: `${PREFIX}${sequence}`,
      Account: 'PROP-A',
      HandlInst: '1',
      Instrument: { Symbol: 'AAPL' },
      Side: String(side),
      TransactTime: now,
      OrderQtyData: { OrderQty: qtyLots },
      OrdType: '2',
      Price: priceTicks / TICKS_PER_UNIT,
      TimeInForce: '0',
    });
  };
}
