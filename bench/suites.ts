/**
 * The suites by name. Each is loaded when it is run: some take seconds and hundreds of megabytes to
 * load, and `gyrfalcon bench --help` needs none of them.
 */
import { codecTable } from './codec/codec-table.ts';
import type { PreparedBench } from './harness.ts';
import { instructionsTable } from './instructions/instructions-table.ts';
import { startupTable } from './startup-table.ts';
import type { LeftOut, Prepared, Suite } from './suite.ts';
import { wireTable } from './wire/wire-table.ts';

const NO_RECORDING: LeftOut = { leftOut: 'its recording is not in ../shared/data' };

const one = (bench: PreparedBench | undefined): Prepared =>
  bench === undefined ? NO_RECORDING : [bench];

export const SUITES = {
  'tick-to-order': {
    about: 'in process: FIX bytes of a tick to the bytes of the order, journal on',
    prepare: async () => one(await (await import('./tick-to-order.ts')).prepareTickToOrder()),
  },
  wire: {
    about: 'over sockets: ticks to orders and orders to answers, beside a floor in Rust and peers',
    prepare: async ({ rounds }) => (await import('./wire/wire.ts')).measureWire(rounds),
    table: wireTable,
  },
  book: {
    about: 'order book by order: matching and building, beside C++, Java, Rust and npm peers',
    prepare: async () => (await import('./book/order-books.ts')).prepareOrderBooks(),
  },
  'book-fix': {
    about: 'order book by price: FIX bytes of a recorded day to the updated book',
    prepare: async () => one(await (await import('./book-fix.ts')).prepareBookFix()),
  },
  codec: {
    about: 'FIX messages read and written: kernels, session codec, jspurefix, plain twin',
    prepare: async () => (await import('./codec/codec.ts')).prepareCodec(),
    table: codecTable,
  },
  journal: {
    about: 'appending records to the journal',
    prepare: async () => (await import('./journal.ts')).prepareJournal(),
  },
  limits: {
    about: 'the whole list of pre-trade checks on an order',
    prepare: async () => one((await import('./limits.ts')).prepareLimits()),
  },
  signals: {
    about: 'four signals brought up to date after a book change',
    prepare: async () => one((await import('./signals.ts')).prepareSignals()),
  },
  'stage-clock': {
    about: 'what timing the stages of a tick costs: its calls alone, and on a recorded day',
    prepare: async () => (await import('./stage-clock.ts')).prepareStageClock(),
  },
  'value-at-risk': {
    about: 'Monte Carlo VaR: SIMD kernel, workers, plain twin',
    prepare: async () => one((await import('./value-at-risk.ts')).prepareValueAtRisk()),
  },
  startup: {
    about:
      'a process from its command to console, logon and first order, with a journal and without',
    prepare: async ({ rounds }) => (await import('./startup.ts')).measureStartup(rounds),
    table: startupTable,
  },
  memory: {
    about: 'a process with a venue and all instruments: RSS by isolate, CPU when idle',
    prepare: async ({ rounds }) => (await import('./memory.ts')).measureMemory(rounds),
  },
  instructions: {
    about: 'instructions that the kernels of a tick execute: the guard of the hot path',
    prepare: async () => [(await import('./instructions/instructions.ts')).measureInstructions()],
    table: instructionsTable,
  },
  'fix-sessions': {
    about: 'hundreds of FIX sessions, undisturbed and among hostile peers (--sessions N)',
    prepare: async (options) =>
      one(await (await import('./fix-sessions.ts')).prepareFixSessions(options)),
  },
} as const satisfies Readonly<Record<string, Suite>>;

/** What may follow `gyrfalcon bench`. */
export const SUITE_NAMES: readonly string[] = Object.keys(SUITES);

export const suiteOf = (name: string): Suite => SUITES[name as keyof typeof SUITES];
