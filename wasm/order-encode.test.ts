/** The bytes of our orders: examples to be read, and a random stream against the plain twin. */
import { beforeEach, describe, expect, test } from 'vitest';
import { loadCore } from '../engine/core-module.ts';
import * as desk from '../test/support/desk.ts';
import { SeededRandom } from '../test/support/seeded-random.ts';
import * as L from './layout.ts';
import { Memory } from './memory.ts';
import { encodeDoneThroughReference, encodeIntentReference } from './order-encode-reference.ts';

const memory = new Memory();
const core = loadCore(memory);
const NOW = 1_782_397_845_123_456_789n; // 2026-06-25 14:30:45 UTC
const SLOT = 3;
const order = desk.orderAt(SLOT);

beforeEach(() => {
  desk.openDesk(memory);
  memory.setAbsoluteNs(L.CTL_NOW_NS, NOW);
  memory.setI64(L.INTENT + L.INT_SEQUENCE, 42);
});

/** An order of 20 AAPL at 100.00 that the venue knows as V-77. */
function book(): void {
  memory.setI64(order + L.ORD_NUMBER, 17);
  memory.setI64(order + L.ORD_CLORDID, 17);
  memory.setI32(order + L.ORD_SIDE, desk.SELL);
  memory.setI32(order + L.ORD_ORD_TYPE, desk.LIMIT);
  memory.setI32(order + L.ORD_TIME_IN_FORCE, desk.DAY);
  memory.setI64(order + L.ORD_QTY_LOTS, 20);
  memory.setText(order + L.ORD_ORDER_ID, 36, 'V-77');
  memory.setI32(order + L.ORD_ORDER_ID_LENGTH, 4);
}

function txText(from: number, length: number): string {
  return Buffer.from(memory.bytes.slice(L.TX + from, L.TX + from + length)).toString('latin1');
}

/** The message of the intent, with | for SOH. */
function encoded(change: Partial<desk.Intent>): string {
  desk.setIntent(memory, { ...desk.QUIET_BUY, ...change });
  const start = memory.i32(L.SESSIONS + L.SES_TX_END);
  return txText(start, core.encodeIntent(0)).replaceAll('\x01', '|');
}

const TIME = '20260625-14:30:45.123456789';
const HEADER = `49=GYRFALCON|56=SIM|34=1|52=${TIME}|`;

describe('what the venue reads', () => {
  test('a new limit order', () => {
    expect(encoded({ priceTicks: 10_050 })).toContain(
      `8=FIX.4.4|9=157|35=D|${HEADER}11=0ABCXYZ42|1=PROP-A|55=AAPL|54=1|60=${TIME}|` +
        '38=10|40=2|44=100.5|59=0|21=1|10=',
    );
  });

  test('a market order has no price', () => {
    const text = encoded({ ordType: desk.MARKET, timeInForce: desk.IOC, priceTicks: 0 });
    expect(text).toContain('|38=10|40=1|59=3|21=1|10=');
  });

  test('a cancel speaks of the order, not of the intent', () => {
    book();
    const text = encoded({ kind: L.INTENT_CANCEL, orderSlot: SLOT, side: desk.BUY, qtyLots: 0 });
    expect(text).toContain(
      `|35=F|${HEADER}41=0ABCXYZ17|11=0ABCXYZ42|37=V-77|1=PROP-A|55=AAPL|54=2|60=${TIME}|38=20|10=`,
    );
  });

  test('a replace states the new total and price', () => {
    book();
    const text = encoded({
      kind: L.INTENT_REPLACE,
      orderSlot: SLOT,
      qtyLots: 30,
      priceTicks: 10_100,
    });
    expect(text).toContain('|35=G|');
    expect(text).toContain('|54=2|');
    expect(text).toContain('|38=30|40=2|44=101|59=0|21=1|10=');
  });

  test('an order that the venue has not named yet carries no OrderID', () => {
    book();
    memory.setI32(order + L.ORD_ORDER_ID_LENGTH, 0);
    expect(encoded({ kind: L.INTENT_CANCEL, orderSlot: SLOT })).not.toContain('|37=');
  });

  test('times as coarse as the session has them, further header fields where it wants them', () => {
    const session = L.SESSIONS;
    memory.setI32(session + L.SES_TIME_BYTES, 21);
    const further = '50=DESK\x0157=A long name for whoever gets it\x01';
    memory.setText(session + L.SES_HEADER, L.SES_HEADER_BYTES_MAX, further);
    memory.setI32(session + L.SES_HEADER_LENGTH, further.length);
    desk.setIntent(memory, desk.QUIET_BUY);
    const expected = encodeIntentReference(memory, 0).replaceAll('\x01', '|');
    const text = encoded({});
    expect(text).toContain(
      '|34=1|50=DESK|57=A long name for whoever gets it|52=20260625-14:30:45.123|',
    );
    expect(text).toContain('|60=20260625-14:30:45.123|');
    expect(text).toBe(expected);
  });

  test('done through, with a length of two digits', () => {
    const expected = encodeDoneThroughReference(memory, 0, 1234);
    const text = txText(0, core.encodeDoneThrough(0, 1234));
    expect(text).toBe(expected);
    expect(text.replaceAll('\x01', '|')).toMatch(
      /^8=FIX\.4\.4\|9=72\|35=U1\|49=GYRFALCON\|.*\|5061=1234\|10=\d{3}\|$/,
    );
  });
});

const decimals = [
  { steps: 1, stepE8: 1, text: '0.00000001' },
  { steps: 10_050, stepE8: 1_000_000, text: '100.5' },
  { steps: 100, stepE8: 1_000_000, text: '1' },
  { steps: 5_851_234, stepE8: 10_000, text: '585.1234' },
  { steps: 3, stepE8: 25_000_000, text: '0.75' },
  { steps: 7, stepE8: 1_250_000_000, text: '87.5' },
  { steps: Number.MAX_SAFE_INTEGER, stepE8: 1, text: '90071992.54740991' },
  { steps: 2 ** 48, stepE8: 99_999_999, text: '281474973895906.23289344' },
  { steps: 2 ** 48, stepE8: 100_000_001, text: '281474979525405.76710656' },
];

test.each(decimals)(
  '$steps steps of $stepE8 x 10^-8 are written $text',
  ({ steps, stepE8, text }) => {
    memory.setI64(desk.instrumentAt(desk.AAPL) + L.INS_TICK_E8, stepE8);
    memory.setI64(desk.instrumentAt(desk.AAPL) + L.INS_LOT_E8, stepE8);
    const written = encoded({ priceTicks: steps, qtyLots: steps });
    expect(written).toContain(`|44=${text}|`);
    expect(written).toContain(`|38=${text}|`);
  },
);

test('a message uses up one number, the room in TX and sets when we last sent', () => {
  const first = encoded({});
  const second = encoded({});
  expect(second).toContain('|34=2|');
  const session = L.SESSIONS;
  expect(memory.i64(session + L.SES_NEXT_OUT)).toBe(3);
  expect(memory.i64(session + L.SES_MESSAGES_OUT)).toBe(2);
  expect(memory.absoluteNs(session + L.SES_LAST_SENT_NS)).toBe(NOW);
  expect(memory.i32(session + L.SES_TX_END)).toBe(first.length + second.length);
});

test('without room nothing is written and no number is used', () => {
  memory.setI32(L.SESSIONS + L.SES_TX_END, L.TX_BYTES - 1023);
  expect(encoded({})).toBe('');
  expect(core.encodeDoneThrough(0, 1)).toBe(0);
  expect(memory.i64(L.SESSIONS + L.SES_NEXT_OUT)).toBe(1);
  memory.setI32(L.SESSIONS + L.SES_TX_END, L.TX_BYTES - 1024);
  expect(encoded({})).not.toBe('');
});

test.each([3, 19_700_101])('kernel and twin write the same bytes, seed %d', (seed) => {
  const random = new SeededRandom(seed);
  for (let message = 0; message < 20_000; message++) {
    book();
    const day = BigInt(random.below(80_000)) * 86_400_000_000_000n; // to the year 2189
    const ns = BigInt(random.below(86_400)) * 1_000_000_000n + BigInt(random.below(1_000_000_000));
    memory.setAbsoluteNs(L.CTL_NOW_NS, day + ns);
    memory.setI64(L.SESSIONS + L.SES_NEXT_OUT, 1 + random.below(10 ** random.below(10)));
    memory.setI32(L.SESSIONS + L.SES_TX_END, random.below(L.TX_BYTES - 1024));
    memory.setI64(L.INTENT + L.INT_SEQUENCE, 1 + random.below(10 ** random.below(10)));
    memory.setI64(order + L.ORD_CLORDID, 1 + random.below(1e6));
    memory.setI64(order + L.ORD_QTY_LOTS, 1 + random.below(1e6));
    memory.setI32(order + L.ORD_INSTRUMENT, random.below(2));
    memory.setI32(order + L.ORD_ACCOUNT, random.below(2));
    memory.setI32(order + L.ORD_ORD_TYPE, random.pick([desk.MARKET, desk.LIMIT]));
    memory.setI32(order + L.ORD_ORDER_ID_LENGTH, random.below(5));
    const instrument = desk.instrumentAt(random.below(2));
    memory.setI64(instrument + L.INS_TICK_E8, 1 + random.below(10 ** random.below(11)));
    memory.setI64(instrument + L.INS_LOT_E8, 10 ** random.below(11));
    desk.setIntent(memory, {
      ...desk.QUIET_BUY,
      kind: random.pick([L.INTENT_NEW, L.INTENT_CANCEL, L.INTENT_REPLACE]),
      instrument: random.below(2),
      account: random.below(2),
      side: 1 + random.below(2),
      ordType: random.pick([desk.MARKET, desk.LIMIT]),
      priceTicks: 1 + random.below(10 ** random.below(10)),
      qtyLots: 1 + random.below(10 ** random.below(8)),
      orderSlot: SLOT,
    });
    const start = memory.i32(L.SESSIONS + L.SES_TX_END);
    const expected = encodeIntentReference(memory, 0);
    const written = txText(start, core.encodeIntent(0));
    if (written !== expected)
      expect({ seed, message, written }).toEqual({ seed, message, written: expected });
  }
});
