/** The best prices of a recording against the venue's own bookTicker, and what a bad file says. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { loadCore } from '../../engine/core-module.ts';
import { Memory } from '../../wasm/memory.ts';
import { bookFromBinance } from './book-command.ts';

const DATA = '../shared/data/binance-websocket';
const folder = mkdtempSync(join(tmpdir(), 'book-command-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function rowsOf(file: string): Promise<string[]> {
  const memory = new Memory();
  let text = '';
  const out = (lines: string) => {
    text += lines;
  };
  const { rows } = await bookFromBinance(file, { memory, core: loadCore(memory), out });
  const [header, ...lines] = text.trimEnd().split('\n');
  expect(header).toBe('updateId,bidPrice,bidSize,askPrice,askSize');
  expect(lines).toHaveLength(rows);
  return lines;
}

const written = (name: string, lines: readonly string[]): string => {
  const file = join(folder, name);
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
  return file;
};

describe.each([
  { venue: 'usdm', rows: 6547 },
  { venue: 'spot', rows: 3449 },
])('the $venue recording', ({ venue, rows }) => {
  const file = `${DATA}/${venue}_btcusdt_20240808.jsonl.zst`;
  const lines = () => zstdDecompressSync(readFileSync(file)).toString().trimEnd().split('\n');

  test.skipIf(!existsSync(file))(
    'agrees with the bookTicker after at least 99.9 % of diffs',
    async () => {
      const quotes = lines()
        .filter((line) => line.includes('@bookTicker'))
        .map((line) => JSON.parse(line.slice(line.indexOf(' '))).data);
      let next = 0;
      let equal = 0;
      const found = await rowsOf(file);
      for (const row of found) {
        const [updateId, ...best] = row.split(',');
        while (next < quotes.length && quotes[next].u <= Number(updateId)) next++;
        const { b, B, a, A } = quotes[next - 1];
        if (best.join() === [b, B, a, A].join()) equal++;
      }
      expect(found).toHaveLength(rows);
      expect(equal / rows).toBeGreaterThanOrEqual(0.999);
    },
  );

  test.skipIf(!existsSync(file))('gives the same rows without its bookTicker lines', async () => {
    const bare = lines().filter((line) => !line.includes('@bookTicker'));
    expect(await rowsOf(written(`${venue}.jsonl`, bare))).toEqual(await rowsOf(file));
  });
});

const SNAPSHOT =
  '3 {"lastUpdateId":12,"bids":[["9.50","1.0"],["9.40","2.0"]],"asks":[["10.00","1.5"]]}';
const diff = (time: number, U: number, u: number, b: string[][], a: string[][] = []) =>
  `${time} ${JSON.stringify({ data: { e: 'depthUpdate', E: 1, s: 'XUSD', U, u, b, a } })}`;
const GOOD = [
  diff(1, 10, 11, [['9.50', '7.0']]),
  diff(2, 12, 14, [['9.50', '0.0']]),
  SNAPSHOT,
  diff(4, 15, 15, [], [['10.00', '0.0']]),
];

test('rows begin with the diff that joins the snapshot; an empty side stays empty', async () => {
  expect(await rowsOf(written('good.jsonl', GOOD))).toEqual([
    '14,9.40,2.0,10.00,1.5',
    '15,9.40,2.0,,',
  ]);
});

const FAULTS: [name: string, lines: string[], message: RegExp][] = [
  ['no snapshot', [GOOD[0]!, GOOD[1]!], /bad.jsonl:2: .*without a depth snapshot/],
  ['a line that is not JSON', [...GOOD, '5 {"data":'], /bad.jsonl:5: not JSON/],
  ['a line without a time', [...GOOD, '{}'], /bad.jsonl:5: expected a time in ns/],
  [
    'a hole without a later snapshot',
    [...GOOD, diff(5, 17, 18, [])],
    /bad.jsonl:5: a diff is missing/,
  ],
  [
    'a price with more decimals',
    [...GOOD, diff(5, 16, 16, [['9.555', '1.0']])],
    /bad.jsonl:5: a price/,
  ],
  ['a second symbol', [...GOOD, GOOD[0]!.replace('XUSD', 'YUSD')], /bad.jsonl:5: symbol 'YUSD'/],
  ['nothing', [], /bad.jsonl: is empty/],
  ['a snapshot that no diff joins', [GOOD[0]!, SNAPSHOT], /bad.jsonl:1: no diff joins/],
];

test.each(FAULTS)('%s is one line that names the place', async (_name, lines, message) => {
  await expect(rowsOf(written('bad.jsonl', lines))).rejects.toThrow(message);
});

test('a hole that a later snapshot mends is no fault', async () => {
  const later = SNAPSHOT.replace('12', '18');
  const lines = [...GOOD, diff(5, 17, 18, []), diff(6, 19, 19, []), later, diff(8, 20, 20, [])];
  const rows = await rowsOf(written('mended.jsonl', lines));
  expect(rows.slice(2)).toEqual(['19,9.50,1.0,10.00,1.5', '20,9.50,1.0,10.00,1.5']);
});

const LONG = Buffer.from(
  `${Array.from({ length: 20_000 }, () => diff(4, 15, 15, [])).join('\n')}\n`,
);

test.each([1, 3, 4, 20, 200])(
  'a packed file without its last %i bytes names its last line',
  async (cut) => {
    const packed = join(folder, 'cut.jsonl.zst');
    const good = Buffer.from(`${GOOD.join('\n')}\n`);
    writeFileSync(packed, zstdCompressSync(Buffer.concat([good, LONG])).subarray(0, -cut));
    await expect(rowsOf(packed)).rejects.toThrow(
      /cut.jsonl.zst:\d+: the compressed file is cut off/,
    );
  },
);

test('a plain file that ends inside a line names the line', async () => {
  const file = written('cut.jsonl', GOOD);
  writeFileSync(file, readFileSync(file).subarray(0, -5));
  await expect(rowsOf(file)).rejects.toThrow(/cut.jsonl:4: the file is cut off in this line/);
});

test('a packed file with changed bytes is refused', async () => {
  const packed = zstdCompressSync(Buffer.concat([Buffer.from(`${GOOD.join('\n')}\n`), LONG]));
  packed.fill(0xa5, 40, 80);
  const file = join(folder, 'changed.jsonl.zst');
  writeFileSync(file, packed);
  await expect(rowsOf(file)).rejects.toThrow(/changed.jsonl.zst:\d+: /);
});

test('an unknown file is a plain sentence', async () => {
  await expect(rowsOf(join(folder, 'none.jsonl.zst'))).rejects.toThrow(
    /none.jsonl.zst: there is no such file/,
  );
});
