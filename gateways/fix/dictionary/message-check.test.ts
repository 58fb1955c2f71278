/** Which fault of a message is found, by rule and by version; the slow plain twin says the same. */
import { describe, expect, test } from 'vitest';
import { fixMessage } from '../../../test/support/fix-message.ts';
import { parseMessage } from '../codec.ts';
import { beginStringOf, FIX_VERSIONS, type FixVersion } from '../version.ts';
import { loadDictionary } from './dictionary.ts';
import { type MessageRules, messageCheck, STRICT } from './message-check.ts';
import { messageCheckReference } from './message-check-reference.ts';

const HEADER = '34=2|49=TW|52=20240102-10:00:00|56=ISLD';
const ORDER = '11=ID|21=1|38=002000.00|40=1|54=1|55=INTC|60=20240102-10:00:00';

/** Tag and reason of both checks, which agree. */
function judged(fields: string, version: FixVersion = 'FIX.4.4', rules = STRICT) {
  const text = fixMessage(fields, beginStringOf(version));
  const message = parseMessage(Buffer.from(text, 'latin1'))!;
  const dictionary = loadDictionary(version);
  const found = messageCheck(dictionary, rules)(message);
  const plain = messageCheckReference(dictionary, rules)(message);
  expect([found?.refTag, found?.reason]).toEqual([plain?.refTag, plain?.reason]);
  expect(found?.isFatal ?? false).toBe(false);
  return found === undefined ? 'sound' : `${found.refTag} ${found.reason}`;
}

const order = (more: string, body = ORDER) => `35=D|${HEADER}|${body}${more}`;

describe.each(FIX_VERSIONS)('%s: ', (version) => {
  const cases: [string, string, string][] = [
    ['a good order', order(''), 'sound'],
    [
      'header fields in another order',
      `35=D|56=ISLD|52=20240102-10:00:00|49=TW|34=2|${ORDER}`,
      'sound',
    ],
    [
      'body fields in another order',
      `35=D|${HEADER}|${ORDER.split('|').reverse().join('|')}`,
      'sound',
    ],
    ['tag 0', order('|0=x'), '0 0'],
    ['a negative tag', order('|-1=x'), '-1 0'],
    ['a user-defined tag', order('|5000=x'), '5000 0'],
    ['a header field missing', `35=D|34=2|49=TW|52=20240102-10:00:00|${ORDER}`, '56 1'],
    ['a body field missing', order('', ORDER.replace('54=1|', '')), '54 1'],
    ['a tag of another message', order('|41=x'), '41 2'],
    ['an empty field', order('|58='), '58 4'],
    ['a value outside the list', order('', ORDER.replace('21=1', '21=4')), '21 5'],
    ['a plus sign', order('', ORDER.replace('38=00', '38=+')), '38 6'],
    ['a header field in the body', `35=D|${HEADER.replace('34=2|', '')}|11=ID|34=2`, '34 14'],
    ['a body field in the header', `35=D|34=2|58=x|${HEADER.slice(5)}|${ORDER}`, '49 14'],
    ['a body field behind the trailer', order('|93=1|89=x|58=x'), '58 14'],
    ['a field twice', order('|40=2'), '40 13'],
    ['a header field twice', `35=D|34=2|${HEADER}|${ORDER}`, '34 13'],
    ['an undefined MsgType', `35=*|${HEADER}|${ORDER}`, '35 11'],
    ['an undefined MsgType and no order', `35=*|11=x|${HEADER}`, '34 14'],
    ['data with SOH in it', order('|354=5|355=a\x0158='), 'sound'],
    ['a required field missing and a bad one', order('|58=', ORDER.slice(6)), '11 1'],
    ['two bad fields: the first', order('|58=|0=x'), '58 4'],
    ['an empty group', order('|78=0'), 'sound'],
    ['a group', order('|78=2|79=A|80=1|79=B|80=2|58=x'), 'sound'],
    ['more entries than counted', order('|78=1|79=A|79=B'), '78 16'],
    ['fewer entries than counted', order('|78=2|79=A|58=x'), '78 16'],
    ['a bad count', order('|78=x|79=A'), '78 6'],
    ['a group that begins with another field', order('|78=1|80=1|79=A'), '80 15'],
    ['a field of a group twice in an entry', order('|78=1|79=A|80=1|80=2'), '80 13'],
  ];
  test.each(cases)('%s', (_, fields, expected) => {
    expect(judged(fields, version)).toBe(expected);
  });
});

const HOPS = `627=2|628=A|629=20240102-10:00:00|628=B|630=7|${HEADER}`;
const PARTIES = '|453=2|448=A|447=D|452=1|802=1|523=s|803=1|448=B|452=3|58=x';
const NESTED = `35=E|${HEADER}|66=L|394=3|68=1|73=1|11=A|67=1|55=X|54=1|40=1`;

test.each<[string, string, string]>([
  ['a group in a group', order(PARTIES), 'sound'],
  ['a group in the header', `35=D|${HOPS}|${ORDER}`, 'sound'],
  ['a header group short of an entry', `35=D|${HOPS.replace('=2', '=3')}|${ORDER}`, '627 16'],
  ['a field of a header group in the body', order('|628=A'), '628 14'],
  ['fields of an entry in another order', order('|453=1|448=A|452=1|447=D'), '447 15'],
  ['a field of a group outside of it', order('|448=A'), '448 2'],
  ['an undefined tag among the entries', order('|453=2|448=A|9999=x|448=B'), '9999 0'],
  ['an inner count that is wrong', order(PARTIES.replace('802=1', '802=2')), '802 16'],
  ['a required field of an entry missing', NESTED.replace('|54=1', ''), '54 1'],
  ['entries with all they need', NESTED, 'sound'],
  ['an entry’s last field, then the same tag of the message', order('|453=1|448=A|58=x'), 'sound'],
  ['several values, each listed', order('|18=1 6'), 'sound'],
  ['several values, one not listed', order('|18=1 ~'), '18 5'],
  ['several values, two spaces', order('|18=1  6'), '18 6'],
  ['99 as why a mass cancel is refused', `35=r|${HEADER}|37=x|530=7|531=0|532=99|533=0`, 'sound'],
  ['NewPassword in a Logon, which came later', `35=A|${HEADER}|98=0|108=30|925=x`, '925 2'],
])('FIX.4.4: %s', (_, fields, expected) => {
  expect(judged(fields)).toBe(expected);
});

test.each<[string, string, string]>([
  ['an ApplVerID that is served', `35=D|1128=9|${HEADER}|${ORDER}`, 'sound'],
  ['an ApplVerID that is not served', `35=D|1128=7|${HEADER}|${ORDER}`, '1128 18'],
  ['an empty ApplVerID', `35=D|1128=|${HEADER}|${ORDER}`, '1128 4'],
  ['a Logon', `35=A|${HEADER}|98=0|108=30|1137=9|553=u|554=p|925=n`, 'sound'],
  ['a Logon without version', `35=A|${HEADER}|98=0|108=30`, '1137 1'],
  ['a field of the application in a Heartbeat', `35=0|${HEADER}|999=x`, '999 0'],
  ['the same in an order', order('|999=x'), '999 2'],
])('FIX.5.0SP2: %s', (_, fields, expected) => {
  expect(judged(fields, 'FIX.5.0SP2')).toBe(expected);
});

test.each<[keyof MessageRules, string, string]>([
  ['fieldsOutOfOrder', `35=D|34=2|58=x|${HEADER.slice(5)}|${ORDER}`, '49 14'],
  ['fieldsHaveValues', order('|58='), '58 4'],
  ['userDefinedFields', order('|5000=x|5000=y'), '5000 0'],
  ['unknownFields', order('|4999=x'), '4999 0'],
  ['unknownFields', order('|41=x'), '41 2'],
  ['enumerations', order('', ORDER.replace('21=1', '21=4')), '21 5'],
  ['groupFieldsOutOfOrder', order('|453=1|448=A|452=1|447=D'), '447 15'],
])('%s: what it judges passes when lenient', (rule, fields, expected) => {
  expect(judged(fields)).toBe(expected);
  expect(judged(fields, 'FIX.4.4', { ...STRICT, [rule]: 'lenient' })).toBe('sound');
});

test('no leniency makes 0 or a negative number a tag', () => {
  const rules: MessageRules = { ...STRICT, unknownFields: 'lenient', userDefinedFields: 'lenient' };
  expect(judged(order('|0=x'), 'FIX.4.4', rules)).toBe('0 0');
  expect(judged(order('|-5000=x'), 'FIX.4.4', rules)).toBe('-5000 0');
});

test.each<[string, string]>([
  [order('|999=x'), 'tag 999 is not defined in FIX.4.4'],
  [
    order('', ORDER.replace('54=1|', '')),
    'Side (54) is missing, which NewOrderSingle (35=D) requires',
  ],
  [order('|41=x'), 'OrigClOrdID (41) does not belong there in NewOrderSingle (35=D)'],
  [order('', ORDER.replace('21=1', '21=4')), 'HandlInst (21) is 4, none of 1 2 3'],
  [order('|453=2|448=A'), 'NoPartyIDs (453) is 2, but 1 entries follow'],
  [
    order(`|15=${'x'.repeat(80)}`),
    `Currency (15) is ${'x'.repeat(40)}..., not a currency of three letters`,
  ],
  [`35=*|${HEADER}`, 'MsgType (35) * is no message of FIX.4.4'],
])('%s is explained', (fields, text) => {
  const message = parseMessage(Buffer.from(fixMessage(fields), 'latin1'))!;
  expect(messageCheck(loadDictionary('FIX.4.4'), STRICT)(message)?.text).toBe(text);
});
