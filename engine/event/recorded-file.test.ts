/** Recorded files: every frame is read, every cut is seen, and what is wrong is said in one line. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, zstdCompressSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { SeededRandom } from '../../test/support/seeded-random.ts';
import {
  lineBlocks,
  readRecordedFile,
  recordedFileFault,
  requireRecordedFile,
} from './recorded-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'gyrfalcon-recorded-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const LINE_BYTES_MAX = 1 << 20;
const SKIPPABLE_FRAME = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);

function written(bytes: Uint8Array, name = 'day.zst'): string {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  return file;
}

/** Read block by block; every block but the last must hold whole lines. */
async function streamed(file: string): Promise<string> {
  const blocks: string[] = [];
  for await (const block of lineBlocks(file, LINE_BYTES_MAX)) blocks.push(block.toString('latin1'));
  for (const block of blocks.slice(0, -1)) expect(block.endsWith('\n')).toBe(true);
  return blocks.join('');
}

const whole = (file: string): string => readRecordedFile(file, 1 << 26).toString('latin1');

function linesOf(random: SeededRandom, count: number): string {
  let text = '';
  for (let i = 0; i < count; i++)
    text += `${'ab|9='.repeat(random.below(40))}${random.below(1e9)}\n`;
  return text;
}

/** One text as several frames, cut anywhere, with and without checksums, with frames to skip between. */
function inFrames(text: string, random: SeededRandom): { bytes: Buffer; ends: Set<number> } {
  const frames: Buffer[] = [];
  const ends = new Set<number>([0]);
  let length = 0;
  const push = (frame: Buffer): void => {
    frames.push(frame);
    length += frame.length;
    ends.add(length);
  };
  for (let at = 0; at < text.length; ) {
    const size = random.oneIn(6) ? 0 : 1 + random.below(text.length / 3);
    const params = { [constants.ZSTD_c_checksumFlag]: random.below(2) };
    push(zstdCompressSync(Buffer.from(text.slice(at, at + size), 'latin1'), { params }));
    if (random.oneIn(3)) push(SKIPPABLE_FRAME);
    at += size;
  }
  return { bytes: Buffer.concat(frames), ends };
}

test('all frames of a compressed file are read, whatever they hold', async () => {
  const seed = 2024;
  const random = new SeededRandom(seed);
  for (let round = 0; round < 40; round++) {
    const text = linesOf(random, 1 + random.below(3000));
    const file = written(inFrames(text, random).bytes);
    requireRecordedFile(file);
    expect((await streamed(file)) === text, `seed ${seed}, round ${round}, streamed`).toBe(true);
    expect(whole(file) === text, `seed ${seed}, round ${round}, whole`).toBe(true);
  }
});

test('a plain file reads the same, with or without its last newline', async () => {
  const text = linesOf(new SeededRandom(7), 20_000);
  for (const content of [text, text.slice(0, -1)]) {
    const file = written(Buffer.from(content, 'latin1'), 'day.csv');
    expect((await streamed(file)) === content).toBe(true);
    expect(whole(file) === content).toBe(true);
  }
});

test('a cut at any byte within a frame is an error, after the lines before it', async () => {
  const random = new SeededRandom(11);
  const text = linesOf(random, 60);
  const { bytes, ends } = inFrames(text, random);
  for (let length = 1; length < bytes.length; length++) {
    const file = written(bytes.subarray(0, length), 'cut.zst');
    const place = `cut at ${length} of ${bytes.length}`;
    if (ends.has(length)) {
      expect(text.startsWith(await streamed(file)), place).toBe(true);
      continue;
    }
    await expect(streamed(file), place).rejects.toThrow('cut off');
    expect(() => whole(file), place).toThrow('cut off');
  }
});

test('a cut near the end of a large file is an error too', async () => {
  const packed = zstdCompressSync(Buffer.from(linesOf(new SeededRandom(3), 60_000), 'latin1'));
  expect(packed.length).toBeGreaterThan(1 << 18);
  for (const missing of [1, 2, 3, 4, 5, 1000, packed.length - (1 << 18), packed.length >> 1]) {
    const file = written(packed.subarray(0, packed.length - missing), 'large.zst');
    await expect(streamed(file), `${missing} bytes missing`).rejects.toThrow('cut off');
    expect(() => requireRecordedFile(file)).toThrow(`${file}: the compressed file is cut off`);
  }
});

test('bytes behind the last frame that are no frame are an error', async () => {
  const packed = zstdCompressSync('a\nb\n');
  for (const tail of ['x', 'xyz', 'xyzw', 'some text behind it']) {
    const file = written(Buffer.concat([packed, Buffer.from(tail)]), 'tail.zst');
    await expect(streamed(file), tail).rejects.toThrow();
    expect(() => whole(file), tail).toThrow();
  }
});

test('a line without end is refused before it fills the memory', async () => {
  const file = written(zstdCompressSync(Buffer.alloc(LINE_BYTES_MAX * 8, 120)), 'long.zst');
  await expect(streamed(file)).rejects.toThrow(`longer than ${LINE_BYTES_MAX} bytes`);
  expect(() => readRecordedFile(file, LINE_BYTES_MAX)).toThrow();
});

const OPEN_FILES = '/proc/self/fd';

function isOpen(file: string): boolean {
  return readdirSync(OPEN_FILES).some((fd) => {
    try {
      return readlinkSync(join(OPEN_FILES, fd)) === file;
    } catch {
      return false; // the listing's own
    }
  });
}

test.skipIf(!existsSync(OPEN_FILES))('a reader that stops early leaves no file open', async () => {
  const file = written(zstdCompressSync(linesOf(new SeededRandom(5), 150_000)), 'early.zst');
  for (let i = 0; i < 3; i++) {
    for await (const block of lineBlocks(file, LINE_BYTES_MAX)) {
      expect(block.length).toBeGreaterThan(0);
      expect(isOpen(file)).toBe(true);
      break;
    }
  }
  await expect.poll(() => isOpen(file)).toBe(false);
});

describe('what cannot be read is said in words', () => {
  const faultOf = async (file: string): Promise<{ code: string; message: string }> => {
    try {
      await streamed(file);
    } catch (cause) {
      return recordedFileFault(file, 3, cause);
    }
    throw new Error('it could be read');
  };

  test('missing, a directory, damaged', async () => {
    const missing = join(folder, 'none.fix');
    const directory = join(folder, 'directory');
    mkdirSync(directory);
    expect(await faultOf(missing)).toMatchObject({
      code: 'INPUT_MISSING',
      message: `${missing}: there is no such file; check the path`,
    });
    expect(await faultOf(directory)).toMatchObject({
      code: 'INPUT_MISSING',
      message: `${directory}: that is a directory; name a file in it`,
    });
    const file = written(Buffer.from('no zstd at all'), 'text.zst');
    expect(await faultOf(file)).toMatchObject({
      code: 'INPUT_INVALID',
      message: `${file}:3: the compressed file is damaged: fetch it again`,
    });
  });

  test('before the start too', () => {
    expect(() => requireRecordedFile(join(folder, 'none'))).toThrow('there is no such file');
    expect(() => requireRecordedFile(folder)).toThrow('that is a directory');
    const empty = written(Buffer.alloc(0), 'empty.fix');
    expect(() => requireRecordedFile(empty)).toThrow(`${empty}: the file is empty`);
    requireRecordedFile(written(Buffer.from('8=FIX'), 'some.fix'));
  });
});
