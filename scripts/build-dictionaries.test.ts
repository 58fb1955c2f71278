/** XML that is not as expected stops the build of the dictionaries, with file and line. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
// @ts-expect-error plain JavaScript, so that it runs before anything is set up
import { repairDictionary } from './dictionary-repairs.mjs';
// @ts-expect-error plain JavaScript, so that it runs before anything is set up
import { readDictionaryXml } from './dictionary-xml.mjs';

const folder = mkdtempSync(join(tmpdir(), 'gyrfalcon-dictionary-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SOUND = `<fix type='FIX' major='4' minor='4'>
<header><field name='A' required='Y' /></header>
<trailer><field name='B' required='Y' /></trailer>
<messages><message name='M' msgtype='m' msgcat='app'>
<component name='C' required='N' />
</message></messages>
<components><component name='C'>
<group name='G' required='N'><field name='A' required='Y' /></group>
</component></components>
<fields>
<field number='1' name='A' type='CHAR'><value enum='1' description='ONE' /></field>
<field number='2' name='B' type='STRING' />
<field number='3' name='G' type='NUMINGROUP' />
</fields>
</fix>`;

function read(text: string) {
  const file = join(folder, 'FIX.xml');
  writeFileSync(file, text);
  return readDictionaryXml(file);
}

test('sound XML is read', () => {
  const xml = read(SOUND);
  expect(xml.messages).toEqual([
    {
      msgType: 'm',
      name: 'M',
      category: 'app',
      parts: [{ kind: 'component', name: 'C', required: false }],
    },
  ]);
  expect(xml.components.get('C')).toEqual([
    {
      kind: 'group',
      name: 'G',
      required: false,
      parts: [{ kind: 'field', name: 'A', required: true }],
    },
  ]);
  expect(xml.fields[0]).toEqual({ tag: 1, name: 'A', type: 'CHAR', values: [['1', 'ONE']] });
});

test.each<[string, string, string, string]>([
  ['an element that is not known', '<trailer>', '<trailer><part/>', ':3: unknown element <part>'],
  ['an element out of place', '<trailer>', '<trailer><message/>', ':3: <message> inside <trailer>'],
  ['an attribute missing', " msgcat='app'", '', ':4: <message> has no attribute "msgcat"'],
  ['neither Y nor N', "name='C' required='N'", "name='C' required='y'", ":5: required='y'"],
  ['a number that is none', "number='2'", "number='two'", ':12: field number two'],
  ['a tag twice', "number='2'", "number='1'", 'a tag or a field name is defined twice'],
  [
    'a field that is not defined',
    "<field name='B' ",
    "<field name='X' ",
    'trailer names the field X, unknown',
  ],
  [
    'a component that is not defined',
    "<component name='C' required",
    "<component name='X' required",
    'M names the component X, unknown',
  ],
  ['no XML', '</fix>', '', 'Unclosed root tag'],
  [
    'no messages',
    /<messages>.*<\/messages>/s.exec(SOUND)![0],
    '',
    'header, trailer or messages are missing',
  ],
])('%s is told', (_, from, to, text) => {
  expect(() => read(SOUND.replace(from, to))).toThrow(text);
});

test('a repair that does not fit is told: a newer package needs none, or another', () => {
  for (const version of ['FIX.4.2', 'FIX.4.4', 'FIX.5.0SP2']) {
    expect(() => repairDictionary(read(SOUND), version)).toThrow(/repair "\w+" does not fit: /);
  }
});
