/** How scenario files are read, and what is said of one that cannot be. */
import { expect, test } from 'vitest';
import { parseScenario } from './scenario-file.ts';

const HEAD = 'rule: A rule\n  in two lines.\nsource: FIX 4.4 volume 2\n';

const stepsOf = (lines: string, version: 'FIX.4.2' | 'FIX.4.4' = 'FIX.4.4') =>
  parseScenario('a.fix', `${HEAD}\n${lines}`).steps.get(version)!;

test('a head may go on in the next line; what it leaves open has its usual meaning', () => {
  const scenario = parseScenario('folder/a-rule.fix', `${HEAD}\nconnect\n`);
  expect(scenario).toMatchObject({
    name: 'a-rule',
    rule: 'A rule in two lines.',
    acceptance: undefined,
    role: 'acceptor',
    versions: ['FIX.4.2', 'FIX.4.4', 'FIX.5.0SP2'],
  });
});

test('a row of "for each" fills the names in what follows, in its version alone', () => {
  const block = 'for each NAME\n  | Side |\n  FIX.4.2: | OrdType |\n  send Heartbeat {NAME}=1\nend';
  expect(stepsOf(block).map(({ text }) => text)).toEqual(['send Heartbeat Side=1']);
  expect(stepsOf(block, 'FIX.4.2')).toHaveLength(2);
});

test('values in quotes take escapes and counts', () => {
  const [step] = stepsOf('second: send NewOrderSingle Text="a \\x01\\"b" 38="x"*3 # a comment');
  expect(step).toMatchObject({ connection: 'second', line: 5 });
  expect(step!.action).toMatchObject({
    draft: {
      msgType: 'D',
      fields: [
        { tag: '58', value: { kind: 'text', text: 'a \x01"b' } },
        { tag: '38', value: { kind: 'text', text: 'xxx' } },
      ],
    },
  });
});

test.each([
  ['jump', '"jump" is no step'],
  ['send Order', 'no version has a message Order'],
  ['send Heartbeat Sid=1', 'no version has a field Sid'],
  ['send Heartbeat Side', '"Side" is not understood'],
  ['wait soon', '"soon" is no time such as 500ms or 2s'],
  ['expect close within', 'a word is missing at the end'],
  ['repeat 3 times\nconnect', 'the block has no "end"'],
  ['for each A B\n| 1 |\nconnect\nend', 'a row of 2 cells is expected'],
  ['FIX.9.9: connect', '"FIX.9.9" is no version served'],
])('%j is refused with file, line and reason', (lines, reason) => {
  expect(() => stepsOf(lines)).toThrow(/a\.fix:[56]: /);
  expect(() => stepsOf(lines)).toThrow(reason);
});
