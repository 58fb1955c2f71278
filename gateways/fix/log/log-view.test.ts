/** What is shown of a log: fields with meanings, what is wrong, gaps, one order, the summary. */
import { describe, expect, test } from 'vitest';
import { CORPUS, corpusFields } from '../../../test/support/fix-corpus.ts';
import { encodeMessage, fixMessage } from '../../../test/support/fix-message.ts';
import { mutated } from '../../../test/support/fix-mutator.ts';
import { SeededRandom } from '../../../test/support/seeded-random.ts';
import { loadDictionary } from '../dictionary/dictionary.ts';
import { applyOverlay } from '../dictionary/overlay.ts';
import { timeBound } from './log-time.ts';
import { LogView, type LogViewOptions } from './log-view.ts';
import { OrderTrail } from './order-trail.ts';

const ALL: LogViewOptions = {
  version: undefined,
  overlaid: undefined,
  session: undefined,
  msgTypes: new Set(),
  order: undefined,
  errorsOnly: false,
  from: undefined,
  to: undefined,
  json: false,
  brief: true,
};

const chunk = (log: string) => Buffer.from(log, 'latin1');

function show(log: string, options: Partial<LogViewOptions> = {}): string[] {
  const view = new LogView({ ...ALL, ...options });
  return [...view.push(chunk(log)), ...view.end()];
}

/** A message of TW to ISLD ("<") or back (">") at second `at` after 10:00. */
function say(
  way: '<' | '>',
  msgType: string,
  number: number,
  body = '',
  begin = 'FIX.4.4',
): string {
  const [from, to] = way === '<' ? ['TW', 'ISLD'] : ['ISLD', 'TW'];
  const time = `20240102-10:00:${String(number % 60).padStart(2, '0')}`;
  const header = `35=${msgType}|34=${number}|49=${from}|52=${time}|56=${to}`;
  return `${fixMessage(body === '' ? header : `${header}|${body}`, begin)}\n`;
}

const order = (id: string, more = '') =>
  `11=${id}|55=INTC|54=1|38=100|40=1|60=20240102-10:00:00${more}`;
const report = (id: string, venue: string, more = '') =>
  `37=${venue}|17=E|150=0|39=0|11=${id}|55=INTC|54=1|151=100|14=0|6=0${more}`;
const LOGON = '98=0|108=30';

test('a message is its line, and its fields with names and meanings, groups indented', () => {
  const parties = '|453=2|448=X|447=D|452=1|448=Y|452=3';
  const shown = show(`-> ${say('<', 'D', 2, order('A', parties))}`, { brief: false });
  expect(shown.slice(0, 1)).toEqual([
    '1: 20240102-10:00:02 out TW>ISLD #2 NewOrderSingle (D) ClOrdID=A Side=BUY OrderQty=100 Symbol=INTC OrdType=MARKET',
  ]);
  expect(shown.slice(8, 24).map((line) => line.replaceAll(/ +/g, ' '))).toEqual([
    ' 11 ClOrdID A',
    ' 55 Symbol INTC',
    ' 54 Side 1 BUY',
    ' 38 OrderQty 100',
    ' 40 OrdType 1 MARKET',
    ' 60 TransactTime 20240102-10:00:00',
    ' 453 NoPartyIDs 2',
    ' [1]',
    ' 448 PartyID X',
    ' 447 PartyIDSource D PROPRIETARY_CUSTOM_CODE',
    ' 452 PartyRole 1 EXECUTING_FIRM',
    ' [2]',
    ' 448 PartyID Y',
    ' 452 PartyRole 3 CLIENT_ID',
    expect.stringMatching(/^ 10 CheckSum \d{3}$/),
    '1 message in 1 line, 0 with problems, 1 shown',
  ]);
});

const problems = (log: string, options: Partial<LogViewOptions> = {}) =>
  show(log, options)
    .filter((line) => line.startsWith('  ! '))
    .map((line) => line.slice(4));

describe('what is wrong with a message is said', () => {
  const good = say('<', 'D', 1, order('A'));
  const cases: [string, string, string[]][] = [
    ['nothing', good, []],
    [
      'a wrong length',
      good.replace('9=96', '9=1'),
      [
        'BodyLength (9) is 1, the body has 96 bytes',
        expect.stringContaining('CheckSum (10) is ') as unknown as string,
      ],
    ],
    [
      'a wrong sum',
      good.replace('38=100', '38=101'),
      [
        expect.stringMatching(
          /^CheckSum \(10\) is \d{3}, the bytes sum up to \d{3}$/,
        ) as unknown as string,
      ],
    ],
    ['cut off', good.slice(0, 60), ['cut off: no CheckSum (10) ends it']],
    [
      'no tag=value',
      say('<', 'D', 1, 'x=1'),
      ['garbled: not tag=value throughout with 8, 9, 35 first and 10 last'],
    ],
    [
      'the dictionary',
      say('<', 'D', 1, order('A', '|9999=x')),
      ['tag 9999 is not defined in FIX.4.4'],
    ],
    ['a refusal', say('>', '3', 1, '45=2|58=not so'), ['refused: not so']],
    [
      'a refused order',
      say('>', '8', 1, report('A', 'V').replace('150=0', '150=8')),
      ['refused: no reason said'],
    ],
    ['a version without dictionary is not judged', say('<', 'D', 1, '9999=x', 'FIX.4.3'), []],
  ];
  test.each(cases)('%s', (_, log, expected) => {
    expect(problems(log)).toEqual(expected);
  });

  test('with an overlay, or by another version', () => {
    const overlay = {
      beginString: 'FIX.4.4',
      fields: [{ tag: 9999, name: 'X', type: 'STRING' }],
    } as const;
    const fields = [{ tag: 9999, required: false }];
    const overlaid = applyOverlay(loadDictionary('FIX.4.4'), {
      ...overlay,
      fields: [...overlay.fields],
      messages: [{ msgType: 'D', name: 'NewOrderSingle', fields }],
    });
    const log = say('<', 'D', 1, order('A', '|9999=x'));
    expect(problems(log, { overlaid })).toEqual([]);
    expect(problems(say('<', 'D', 1, order('A', '|21=1')), { version: 'FIX.4.2' })).toEqual([]);
    expect(problems(say('<', 'AE', 1), { version: 'FIX.4.2' })).toEqual([
      'MsgType (35) AE is no message of FIX.4.2',
    ]);
  });
});

test('over FIXT the Logon says which version the session speaks', () => {
  const body = order('A');
  const session = (applVerId: string) =>
    say('<', 'A', 1, `${LOGON}|1137=${applVerId}`, 'FIXT.1.1') + say('<', 'D', 2, body, 'FIXT.1.1');
  const versions = (log: string) =>
    show(log, { json: true }).map((line) => JSON.parse(line).version as string | undefined);
  expect(versions(session('9'))).toEqual(['FIX.5.0SP2', 'FIX.5.0SP2', undefined]);
  expect(versions(session('6'))).toEqual(['FIX.5.0SP2', 'FIX.4.4', undefined]);
  const own = say('<', 'D', 3, `1128=4|${body}`, 'FIXT.1.1').replace('1128=4\x01', '');
  expect(versions(session('6') + own).slice(2, 3)).toEqual(['FIX.4.4']);
});

describe('message numbers', () => {
  const cases: [string, string[], string[]][] = [
    ['in order', [say('<', 'A', 1, LOGON), say('<', '0', 2), say('<', '0', 3)], []],
    [
      'a gap of one',
      [say('<', 'A', 1, LOGON), say('<', '0', 3)],
      ['gap: 2 is missing before MsgSeqNum (34) 3'],
    ],
    [
      'a gap of more',
      [say('<', 'A', 1, LOGON), say('<', '0', 5)],
      ['gap: 2 to 4 are missing before MsgSeqNum (34) 5'],
    ],
    [
      'a number again',
      [say('<', '0', 1), say('<', '0', 2), say('<', '0', 2)],
      ['MsgSeqNum (34) 2 came before, 3 was expected'],
    ],
    [
      'a duplicate that says so',
      [say('<', '0', 1), say('<', '0', 2), say('<', '0', 2, '43=Y')],
      [],
    ],
    [
      'a late one that fills a gap',
      [say('<', '0', 1), say('<', '0', 3), say('<', '0', 2)],
      ['gap: 2 is missing before MsgSeqNum (34) 3'],
    ],
    ['a gap fill', [say('<', '0', 1), say('<', '4', 2, '123=Y|36=9'), say('<', '0', 9)], []],
    ['a reset', [say('<', '0', 7), say('<', '4', 8, '36=100'), say('<', '0', 100)], []],
    [
      'a Logon that starts anew',
      [say('<', '0', 7), say('<', 'A', 1, `${LOGON}|141=Y`), say('<', '0', 2)],
      [],
    ],
    [
      'each direction for itself',
      [say('<', '0', 7), say('>', '0', 3), say('<', '0', 8), say('>', '0', 4)],
      [],
    ],
  ];
  test.each(cases)('%s', (_, messages, expected) => {
    expect(problems(messages.join('')).filter((text) => !text.includes('dictionary'))).toEqual(
      expected,
    );
  });

  test('gaps are filled by what comes later, and the summary says what never came', () => {
    const log = [
      say('<', 'A', 1, LOGON),
      say('<', '0', 6),
      say('<', '4', 2, '43=Y|123=Y|36=4'),
      say('<', '0', 5, '43=Y'),
      say('<', '0', 8),
    ];
    expect(show(log.join('')).slice(-3)).toEqual([
      'FIX.4.4 ISLD<>TW from 20240102-10:00:01 to 20240102-10:00:08: 2 problems, 0 refusals',
      '  TW>ISLD: 5 messages: 3 Heartbeat (0), 1 SequenceReset (4), 1 Logon (A)',
      '    2 gaps, never came: 4, 7',
    ]);
  });
});

describe('what is shown can be chosen', () => {
  const log =
    [
      say('<', 'A', 1, LOGON),
      say('>', 'A', 1, LOGON),
      say('<', 'D', 2, order('A')),
      say('>', '8', 2, report('A', 'V')),
      say('<', 'D', 4, order('B', '|9999=x')),
      say('>', '3', 3, '45=4|58=no'),
    ].join('') + say('<', '0', 9).replaceAll('TW', 'XX');
  const numbers = (options: Partial<LogViewOptions>) =>
    show(log, options).flatMap((line) => /^\d+(?=: )/.exec(line)?.map(Number) ?? []);
  const cases: [string, Partial<LogViewOptions>, number[]][] = [
    ['all', {}, [1, 2, 3, 4, 5, 6, 7]],
    ['types', { msgTypes: new Set(['D', '8']) }, [3, 4, 5]],
    ['errors', { errorsOnly: true }, [5, 6, 7]],
    ['a session', { session: 'TW>ISLD' }, [1, 2, 3, 4, 5, 6]],
    ['the same the other way round', { session: 'isld>tw' }, [1, 2, 3, 4, 5, 6]],
    ['sessions of one side', { session: 'XX' }, [7]],
    ['times', { from: timeBound('10:00:02')!, to: timeBound('20240102-10:00:03')! }, [3, 4, 6]],
  ];
  test.each(cases)('%s', (_, options, expected) => {
    expect(numbers(options)).toEqual(expected);
  });
});

test('sessions before the one that is asked for leave nothing in its summary', () => {
  const log = say('<', '0', 1, '9999=x').replaceAll('TW', 'XX') + say('<', '0', 1);
  expect(show(log, { session: 'TW' }).slice(1)).toEqual([
    '2 messages in 2 lines, 0 with problems, 1 shown',
    'FIX.4.4 ISLD<>TW from 20240102-10:00:01 to 20240102-10:00:01: 0 problems, 0 refusals',
    '  TW>ISLD: 1 message: 1 Heartbeat (0)',
  ]);
});

test('one order is followed through its replaces, its OrderID and what refuses it', () => {
  const log = [
    say('<', 'D', 1, order('A')),
    say('>', '8', 1, report('A', 'V1')),
    say('<', 'D', 2, order('Z')),
    say('<', 'G', 3, order('B', '|41=A')),
    say('>', '8', 2, report('B', 'V1', '|41=A')),
    say('<', 'F', 4, order('C', '|41=B')),
    say('>', '9', 3, '37=NONE|11=C|41=B|39=0|434=1'),
    say('<', 'F', 5, order('Y', '|41=X')),
    say('>', '9', 4, '37=NONE|11=Y|41=X|39=0|434=1'),
    say('>', '3', 5, '45=4|58=no'),
    say('<', 'D', 1, order('A')).replaceAll('ISLD', 'OTHER'),
  ].join('');
  for (const [id, expected] of [
    ['A', [1, 2, 4, 5, 6, 7, 10, 11]],
    ['C', [1, 2, 4, 5, 6, 7, 10]],
    ['X', [8, 9]],
    ['none', []],
  ] as const) {
    const trail = new OrderTrail(id);
    let runs = 0;
    do show(log, { order: trail });
    while (trail.startAgain() && ++runs < 10);
    const shown = show(log, { order: trail });
    const lines = shown.flatMap((line) => /^\d+(?=: )/.exec(line)?.map(Number) ?? []);
    expect(lines, id).toEqual(expected);
  }
});

test('as JSON, an object a message and the summary', () => {
  const log =
    say('<', 'A', 1, `${LOGON}|553=me|554=secret`) + say('<', 'D', 2, order('A', '|453=1|448=X'));
  const objects = show(log, { json: true }).map((line) => JSON.parse(line));
  expect(objects[1]).toMatchObject({
    line: 2,
    time: '20240102-10:00:02',
    sender: 'TW',
    target: 'ISLD',
    msgSeqNum: 2,
    msgType: 'D',
    name: 'NewOrderSingle',
    version: 'FIX.4.4',
    problems: [],
  });
  expect(objects[1].fields).toContainEqual({ tag: 54, name: 'Side', value: '1', meaning: 'BUY' });
  expect(objects[1].fields).toContainEqual({
    tag: 453,
    name: 'NoPartyIDs',
    value: '1',
    entries: [[{ tag: 448, name: 'PartyID', value: 'X' }]],
  });
  expect(objects[2].summary).toMatchObject({ messages: 2, shown: 2, withProblems: 0 });
  expect(objects[2].summary.sessions[0].directions[0].types).toEqual({ A: 1, D: 1 });
});

test('passwords are not shown, control characters are', () => {
  const log = say('<', 'A', 1, `${LOGON}|95=6|96=secret|554=secret|925=secret|553=me\x07`);
  for (const json of [false, true]) {
    const shown = show(log, { json, brief: false }).join('\n');
    expect(shown).not.toContain('secret');
    expect(shown).toContain(json ? 'me\\\\x07' : 'me\\x07');
  }
});

test.each([1, 2, 3, 4, 5])('no rubbish makes it fail, seed %d', (seed) => {
  const random = new SeededRandom(seed);
  const messages = CORPUS.map((message, index) =>
    encodeMessage('FIX.4.4', corpusFields(message, index + 1)).toString('latin1'),
  );
  for (let run = 0; run < 12; run++) {
    const view = new LogView({
      ...ALL,
      brief: false,
      json: run % 2 === 0,
      order: run % 3 === 0 ? new OrderTrail('AAAAAAA1') : undefined,
    });
    const lines: string[] = [];
    for (let count = 0; count < 30; count++) {
      const text = mutated(random, random.pick(messages), random.pick(messages));
      const separator = random.pick(['\x01', '|', '^A']);
      const log = `${text.slice(0, 5000).replaceAll('\x01', separator)}${random.pick(['', '\n', ' '])}`;
      lines.push(...view.push(chunk(log)));
    }
    lines.push(...view.end());
    expect(lines.join('\n')).not.toContain('undefined');
    if (run % 2 === 0) for (const line of lines) JSON.parse(line);
  }
});
