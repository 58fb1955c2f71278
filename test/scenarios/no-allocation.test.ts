/**
 * The hot path allocates nothing: a million messages through hot loop, strategies, limits and journal, with
 * orders and their reports between them, and the garbage collector never has to run.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { loadNative } from '../../native/index.ts';
import { TestFolder } from '../support/engine-process.ts';

const MESSAGES = 1_000_000;
/** An object or a boxed number in ten messages would be more. */
const BYTES_A_MESSAGE_MAX = 1.6;

const folder = new TestFolder();
afterAll(() => folder.remove());

interface Found {
  readonly messages: number;
  readonly orders: number;
  readonly fills: number;
  readonly collections: number;
  readonly grownBytes: number;
}

// Without the addon Node's sockets and clock allocate anyway.
test.skipIf(loadNative().module === undefined).each([1, 100])(
  'a million messages make no garbage, spread over %d stocks',
  { timeout: 240_000 },
  async (stocks) => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--expose-gc',
      '--disable-warning=ExperimentalWarning',
      'test/support/allocation-child.ts',
      folder.file(`journal-${stocks}`),
      String(MESSAGES),
      String(stocks),
    ]);
    const found: Found = JSON.parse(stdout);
    expect(found.messages).toBeGreaterThan(MESSAGES);
    expect(found.orders, 'new orders in the measured part').toBeGreaterThan(MESSAGES / 500);
    expect(found.fills).toBeGreaterThan(1000);
    expect(found.collections, 'garbage collections').toBe(0);
    expect(found.grownBytes / MESSAGES).toBeLessThan(BYTES_A_MESSAGE_MAX);
  },
);
