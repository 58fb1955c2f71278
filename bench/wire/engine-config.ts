/**
 * The configuration of our engine and our venue under test: config/default.yaml as it is shipped (session
 * checks, journal, signals, breakers), with what a measurement needs changed. Market time is the client's,
 * a tick a millisecond however fast they come, so that limits in market time hold for them as for a real
 * feed. The risk figure of the console is computed once an hour: it is not what is measured, and would
 * share the machine's two cores.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const DEFAULT = new URL('../../config/default.yaml', import.meta.url);
/** Paths in a configuration are relative to its file: this folder lies as deep as config/market. */
const FOLDER = fileURLToPath(new URL('../../build/bench/', import.meta.url));
const FILE = `${FOLDER}wire-${process.pid}.yaml`;
process.once('exit', () => rmSync(FILE, { force: true }));
const CONFIG_FOLDER = '../../config';

export const SYMBOL = 'MSFT';
const ORDER_LOTS = 100;
/** A thread that has a core of its own polls; it blocks only when nothing happens for so long. */
export const PINNED_SPIN_US = 1_000_000;

export interface EngineSettings {
  /** Where the client plays the venue; 0 for our venue, which is told on the command line. */
  readonly port: number;
  /** The hot loop's core; undefined = wherever the system puts it. */
  readonly core: number | undefined;
  readonly sockets: 'auto' | 'node';
  readonly thread: LoopThread;
}

export type LoopThread = 'worker' | 'main';

const shipped = () => parse(readFileSync(DEFAULT, 'utf8'), { merge: true });

/** Where config/default.yaml has the hot loop. */
export const defaultThread = (): LoopThread => shipped().hotLoop.thread;

const LIMITS = {
  strategy: '*',
  account: '*',
  instrument: '*',
  orderQtyMax: '1000',
  orderNotionalMax: '1000000',
  positionQtyMax: '1000000',
  collarBps: 200,
  messagesPerSMax: 4096,
  staleMs: 5000,
  duplicateMs: 1,
  dailyLossMax: '25000',
  openOrdersMax: 16_384,
};

/** Writes it and returns the file. */
export function writeEngineConfig(settings: EngineSettings): string {
  const { port, core, sockets, thread } = settings;
  const config = shipped();
  const [venue] = config.venues;
  const [stock] = config.instruments;
  const touch = {
    name: 'touch',
    file: 'touch-taker.ts',
    account: config.accounts[0],
    instruments: [SYMBOL],
    parameters: { qtyLots: ORDER_LOTS },
  };
  const changed = {
    ...config,
    hotLoop: {
      ...config.hotLoop,
      thread,
      sockets,
      ...(core === undefined ? {} : { core, spinUs: PINNED_SPIN_US }),
    },
    venues: [{ ...venue, port, overlay: `${CONFIG_FOLDER}/${venue.overlay}` }],
    instruments: [{ ...stock, symbol: SYMBOL, calendar: 'ALWAYS' }],
    strategies: [touch],
    limits: [LIMITS],
    valueAtRisk: {
      ...config.valueAtRisk,
      scenarios: 1000,
      everyMs: 3_600_000,
      history: `${CONFIG_FOLDER}/${config.valueAtRisk.history}`,
      columns: { [SYMBOL]: SYMBOL },
    },
  };
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(FILE, JSON.stringify(changed, null, 2)); // which is YAML, too
  return FILE;
}
