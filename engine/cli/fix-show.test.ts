/** `gyrfalcon fix show` as a user runs it: files, .zst, standard input, and what is wrong use. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { fixMessage } from '../../test/support/fix-message.ts';
import { EXIT_INPUT, EXIT_OK, EXIT_USAGE, type FaultCode } from '../errors.ts';
import { main } from './fix-show.ts';

const CLI = join(import.meta.dirname, '..', 'cli.ts');
const folder = mkdtempSync(join(tmpdir(), 'gyrfalcon-show-'));
afterAll(() => rmSync(folder, { recursive: true }));

const HEADER = '49=TW|52=20240102-10:00:00|56=ISLD';
const LOG = [
  `35=A|34=1|${HEADER}|98=0|108=30`,
  `35=D|34=2|${HEADER}|11=A|55=INTC|54=1|38=5|40=1|60=20240102-10:00:00`,
  `35=G|34=4|${HEADER}|11=B|41=A|55=INTC|54=1|38=6|40=1|60=20240102-10:00:00`,
]
  .map((fields) => `${fixMessage(fields).replaceAll('\x01', '|')}\n`)
  .join('');
const file = join(folder, 'session.log');
writeFileSync(file, LOG);

function show(args: readonly string[], input?: string) {
  const done = spawnSync(process.execPath, [CLI, 'fix', 'show', ...args], {
    encoding: 'utf8',
    ...(input === undefined ? {} : { input }),
  });
  return { status: done.status, out: done.stdout.trimEnd().split('\n'), err: done.stderr };
}

test('a log is printed, plain, compressed or from standard input', () => {
  const plain = show([file, '--brief']);
  expect(plain.err).toBe('');
  expect(plain.status).toBe(EXIT_OK);
  expect(plain.out).toEqual([
    '1: 20240102-10:00:00 TW>ISLD #1 Logon (A) HeartBtInt=30',
    '2: 20240102-10:00:00 TW>ISLD #2 NewOrderSingle (D) ClOrdID=A Side=BUY OrderQty=5 Symbol=INTC OrdType=MARKET',
    '3: 20240102-10:00:00 TW>ISLD #4 OrderCancelReplaceRequest (G) ClOrdID=B OrigClOrdID=A Side=BUY OrderQty=6 Symbol=INTC OrdType=MARKET',
    '  ! gap: 3 is missing before MsgSeqNum (34) 4',
    '3 messages in 3 lines, 1 with problems, 3 shown',
    'FIX.4.4 ISLD<>TW from 20240102-10:00:00 to 20240102-10:00:00: 1 problem, 0 refusals',
    '  TW>ISLD: 3 messages: 1 Logon (A), 1 NewOrderSingle (D), 1 OrderCancelReplaceRequest (G)',
    '    1 gap, never came: 3',
  ]);
  const packed = `${file}.zst`;
  writeFileSync(packed, zstdCompressSync(LOG));
  expect(show([packed, '--brief']).out).toEqual(plain.out);
  expect(show(['-', '--brief'], LOG).out).toEqual(plain.out);
  writeFileSync(`${file}.gz`, gzipSync(LOG));
  expect(show([`${file}.gz`, '--brief']).out).toEqual(plain.out);
});

test('options choose what is shown', () => {
  const numbers = (...args: string[]) =>
    show([file, '--json', ...args])
      .out.map((line) => JSON.parse(line).msgSeqNum)
      .filter((number) => number !== undefined);
  expect(numbers('--order', 'B')).toEqual([2, 4]);
  expect(numbers('--type', 'A,G')).toEqual([1, 4]);
  expect(numbers('--type', 'logon, OrderCancelReplaceRequest')).toEqual([1, 4]);
  expect(numbers('--to', '10:00:00')).toEqual([1, 2, 4]);
  expect(numbers('--errors')).toEqual([4]);
  expect(numbers('--from', '10:00:01')).toEqual([]);
});

const journal = join(folder, 'journal');
mkdirSync(journal);
writeFileSync(join(journal, '00000001.gfj'), '');

test.each<[string, string[], FaultCode, string]>([
  ['no file', [], 'USAGE', 'fix show needs one LOGFILE'],
  ['a file that is not there', [join(folder, 'none')], 'INPUT_MISSING', 'there is no such file'],
  ['a folder', [folder], 'INPUT_MISSING', 'that is a directory'],
  ['a version that is none', [file, '--version', 'FIX.9'], 'USAGE', 'give one of FIX.4.2, FIX.4.4'],
  ['a time that is none', [file, '--from', 'noon'], 'USAGE', '--from noon: give a time such as'],
  [
    'a journal',
    [journal],
    'INPUT_INVALID',
    `use gyrfalcon journal show ${journal} | gyrfalcon fix`,
  ],
  [
    'a type that is none',
    [file, '--type', 'D,ZZ9'],
    'USAGE',
    '--type ZZ9 is no message of FIX.4.2',
  ],
  ['a name that is none', [file, '--type', 'NewOrderSnigle'], 'USAGE', 'mean NewOrderSingle (D)?'],
  ['no type', [file, '--type', ','], 'USAGE', 'give a MsgType such as D'],
  ['an order on standard input', ['-', '--order', 'A'], 'USAGE', 'give a file'],
])('%s is told', async (_, args, code, text) => {
  await expect(main(args)).rejects.toThrow(text);
  await expect(main(args)).rejects.toMatchObject({ code });
});

test('the help says what counts as found and that --to is inclusive', () => {
  const text = show(['--help']).out.join('\n');
  for (const part of ['both ends are shown', 'are told (exit 3)', 'says so (exit 0)']) {
    expect(text).toContain(part);
  }
});

test('an overlay that cannot be read is told', () => {
  const done = show([file, '--overlay', 'none.yaml']);
  expect(done.status).toBe(EXIT_INPUT);
  expect(done.err).toBe('gyrfalcon: none.yaml: there is no such file\n');
});

test('a compressed file that is cut off is told after what came before', () => {
  const packed = zstdCompressSync(LOG.repeat(3000));
  const cut = join(folder, 'cut.log.zst');
  writeFileSync(cut, packed.subarray(0, packed.length - 5));
  const done = show([cut, '--brief', '--type', 'A']);
  expect(done.status).toBe(EXIT_INPUT);
  expect(done.err).toMatch(/cut\.log\.zst:\d+: the compressed file is cut off/);
  expect(done.out.length).toBeGreaterThan(1000);
});

test.each<[string, string, string]>([
  ['no FIX message', 'one\ntwo\n', 'no FIX message found in standard input'],
  ['an empty log', '', 'no FIX message found in standard input'],
])('%s is told', (_, input, text) => {
  const done = show(['-'], input);
  expect(done.status).toBe(EXIT_INPUT);
  expect(done.err).toBe(`gyrfalcon: ${text}\n`);
});

test('a session that is not in the log is told with those that are, after their summary', () => {
  const done = show([file, '--brief', '--session', 'TW>NASDAQ']);
  expect(done.status).toBe(EXIT_INPUT);
  expect(done.err).toBe(`gyrfalcon: ${file}: no session TW>NASDAQ; there are: ISLD>TW\n`);
  expect(done.out.slice(0, 2)).toEqual([
    '3 messages in 3 lines, 1 with problems, 0 shown',
    'FIX.4.4 ISLD<>TW from 20240102-10:00:00 to 20240102-10:00:00: 1 problem, 0 refusals',
  ]);
  expect(show([file, '--session', 'ISLD<>TW']).err).toBe('');
});

test('an order that is not in the log is told', () => {
  const done = show([file, '--brief', '--order', 'Q']);
  expect(done.status).toBe(EXIT_OK);
  expect(done.err).toBe(`gyrfalcon: ${file}: no message has ClOrdID Q\n`);
  expect(done.out[0]).toBe('3 messages in 3 lines, 1 with problems, 0 shown');
  expect(show([file, '--order', 'B']).err).toBe('');
});

test('wrong use ends with its exit code and a line', () => {
  const done = show([file, '--type', 'Execution']);
  expect(done.status).toBe(EXIT_USAGE);
  expect(done.err).toContain('did you mean ExecutionReport (8)');
});
