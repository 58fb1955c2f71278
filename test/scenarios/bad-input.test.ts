/**
 * What a user can get wrong, through the command line and real processes: always one line that says
 * what to do, the right exit code, no stack trace, and nothing but JSON on stdout where JSON was asked.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { type Finished, gyrfalcon, TestFolder } from '../support/engine-process.ts';
import { fixMessage } from '../support/fix-message.ts';

const folder = mkdtempSync(join(tmpdir(), 'gyrfalcon-bad-input-'));
const made: TestFolder[] = [];
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  for (const each of made) each.remove();
});

/** A configuration of its own, changed; named by its path. */
function configWith(change: (yaml: string) => string): TestFolder {
  const its = new TestFolder(change);
  made.push(its);
  return its;
}

function written(name: string, content: string | Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, typeof content === 'string' ? Buffer.from(content, 'latin1') : content);
  return file;
}

const COMMANDS = ['run', 'venue', 'replay', 'journal', 'book', 'kill', 'latency', 'bench'];

/** One complaint, as a user can read it, and nothing else that matters. */
function expectOneLine({ code, stdout, stderr }: Finished, exitCode: number, says: string): void {
  expect(stderr).toContain(says);
  expect(stderr.endsWith('\n')).toBe(true);
  const complaints = stderr.split('\n').filter((line) => line.startsWith('gyrfalcon: '));
  expect(complaints, stderr).toHaveLength(1);
  expect(stderr, 'a stack trace').not.toMatch(/^\s*at |internal error|file:\/\//m);
  expect(code, stderr).toBe(exitCode);
  for (const line of stdout.split('\n')) if (line !== '') JSON.parse(line);
}

describe.concurrent('a wrong command line is refused with exit code 2', () => {
  const cases: readonly [args: string, says: string][] = [
    ['', 'name a command: run venue replay journal book fix kill latency bench'],
    ['trade', 'there is no command trade; name one of: run venue'],
    ...COMMANDS.map((name): [string, string] => [
      `${name} --nonsense`,
      `there is no option --nonsense; see gyrfalcon ${name} --help`,
    ]),
    ['run extra', 'unexpected argument extra; see gyrfalcon run --help'],
    ['venue extra', 'unexpected argument extra'],
    ['book extra', 'unexpected argument extra'],
    ['kill extra', 'unexpected argument extra'],
    ['latency extra', 'unexpected argument extra'],
    ['replay one two', 'give one journal directory'],
    ['journal verify one two', 'name one journal directory'],
    ['bench book journal', 'name one bench, or none for all'],
    ['run --speed', '--speed needs a value'],
    ['run --speed 0', '--speed 0: give a factor such as 1 or 10, max (lock-step) or flood'],
    ['run --speed=-1', '--speed -1: give a factor'],
    ['run --seed -1', '--seed needs a value; one that begins with a dash is written --seed=-1'],
    ['run --seed 1.5', '--seed 1.5: give a whole number from 0 to 4294967295'],
    ['run --for abc', '--for abc: give a duration such as 30s, 5m or 500ms'],
    ['run --flow abc', '--flow abc: give a duration'],
    ['run --headless=yes', '--headless takes no value'],
    ['run --ws-drop 5', '--ws-drop needs --replay with recorded Binance messages'],
    ['run --json --for', '--for needs a value'],
    ['venue --port 70000', '--port 70000: give a whole number from 0 to 65535'],
    ['venue --host 0.0.0.0', '--host 0.0.0.0: give 127.0.0.1 or ::1'],
    ['venue --latency 5', '--latency 5: give a duration'],
    ['venue --reject-rate 2', '--reject-rate 2: give a number from 0 to 1'],
    ['venue --ws-port 1', '--ws-port and --ws-drop need --ws-file FILE'],
    ['venue --exchange --latency 5ms', '--latency has no meaning with --exchange'],
    ['venue --exchange --speed 2', '--speed has no meaning with --exchange'],
    ['venue --exchange --sockets x', '--sockets x: give auto, native or node'],
    ['venue --speed 0', '--speed 0: give a factor'],
    ['replay', 'give one journal directory'],
    ['journal', 'name one journal directory'],
    ['journal check DIR', 'journal has verify and show, not "check"'],
    ['journal show DIR --from 0', '--from takes a whole number from 1 on, not "0"'],
    ['journal show DIR --kind ORDER', '--kind takes one of CONFIG INBOUND'],
    ['book', 'give --fix FILE, or --venue binance --file FILE --bbo'],
    ['book --fix', '--fix needs a value'],
    ['book --fix FILE --levels 51', '--levels 51: give a whole number from 1 to 50'],
    ['book --fix FILE --levels 0 --json', '--levels 0: give a whole number from 1 to 50'],
    ['book --venue kraken --file FILE --bbo', 'give --fix FILE, or --venue binance'],
    ['kill', 'give a reason'],
    ['kill --reason x --scope desk', '--scope desk: give one of firm strategy instrument'],
    ['kill --reason x --scope strategy', '--scope strategy needs --target NAME'],
    ['kill --reason x --target maker', '--target needs --scope strategy or instrument'],
    ['kill --reason x --port abc', '--port abc: give a whole number from 1 to 65535'],
    ['bench nothing', 'there is no bench nothing; name one of: '],
  ];
  test.each(cases)('gyrfalcon %s', async (args, says) => {
    const done = await gyrfalcon(args.split(' ').filter((word) => word !== ''));
    expectOneLine(done, 2, says);
    expect(done.stdout).toBe('');
  });

  test('a command name with a line break stays on one line', async () => {
    expectOneLine(await gyrfalcon(['tra\nde']), 2, 'there is no command tra de');
  });
});

describe.concurrent('every command explains itself', () => {
  test.each([...COMMANDS, ''])('gyrfalcon %s --help', async (name) => {
    const { code, stdout, stderr } = await gyrfalcon(
      [name, '--help'].filter((word) => word !== ''),
    );
    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toContain(`usage: gyrfalcon ${name}`);
    if (name === '') for (const command of COMMANDS) expect(stdout).toContain(`\n  ${command}`);
    else expect(stdout).toContain('--json');
  });
});

const header = (type: string): string => `35=${type}|49=X|56=Y|34=1|52=20120621-13:30:00`;
const GOOD = fixMessage(`${header('W')}|55=GOOG|268=2|269=0|270=579.4|271=5|269=1|270=580|271=6`);
const UNKNOWN = fixMessage(`${header('X')}|268=1|279=0|269=0|55=ZZZZ|270=1|271=1`);
const OFF_GRID = fixMessage(`${header('X')}|268=1|279=0|269=0|55=GOOG|270=579.40001|271=1`);
const day = (...messages: readonly string[]): string =>
  messages.map((text) => `${text}\n`).join('');

const RECORDINGS: readonly {
  name: string;
  content: string | Uint8Array;
  file?: string;
  /** What `book` and `venue` say after the file's name. */
  book: string;
  venue: string;
}[] = [
  {
    name: 'a file cut off in mid-message',
    content: day(GOOD, GOOD).slice(0, -20),
    book: ':2: the message is cut off',
    venue: ':2: the message is cut',
  },
  {
    name: 'a compressed file cut off',
    file: 'cut.fix.zst',
    content: zstdCompressSync(Buffer.from(day(GOOD, GOOD), 'latin1')).subarray(0, -3),
    book: ':1: the compressed file is cut off: fetch it again',
    venue: ': the compressed file is cut off: fetch it again',
  },
  {
    name: 'a compressed file that is none',
    file: 'none.fix.zst',
    content: `${GOOD}\n`.repeat(3),
    book: ':1: the compressed file is damaged: fetch it again',
    venue: ':1: the compressed file is damaged: fetch it again',
  },
  {
    name: 'a flipped byte',
    content: day(GOOD, GOOD.replace('579.4', '579.5')),
    book: ':2: the message is refused: CheckSum (10) is wrong',
    venue: ':2: CheckSum (10) says',
  },
  {
    name: 'a wrong BodyLength',
    content: day(GOOD, GOOD.replace('9=9', '9=8')),
    book: ':2: the message is refused: BodyLength (9) is wrong',
    venue: ':2: BodyLength (9) says',
  },
  {
    name: 'a price off the grid',
    content: day(GOOD, OFF_GRID),
    book: ':2: the message is refused: a price or quantity is off the grid',
    venue: ':2: ',
  },
  {
    name: 'a symbol that is not configured',
    content: day(GOOD, UNKNOWN),
    book: ':2: the message has the symbol ZZZZ after GOOG: pick one with --symbol',
    venue: ':2: ',
  },
  {
    name: 'an empty file',
    content: '',
    book: ': no market data in it',
    venue: ': the file is empty',
  },
];

describe.concurrent('a recording that is wrong is named with its line, exit code 3', () => {
  test.each(RECORDINGS)('book: $name', async ({ name, file, content, book }) => {
    const path = written(file ?? `${name.replaceAll(' ', '-')}.fix`, content);
    const done = await gyrfalcon(['book', '--fix', path, '--json']);
    expectOneLine(done, 3, `gyrfalcon: ${path}${book}`);
    // What came before the fault is right and is written.
    const isFirstGood = book.startsWith(':2');
    expect(done.stdout.split('\n')[0]).toBe(
      isFirstGood ? `[5800000,6,5794000,5${',9999999999,0,-9999999999,0'.repeat(9)}]` : '',
    );
  });

  test.each(RECORDINGS)(
    'run: $name',
    { timeout: 60_000 },
    async ({ name, file, content, venue }) => {
      const its = configWith((yaml) => yaml);
      const path = its.file(file ?? `${name.replaceAll(' ', '-')}.fix`);
      writeFileSync(path, typeof content === 'string' ? Buffer.from(content, 'latin1') : content);
      const run = ['run', '--replay', path, '--speed', 'max', '--headless', '--json'];
      const done = await gyrfalcon([...run, '--config', its.config]);
      expectOneLine(done, 3, `${path}${venue}`);
      expect(done.stdout).toBe('');
    },
  );

  test.each([
    ['book --fix', 'there is no such file'],
    ['run --headless --replay', 'there is no such file'],
    ['venue --replay', 'there is no such file'],
    ['venue --ws-file', 'there is no such file'],
    ['book --venue binance --bbo --file', 'there is no such file'],
    ['replay', 'there is no such directory'],
    ['journal verify', 'there is no such directory'],
    ['journal show', 'there is no such directory'],
    ['run --config', 'there is no such file'],
  ])('%s with a path where nothing is', async (args, says) => {
    const path = join(folder, 'nowhere', 'day');
    const done = await gyrfalcon([...args.split(' '), path]);
    expectOneLine(done, 3, says);
    expect(done.stderr).toContain(path);
  });

  test.each([
    ['book --fix', 'that is a directory; name a file in it'],
    ['run --headless --replay', 'that is a directory; name a file in it'],
    ['venue --replay', 'that is a directory; name a file in it'],
    ['book --venue binance --bbo --file', 'that is a directory; name a file in it'],
    ['run --config', 'that is a directory, not a file'],
    ['replay', 'holds no journal segment'],
    ['journal verify', 'holds no journal segment'],
  ])('%s with a directory that it cannot use', async (args, says) => {
    const path = join(folder, 'directory');
    mkdirSync(path, { recursive: true });
    const done = await gyrfalcon([...args.split(' '), path]);
    expectOneLine(done, 3, says);
    expect(done.stderr).toContain(path);
  });
});
