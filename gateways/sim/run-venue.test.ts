/** The simulated venue as its own process: the ready line, a clean end, a fault as one line. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { EXIT_INPUT, EXIT_OK } from '../../engine/errors.ts';
import { Trader, testInstrument } from '../../test/support/venue-rig.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'run-venue-'));
afterAll(() => rmSync(directory, { recursive: true }));

const SYMBOL = 'AAPL';
const MODULE = new URL('./run-venue.ts', import.meta.url).href;
const OPTIONS = new URL('./venue-options.ts', import.meta.url).href;

interface VenueProcess {
  readonly fixPort: number;
  readonly stop: () => void;
  readonly exit: Promise<{ code: number | null; stderr: string }>;
}

async function start(changes: object): Promise<VenueProcess> {
  const options = JSON.stringify({ instruments: [testInstrument(SYMBOL)], ...changes });
  const code =
    `import { runVenue } from '${MODULE}'; import { VENUE_DEFAULTS } from '${OPTIONS}';` +
    `process.exitCode = await runVenue({ ...VENUE_DEFAULTS, ...${options} });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code]);
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const exit = new Promise<{ code: number | null; stderr: string }>((resolve) => {
    child.on('close', (exitCode) => resolve({ code: exitCode, stderr }));
  });
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()));
    child.once('close', () => reject(new Error(stderr)));
  });
  const ready = JSON.parse(line) as { ready: boolean; fixPort: number };
  expect(ready.ready).toBe(true);
  return { fixPort: ready.fixPort, stop: () => child.kill('SIGTERM'), exit };
}

test('it says when it is ready, plays, and logs out when it is stopped', async () => {
  const venue = await start({ speed: 'flood', flowDurationS: 5 });
  const trader = new Trader(venue.fixPort, [SYMBOL], { isLockStep: false });
  await trader.until(() => trader.isEnded);
  venue.stop();
  expect((await venue.exit).code).toBe(EXIT_OK);
  expect(trader.events).toContain('LOGGED_OUT: SIM logged out: the venue was stopped');
  await trader.stop();
});

test('a damaged recording ends it with one line that names file and line', async () => {
  const replay = path.join(directory, 'bad.fix');
  writeFileSync(replay, 'nonsense\n');
  const venue = await start({ replay });
  const trader = new Trader(venue.fixPort, [SYMBOL], { isLockStep: false });
  const { code, stderr } = await venue.exit;
  expect(code).toBe(EXIT_INPUT);
  expect(stderr).toContain('bad.fix:1: ');
  expect(stderr).not.toContain('    at ');
  await trader.stop();
});
