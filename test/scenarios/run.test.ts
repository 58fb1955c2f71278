/** `npm start` as a user sees it: it says where the console is, trades, and ends cleanly on Ctrl-C. */
import { afterAll, expect, test } from 'vitest';
import { Gyrfalcon, gyrfalcon, TestFolder } from '../support/engine-process.ts';

const folder = new TestFolder();
afterAll(() => folder.remove());

test('Ctrl-C ends a run with a clean logout, a whole journal and one screen of figures', async () => {
  const journal = folder.file('one-run');
  const venueLog = folder.file('venue');
  const engine = new Gyrfalcon([
    'run',
    '--config',
    folder.config,
    '--journal',
    journal,
    '--venue-log',
    venueLog,
    '--speed',
    '5',
  ]);
  const [, url] = await engine.says(/console: (http:\S+)#token=/);
  await engine.says(/SIM: logged on/);
  const token = folder.read('operator.token');
  const state = await fetch(`${url}api/v1/state`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(state.status).toBe(200);
  expect((await state.json()) as object).toMatchObject({ engineState: 'RUNNING' });
  await new Promise((resolve) => setTimeout(resolve, 2000));

  const { code, stdout, stderr } = await engine.stop('SIGINT');
  expect(code).toBe(0);
  expect(stderr).toContain('SIM: logged out: the Logout was answered');
  expect(stderr).not.toMatch(/^\s+at /m);
  for (const word of ['market data', 'orders', 'fills', 'P&L USD', 'tick to order', 'state hash']) {
    expect(stdout).toContain(word);
  }
  const hash = /state hash\s+([0-9a-f]{16})/.exec(stdout)?.[1];
  const verified = await gyrfalcon(['journal', 'verify', journal]);
  expect(verified.code).toBe(0);
  const replayed = await gyrfalcon(['replay', journal, '--verify']);
  expect(replayed.stdout).toContain(`state-hash ${hash} events `);
});

test('a run with --for ends by itself; --json gives one object and nothing else on stdout', async () => {
  const { code, stdout } = await gyrfalcon([
    'run',
    '--config',
    folder.config,
    '--journal',
    folder.file('timed'),
    '--for',
    '1500ms',
    '--headless',
    '--json',
    '--speed',
    '5',
  ]);
  expect(code).toBe(0);
  const summary = JSON.parse(stdout) as Record<string, unknown>;
  expect(Object.keys(summary)).toEqual(
    expect.arrayContaining([
      'marketDataMessages',
      'orders',
      'fills',
      'rejects',
      'pnl',
      'latencyNs',
      'stagesNs',
      'slowestTick',
      'stateHash',
      'journal',
    ]),
  );
  expect(summary.marketDataMessages).toBeGreaterThan(100);
});
