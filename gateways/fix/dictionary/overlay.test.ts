/** What an overlay changes, that the standard's dictionary stays, and what a wrong one is told. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ConfigError } from '../../../config/config-error.ts';
import { fixMessage } from '../../../test/support/fix-message.ts';
import { SeededRandom } from '../../../test/support/seeded-random.ts';
import { parseMessage } from '../codec.ts';
import { type Dictionary, type Level, loadDictionary } from './dictionary.ts';
import { messageCheck, STRICT } from './message-check.ts';
import { applyOverlay } from './overlay.ts';
import { overlayFromFile } from './overlay-file.ts';
import { dictionaryOverlaySchema } from './overlay-schema.ts';

const SIM_OVERLAY = join(import.meta.dirname, '../../../config/venues/sim-overlay.yaml');
const HEADER = '34=2|49=TW|52=20240102-10:00:00|56=ISLD';
const ORDER = `35=D|${HEADER}|11=ID|40=1|54=1|55=INTC|60=20240102-10:00:00`;

const base = loadDictionary('FIX.4.4');
const over = (overlay: object): Dictionary =>
  applyOverlay(base, dictionaryOverlaySchema.parse({ beginString: 'FIX.4.4', ...overlay }));

function judged(dictionary: Dictionary, fields: string): string {
  const message = parseMessage(Buffer.from(fixMessage(fields), 'latin1'))!;
  const found = messageCheck(dictionary, STRICT)(message);
  return found === undefined ? 'sound' : `${found.refTag} ${found.reason}`;
}

const tags = (level: Level | undefined) => level?.members.map(({ field }) => field.tag);

test('the overlay of the simulated venue fits', () => {
  const dictionary = overlayFromFile(SIM_OVERLAY, base);
  expect(dictionary.fieldNamed('MarketTime')).toMatchObject({ tag: 5060, type: 'UTCTIMESTAMP' });
  expect(dictionary.message('U1')).toMatchObject({ name: 'DoneThrough', category: 'app' });
  expect(judged(dictionary, `35=U1|${HEADER}|5061=7`)).toBe('sound');
  expect(judged(dictionary, `35=U1|${HEADER}`)).toBe('5061 1');
  expect(judged(dictionary, `35=U1|${HEADER}|5061=-7`)).toBe('5061 6');
  expect(judged(dictionary, `${ORDER}|5061=7`)).toBe('5061 2');
  const snapshot = `35=W|${HEADER}|55=X|268=0`;
  expect(judged(dictionary, `${snapshot}|5060=20120621-13:30:00.123456789`)).toBe('sound');
  expect(judged(dictionary, snapshot)).toBe('5060 1');
  expect(judged(base, snapshot)).toBe('sound');
  expect(base.message('U1')).toBeUndefined();
});

test('a field of the standard takes further values, and another type', () => {
  const dictionary = over({ fields: [{ tag: 40, values: { z: 'PEGGED_TO_MOON' } }] });
  expect(dictionary.field(40)!.values!.get('z')).toBe('PEGGED_TO_MOON');
  expect(judged(dictionary, ORDER.replace('40=1', '40=z'))).toBe('sound');
  expect(judged(dictionary, ORDER.replace('40=1', '40=y'))).toBe('40 5');
  expect(judged(base, ORDER.replace('40=1', '40=z'))).toBe('40 5');
  expect(over({ fields: [{ tag: 15, type: 'STRING' }] }).field(15)!.name).toBe('Currency');
});

test('a field of a message becomes required or optional, in this message alone', () => {
  const changed = [
    { tag: 1, required: true },
    { tag: 54, required: false },
    { tag: 55, required: true }, // of the component Instrument, which other messages share
  ];
  const dictionary = over({
    messages: [{ msgType: 'D', name: 'NewOrderSingle', fields: changed }],
  });
  expect(judged(dictionary, ORDER)).toBe('1 1');
  expect(judged(dictionary, `${ORDER.replace('|54=1', '')}|1=A`)).toBe('sound');
  expect(judged(dictionary, `${ORDER.replace('|55=INTC', '')}|1=A`)).toBe('55 1');
  expect(tags(dictionary.message('D')!.body)).toEqual(tags(base.message('D')!.body));
  expect(dictionary.message('G')!.body.byTag.get(55)!.isRequired).toBe(false);
});

test('messages take new fields and groups, last or behind the named field', () => {
  const dictionary = over({
    fields: [
      { tag: 6001, name: 'Desk', type: 'STRING' },
      { tag: 6002, name: 'NoNotes', type: 'NUMINGROUP' },
      { tag: 6003, name: 'Note', type: 'STRING' },
      { tag: 6004, name: 'NoteBytes', type: 'LENGTH' },
      { tag: 6005, name: 'NoteData', type: 'DATA' },
    ],
    header: [{ tag: 6001, required: false, after: 56 }],
    messages: [
      {
        msgType: 'D',
        name: 'NewOrderSingle',
        fields: [
          { tag: 453, required: false, fields: [{ tag: 6003, required: true, after: 448 }] },
          {
            tag: 6002,
            required: true,
            after: 55,
            fields: [
              { tag: 6003, required: true },
              { tag: 6004, required: false },
              { tag: 6005, required: false },
            ],
          },
        ],
      },
    ],
  });
  const notes = '6002=2|6003=a|6004=3|6005=x=y|6003=b';
  expect(judged(dictionary, `${ORDER}|${notes}|453=1|448=A|6003=c|447=D`)).toBe('sound');
  expect(judged(dictionary, ORDER)).toBe('6002 1');
  expect(judged(dictionary, `${ORDER}|${notes}|453=1|448=A|447=D`)).toBe('6003 1');
  expect(judged(dictionary, `${ORDER}|${notes}|453=1|448=A|447=D|6003=c`)).toBe('6003 15');
  expect(judged(dictionary, `${ORDER.replace('|11=', '|6001=x|11=')}|${notes}`)).toBe('sound');
  expect(judged(dictionary, `${ORDER}|${notes}|6001=x`)).toBe('6001 14');
  expect(dictionary.dataTags.get(6004)).toBe(6005);
  expect(tags(base.message('D')!.body.byTag.get(453)!.group)).not.toContain(6003);
  const members = tags(dictionary.message('D')!.body)!;
  expect(members[members.indexOf(55) + 1]).toBe(6002);
});

test('over FIXT.1.1 the version may be named', () => {
  const overlay = { beginString: 'FIXT.1.1', version: 'FIX.5.0SP2' } as const;
  expect(applyOverlay(loadDictionary('FIX.5.0SP2'), overlay).version).toBe('FIX.5.0SP2');
  expect(() => applyOverlay(base, overlay)).toThrow(/speaks FIX\.4\.4/);
});

const folder = mkdtempSync(join(tmpdir(), 'gyrfalcon-overlay-'));
afterAll(() => rmSync(folder, { recursive: true }));

const NEW = 'beginString: FIX.4.4\nfields:\n  - { tag: 6001, name: Desk, type: STRING }\n';
const order = (member: string) =>
  `${NEW}messages:\n  - msgType: D\n    name: NewOrderSingle\n    fields:\n      - ${member}\n`;

test.each<[string, string, string]>([
  [
    'another BeginString',
    'beginString: FIX.4.2\n',
    ':1:14: beginString is FIX.4.2; the session speaks FIX.4.4, which is FIX.4.4',
  ],
  [
    'another version',
    'beginString: FIX.4.4\nversion: FIX.4.2\n',
    ':2:10: version is FIX.4.2; the session speaks FIX.4.4',
  ],
  [
    'a BeginString that is none',
    'beginString: FIX.4\n',
    ':1:14: beginString is "FIX.4"; it must be one of "FIX.4.2", "FIX.4.4", "FIXT.1.1"',
  ],
  [
    'a misspelt key',
    'beginString: FIX.4.4\nmesages: []\n',
    ':2:1: mesages: unknown key; did you mean "messages"?',
  ],
  [
    'a type that is none',
    NEW.replace('STRING', 'TEXT'),
    'fields[0].type is "TEXT"; it must be one of "AMT", ',
  ],
  [
    'a tag that is none',
    NEW.replace('6001', '0'),
    ':3:12: fields[0].tag is 0; it must be a whole number from 1 to 999999',
  ],
  [
    'a new field without name',
    'beginString: FIX.4.4\nfields:\n  - tag: 6001\n',
    ':3:10: fields[0].tag is 6001, which is new: give it a name',
  ],
  [
    'a new field without type',
    'beginString: FIX.4.4\nfields:\n  - { tag: 6001, name: Desk }\n',
    'which is new: give it a type',
  ],
  [
    'another name for a tag',
    'beginString: FIX.4.4\nfields:\n  - { tag: 54, name: Desk }\n',
    ':3:22: fields[0].name is Desk, but 54 is Side in FIX.4.4',
  ],
  ['a name that is taken', NEW.replace('Desk', 'Side'), 'fields[0].name is Side, the name of 54'],
  [
    'a tag twice',
    `${NEW}  - { tag: 6001, name: Floor, type: INT }\n`,
    ':4:12: fields[1].tag is 6001, which the file has before: give a tag once',
  ],
  [
    'a tag that is not defined',
    order('{ tag: 6002, required: true }'),
    ':8:16: messages[0].fields[0].tag is 6002, which no dictionary has: add it to fields',
  ],
  [
    'a member without required',
    order('{ tag: 6001 }'),
    'messages[0].fields[0].required is missing; it must be true or false',
  ],
  [
    'a header field in a message',
    order('{ tag: 49, required: true }'),
    'is 49, SenderCompID of the header or trailer: change it under header',
  ],
  [
    'a member twice',
    order('{ tag: 6001, required: true }\n      - { tag: 6001, required: true }'),
    'fields[1].tag is 6001, which stands there before: give a tag once',
  ],
  [
    'a place that is not there',
    order('{ tag: 6001, required: true, after: 7 }'),
    'fields[0].after is 7, which does not stand there',
  ],
  [
    'entries of a field that counts none',
    order('{ tag: 54, required: true, fields: [{ tag: 6001, required: true }] }'),
    'fields[0].fields are given, but 54 stands there already and counts no entries',
  ],
  [
    'another name for a message',
    order('{ tag: 6001, required: true }').replace('NewOrderSingle', 'NewOrder'),
    'messages[0].name is NewOrder, but 35=D is NewOrderSingle in FIX.4.4',
  ],
  [
    'a name of another message',
    order('{ tag: 6001, required: true }').replace('msgType: D', 'msgType: U9'),
    'messages[0].name is the name of 35=D',
  ],
  ['no YAML', 'beginString: [\n', ': not valid YAML: '],
])('%s is told with file and line', (_, text, expected) => {
  const file = join(folder, 'overlay.yaml');
  writeFileSync(file, text);
  let told = '';
  try {
    overlayFromFile(file, base);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    told = error.lines.join('\n');
  }
  expect(told).toContain(expected);
  expect(told.startsWith(`${file}:`)).toBe(true);
});

test.each([1, 2, 3])('whatever is in the file, it fits or is told by line, seed %d', (seed) => {
  const random = new SeededRandom(seed);
  const file = join(folder, 'fuzz.yaml');
  const lines = readFileSync(SIM_OVERLAY, 'utf8').split('\n');
  const words = [
    '{',
    '}',
    ': ',
    '- ',
    '#',
    'tag',
    '453',
    '-1',
    '1e9',
    '~',
    '[]',
    '&a',
    '*a',
    '"',
    '54',
  ];
  for (let count = 0; count < 300; count++) {
    const spoiled = [...lines];
    for (let times = 1 + random.below(3); times > 0; times--) {
      const at = random.below(spoiled.length);
      const line = spoiled[at] ?? '';
      const from = random.below(line.length + 1);
      const text = line.slice(0, from) + random.pick(words) + line.slice(from + random.below(6));
      spoiled.splice(at, random.below(3), text);
    }
    writeFileSync(file, spoiled.join('\n'));
    try {
      overlayFromFile(file, base);
    } catch (error) {
      expect(error, spoiled.join('\n')).toBeInstanceOf(ConfigError);
    }
  }
});

test('a file that is not there is told', () => {
  expect(() => overlayFromFile(join(folder, 'none.yaml'))).toThrow(/there is no such file/);
});
