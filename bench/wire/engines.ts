/** All engines of the wire bench: how each is started for one measurement. The floor is the last of each. */

import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import {
  defaultThread,
  type EngineSettings,
  PINNED_SPIN_US,
  writeEngineConfig,
} from './engine-config.ts';
import { PEERS } from './peers.ts';
import type { WirePrograms } from './programs.ts';
import type { Command } from './wire-process.ts';

const CLI = fileURLToPath(new URL('../../engine/cli.ts', import.meta.url));
const NODE_ARGUMENTS = ['--disable-warning=ExperimentalWarning', CLI];
export const VENUE_ID = 'SIM';
export const TRADER_ID = 'GYRFALCON';
/** All that the client sends rest. */
const OPEN_ORDERS = 500_000;
export const FLOOR = 'floor';

const OURS = 'gyrfalcon';
export const isOurs = (name: string): boolean => name.startsWith(OURS);

/** Of one measurement. */
export interface Place {
  /** Of the engine; undefined = wherever the system puts it. */
  readonly core: number | undefined;
  /** Its own, empty. */
  readonly folder: string;
}

interface NamedEngine {
  readonly name: string;
}

/** Waits for orders at a port that it says once it listens. */
export interface OrderEngine extends NamedEngine {
  acceptor(place: Place): Promise<Command>;
}

/** Connects to the venue at the port and trades. */
export interface TickEngine extends NamedEngine {
  initiator(place: Place, port: number): Command;
}

export interface OrderEngines {
  readonly engines: readonly OrderEngine[];
  /** Peers that are not here, each with its reason. */
  readonly leftOut: readonly string[];
}

export function orderEngines(programs: WirePrograms): OrderEngines {
  const engines: OrderEngine[] = [{ name: `${OURS} venue`, acceptor: ourVenue }];
  const leftOut: string[] = [];
  for (const { name, prepare } of PEERS) {
    try {
      const commandAt = prepare();
      const acceptor = async ({ folder }: Place): Promise<Command> =>
        commandAt({ port: await freePort(), sender: VENUE_ID, target: TRADER_ID, folder });
      engines.push({ name, acceptor });
    } catch (error) {
      leftOut.push(`${name}: ${(error as Error).message.trim()}`);
    }
  }
  engines.push({ name: FLOOR, acceptor: async () => floorAcceptor(programs) });
  return { engines, leftOut };
}

export function tickEngines(programs: WirePrograms): readonly TickEngine[] {
  const thread = defaultThread();
  const other =
    thread === 'main'
      ? ({ thread: 'worker', where: 'in a worker' } as const)
      : ({ thread: 'main', where: 'on the main thread' } as const);
  return [
    ourEngine(OURS, { sockets: 'auto', thread }),
    ourEngine(`${OURS}, hot loop ${other.where}`, { sockets: 'auto', thread: other.thread }),
    ourEngine(`${OURS}, sockets of Node.js`, { sockets: 'node', thread }),
    {
      name: FLOOR,
      initiator: (_, port) => ({
        program: programs.floor,
        args: ['ticks', `--port=${port}`, `--sender=${TRADER_ID}`, `--target=${VENUE_ID}`],
      }),
    },
  ];
}

function floorAcceptor({ floor }: WirePrograms): Command {
  const args = ['orders', '--port=0', `--sender=${VENUE_ID}`, `--target=${TRADER_ID}`];
  return { program: floor, args };
}

/** Orders meet in its book by order; it writes its log of them, as it always does. */
async function ourVenue({ core, folder }: Place): Promise<Command> {
  const config = writeEngineConfig({
    port: 0,
    core: undefined,
    sockets: 'auto',
    thread: defaultThread(),
  });
  const own =
    core === undefined ? [] : ['--core', String(core), '--spin-us', String(PINNED_SPIN_US)];
  const place = ['--port', '0', '--config', config, '--log', folder];
  const args = ['venue', '--exchange', '--open-orders', String(OPEN_ORDERS), ...place, ...own];
  return { program: process.execPath, args: [...NODE_ARGUMENTS, ...args] };
}

function ourEngine(name: string, kind: Pick<EngineSettings, 'sockets' | 'thread'>): TickEngine {
  const initiator = ({ core, folder }: Place, port: number): Command => {
    const config = writeEngineConfig({ port, core, ...kind });
    const args = ['run', '--headless', '--config', config, '--journal', `${folder}/journal`];
    return { program: process.execPath, args: [...NODE_ARGUMENTS, ...args], stopSignal: 'SIGINT' };
  };
  return { name, initiator };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
