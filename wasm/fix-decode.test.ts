/** The fast decode, by tables of messages, on the fast path and on its plain twin. */
import { beforeEach, expect, test } from 'vitest';
import { DATA_TAGS } from '../gateways/fix/data-tags.ts';
import {
  DecodeHarness,
  MARKET_TIME_TAG,
  NOW_NS,
  SESSION_OF_TEST,
  summary,
  TIMED_SESSION,
} from '../test/support/decode-harness.ts';
import { fixMessage } from '../test/support/fix-message.ts';
import { SeededRandom } from '../test/support/seeded-random.ts';
import { type ReferenceSession, referenceDecode } from './fix-decode-reference.ts';
import * as L from './layout.ts';

const harness = new DecodeHarness();
const HEADER = '49=XNAS|56=ENGINE|34=1|52=20120621-13:30:00.015105074';
const W = `35=W|${HEADER}|55=GOOG`;
const X = `35=X|${HEADER}`;
const REPORT = `35=8|${HEADER}|37=V1|17=E1|150=0|39=0|55=GOOG|54=1|151=5|14=0|6=0`;

beforeEach(() => {
  harness.forget();
  harness.setSession(SESSION_OF_TEST);
});

/** The fast decode's summary, after it was shown to be the twin's. */
function decode(fields: string, session: ReferenceSession = SESSION_OF_TEST): string {
  const message = fixMessage(fields);
  harness.setSession(session);
  const pieces = harness.receive(message);
  expect(pieces.map(({ text }) => text)).toEqual([message]);
  const found = summary(pieces[0]!.decoded);
  expect(found).toBe(summary(referenceDecode(message, session, true)));
  expect(harness.nextIn - session.nextIn).toBe(found.includes('error') ? 0n : 1n);
  expect(summary(harness.decodeAccepted(message))).toBe(
    summary(referenceDecode(message, session, false)),
  );
  return found;
}

const refused = (error: number): string => `kind ${L.DECODED_SLOW} error ${error}`;

/** Entries as "instrument action type lots@ticks". */
const good: readonly { name: string; fields: string; entries: string }[] = [
  {
    name: 'a snapshot with a level a side',
    fields: `${W}|268=2|269=0|270=579.4|271=496|269=1|270=580.23|271=100`,
    entries: '0 0 0 496@57940;0 0 1 100@58023',
  },
  { name: 'a snapshot of nothing', fields: `${W}|268=0`, entries: '' },
  {
    name: 'an update with change, trade and deletion',
    fields: `${X}|268=3|279=1|269=0|55=GOOG|270=579.4|271=196|279=0|269=2|55=GOOG|270=579.4|271=300|279=2|269=1|55=GOOG|270=600`,
    entries: '0 1 0 196@57940;0 0 2 300@57940;0 2 1 0@60000',
  },
  {
    name: 'an entry without symbol has that of the one before',
    fields: `${X}|268=3|279=0|269=0|55=ES|270=1|271=2|279=0|269=0|270=1.25|271=3|279=0|269=0|55=GOOG|270=1.25|271=3`,
    entries: '2 0 0 2@4;2 0 0 3@5;0 0 0 3@125',
  },
  {
    name: 'prices below zero',
    fields: `${X}|268=2|279=0|269=0|55=GOOG|270=-37.63|271=1|279=0|269=1|270=-0.00|271=1`,
    entries: '0 0 0 1@-3763;0 0 1 1@0',
  },
  {
    name: 'zeros before and after a number',
    fields: `${X}|268=2|279=0|269=0|55=GOOG|270=0007.0500000000000|271=010.0|279=0|269=0|270=.5|271=5.`,
    entries: '0 0 0 10@705;0 0 0 5@50',
  },
  {
    name: 'eight decimals',
    fields: `${X}|268=1|279=0|269=0|55=BTC-USD|270=60000.12345678|271=0.00000001`,
    entries: '1 0 0 1@6000012345678',
  },
  {
    name: 'the largest price and size',
    fields: `${X}|268=1|279=0|269=0|55=GOOG|270=90071992547409.92|271=9007199254740992`,
    entries: `0 0 0 9007199254740992@9007199254740992`,
  },
  {
    name: 'fields of a snapshot that do not matter',
    fields: `${W}|48=X|22=8|262=R1|268=1|269=0|270=1|271=1|272=20120621|273=13:30:00|346=2|290=1|207=XNAS`,
    entries: '0 0 0 1@100',
  },
  {
    name: 'fields of an update that do not matter',
    fields: `${X}|262=R1|268=1|279=0|269=0|278=A|55=GOOG|48=X|22=8|207=XNAS|270=1|271=1|272=20120621|273=13:30:00.5|346=2|290=1`,
    entries: '0 0 0 1@100',
  },
];

test.each(good)('is on the fast path: $name', ({ fields, entries }) => {
  expect(decode(fields)).toContain(`kind ${L.DECODED_MARKET_DATA} ${entries} isSnapshot`);
});

const bad: readonly { name: string; fields: string; error: number }[] = [
  { name: 'another type', fields: `35=1|${HEADER}`, error: L.FIX_NOT_FAST_TYPE },
  {
    name: 'a type that only begins like a fast one',
    fields: `35=W1|${HEADER}`,
    error: L.FIX_NOT_FAST_TYPE,
  },
  {
    name: 'a tag that is not on the list',
    fields: `${W}|268=0|58=hello`,
    error: L.FIX_UNKNOWN_TAG,
  },
  { name: 'a tag of another message', fields: `${W}|268=0|150=0`, error: L.FIX_UNKNOWN_TAG },
  {
    name: 'an update action in a snapshot',
    fields: `${W}|268=1|279=0|269=0|270=1|271=1`,
    error: L.FIX_UNKNOWN_TAG,
  },
  { name: 'a tag of eleven digits', fields: `${W}|268=0|10000000055=1`, error: L.FIX_UNKNOWN_TAG },
  {
    name: 'a resend time',
    fields: `35=W|49=XNAS|56=ENGINE|34=1|52=20120621-13:30:00|122=20120621-13:30:00|55=GOOG|268=0`,
    error: L.FIX_UNKNOWN_TAG,
  },
  { name: 'no symbol', fields: `35=W|${HEADER}|268=0`, error: L.FIX_MISSING_TAG },
  { name: 'no group', fields: W, error: L.FIX_MISSING_TAG },
  {
    name: 'no number',
    fields: '35=W|49=XNAS|56=ENGINE|52=20120621-13:30:00|55=GOOG|268=0',
    error: L.FIX_MISSING_TAG,
  },
  { name: 'an entry without price', fields: `${W}|268=1|269=0|271=1`, error: L.FIX_MISSING_TAG },
  { name: 'an entry without size', fields: `${W}|268=1|269=0|270=1`, error: L.FIX_MISSING_TAG },
  {
    name: 'an update without any symbol',
    fields: `${X}|268=1|279=0|269=0|270=1|271=1`,
    error: L.FIX_MISSING_TAG,
  },
  {
    name: 'an update without type',
    fields: `${X}|268=1|279=0|55=GOOG|270=1|271=1`,
    error: L.FIX_MISSING_TAG,
  },
  { name: 'an empty field', fields: `${W}|268=0|262=`, error: L.FIX_BAD_VALUE },
  { name: 'a tag that is no number', fields: `${W}|268=0|x=1`, error: L.FIX_BAD_VALUE },
  { name: 'a tag that begins with 0', fields: `${W}|268=0|083=1`, error: L.FIX_BAD_VALUE },
  { name: 'a field without =', fields: `${W}|268=0|83`, error: L.FIX_BAD_VALUE },
  {
    name: 'a header field after the body began',
    fields: `35=W|49=XNAS|56=ENGINE|34=1|55=GOOG|52=20120621-13:30:00|268=0`,
    error: L.FIX_BAD_VALUE,
  },
  {
    name: 'a field twice',
    fields: `35=W|49=XNAS|49=XNAS|56=ENGINE|34=1|52=20120621-13:30:00|55=GOOG|268=0`,
    error: L.FIX_BAD_VALUE,
  },
  {
    name: 'a price twice in an entry',
    fields: `${W}|268=1|269=0|270=1|270=1|271=1`,
    error: L.FIX_BAD_VALUE,
  },
  {
    name: 'a price that is no number',
    fields: `${W}|268=1|269=0|270=1e2|271=1`,
    error: L.FIX_BAD_VALUE,
  },
  {
    name: 'a price with two points',
    fields: `${W}|268=1|269=0|270=1.2.3|271=1`,
    error: L.FIX_BAD_VALUE,
  },
  {
    name: 'a price of a sign alone',
    fields: `${W}|268=1|269=0|270=-|271=1`,
    error: L.FIX_BAD_VALUE,
  },
  { name: 'a size below zero', fields: `${W}|268=1|269=0|270=1|271=-1`, error: L.FIX_BAD_VALUE },
  { name: 'an unknown entry type', fields: `${W}|268=1|269=4|270=1|271=1`, error: L.FIX_BAD_VALUE },
  {
    name: 'a price between two ticks',
    fields: `${W}|268=1|269=0|270=579.405|271=1`,
    error: L.FIX_OFF_GRID,
  },
  {
    name: 'a size between two lots',
    fields: `${W}|268=1|269=0|270=1|271=1.5`,
    error: L.FIX_OFF_GRID,
  },
  {
    name: 'nine decimals',
    fields: `${X}|268=1|279=0|269=0|55=BTC-USD|270=0.000000001|271=1`,
    error: L.FIX_OFF_GRID,
  },
  {
    name: 'a price past 2^53 ticks',
    fields: `${W}|268=1|269=0|270=90071992547409.93|271=1`,
    error: L.FIX_OFF_GRID,
  },
  {
    name: 'a size of forty digits',
    fields: `${W}|268=1|269=0|270=1|271=${'9'.repeat(40)}`,
    error: L.FIX_OFF_GRID,
  },
  ...['83=9', '60=20120621-13:30:00', '75=20120621', '278=A'].map((field) => ({
    name: `a field that no snapshot has, ${field}`,
    fields: `${W}|${field}|268=0`,
    error: L.FIX_UNKNOWN_TAG,
  })),
  ...['22=A', '22=88'].map((field) => ({
    name: `a value that not every version lists, ${field}`,
    fields: `${W}|${field}|268=0`,
    error: L.FIX_BAD_VALUE,
  })),
  ...['272=20120230', '272=2012062', '273=24:00:00', '273=1', '346=-1', '290=x'].map((field) => ({
    name: `an entry with ${field}`,
    fields: `${W}|268=1|269=0|270=1|271=1|${field}`,
    error: L.FIX_BAD_VALUE,
  })),
  {
    name: 'a number of sixteen digits',
    fields: `35=W|49=XNAS|56=ENGINE|34=0000000000000001|52=20120621-13:30:00|55=GOOG|268=0`,
    error: L.FIX_BAD_VALUE,
  },
  {
    name: 'an entry type that says that the book is empty',
    fields: `${W}|268=1|269=J`,
    error: L.FIX_BAD_VALUE,
  },
  {
    name: 'fields of an entry out of order',
    fields: `${X}|268=1|279=0|269=1|55=ES|271=3|270=1.5`,
    error: L.FIX_BAD_VALUE,
  },
  {
    name: 'a field beside the group twice',
    fields: `${W}|262=A|262=A|268=0`,
    error: L.FIX_BAD_VALUE,
  },
  {
    name: 'a field beside the group between its entries',
    fields: `${W}|268=2|269=0|270=1|271=1|262=A|269=0|270=1|271=1`,
    error: L.FIX_BAD_GROUP_COUNT,
  },
  { name: 'an unknown symbol', fields: `35=W|${HEADER}|55=GOO|268=0`, error: L.FIX_UNKNOWN_SYMBOL },
  {
    name: 'fewer entries than it says',
    fields: `${W}|268=2|269=0|270=1|271=1`,
    error: L.FIX_BAD_GROUP_COUNT,
  },
  {
    name: 'more entries than it says',
    fields: `${W}|268=1|269=0|270=1|271=1|269=0|270=2|271=1`,
    error: L.FIX_BAD_GROUP_COUNT,
  },
  { name: 'more entries than fit', fields: `${W}|268=8193`, error: L.FIX_BAD_GROUP_COUNT },
  {
    name: 'an entry field before the group',
    fields: `${W}|270=1|268=0`,
    error: L.FIX_BAD_GROUP_COUNT,
  },
  {
    name: 'another peer',
    fields: `35=W|49=XNYS|56=ENGINE|34=1|52=20120621-13:30:00|55=GOOG|268=0`,
    error: L.FIX_COMP_ID,
  },
  {
    name: 'a message to somebody else',
    fields: `35=W|49=XNAS|56=ENGINE2|34=1|52=20120621-13:30:00|55=GOOG|268=0`,
    error: L.FIX_COMP_ID,
  },
  {
    name: 'a repetition',
    fields: `35=W|49=XNAS|56=ENGINE|34=1|43=Y|52=20120621-13:30:00|55=GOOG|268=0`,
    error: L.FIX_POSS_DUP,
  },
  {
    name: 'a gap',
    fields: `35=W|49=XNAS|56=ENGINE|34=2|52=20120621-13:30:00|55=GOOG|268=0`,
    error: L.FIX_SEQUENCE,
  },
  {
    name: 'an old message',
    fields: `35=W|49=XNAS|56=ENGINE|34=1|52=20120621-13:29:49.999999999|55=GOOG|268=0`,
    error: L.FIX_SENDING_TIME,
  },
  {
    name: 'a message from the future',
    fields: `35=W|49=XNAS|56=ENGINE|34=1|52=20120621-13:30:10.000000001|55=GOOG|268=0`,
    error: L.FIX_SENDING_TIME,
  },
];

test.each(bad)('is left to the session, its number not used: $name', ({ fields, error }) => {
  expect(decode(fields)).toBe(refused(error));
});

test('nothing is on the fast path unless the session is live', () => {
  expect(decode(`${W}|268=0`, { ...SESSION_OF_TEST, isLive: false })).toBe(refused(L.FIX_NOT_LIVE));
});

test('where a session has a tag for the market time, market data without it are left to it', () => {
  const time = `|${MARKET_TIME_TAG}=20120621-13:30:00`;
  for (const fields of [`${W}|268=0`, `${X}|268=0`]) {
    expect(decode(fields, TIMED_SESSION)).toBe(refused(L.FIX_MISSING_TAG));
    expect(decode(fields + time, TIMED_SESSION)).toContain('kind 1');
  }
  const [entry, two] = ['|269=0|270=1|271=1', `${W}|268=2`];
  expect(decode(two + entry + entry + time, TIMED_SESSION)).toContain('kind 1');
  expect(decode(two + entry + time + entry, TIMED_SESSION)).toBe(refused(L.FIX_BAD_GROUP_COUNT));
  expect(decode(REPORT, TIMED_SESSION)).toContain('kind 2');
  expect(decode(REPORT + time, TIMED_SESSION)).toBe(refused(L.FIX_UNKNOWN_TAG));
});

test('another FIX version is left to the session', () => {
  const session = { ...SESSION_OF_TEST, begin: 'FIX.4.2' };
  expect(decode(`${W}|268=0`, session)).toBe(refused(L.FIX_BEGIN_STRING));
});

test('what the session accepted is decoded though repeated, late, out of number or by another way', () => {
  const header = '49=A|50=B|56=C|57=D|34=9|43=Y|97=Y|52=20110621-13:30:00|122=20110621-13:29:00';
  const found = harness.decodeAccepted(fixMessage(`35=W|${header}|55=GOOG|268=0`));
  expect(summary(found)).toContain('msgSeqNum=9');
  expect(found.kind).toBe(L.DECODED_MARKET_DATA);
});

test('what the session accepted is not misread where a data field holds what looks like fields', () => {
  const data = '|31=9|150=F|10=000|';
  for (const [length, tag] of DATA_TAGS) {
    const message = fixMessage(`${REPORT}|${length}=${data.length}|${tag}=${data}|41=ABC0DEF7`);
    const found = summary(harness.decodeAccepted(message));
    expect(found, `${length}, ${tag}`).toContain('execType=48 ');
    expect(found, `${length}, ${tag}`).toContain('origClOrdId=7 ');
    expect(found, `${length}, ${tag}`).toContain('lastPxTicks=0 ');
  }
});

test('header fields that the session accepted may stand behind some that are not known', () => {
  const header = '49=XNAS|212=6|213=a|52=b|56=ENGINE|34=1|52=20120621-13:30:00';
  const found = harness.decodeAccepted(
    fixMessage(`35=8|${header}|${REPORT.split('|').slice(5).join('|')}`),
  );
  expect(summary(found)).toContain('kind 2');
});

test.each(['', 'hello', '8=FIX.4.4\x019=5\x01'])(
  'what is no frame is not decoded: "%s"',
  (text) => {
    expect(summary(harness.decodeAccepted(text))).toBe(refused(L.FIX_FIRST_FIELDS));
  },
);

const times: readonly { text: string; ns: bigint | undefined }[] = [
  { text: '20120621-13:30:00', ns: NOW_NS },
  { text: '20120621-13:30:00.5', ns: NOW_NS + 500_000_000n },
  { text: '20120621-13:30:00.123', ns: NOW_NS + 123_000_000n },
  { text: '20120621-13:30:00.123456789', ns: NOW_NS + 123_456_789n },
  { text: '20120621-13:29:60', ns: NOW_NS - 1_000_000_000n },
  { text: '20000229-00:00:00', ns: 951_782_400_000_000_000n },
  { text: '19700101-00:00:00.000000001', ns: 1n },
  { text: '20120621-13:30:00.', ns: undefined },
  { text: '20120621-13:30:00.1234567890', ns: undefined },
  { text: '20110229-00:00:00', ns: undefined },
  { text: '20121301-00:00:00', ns: undefined },
  { text: '20120621-24:00:00', ns: undefined },
  { text: '20120621-13:60:00', ns: undefined },
  { text: '20120621-13:30:61', ns: undefined },
  { text: '20120621 13:30:00', ns: undefined },
  { text: '20120621-1a:30:00', ns: undefined },
];

test.each(times)('the market time $text', ({ text, ns }) => {
  const found = decode(`${W}|268=0|${MARKET_TIME_TAG}=${text}`, TIMED_SESSION);
  if (ns === undefined) expect(found).toBe(refused(L.FIX_BAD_VALUE));
  else expect(found).toContain(`marketTimeNs=${ns} `);
});

test('a session without a market time tag does not know one', () => {
  const time = `${MARKET_TIME_TAG}=20120621-13:30:00`;
  expect(decode(`${W}|268=0|${time}`)).toBe(refused(L.FIX_UNKNOWN_TAG));
  expect(decode(`${W}|268=0`)).toContain('marketTimeNs=0 ');
});

test('the sending time may be the market time', () => {
  const session = { ...SESSION_OF_TEST, marketTimeTag: 52 };
  expect(decode(`${W}|268=0`, session)).toContain(`marketTimeNs=${NOW_NS + 15_105_074n} `);
});

const reports: readonly { name: string; fields: string; holds: readonly string[] }[] = [
  {
    name: 'what is absent',
    fields: REPORT,
    holds: [
      'clOrdId=-1',
      'origClOrdId=-1',
      'rejectReason=-1',
      'priceTicks=0',
      'lastLots=0',
      'liquidity=0',
    ],
  },
  {
    name: 'an order of ours',
    fields: `${REPORT}|11=ABC0DEF42|41=ABC0DEF41`,
    holds: [
      'clOrdId=42',
      'origClOrdId=41',
      'instrument=0',
      'side=1',
      'execType=48',
      'ordStatus=48',
      'leavesLots=5',
      'orderIdLength=2',
    ],
  },
  {
    name: 'an order of somebody else',
    fields: `${REPORT}|11=ABC0DEG42|41=ABC0DEF4x`,
    holds: ['clOrdId=-1', 'origClOrdId=-1'],
  },
  { name: 'a prefix without number', fields: `${REPORT}|11=ABC0DEF`, holds: ['clOrdId=-1'] },
  {
    name: 'a fill',
    fields: `${REPORT}|38=5|44=579.40|31=579.39|32=2|851=1|1=A|58=any text = at all|12=-1.5|13=3|15=USD|40=2|59=3|60=20120621-13:30:00`,
    holds: ['orderLots=5', 'priceTicks=57940', 'lastPxTicks=57939', 'lastLots=2', 'liquidity=1'],
  },
  { name: 'liquidity routed out', fields: `${REPORT}|851=3`, holds: ['liquidity=0'] },
  { name: 'a rejection', fields: `${REPORT}|103=99`, holds: ['rejectReason=99'] },
];

test.each(reports)('an execution report has $name', ({ fields, holds }) => {
  const found = `${decode(fields)} `;
  expect(found).toContain(`kind ${L.DECODED_EXECUTION}`);
  for (const each of holds) expect(found).toContain(` ${each} `);
});

test.each([
  { name: 'no order id', fields: REPORT.replace('37=V1|', ''), error: L.FIX_MISSING_TAG },
  { name: 'no leaves', fields: REPORT.replace('151=5|', ''), error: L.FIX_MISSING_TAG },
  { name: 'no average price', fields: REPORT.replace('|6=0', ''), error: L.FIX_MISSING_TAG },
  ...[
    '103=12',
    '103=03',
    '103=100',
    '851=4',
    '851=0',
    '40=5',
    '59=8',
    '13=7',
    '15=US',
    '15=U1D',
    '12=1e5',
    '12=+1',
    '60=20120621',
  ].map((field) => ({
    name: `a value that FIX does not know, ${field}`,
    fields: `${REPORT}|${field}`,
    error: L.FIX_BAD_VALUE,
  })),
  ...['39=5', '39=F', '39=00', '150=1', '150=2', '150=J'].map((field) => ({
    name: `a code that FIX does not know, ${field}`,
    fields: REPORT.replace(`|${field.slice(0, 2)}`, '|9999').replace(/9999[^|]*/, field),
    error: L.FIX_BAD_VALUE,
  })),
  ...['1=A', '12=1', '13=3', '15=USD', '40=2', '58=x', '59=0', '60=20120621-13:30:00'].map(
    (field) => ({
      name: `${field} twice`,
      fields: `${REPORT}|${field}|${field}`,
      error: L.FIX_BAD_VALUE,
    }),
  ),
  { name: 'a field that no report has, 20', fields: `${REPORT}|20=0`, error: L.FIX_UNKNOWN_TAG },
  { name: 'a short sale', fields: REPORT.replace('54=1', '54=5'), error: L.FIX_BAD_VALUE },
  { name: 'a fill off the grid', fields: `${REPORT}|31=1.001`, error: L.FIX_OFF_GRID },
  { name: 'a field twice', fields: `${REPORT}|17=E2`, error: L.FIX_BAD_VALUE },
  {
    name: 'an unknown symbol',
    fields: REPORT.replace('GOOG', 'MSFT'),
    error: L.FIX_UNKNOWN_SYMBOL,
  },
  { name: 'a tag that is not on the list', fields: `${REPORT}|880=1`, error: L.FIX_UNKNOWN_TAG },
])('an execution report is left to the session: $name', ({ fields, error }) => {
  expect(decode(fields)).toBe(refused(error));
});

const CANCEL_REJECT = `35=9|${HEADER}|37=V1|11=ABC0DEF42|41=ABC0DEF41|39=0|434=1`;

test('a cancel reject says which request was refused, why, and what the order is', () => {
  const found = `${decode(`${CANCEL_REJECT}|102=99|58=any text = at all|1=A|60=20120621-13:30:00`)} `;
  expect(found).toContain(`kind ${L.DECODED_CANCEL_REJECT}`);
  for (const each of ['clOrdId=42', 'origClOrdId=41', 'ordStatus=48', 'rejectReason=99']) {
    expect(found).toContain(` ${each} `);
  }
  expect(`${decode(CANCEL_REJECT)} `).toContain(' rejectReason=-1 ');
});

test('a heartbeat is on the fast path, one that answers a TestRequest is the session’s', () => {
  expect(decode(`35=0|${HEADER}`)).toContain(`kind ${L.DECODED_HEARTBEAT}`);
  expect(decode(`35=0|${HEADER}|112=TEST`)).toBe(refused(L.FIX_UNKNOWN_TAG));
});

test.each([
  ...['37=V1', '11=ABC0DEF42', '41=ABC0DEF41', '39=0', '434=1'].map((field) => ({
    name: `${field} is missing`,
    fields: CANCEL_REJECT.replace(`|${field}`, ''),
    error: L.FIX_MISSING_TAG,
  })),
  ...['102=7', '102=00', '102=100', '60=noon'].map((field) => ({
    name: `a value that FIX does not know, ${field}`,
    fields: `${CANCEL_REJECT}|${field}`,
    error: L.FIX_BAD_VALUE,
  })),
  { name: '434=3', fields: CANCEL_REJECT.replace('434=1', '434=3'), error: L.FIX_BAD_VALUE },
  { name: '39=5', fields: CANCEL_REJECT.replace('39=0', '39=5'), error: L.FIX_BAD_VALUE },
  { name: 'a field twice', fields: `${CANCEL_REJECT}|37=V2`, error: L.FIX_BAD_VALUE },
  { name: 'a field off the list', fields: `${CANCEL_REJECT}|55=GOOG`, error: L.FIX_UNKNOWN_TAG },
])('a cancel reject is left to the session: $name', ({ fields, error }) => {
  expect(decode(fields)).toBe(refused(error));
});

/** Digits with a point anywhere, now and then with something else among them. */
function numberText(random: SeededRandom): string {
  const digits = Array.from({ length: 1 + random.below(random.pick([3, 9, 17])) }, () =>
    random.oneIn(200) ? random.pick(['/', ':', ' ', '-', 'x', '\u00b2']) : String(random.below(10)),
  );
  if (random.oneIn(2)) digits.splice(random.below(digits.length + 1), 0, '.');
  if (random.oneIn(50)) digits.splice(random.below(digits.length + 1), 0, '.');
  return digits.join('');
}

test('numbers and times of every length in an update of the usual shape are those of the twin', () => {
  const random = new SeededRandom(34);
  let fast = 0;
  for (let round = 0; round < 20_000; round++) {
    const [symbol] = random.pick([['GOOG'], ['BTC-USD'], ['ES'], ['ESX']]);
    const decimals = '.123456789'.slice(0, random.pick([0, 2, 4, 7, 10, 10]));
    const number = 10 ** random.below(15) + random.below(9);
    const header = `49=XNAS|56=ENGINE|34=${number}|52=20120621-13:30:0${random.below(10)}`;
    const entries = Array.from({ length: 1 + random.below(3) }, () => {
      const size = random.oneIn(4) ? '' : `|271=${numberText(random)}`;
      const type = random.below(4);
      return `279=${random.below(4)}|269=${type}|55=${symbol}|270=${numberText(random)}${size}`;
    });
    const time = `${MARKET_TIME_TAG}=20120621-13:29:59${decimals}`;
    const group = `268=${entries.length}|${entries.join('|')}`;
    const session = { ...TIMED_SESSION, nextIn: BigInt(number) };
    if (decode(`35=X|${header}|${time}|${group}`, session).includes('isSnapshot')) fast++;
  }
  expect(fast).toBeGreaterThan(1000);
});
