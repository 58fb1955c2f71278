/**
 * `gyrfalcon book --fix`: LOBSTER's own rows from a FIX recording, and what it says of a bad one.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { fixMessage } from '../../test/support/fix-message.ts';
import { SeededRandom } from '../../test/support/seeded-random.ts';
import { ReferenceBooks, type ReferenceEntry } from '../../wasm/book-reference.ts';
import * as L from '../../wasm/layout.ts';
import { type BookFromFixResult, bookFromFix } from './book-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'gyrfalcon-book-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const RECORDING = '../shared/data/lobster-fix/GOOG_2012-06-21_L10.fix.zst';
const ORDERBOOK = '../shared/data/lobster/GOOG_2012-06-21_34200000_57600000_orderbook_10.csv.zst';

/** Collects what is written, slowly when asked to. */
class Collected extends Writable {
  readonly #blocks: Buffer[] = [];
  readonly #isSlow: boolean;
  /** The most that was ever waiting to be taken. */
  bytesWaitingMax = 0;

  constructor(isSlow = false) {
    super({ highWaterMark: 1 });
    this.#isSlow = isSlow;
  }

  override _write(block: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#blocks.push(Buffer.from(block));
    this.bytesWaitingMax = Math.max(this.bytesWaitingMax, this.writableLength);
    if (this.#isSlow) setTimeout(done, 1);
    else done();
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#blocks);
  }
}

interface Outcome {
  readonly rows: string;
  readonly result?: BookFromFixResult;
  readonly error?: { code: string; message: string };
}

/** Runs the command over these lines, in a file of that name. */
async function run(
  content: string | Buffer,
  levels: number,
  more: { symbol?: string; name?: string } = {},
): Promise<Outcome> {
  const file = join(folder, more.name ?? 'day.fix');
  writeFileSync(file, content, 'latin1');
  const out = new Collected();
  try {
    const result = await bookFromFix(file, { levels, out, symbol: more.symbol });
    return { rows: out.bytes.toString(), result };
  } catch (error) {
    return { rows: out.bytes.toString(), error: error as { code: string; message: string } };
  }
}

const header = (type: string): string => `35=${type}|49=X|56=Y|34=1|52=20120621-13:30:00`;
const snapshot = (symbol: string, entries: readonly string[]): string =>
  fixMessage(`${header('W')}|55=${symbol}|268=${entries.length}|${entries.join('|')}`);
const update = (entries: readonly string[]): string =>
  fixMessage(`${header('X')}|268=${entries.length}|${entries.join('|')}`);
const lines = (...messages: readonly string[]): string =>
  messages.map((message) => `${message}\n`).join('');
const FIRST = snapshot('GOOG', ['269=0|270=579.4|271=5', '269=1|270=580|271=6']);
const FIRST_ROW = '5800000,6,5794000,5\n';

const isPresent = existsSync(RECORDING) && existsSync(ORDERBOOK);
if (!isPresent) process.stderr.write(`skipped: the LOBSTER day is not at ${RECORDING}\n`);

test.skipIf(!isPresent)(
  'the NASDAQ day gives LOBSTER’s orderbook file, all 147,916 rows',
  async () => {
    const out = new Collected();
    const result = await bookFromFix(RECORDING, { levels: 10, out });
    expect(result).toEqual({ rows: 147_916, symbol: 'GOOG', outputClosed: false });
    expect(out.bytes.equals(zstdDecompressSync(readFileSync(ORDERBOOK)))).toBe(true);
  },
);

test('fewer levels are the first columns, missing levels are LOBSTER’s', async () => {
  const empty = '9999999999,0,-9999999999,0';
  const day = lines(
    FIRST,
    update(['279=2|269=0|55=GOOG|270=579.4']),
    snapshot('GOOG', []).replace('||', '|'),
  );
  expect((await run(lines(FIRST), 1)).rows).toBe(FIRST_ROW);
  const { rows } = await run(
    day.slice(0, day.lastIndexOf('8=FIX')) + lines(fixMessage(`${header('W')}|55=GOOG|268=0`)),
    2,
  );
  expect(rows).toBe(
    `5800000,6,5794000,5,${empty}\n5800000,6,-9999999999,0,${empty}\n${empty},${empty}\n`,
  );
});

test('messages that are no market data have no row', async () => {
  const heartbeat = fixMessage('35=0|49=X|56=Y|34=2|52=20120621-13:30:00');
  expect((await run(lines(heartbeat, FIRST, heartbeat), 1)).rows).toBe(FIRST_ROW);
});

test('of several symbols one is picked', async () => {
  const other = snapshot('MSFT', ['269=0|270=30|271=1']);
  const both = update(['279=0|269=0|55=MSFT|270=31|271=2', '279=0|269=0|55=GOOG|270=579.5|271=7']);
  const day = lines(FIRST, other, both);
  const { rows, error } = await run(day, 1);
  expect(rows).toBe(FIRST_ROW);
  expect(error!.message).toContain(
    ':2: the message has the symbol MSFT after GOOG: pick one with --symbol',
  );
  expect((await run(day, 1, { symbol: 'GOOG' })).rows).toBe(`${FIRST_ROW}5800000,6,5795000,7\n`);
  expect((await run(day, 1, { symbol: 'MSFT' })).rows).toBe(
    '9999999999,0,300000,1\n9999999999,0,310000,2\n',
  );
  expect((await run(day, 1, { symbol: 'AAPL' })).error!.message).toContain(
    'no market data of AAPL in it',
  );
});

const wrong: readonly { name: string; line: string; says: string }[] = [
  {
    name: 'a message cut off',
    line: FIRST.slice(0, 60),
    says: ':3: the message is cut off, or its BodyLength (9) is wrong',
  },
  {
    name: 'a wrong checksum',
    line: FIRST.replace(/10=\d+/, '10=000'),
    says: ':3: the message is refused: CheckSum (10) is wrong',
  },
  {
    name: 'a wrong length',
    line: FIRST.replace('9=9', '9=8'),
    says: ':3: the message is refused: BodyLength (9) is wrong',
  },
  {
    name: 'a price off the grid',
    line: update(['279=0|269=0|55=GOOG|270=1.00005|271=1']),
    says: ':3: the message is refused: a price or quantity is off the grid',
  },
  {
    name: 'a broken lot',
    line: update(['279=0|269=0|55=GOOG|270=1|271=0.5']),
    says: ':3: the message is refused: a price or quantity is off the grid',
  },
  {
    name: 'an unknown tag',
    line: fixMessage(`${header('W')}|55=GOOG|268=0|9999=1`),
    says: ':3: the message is refused: a tag is unknown',
  },
  { name: 'an empty line', line: '', says: ':3: the message is empty' },
  {
    name: 'two messages on a line',
    line: FIRST + FIRST,
    says: ':3: the message has bytes after the message',
  },
  {
    name: 'no FIX at all',
    line: 'timestamp,price',
    says: ':3: the message is refused: it does not begin with 8=FIX, 9= and 35=',
  },
  {
    name: 'a line without end',
    line: 'x'.repeat(300_000),
    says: ':3: the line is longer than 262144 bytes',
  },
];

test.each(wrong)(
  '$name is named with its line after the good rows were written',
  async ({ line, says }) => {
    const { rows, error } = await run(lines(FIRST, FIRST, line, FIRST), 1);
    expect(error!.code).toBe('INPUT_INVALID');
    expect(error!.message).toContain(says);
    expect(error!.message).toContain('day.fix');
    if (!line.startsWith('xxx')) expect(rows).toBe(FIRST_ROW + FIRST_ROW);
  },
);

test('a file that is missing or empty, and levels that cannot be, are said so', async () => {
  const out = new Collected();
  await expect(bookFromFix(join(folder, 'none.fix'), { levels: 1, out })).rejects.toMatchObject({
    code: 'INPUT_MISSING',
  });
  expect((await run('', 1)).error!.message).toContain('no market data in it');
  for (const levels of [0, 51, 1.5])
    expect((await run(lines(FIRST), levels)).error!.code).toBe('USAGE');
});

test('a last line without newline counts', async () => {
  expect((await run(FIRST, 1)).rows).toBe(FIRST_ROW);
});

test('a compressed file cut off at any byte is an error', async () => {
  const random = new SeededRandom(5);
  const day = lines(
    ...Array.from({ length: 40 }, () =>
      update([`279=0|269=0|55=GOOG|270=${random.below(999)}|271=${1 + random.below(99)}`]),
    ),
  );
  const packed = Buffer.concat([
    zstdCompressSync(day.slice(0, 2000)),
    zstdCompressSync(Buffer.from(day.slice(2000))),
  ]);
  const whole = await run(packed, 1, { name: 'day.fix.zst' });
  expect(whole.result!.rows).toBe(40);
  for (let length = 1; length < packed.length; length++) {
    const { rows, error } = await run(packed.subarray(0, length), 1, { name: 'day.fix.zst' });
    // Cut between two frames it is a shorter file; then the message is what is cut off.
    expect(error?.code, `cut at ${length}`).toBe('INPUT_INVALID');
    expect(whole.rows.startsWith(rows)).toBe(true);
  }
});

test('a slow reader is waited for', async () => {
  const file = join(folder, 'slow.fix');
  writeFileSync(file, lines(...Array.from({ length: 4000 }, () => FIRST)), 'latin1');
  const out = new Collected(true);
  const { rows } = await bookFromFix(file, { levels: 50, out });
  expect(out.bytes.toString().split('\n').length - 1).toBe(rows);
  expect(out.bytes.length).toBeGreaterThan(3 << 18);
  expect(out.bytesWaitingMax).toBeLessThanOrEqual(1 << 18);
});

test('when the reader goes away the rest is not read and nothing is thrown', async () => {
  const file = join(folder, 'pipe.fix');
  writeFileSync(file, lines(...Array.from({ length: 4000 }, () => FIRST), 'broken'), 'latin1');
  const out = new Writable({
    write: (_block, _encoding, done) =>
      done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
  });
  const result = await bookFromFix(file, { levels: 50, out });
  expect(result.outputClosed).toBe(true);
  expect(result.rows).toBeLessThan(4000);
});

const priceText = (ticks: number): string => {
  const digits = String(Math.abs(ticks)).padStart(5, '0');
  return `${ticks < 0 ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}`;
};

/** LOBSTER's row of a plain book. */
function plainRow(books: ReferenceBooks, levels: number): string {
  const [asks, bids] = [books.books[0]!.levels(L.ENTRY_ASK), books.books[0]!.levels(L.ENTRY_BID)];
  const columns: number[] = [];
  for (let i = 0; i < levels; i++) {
    columns.push(asks[i]?.priceTicks ?? 9999999999, asks[i]?.qtyLots ?? 0);
    columns.push(bids[i]?.priceTicks ?? -9999999999, bids[i]?.qtyLots ?? 0);
  }
  return `${columns.join(',')}\n`;
}

test('200 generated days of 1 to 50 levels, thin, one-sided and empty books too, are as the plain book says', async () => {
  const seed = 1806;
  const random = new SeededRandom(seed);
  for (let day = 0; day < 200; day++) {
    const levels = 1 + random.below(50);
    const depth = random.pick([1, 3, 60]);
    const books = new ReferenceBooks(1);
    let text = '';
    let expected = '';
    for (let row = random.below(60); row >= 0; row--) {
      const isSnapshot = random.oneIn(15);
      const entries: ReferenceEntry[] = Array.from(
        { length: random.below(depth) + (isSnapshot ? 0 : 1) },
        () => ({
          instrument: 0,
          action: isSnapshot ? 0 : random.below(3),
          type: random.oneIn(40) ? L.ENTRY_EMPTY_BOOK : random.below(3),
          priceTicks: random.below(depth * 4) - depth,
          qtyLots: random.below(50),
        }),
      );
      const written = entries.map((entry) => {
        const type = entry.type === L.ENTRY_EMPTY_BOOK ? 'J' : entry.type;
        const place = `270=${priceText(entry.priceTicks)}|271=${entry.qtyLots}`;
        return isSnapshot
          ? `269=${type}|${place}`
          : `279=${entry.action}|269=${type}|55=ZZ|${place}`;
      });
      const start = isSnapshot ? `${header('W')}|55=ZZ` : header('X');
      text += lines(fixMessage([start, `268=${entries.length}`, ...written].join('|')));
      books.apply(entries, isSnapshot ? 0 : undefined);
      expected += plainRow(books, levels);
    }
    const { rows, error } = await run(text, levels);
    expect(error).toBeUndefined();
    expect(rows === expected, `seed ${seed}, day ${day}, levels ${levels}`).toBe(true);
  }
});
