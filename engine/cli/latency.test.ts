/** `gyrfalcon latency` as a trader calls it, against a control server. */
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gyrfalcon, TestFolder } from '../../test/support/engine-process.ts';
import { startFakeControl, TEST_TOKENS } from '../../test/support/fake-control.ts';
import { EXIT_ENVIRONMENT, EXIT_INPUT, EXIT_OK, EXIT_USAGE } from '../errors.ts';
import { type EngineLatency, latencyScreen } from './latency-screen.ts';

const folder = new TestFolder();
const empty = new TestFolder();
let control: Awaited<ReturnType<typeof startFakeControl>>;

const latency = (...args: readonly string[]) =>
  gyrfalcon(['latency', '--config', folder.config, '--port', `${control.server.port}`, ...args]);

beforeAll(async () => {
  control = await startFakeControl();
  writeFileSync(folder.file('operator.token'), `${TEST_TOKENS.control}\n`);
});

afterAll(async () => {
  await control.server.close();
  folder.remove();
  empty.remove();
});

test('prints paths, stages in the order of the path, and the slowest ticks', async () => {
  const { code, stdout, stderr } = await latency('--slowest', '3');
  expect({ code, stderr }).toEqual({ code: EXIT_OK, stderr: '' });
  expect(stdout).toMatch(/^ {2}tick to order +3,999 +\d+\.\d us/m);
  const stages = [...stdout.matchAll(/^ {2}(\w+) +3,999 /gm)].map(([, name]) => name);
  expect(stages.join(' ')).toBe('wait frame journal book signal strategy limits encode rest send');
  const rows = [...stdout.matchAll(/^ {2}\d\d:\d\d:\d\d\.\d{3} +(\d+\.\d) us {2}record (\d+): /gm)];
  expect(rows.map(([, us, record]) => [us, record])).toEqual([
    ['157.5', '1230'],
    ['152.6', '1189'],
    ['147.6', '1148'],
  ]);
  expect(stdout).toContain('garbage collection 0.005 ms; longest: send\n');
  expect(stdout).toContain('wait 0.9 us · frame 4.2 us · journal 7.5 us · book 10.8 us');
  expect(stdout).toContain('wait 0.9 us · inside 122.0 us · send 29.6 us');
  expect(stdout).toContain(
    'not watched for: new journal segment, journal ring half full, context switch, page fault',
  );
});

test('--json gives everything, and of the slowest what was asked for', async () => {
  const { code, stdout } = await latency('--json', '--slowest', '100');
  expect(code).toBe(EXIT_OK);
  const answer = JSON.parse(stdout) as EngineLatency;
  expect(answer.slowTicks.map(({ tick }) => tick)).toEqual(
    Array.from({ length: 30 }, (_, index) => 64 * (30 - index)),
  );
  expect(answer.slowTicks[0]).toMatchObject({ record: 1230, kind: 'execution report' });
  expect(answer.stages[3]).toMatchObject({ name: 'book', count: 3_999 });
});

test('an engine without a tick says so', () => {
  const figure = { name: 'send', count: 0, p50Ns: 0, p99Ns: 0, p999Ns: 0, maxNs: 0 };
  const screen = latencyScreen({
    histograms: [],
    stages: [figure],
    slowTicks: [],
    unknownCauses: [],
  });
  expect(screen).toMatch(/^ {2}send +0 +– +– +– +–$/m);
  expect(screen).toContain('no tick is slow yet today, or none was asked for');
});

describe('is told what is wrong', () => {
  test.each([
    [['--slowest', '101'], EXIT_USAGE, '--slowest 101: give a whole number from 0 to 100'],
    [['--slowest', 'all'], EXIT_USAGE, '--slowest all: give a whole number from 0 to 100'],
    [['--port', '0'], EXIT_USAGE, '--port 0: give a whole number from 1 to 65535'],
    [['--port', '1'], EXIT_ENVIRONMENT, 'no engine answers at http://127.0.0.1:1'],
    [['--slow'], EXIT_USAGE, 'there is no option --slow; see gyrfalcon latency --help'],
  ])('%s', async (args, code, text) => {
    const finished = await latency(...args);
    expect({ code: finished.code, stdout: finished.stdout }).toEqual({ code, stdout: '' });
    expect(finished.stderr).toContain(text);
    expect(finished.stderr.trim().split('\n')).toHaveLength(1);
  });

  test('without a token, and with a wrong one', async () => {
    writeFileSync(folder.file('operator.token'), `${'e'.repeat(64)}\n`);
    const wrong = await latency();
    expect(wrong).toMatchObject({ code: EXIT_USAGE, stdout: '' });
    expect(wrong.stderr).toContain(
      'the engine refused: the Authorization header holds a wrong token',
    );
    const missing = await gyrfalcon(['latency', '--config', empty.config]);
    expect(missing).toMatchObject({ code: EXIT_INPUT, stdout: '' });
    expect(missing.stderr).toContain('the engine makes it at its first start');
  });
});
