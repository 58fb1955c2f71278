/** One measurement: an engine is started, the client drives it through all loads, both end. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OrderEngine, type TickEngine, TRADER_ID, VENUE_ID } from './engines.ts';
import { type LoadOutcome, type Loads, parseOutcome } from './loads.ts';
import { WireProcess } from './wire-process.ts';

/** Which core each side has to itself; undefined = wherever the system puts it. */
export interface Placement {
  readonly name: string;
  readonly clientCore: number | undefined;
  readonly engineCore: number | undefined;
}

export interface Drive {
  readonly client: string;
  readonly placement: Placement;
  readonly loads: Loads;
  readonly seed: number;
}

/** Orders to an acceptor. */
export function measureOrders(drive: Drive, engine: OrderEngine): Promise<readonly LoadOutcome[]> {
  return inFolder(async (folder) => {
    const core = drive.placement.engineCore;
    const command = await engine.acceptor({ core, folder });
    const acceptor = new WireProcess(engine.name, command, core);
    try {
      const port = await acceptor.port();
      const sides = [`--sender=${TRADER_ID}`, `--target=${VENUE_ID}`];
      const client = startClient(drive, 'orders', [`--port=${port}`, ...sides]);
      return await outcomesOf(client);
    } finally {
      await acceptor.stop();
    }
  });
}

/** Ticks to an engine that connects. */
export function measureTicks(drive: Drive, engine: TickEngine): Promise<readonly LoadOutcome[]> {
  return inFolder(async (folder) => {
    const core = drive.placement.engineCore;
    const sides = [`--sender=${VENUE_ID}`, `--target=${TRADER_ID}`];
    const gap = `--gap-us=${drive.loads.gapUs}`;
    const client = startClient(drive, 'ticks', ['--port=0', gap, ...sides]);
    let initiator: WireProcess | undefined;
    try {
      const command = engine.initiator({ core, folder }, await client.port());
      initiator = new WireProcess(engine.name, command, core);
      return await Promise.race([
        outcomesOf(client),
        initiator.ended().then(() => outcomesOf(client)),
      ]);
    } finally {
      await client.stop();
      await initiator?.stop();
    }
  });
}

function startClient(drive: Drive, mode: string, options: readonly string[]): WireProcess {
  const { client, placement, loads, seed } = drive;
  const args = [mode, `--loads=${loads.text}`, `--seed=${seed}`, ...options];
  return new WireProcess('the client', { program: client, args }, placement.clientCore);
}

async function outcomesOf(client: WireProcess): Promise<readonly LoadOutcome[]> {
  await client.ended();
  return client.lines.flatMap((line) => parseOutcome(line) ?? []);
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'gyrfalcon-wire-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
