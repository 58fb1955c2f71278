/** How the values of each datatype are written; every type has values that fit and others. */
import { expect, test } from 'vitest';
import { DATATYPES, type FieldType } from './field-format.ts';

const DECIMAL = ['0', '23', '23.', '.5', '-.5', '00023.2300', '-12345678901234567890.1'];
const NO_DECIMAL = ['+1', '1e5', '1,5', '1.2.3', '-', '.', '-.', '1 ', ' 1', '0x1', 'NaN', '--1'];
const DATE = ['20240229', '20000229', '19991231', '00010101'];
const NO_DATE = ['20230229', '19000229', '20240431', '20240001', '20240100', '2024-1-1', '2024022'];
const TIME = ['00:00:00', '23:59:60', '13:30:00.1', '13:30:00.123456789012'];
const NO_TIME = [
  '24:00:00',
  '13:60:00',
  '13:30:61',
  '13:30',
  '13:30:00.',
  '13:30:00.1234567890123',
  '1:30:00',
  '13-30-00',
  '13:30:00Z',
];
const LIST = ['A', 'A B', 'one two three'];
const NO_LIST = [' ', 'A  B', ' A', 'A '];
const COUNT = ['0', '007', '12345678901234567890'];
const NO_COUNT = ['-1', '+1', '1.', ' 1', 'x'];

const on = (date: string, times: readonly string[]) => times.map((time) => `${date}-${time}`);

const CASES: readonly (readonly [FieldType, readonly string[], readonly string[]])[] = [
  ['INT', ['0', '-5', '007'], ['+1', '1.0', '-', '1 ', '', 'x', '--1']],
  ['LENGTH', COUNT, NO_COUNT],
  ['SEQNUM', COUNT, NO_COUNT],
  ['NUMINGROUP', COUNT, NO_COUNT],
  ['TAGNUM', ['1', '5061'], ['0', '01', '-1', '+1', 'x']],
  ['DAYOFMONTH', ['1', '01', '31'], ['0', '32', '-1', '001', 'x']],
  ['FLOAT', DECIMAL, NO_DECIMAL],
  ['QTY', DECIMAL, NO_DECIMAL],
  ['PRICE', DECIMAL, NO_DECIMAL],
  ['PRICEOFFSET', DECIMAL, NO_DECIMAL],
  ['AMT', DECIMAL, NO_DECIMAL],
  ['PERCENTAGE', DECIMAL, NO_DECIMAL],
  ['CHAR', ['A', ' ', '=', '\xe9'], ['AB']],
  ['BOOLEAN', ['Y', 'N'], ['y', 'T', 'YN', '1']],
  ['CURRENCY', ['USD', 'eur'], ['US', 'USDT', 'U5D', '{|}']],
  ['COUNTRY', ['US'], ['U', 'USA', '12']],
  ['LANGUAGE', ['en'], ['e', 'eng', '@e']],
  ['MULTIPLEVALUESTRING', LIST, NO_LIST],
  ['MULTIPLESTRINGVALUE', LIST, NO_LIST],
  ['MULTIPLECHARVALUE', ['A', 'A B', 'A B C'], [...NO_LIST, 'AB', 'A BC']],
  [
    'UTCTIMESTAMP',
    on('20240229', TIME),
    [...on('20240229', NO_TIME), '20230229-00:00:00', '20240229', '20240229 00:00:00'],
  ],
  ['UTCTIMEONLY', TIME, NO_TIME],
  ['UTCDATEONLY', DATE, NO_DATE],
  ['UTCDATE', DATE, NO_DATE],
  ['LOCALMKTDATE', DATE, NO_DATE],
  ['LOCALMKTTIME', ['13:30:00'], ['13:30', '13:30:00.5', '24:00:00']],
  [
    'MONTHYEAR',
    ['202406', '20240630', '202406w1', '202406w5'],
    ['2024', '202413', '20240631', '202406w0', '202406w6', '202413w1', '2024061'],
  ],
  [
    'TZTIMEONLY',
    ['13:30', '13:30Z', '13:30:00', '13:30:00.25+02', '13:30-05:30', '13:30+14:00'],
    [
      '13',
      '1330',
      '13:30+2',
      '13:30+15',
      '13:30+02:60',
      '13:30z',
      '13:30:00.+02',
      '13:30+0230',
      '13:30Z0',
    ],
  ],
  [
    'TZTIMESTAMP',
    ['20240229-13:30', '20240229-13:30:00.001Z', '20240229-13:30:00-05'],
    ['20240229', '20230229-13:30Z', '20240229T13:30Z', '20240229-13'],
  ],
];

test.each(CASES)('%s', (type, fitting, others) => {
  const fits = (value: string) =>
    DATATYPES[type].fits(`9=${value}\x0110=000\x01`, 2, 2 + value.length);
  expect(fitting.filter((value) => !fits(value))).toEqual([]);
  expect(others.filter((value) => value !== '' && fits(value))).toEqual([]);
});

test('text, data and exchange names are free', () => {
  const judged = new Set(CASES.map(([type]) => type));
  const free = (Object.keys(DATATYPES) as FieldType[]).filter((type) => !judged.has(type));
  expect(free).toEqual(['DATA', 'EXCHANGE', 'STRING', 'XID', 'XIDREF', 'XMLDATA']);
});
