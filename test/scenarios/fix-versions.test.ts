/**
 * The engine trades over each FIX version that its order path speaks, with the header fields and the
 * precision of times that a venue asks for; the venue judges every message by the dictionary.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { gyrfalcon, runToEnd, TestFolder } from '../support/engine-process.ts';

const folders: TestFolder[] = [];
afterAll(() => {
  for (const folder of folders) folder.remove();
});

const cases = [
  { version: 'FIX.4.4', beginString: 'FIX.4.4', digits: 3, header: '{ senderSubId: DESK-7 }' },
  { version: 'FIX.5.0SP2', beginString: 'FIXT.1.1', digits: 9, header: '{}' },
  {
    version: 'FIX.5.0SP2',
    beginString: 'FIXT.1.1',
    digits: 6,
    header: '{ senderSubId: DESK-7, targetLocationId: NY }',
  },
];

describe.each(cases)('$version, $digits decimals, header $header', (wanted) => {
  const folder = new TestFolder((yaml) =>
    yaml
      .replace('version: FIX.4.4', `version: ${wanted.version}`)
      .replace('header: {}', `header: ${wanted.header}`)
      .replace('timestampDigits: 9', `timestampDigits: ${wanted.digits}`),
  );
  folders.push(folder);
  folder.edit('config/venues/sim-overlay.yaml', (text) =>
    text.replace('beginString: FIX.4.4', `beginString: ${wanted.beginString}`),
  );
  const journal = folder.file('run');

  test('orders are taken and filled, none is rejected', async () => {
    const args = ['--config', folder.config, '--journal', journal, '--speed', 'max'];
    const summary = await runToEnd([...args, '--flow', '20s', '--seed', '1']);
    expect(summary.orders).toBeGreaterThan(5);
    expect(summary.fills).toBeGreaterThan(0);
    expect(summary.rejects).toBe(0);
  });

  test('a replay encodes the same bytes, and the strategies decide the same', async () => {
    const { code, stderr } = await gyrfalcon(['replay', journal, '--verify']);
    expect(stderr).toContain('verified');
    expect(code).toBe(0);
  });

  test('messages carry what was asked for', async () => {
    const { stdout } = await gyrfalcon(['journal', 'show', journal]);
    const order = stdout.split('\n').find((line) => /35=D\b/.test(line)) ?? '';
    expect(order).toContain(`8=${wanted.beginString}`);
    expect(order).toMatch(new RegExp(`52=\\d{8}-\\d\\d:\\d\\d:\\d\\d\\.\\d{${wanted.digits}}\\D`));
    expect(order.includes('50=DESK-7')).toBe(wanted.header.includes('DESK-7'));
  });
});
