/**
 * The suite `wire`: orders to acceptors and ticks to engines over loopback, each engine a process of its
 * own, all driven by one client that belongs to none of them. Rounds go over all engines, forth and back;
 * what counts is the ratio to the floor in the same round. README.md says how it measures.
 */
import { availableParallelism } from 'node:os';
import type { BenchResult } from '../bench-result.ts';
import { startEnvironment } from '../environment.ts';
import { ROUNDS_MIN } from '../harness.ts';
import type { LeftOut } from '../suite.ts';
import {
  FLOOR,
  isOurs,
  type OrderEngines,
  orderEngines,
  type TickEngine,
  tickEngines,
} from './engines.ts';
import { type LoadOutcome, type Loads, ORDER_LOADS, TICK_LOADS } from './loads.ts';
import { type Drive, measureOrders, measureTicks, type Placement } from './measure-engine.ts';
import { PEERS } from './peers.ts';
import { buildWirePrograms, wireProgramsMissing } from './programs.ts';
import { RoundBook } from './round-book.ts';
import { isInstalled } from './wire-process.ts';

const SEED = 20_120_621;
const CORES_TO_PIN = 2;

/** One engine in one part. */
interface Contender {
  readonly name: string;
  measure(drive: Drive): Promise<readonly LoadOutcome[]>;
}

interface Part {
  readonly bench: string;
  readonly operation: string;
  readonly loads: Loads;
  readonly contenders: readonly Contender[];
  readonly leftOut: readonly string[];
}

export async function measureWire(
  rounds: number = ROUNDS_MIN,
  loads = { ticks: TICK_LOADS, orders: ORDER_LOADS },
): Promise<readonly BenchResult[] | LeftOut> {
  const missing = wireProgramsMissing();
  if (missing !== undefined) return { leftOut: missing };
  const programs = buildWirePrograms();
  const parts = [
    ticksPart(tickEngines(programs), loads.ticks),
    ordersPart(orderEngines(programs), loads.orders),
  ];
  const placements = placementsHere();
  const environmentNow = startEnvironment(['cargo', 'gcc', 'java']);
  const books = new Map<string, RoundBook>();
  for (let round = 0; round < rounds; round++) {
    for (const part of parts) {
      for (const placement of placements) {
        process.stderr.write(`bench ${part.bench}, ${placement.name}, round ${round + 1} …\n`);
        const book = bookOf(books, part, placement);
        const order = round % 2 === 0 ? part.contenders : part.contenders.toReversed();
        const drive = { client: programs.client, placement, loads: part.loads, seed: SEED + round };
        for (const contender of order) book.add(contender.name, await outcomeOf(contender, drive));
      }
    }
  }
  const measured = environmentNow();
  const environment = { ...measured, versions: { ...measured.versions, ...peerVersions() } };
  return parts.flatMap((part) =>
    placements.flatMap((placement) =>
      bookOf(books, part, placement).results(
        { ...part, placement: placement.name, seed: SEED },
        part.loads.names,
        environment,
      ),
    ),
  );
}

function ticksPart(engines: readonly TickEngine[], loads: Loads): Part {
  return {
    bench: 'wire tick to order',
    operation: 'tick, 35=X of four entries in, until the 35=D that it leads to is out',
    loads,
    contenders: engines.map((engine) => ({
      name: engine.name,
      measure: (drive) => measureTicks(drive, engine),
    })),
    leftOut: [],
  };
}

function ordersPart({ engines, leftOut }: OrderEngines, loads: Loads): Part {
  return {
    bench: 'wire order round trip',
    operation: 'order, 35=D in, until its 35=8 New is out',
    loads,
    contenders: engines.map((engine) => ({
      name: engine.name,
      measure: (drive) => measureOrders(drive, engine),
    })),
    leftOut,
  };
}

/** A peer that fails is named with its reason; ours and the floor must not. */
async function outcomeOf(
  contender: Contender,
  drive: Drive,
): Promise<readonly LoadOutcome[] | Error> {
  try {
    return await contender.measure(drive);
  } catch (error) {
    if (contender.name === FLOOR || isOurs(contender.name)) throw error;
    process.stderr.write(`bench wire: ${(error as Error).message}\n`);
    return error as Error;
  }
}

function placementsHere(): readonly Placement[] {
  const anywhere = { name: 'not pinned', clientCore: undefined, engineCore: undefined };
  const canPin = availableParallelism() >= CORES_TO_PIN && isInstalled('taskset');
  return canPin ? [{ name: 'pinned', clientCore: 0, engineCore: 1 }, anywhere] : [anywhere];
}

function bookOf(books: Map<string, RoundBook>, part: Part, placement: Placement): RoundBook {
  const key = `${part.bench} ${placement.name}`;
  const book = books.get(key) ?? new RoundBook(part.contenders.map(({ name }) => name));
  books.set(key, book);
  return book;
}

function peerVersions(): Record<string, string> {
  return Object.fromEntries(PEERS.map(({ name, version }) => [name, version]));
}
