/**
 * The client against the floor: every order and every tick is answered, wrong answers end a run. Without
 * cargo there is neither, and these tests are skipped.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FLOOR, type OrderEngine, tickEngines } from './engines.ts';
import { type LoadOutcome, loadsOf } from './loads.ts';
import { type Drive, measureOrders, measureTicks } from './measure-engine.ts';
import { buildWirePrograms, type WirePrograms, wireProgramsMissing } from './programs.ts';
import { WireProcess } from './wire-process.ts';

const CRATE = fileURLToPath(new URL('.', import.meta.url));
const TARGET = fileURLToPath(new URL('../../build/bench/cargo', import.meta.url));
const BUILD_MS = 600_000;
const ANYWHERE = { name: 'not pinned', clientCore: undefined, engineCore: undefined };
const missing = wireProgramsMissing();
if (missing !== undefined) process.stderr.write(`wire.test: skipped, ${missing}\n`);

describe.skipIf(missing !== undefined)('the client and the floor', () => {
  let programs: WirePrograms;
  let folder: string;

  beforeAll(() => {
    programs = buildWirePrograms();
    folder = mkdtempSync(join(tmpdir(), 'gyrfalcon-wire-test-'));
  }, BUILD_MS);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const drive = (...loads: string[]): Drive => ({
    client: programs.client,
    placement: ANYWHERE,
    loads: loadsOf(0, loads),
    seed: 7,
  });
  const floor = (): OrderEngine => ({
    name: FLOOR,
    acceptor: async () => ({
      program: programs.floor,
      args: ['orders', '--port=0', '--sender=SIM', '--target=GYRFALCON'],
    }),
  });

  test(
    'pass their own tests',
    () => {
      const args = ['test', '--locked', '--offline', '--target-dir', TARGET];
      const said = execFileSync('cargo', args, { cwd: CRATE, stdio: 'pipe' }).toString();
      expect(said).toMatch(/test result: ok\. [1-9]/);
    },
    BUILD_MS,
  );

  test('order round trips: all loads are answered and counted', async () => {
    const loads = ['warm-closed:50', 'closed:200', 'window:16:500', 'open:2000:300'];
    const outcomes = await measureOrders(drive(...loads), floor());
    expect(outcomes.map(({ load, answered }) => [load, answered])).toEqual([
      ['closed', 200],
      ['window-16', 500],
      ['open-2000', 300],
    ]);
    for (const outcome of outcomes) expectWhole(outcome);
  });

  test('ticks to orders: all loads are answered and counted', async () => {
    const engine = tickEngines(programs).at(-1)!;
    const outcomes = await measureTicks(
      drive('warm-closed:50', 'closed:200', 'open:2000:300'),
      engine,
    );
    expect(outcomes.map(({ load, answered }) => [load, answered])).toEqual([
      ['closed', 200],
      ['open-2000', 300],
    ]);
    for (const outcome of outcomes) expectWhole(outcome);
  });

  test('an engine that answers wrongly gives no figure', async () => {
    const changes: readonly (readonly [string, string])[] = [
      ['\u000139=0\u0001', '\u000139=8\u0001'], // rejected
      ['\u000111=W000000003\u0001', '\u000111=W000000002\u0001'], // twice the same
      ['\u000134=5\u0001', '\u000134=6\u0001'], // a number left out
    ];
    for (const change of changes) {
      const proxy = await startProxy(programs, change);
      const engine = { name: 'a liar', acceptor: async () => proxy.command };
      await expect(measureOrders(drive('closed:10'), engine)).rejects.toThrow(/the client failed/);
      await proxy.close();
    }
  });
});

function expectWhole({ sent, answered, elapsedNs, histogramNs }: LoadOutcome): void {
  expect(answered).toBe(sent);
  expect(elapsedNs).toBeGreaterThan(0);
  expect(histogramNs.reduce((sum, [, count]) => sum + count, 0)).toBe(answered);
  const values = histogramNs.map(([ns]) => ns);
  expect(values).toEqual(values.toSorted((a, b) => a - b));
}

/** Stands before the floor and changes what it says, with the right CheckSum. */
async function startProxy(programs: WirePrograms, [from, to]: readonly [string, string]) {
  const args = ['orders', '--port=0', '--sender=SIM', '--target=GYRFALCON'];
  const floor = new WireProcess('floor', { program: programs.floor, args }, undefined);
  const floorPort = await floor.port();
  const server = net.createServer((socket) => {
    const behind = net.connect(floorPort, '127.0.0.1');
    socket.pipe(behind).on('error', () => socket.destroy());
    socket.on('error', () => behind.destroy());
    behind.on('data', (bytes) => {
      const messages = bytes.toString('latin1').replaceAll(/8=FIX.*?\D10=\d\d\d\D/gs, (each) => {
        const changed = each.slice(0, -7).replace(from, to);
        const sum = Buffer.from(changed, 'latin1').reduce((total, byte) => total + byte, 0) % 256;
        return `${changed}10=${String(sum).padStart(3, '0')}\u0001`;
      });
      socket.write(messages, 'latin1');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  const say = `console.log('{"port":${port}}'); setInterval(() => {}, 1000)`;
  return {
    command: { program: process.execPath, args: ['-e', say] },
    async close() {
      await floor.stop();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
