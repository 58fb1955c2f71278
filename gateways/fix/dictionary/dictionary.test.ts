/** What the built dictionaries hold, and that they are repaired where the package is wrong. */
import { describe, expect, test } from 'vitest';
import { DATA_TAGS } from '../data-tags.ts';
import { MsgType, Tag } from '../tags.ts';
import { FIX_VERSIONS } from '../version.ts';
import {
  Dictionary,
  type Level,
  loadDictionary,
  SECTION_HEADER,
  SECTION_TRAILER,
} from './dictionary.ts';
import type { DictionaryFile } from './dictionary-file.ts';

const members = (level: Level | undefined) => level?.members.map(({ field }) => field.tag);

describe.each(FIX_VERSIONS)('%s', (version) => {
  const dictionary = loadDictionary(version);

  test('spells every message out, each tag once in its level', () => {
    const sizes = { 'FIX.4.2': 46, 'FIX.4.4': 93, 'FIX.5.0SP2': 164 };
    expect(dictionary.messages.size).toBe(sizes[version]);
    const check = (level: Level): void => {
      expect(level.byTag.size).toBe(level.members.length);
      for (const { group, place } of level.members) {
        if (group !== undefined) check(group);
        expect(level.members[place]!.place).toBe(place);
      }
    };
    for (const { body } of dictionary.messages.values()) check(body);
    const slots = dictionary.slotCount;
    expect(dictionary.message('D')!.body).toBe(dictionary.message('D')!.body);
    expect(dictionary.slotCount).toBe(slots);
  });

  test('answers by tag and by name', () => {
    expect(dictionary.field(54)).toMatchObject({ tag: 54, name: 'Side', type: 'CHAR' });
    expect(dictionary.fieldNamed('Side')).toBe(dictionary.field(54));
    expect(dictionary.field(54)!.values!.get('1')).toBe('BUY');
    expect(dictionary.field(11)!.values).toBeUndefined();
    expect(dictionary.field(99_999)).toBeUndefined();
    expect(dictionary.fieldNamed('Sid')).toBeUndefined();
    expect(dictionary.message('D')).toMatchObject({ name: 'NewOrderSingle', category: 'app' });
    expect(dictionary.message('A')).toMatchObject({ name: 'Logon', category: 'admin' });
  });

  test('has the messages and fields that this program names', () => {
    const ours = new Set(['U1', 'U2', ...(version === 'FIX.4.2' ? ['AF', 'q', 'r'] : [])]);
    const unknown = Object.values(MsgType).filter(
      (msgType) => !ours.has(msgType) && dictionary.message(msgType) === undefined,
    );
    expect(unknown).toEqual([]);
    if (version === 'FIX.4.2') return;
    const standard = Object.entries(Tag).filter(([, tag]) => tag < 5000);
    const since5 = new Set(
      'NewPassword ApplVerID DefaultApplVerID DisplayQty SessionStatus'.split(' '),
    );
    const wrong = standard.filter(
      ([name, tag]) =>
        dictionary.fieldNamed(name)?.tag !== tag && !(version === 'FIX.4.4' && since5.has(name)),
    );
    expect(wrong).toEqual([]);
  });

  test('knows header and trailer, their groups included', () => {
    for (const tag of [8, 9, 35, 49, 56, 34, 52, 43, 97, 115, 212, 213]) {
      expect(dictionary.sectionOf(tag), String(tag)).toBe(SECTION_HEADER);
    }
    for (const tag of [10, 89, 93]) expect(dictionary.sectionOf(tag)).toBe(SECTION_TRAILER);
    for (const tag of [11, 58, 0, -1, 5000]) expect(dictionary.sectionOf(tag)).toBe(1);
    if (version === 'FIX.4.2') return;
    expect(members(dictionary.header.byTag.get(627)!.group)).toEqual([628, 629, 630]);
  });

  test('pairs lengths with data as the codec does', () => {
    for (const [length, data] of dictionary.dataTags) {
      expect(DATA_TAGS.get(length), String(length)).toBe(data);
    }
    expect(dictionary.dataTags.get(95)).toBe(96);
    expect(dictionary.dataTags.has(38)).toBe(false);
  });

  test('lists values that their types allow', () => {
    for (const { body } of dictionary.messages.values()) {
      for (const { field } of body.members) {
        if (field.type === 'CHAR')
          for (const v of field.values?.keys() ?? []) expect(v).toHaveLength(1);
      }
    }
  });
});

test('a required field of an optional component is optional, one of a group is not', () => {
  const file: DictionaryFile = {
    version: 'FIX.4.4',
    fields: [8, 10, 11, 12, 13, 14].map((tag) => [tag, `Field${tag}`, 'STRING']),
    header: [8],
    trailer: [10],
    components: { Outer: [11, ['Inner', 0], [13, 0, [14]]], Inner: [12] },
    messages: [
      ['X', 'WithRequired', 'app', [['Outer', 1]]],
      ['Y', 'WithOptional', 'app', [['Outer', 0]]],
    ],
    dataTags: [],
  };
  const dictionary = new Dictionary(file);
  const required = (level: Level) => level.required.map(({ field }) => field.tag);
  const { body } = dictionary.message('X')!;
  expect(required(body)).toEqual([11]);
  expect(required(dictionary.message('Y')!.body)).toEqual([]);
  expect(required(body.byTag.get(13)!.group!)).toEqual([14]);
});

test('a dictionary that was not built is told, with what to do', () => {
  expect(() => loadDictionary('FIX.9' as 'FIX.4.4')).toThrow(
    /cannot be read: run node scripts\/setup/,
  );
});

test('a group begins with the first field of what it holds', () => {
  const { body } = loadDictionary('FIX.4.4').message('E')!;
  const orders = body.byTag.get(73)!.group!;
  expect(orders.members[0]!.field.name).toBe('ClOrdID');
  expect(orders.byTag.get(453)!.group!.members[0]!.field.name).toBe('PartyID');
  const request = loadDictionary('FIX.4.4').message('V')!.body.byTag.get(146)!.group!;
  expect(request.members[0]!.field.name).toBe('Symbol'); // of the component Instrument
});

test('what the package has wrong is repaired', () => {
  const latest = loadDictionary('FIX.5.0SP2');
  for (const tag of [1128, 1129, 1156]) expect(latest.header.byTag.has(tag)).toBe(true);
  const logon = latest.message('A')!.body;
  expect(logon.byTag.get(1137)!.isRequired).toBe(true);
  for (const tag of [383, 384, 464, 553, 554, 789, 925, 1400, 1402, 1404, 1409]) {
    expect(logon.byTag.has(tag), String(tag)).toBe(true);
  }
  expect(members(logon.byTag.get(384)!.group)).toEqual([372, 385, 1130, 1406, 1131, 1410]);
  expect(members(latest.message('5')!.body)).toEqual([1409, 58, 354, 355]);
  expect(latest.message('3')!.body.byTag.has(1130)).toBe(true);
  expect(latest.message('n')).toMatchObject({ name: 'XMLnonFIX', category: 'admin' });
  expect(latest.fieldNamed('InstrumentCustom')).toBeUndefined();
  expect(latest.message('F')!.body.byTag.has(15)).toBe(false);
  expect(latest.message('D')!.body.byTag.has(15)).toBe(true);
  expect(loadDictionary('FIX.4.4').field(532)!.type).toBe('STRING');
  expect(loadDictionary('FIX.4.4').field(139)!.type).toBe('STRING');
  expect(loadDictionary('FIX.4.2').field(347)!.values!.has('Shift_JIS')).toBe(true);
});
