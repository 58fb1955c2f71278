/**
 * The hot loop on the main thread: it starts, trades, stops, is killed and recovers as in a worker. What
 * differs is the end of a loop that hangs: its process ends with it, and comes back HALTED. The rest of the
 * suite runs there with GYRFALCON_TEST_THREAD=main.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Gyrfalcon, gyrfalcon, programWith, TestFolder } from '../support/engine-process.ts';
import { freePort } from '../support/free-port.ts';
import { HANGING, useHanging } from '../support/hanging-strategy.ts';
import { journalEnd, readRequests } from '../support/journal-judge.ts';
import { pause, TradingPair, until } from '../support/trading-pair.ts';

const QUIET_MS = 700;

/** Journal and venue tell the same story, whole. */
async function expectOneStory(pair: TradingPair, printedHash: string): Promise<void> {
  const { sent } = readRequests(pair.journal);
  expect(new Set(sent).size, 'no ClOrdID was used twice').toBe(sent.length);
  expect(pair.judge.openOrders()).toEqual([]);
  const end = await journalEnd(pair.journal);
  expect(Object.fromEntries(end.positions)).toEqual(Object.fromEntries(pair.judge.netLots()));
  expect(end.stateHash).toBe(printedHash);
  const replayed = await gyrfalcon(['replay', pair.journal, '--verify', '--json']);
  expect(JSON.parse(replayed.stdout).stateHash).toBe(printedHash);
}

describe('over a market that trades', () => {
  const pair = new TradingPair();
  beforeAll(async () => {
    pair.folder.useThread('main');
    await pair.startVenue('--seed', '11');
  });
  afterAll(() => pair.end());

  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s ends the run: orders out, logged out, one story',
    async (signal) => {
      await pair.startEngine();
      await pair.untilOrders(20);
      expect((await pair.state()).engineState).toBe('RUNNING');
      const { code, stdout, stderr } = await pair.engine.stop(signal);
      expect(code, stderr).toBe(0);
      expect(stderr).toContain('SIM: logged out: the Logout was answered');
      expect(stderr).not.toMatch(/^\s+at /m);
      await expectOneStory(pair, JSON.parse(stdout).stateHash);
    },
  );

  test('a kill of a loop that lives: nothing new, nothing open, released by the second token', async () => {
    await pair.startEngine();
    await pair.untilOrders(20);
    const { body, returnedMs } = await pair.post('kill', { scope: 'firm' });
    expect([body.state, body.openOrders]).toEqual(['KILLED', 0]);
    await pause(QUIET_MS);
    const late = pair.judge.requests('D', 'G').filter(({ wallMs }) => wallMs > returnedMs + 2);
    expect(late).toEqual([]);
    expect(pair.judge.openOrders()).toEqual([]);
    expect((await pair.post('rearm', { scope: 'firm' }, 'rearm')).body.state).toBe('ARMED');
    await pair.untilOrders(5);
  });

  test('kill -9 loses nothing: it goes on from its journal', async () => {
    for (let crash = 0; crash < 5; crash++) {
      await pair.engine.stop('SIGKILL');
      await pair.startEngine();
      await pair.untilOrders(10);
    }
    const { code, stdout, stderr } = await pair.engine.stop('SIGINT');
    expect(code, stderr).toBe(0);
    await expectOneStory(pair, JSON.parse(stdout).stateHash);
  });
});

describe('over a loop that hangs in a strategy', () => {
  const pair = new TradingPair((folder) => programWith(folder, 'hanging.ts', HANGING));
  const command = 'scripts/gyrfalcon.mjs';
  beforeAll(async () => {
    pair.folder.useThread('main');
    await pair.startVenue();
    // The one that comes back is found where the first was.
    const port = await freePort();
    pair.folder.change((yaml) => yaml.replace('port: 0\n', `port: ${port}\n`));
    useHanging(pair.folder);
    await pair.startEngine(command);
    await until('the engine hangs', async () => (await pair.state()).engineState === 'HUNG');
  });
  afterAll(() => pair.end());

  test('a kill ends the process at once; the command starts it again, HALTED, and every order is cancelled', async () => {
    expect(pair.judge.openOrders().length).toBeGreaterThan(0);
    const calledMs = Date.now();
    const byCommand = gyrfalcon(['kill', '--config', pair.folder.config, '--reason', 'a test']);
    await pair.engine.says(/KILL FIRM: a test/);
    // A second person presses before the loop is ended, and gets no answer.
    const second = pair.post('kill', { scope: 'strategy', target: 'hanging' });
    await expect(second).rejects.toThrow('fetch failed');
    const endedMs = Date.now();
    await pair.findConsole(/starting again[\s\S]*console: (http:\/\/[^/]*)\//);
    await until('KILLED', async () => (await pair.killStatus()).state === 'KILLED');
    console.log(
      `hung loop on main: process ended ${endedMs - calledMs} ms after the call, all answered after ${Date.now() - calledMs} ms`,
    );
    // The command has waited for the engine that came back.
    const { code: killCode, stdout: killed, stderr: told } = await byCommand;
    expect([killCode, killed], told).toEqual([0, 'KILLED: 0 orders open in scope\n']);
    expect(pair.judge.openOrders()).toEqual([]);
    await until('RUNNING', async () => (await pair.state()).engineState === 'RUNNING');
    const state = await pair.state();
    expect(state.firmState).toBe('HALTED');
    expect(state.strategies.find(({ name }) => name === 'hanging')!.state).toBe('HALTED');
    const { commands } = readRequests(pair.journal);
    expect(commands.filter(({ kind }) => kind === 'KILL')).toHaveLength(2);
    expect(existsSync(join(pair.journal, 'journal.kills'))).toBe(false);
    const { code, stderr } = await pair.engine.stop('SIGINT');
    expect(code, stderr).toBe(0);
  });
});

test('a fault of the loop ends the process with its exit code; no record and no ring is left behind', async () => {
  const folder = new TestFolder();
  folder.useThread('main');
  try {
    const journal = folder.file('journal/run');
    const throwing = HANGING.replace(
      'for (;;);',
      "setImmediate(() => { throw new Error('a bug of the loop'); });",
    );
    const root = programWith(folder, 'hanging.ts', throwing);
    useHanging(folder);
    const args = ['run', '--headless', '--config', folder.config, '--journal', journal];
    const { code, stderr } = await new Gyrfalcon([...args, '--speed', '10'], root).finished;
    expect([code, stderr]).toEqual([1, expect.stringContaining('a bug of the loop')]);
    expect(stderr.match(/a bug of the loop/g)).toHaveLength(1);
    expect(existsSync(join(journal, 'journal.ring'))).toBe(false);
    expect(existsSync(join(journal, 'journal.lock'))).toBe(false);
    expect((await gyrfalcon(['journal', 'verify', journal])).stdout).toContain('whole');
  } finally {
    folder.remove();
  }
});

test('a setting that the loop refuses on its own thread ends the run with exit code 3', async () => {
  const folder = new TestFolder((yaml) => yaml.replace('core: null', 'core: 1023'));
  folder.useThread('main');
  try {
    const args = ['run', '--headless', '--config', folder.config];
    const { code, stderr } = await gyrfalcon(args);
    expect([code, stderr]).toEqual([3, expect.stringMatching(/^gyrfalcon: hotLoop\.core/m)]);
  } finally {
    folder.remove();
  }
});
