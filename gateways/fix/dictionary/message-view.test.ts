/** Messages through typed views and back; what the compiler must refuse stands here as well. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { encodeMessage, fixMessage } from '../../../test/support/fix-message.ts';
import { randomFields } from '../../../test/support/random-fix-fields.ts';
import { SeededRandom } from '../../../test/support/seeded-random.ts';
import { type Field, type FixMessage, parseMessage } from '../codec.ts';
import { beginStringOf, FIX_VERSIONS } from '../version.ts';
import { type Dictionary, loadDictionary } from './dictionary.ts';
import type { FieldType } from './field-format.ts';
import { messageCheck, STRICT } from './message-check.ts';
import { fieldsOf } from './message-fields.ts';
import { type MessageBody, type MessageName, valueKind } from './message-types.ts';
import { viewOf } from './message-view.ts';

const fix44 = loadDictionary('FIX.4.4');
const HEADER = '34=2|43=Y|49=TW|52=20240102-10:00:00|56=ISLD';
const parsed = (fields: string): FixMessage =>
  parseMessage(Buffer.from(fixMessage(fields), 'latin1'))!;

const ORDER = parsed(
  `35=D|${HEADER}|11=A|453=2|448=X|447=D|452=1|802=2|523=s|803=1|523=t|448=Y|18=1 6|` +
    '55=INTC|54=1|60=20240102-10:00:00|38=002000.50|40=2|44=-.5|114=N|354=3|355=a\x01b|423=1',
);

test('fields are read by name, as what they are', () => {
  const order = viewOf(fix44, 'NewOrderSingle', ORDER);
  const clOrdId: string = order.ClOrdID;
  const side: '1' | '2' | string = order.Side;
  const price: number | undefined = order.Price;
  expect([clOrdId, side, price]).toEqual(['A', '1', -0.5]);
  expect(order.OrderQty).toBe(2000.5);
  expect(order.LocateReqd).toBe(false);
  expect(order.ExecInst).toEqual(['1', '6']);
  expect(order.PriceType).toBe(1);
  expect(order.EncodedText).toBe('a\x01b');
  expect(order.Account).toBeUndefined();
  expect(order.MsgSeqNum).toBe(2);
  expect(order.PossDupFlag).toBe(true);
  expect(order.CheckSum).toMatch(/^\d{3}$/);
});

test('groups are arrays of their entries, as deep as they go', () => {
  const parties = viewOf(fix44, 'NewOrderSingle', ORDER).NoPartyIDs!;
  expect(parties).toHaveLength(2);
  expect(parties[0]!.PartyID).toBe('X');
  expect(parties[0]!.NoPartySubIDs?.map((sub) => sub.PartySubID)).toEqual(['s', 't']);
  expect(parties[1]!.PartyRole).toBeUndefined();
  const view = viewOf(fix44, 'NewOrderSingle', ORDER);
  expect(view.NoPartyIDs).toBe(view.NoPartyIDs);
});

test('a view says all that the message says as JSON', () => {
  expect(JSON.parse(JSON.stringify(viewOf(fix44, 'NewOrderSingle', ORDER)))).toMatchObject({
    BeginString: 'FIX.4.4',
    ClOrdID: 'A',
    OrderQty: 2000.5,
    NoPartyIDs: [
      { PartyID: 'X', PartyRole: 1, NoPartySubIDs: [{ PartySubID: 's' }, { PartySubID: 't' }] },
      { PartyID: 'Y' },
    ],
  });
});

test('what should be there and is not is a fault, when it is asked for', () => {
  const view = viewOf(fix44, 'NewOrderSingle', parsed(`35=D|${HEADER}|11=A|38=x|114=`));
  expect(view.ClOrdID).toBe('A');
  expect(() => view.Side).toThrow('NewOrderSingle.Side (54) is missing');
  expect(() => view.OrderQty).toThrow('NewOrderSingle.OrderQty (38) is "x", not a decimal number');
  expect(() => view.LocateReqd).toThrow('is "", not Y or N');
  expect(() => viewOf(fix44, 'Heartbeat', ORDER)).toThrow('a view of Heartbeat');
});

const BODY: MessageBody<'FIX.4.4', 'NewOrderSingle'> = {
  OrdType: '2',
  ClOrdID: 'A',
  Side: '1',
  TransactTime: '20240102-10:00:00',
  Symbol: 'INTC',
  OrderQty: 2000,
  Price: 1e-7,
  LocateReqd: true,
  ExecInst: ['1', '6'],
  EncodedText: 'a\x01b',
  NoPartyIDs: [
    { PartyID: 'X', PartyRole: 1, NoPartySubIDs: [{ PartySubID: 's' }] },
    { PartyID: 'Y', PartyRole: undefined },
  ],
  NoAllocs: [],
};

test('an object becomes fields in the order of the dictionary', () => {
  const fields = fieldsOf(fix44, 'NewOrderSingle', BODY);
  expect(fields.map(([tag, value]) => `${tag}=${value}`).join('|')).toBe(
    '11=A|453=2|448=X|452=1|802=1|523=s|448=Y|78=0|18=1 6|55=INTC|54=1|114=Y|' +
      '60=20240102-10:00:00|38=2000|40=2|44=0.0000001|354=3|355=a\x01b',
  );
  const message = encodeMessage('FIX.4.4', [[35, 'D'], ...header(2), ...fields]);
  expect(messageCheck(fix44, STRICT)(parseMessage(message)!)).toBeUndefined();
});

const header = (msgSeqNum: number): Field[] => [
  [34, msgSeqNum],
  [49, 'TW'],
  [52, '20240102-10:00:00'],
  [56, 'ISLD'],
];

test.each<[string, Record<string, unknown>, string]>([
  ['a required field', { Side: undefined }, 'NewOrderSingle.Side is required'],
  ['a name that is none', { Sid: '1' }, 'NewOrderSingle.Sid is no field of it'],
  ['a text for a number', { OrderQty: '5' }, 'NewOrderSingle.OrderQty is "5", not a number'],
  ['no number', { OrderQty: Number.NaN }, 'NewOrderSingle.OrderQty is null, not a number'],
  ['a fraction', { PriceType: 1.5 }, 'NewOrderSingle.PriceType is 1.5, not a whole number'],
  ['a value that is not listed', { Side: 'x' }, 'NewOrderSingle.Side is "x", none of 1 2 3'],
  ['a list with another one', { ExecInst: ['1', '~'] }, 'ExecInst is "~", none of '],
  ['an empty text', { Account: '' }, 'NewOrderSingle.Account is "", not text'],
  ['SOH in a text', { Account: 'a\x01b' }, 'NewOrderSingle.Account is "a\\u0001b", not text'],
  ['letters beyond latin1', { Account: '\u20ac' }, 'NewOrderSingle.Account is'],
  [
    'a bad time',
    { TransactTime: '2024' },
    'NewOrderSingle.TransactTime is "2024", not a timestamp',
  ],
  ['a truth that is none', { LocateReqd: 'Y' }, 'LocateReqd is "Y", not true or false'],
  [
    'entries that are no list',
    { NoPartyIDs: 2 },
    'NewOrderSingle.NoPartyIDs is no list of entries',
  ],
  [
    'an entry without its first field',
    { NoPartyIDs: [{ PartyRole: 1 }] },
    'NewOrderSingle.NoPartyIDs[0].PartyID is required',
  ],
])('%s is refused by name', (_, change, text) => {
  const body = { ...BODY, ...change } as typeof BODY;
  expect(() => fieldsOf(fix44, 'NewOrderSingle', body)).toThrow(text);
});

test.each([
  [0.1, '0.1'],
  [-1.5e-9, '-0.0000000015'],
  [1e21, '1000000000000000000000'],
  [-1.25e22, '-12500000000000000000000'],
  [5e-324, `0.${'0'.repeat(323)}5`],
  [0, '0'],
])('%s is written %s', (value, text) => {
  const fields = fieldsOf(fix44, 'NewOrderSingle', { ...BODY, Price: value });
  expect(fields).toContainEqual([44, text]);
});

/** Never called: `npm run types` fails where one of these lines is no mistake. */
function refusedByTheCompiler(message: FixMessage): void {
  const order = viewOf(fix44, 'NewOrderSingle', message);
  const old = viewOf(loadDictionary('FIX.4.2'), 'NewOrderSingle', message);
  // @ts-expect-error no message of this version
  viewOf(loadDictionary('FIX.4.2'), 'TradeCaptureReport', message);
  // @ts-expect-error no field of the message
  void order.ExecID;
  // @ts-expect-error FIX 4.2 has no parties
  void old.NoPartyIDs;
  // @ts-expect-error a text is no number
  void (order.ClOrdID * 2);
  // @ts-expect-error it may be absent
  order.Price.toFixed(2);
  // @ts-expect-error not one of the values
  void (order.Side === 'x');
  // @ts-expect-error nobody writes into a message
  order.Price = 1;
  // @ts-expect-error CrossType and more are required
  fieldsOf(fix44, 'NewOrderCross', { CrossID: 'x' });
  // @ts-expect-error a misspelt name
  fieldsOf(fix44, 'TestRequest', { TestReqId: 'x' });
  // @ts-expect-error a number is wanted
  fieldsOf(fix44, 'Logon', { EncryptMethod: 0, HeartBtInt: '30' });
}

test('the compiler refuses what no message can say', () => {
  expect(refusedByTheCompiler).toBeTypeOf('function');
});

describe.each(FIX_VERSIONS)('%s', (version) => {
  const dictionary: Dictionary = loadDictionary(version);
  const check = messageCheck(dictionary, STRICT);

  test.each([1, 2])('any message comes back the same through view and fields, seed %d', (seed) => {
    const random = new SeededRandom(seed);
    const surrounds = new Set(
      [dictionary.header, dictionary.trailer].flatMap(({ members }) =>
        members.map(({ field }) => field.name),
      ),
    );
    for (const { msgType, name: known } of dictionary.messages.values()) {
      const name = known as MessageName<typeof version>;
      const encode = (fields: readonly Field[]) =>
        parseMessage(encodeMessage(beginStringOf(version), fields))!;
      const read = (message: FixMessage) => {
        const said = JSON.parse(JSON.stringify(viewOf(dictionary, name, message)));
        return Object.fromEntries(Object.entries(said).filter(([key]) => !surrounds.has(key)));
      };
      const made = randomFields(random, dictionary, msgType, version === 'FIX.5.0SP2' ? 150 : 6);
      const body = read(encode(made));
      const fields = fieldsOf(dictionary, name, body as MessageBody<typeof version, typeof name>);
      const again = encode([[35, msgType], ...header(1), ...fields]);
      expect(check(again), again.text).toBeUndefined();
      expect(read(again), again.text).toEqual(body);
    }
  });

  test('the compiler types fields as the view reads them', () => {
    const file = { 'FIX.4.2': 'fix42', 'FIX.4.4': 'fix44', 'FIX.5.0SP2': 'fix50sp2' }[version];
    const path = join(import.meta.dirname, `../../../build/dictionaries/${file}.d.ts`);
    const text = readFileSync(path, 'utf8');
    const aliases = new Map(
      [...text.matchAll(/^export type (\w+) = (.*);$/gm)].map(([, name, is]) => [name!, is!]),
    );
    let count = 0;
    for (const [, name, is] of text.matchAll(
      /^ {2}readonly (\w+)\??: (.*?)(?: \| undefined)?;$/gm,
    )) {
      const field = dictionary.fieldNamed(name!);
      if (field === undefined || is!.includes('_')) continue; // a group, or a row of Messages
      count += 1;
      expect(kindOf(is!, aliases), name).toBe(valueKind(field.type as FieldType));
    }
    expect(count).toBeGreaterThan(400);
  });
});

function kindOf(is: string, aliases: ReadonlyMap<string, string>): string {
  if (is.startsWith('readonly ')) return 'list';
  if (is === 'number' || is === 'boolean') return is;
  return /^-?\d/.test(aliases.get(is) ?? '') ? 'number' : 'text';
}
