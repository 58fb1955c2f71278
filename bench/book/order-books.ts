/**
 * Order books by order, ours and others, on the same events: a seeded stream that matches, over one
 * book and over a hundred, and a real day that only builds the book. What is measured is CPU time of
 * a process of its own. README.md beside this file says what each compares and with which terms.
 */
import { strict as assert } from 'node:assert';
import type { PreparedBench, Variant } from '../harness.ts';
import { type EventFile, eventFile } from './event-file.ts';
import { type PeerAnswer, PeerProcess } from './peer-process.ts';
import { ourPeer, type Peer, type PeerName, setUpPeer } from './peers.ts';
import { recordedFile } from './recorded-file.ts';

const SEED = 20120621;
const EVENTS = 1_000_000;
/** Books that take 5 µs an event and more play the beginning only; their time is scaled. */
const SLOW_EVENTS = 20_000;
/** Books in which a reduced order loses its place come to other trades later than this. */
const EQUAL_EVENTS = 5000;
const LOSES_PLACES: readonly string[] = ['nodejs-order-book', 'lobster'];
/** The Java compiler needs some before its code is what it stays. */
const WARM_UPS = 4;
const ROUNDS_SHOWN = 8;
const EXCHANGE_CORE_LEAST = 5; // a C++ reference slower than this many times it proves nothing

interface Terms {
  readonly name: string;
  readonly operation: string;
  readonly file: EventFile;
  readonly orders: number;
  readonly pages: number;
  /** The last is what ratios refer to. */
  readonly peers: readonly PeerName[];
}

const MATCHING: readonly PeerName[] = ['nodejs-order-book', 'lobster', 'exchange-core', 'C++'];
const FASTEST: readonly PeerName[] = ['exchange-core', 'C++'];
const BUILDING: readonly PeerName[] = ['C++', 'hftbacktest'];

export function prepareOrderBooks(): readonly PreparedBench[] {
  const about = { events: EVENTS, seed: SEED };
  const one = eventFile({ ...about, instruments: 1, openOrders: 1700, isAsRecorded: true });
  const many = eventFile({ ...about, instruments: 100, openOrders: 1000, isAsRecorded: true });
  const even = eventFile({ ...about, instruments: 1, openOrders: 10_000, isAsRecorded: false });
  const day = recordedFile();
  const matched = 'order event (47 % add, 39 % cancel, 4 % reduce, 5 % replace, 5 % marketable)';
  const benches: Terms[] = [
    {
      name: 'book',
      operation: `${matched} on one book`,
      file: one,
      orders: 32_768,
      pages: 512,
      peers: MATCHING,
    },
    {
      name: 'book, 100 instruments',
      operation: `${matched} over 100 books`,
      file: many,
      orders: 131_072,
      pages: 51_200,
      peers: MATCHING,
    },
    {
      name: 'book, any order',
      operation: `${matched} on one book, of orders of any age`,
      file: even,
      orders: 32_768,
      pages: 512,
      peers: FASTEST,
    },
  ];
  if (day !== undefined) {
    benches.push({
      name: 'book, built from a day',
      operation: 'message by order of a NASDAQ day, to the book that it leaves',
      file: day,
      orders: 32_768,
      pages: 51_200,
      peers: BUILDING,
    });
  }
  return benches.map(prepare);
}

/** One order book: its process and its last answer. */
class Contestant {
  readonly name: string;
  readonly events: number;
  readonly checkedEvents: number;
  readonly #terms: Terms;
  readonly #peer: Peer;
  #process: PeerProcess | undefined;
  checked: PeerAnswer | undefined;
  last: PeerAnswer | undefined;
  /** Of each round, scaled to all events; warm-ups come first. */
  readonly roundNs: number[] = [];

  constructor(name: string, terms: Terms, peer: Peer) {
    this.name = name;
    this.events = name === 'nodejs-order-book' ? SLOW_EVENTS : terms.file.events;
    this.checkedEvents = LOSES_PLACES.includes(name) ? EQUAL_EVENTS : this.events;
    this.#terms = terms;
    this.#peer = peer;
  }

  async run(samplesNs: Float64Array): Promise<void> {
    if (this.#process === undefined) await this.#start();
    this.last = await this.#process!.ask('run', this.events);
    samplesNs[0] = (this.last.cpuNs * this.#terms.file.events) / this.events;
    this.roundNs.push(samplesNs[0]);
  }

  async #start(): Promise<void> {
    const { file, orders, pages } = this.#terms;
    this.#process = new PeerProcess(this.#peer.command, this.#peer.args(file.path, orders, pages));
    this.checked = await this.#process.ask('check', this.checkedEvents);
    const warmUps = this.events === SLOW_EVENTS ? 0 : WARM_UPS;
    for (let n = 0; n < warmUps; n++) await this.#process.ask('run', this.events);
  }

  /** What the first `events` come to. */
  async answerAt(events: number): Promise<PeerAnswer> {
    return await this.#process!.ask('check', events);
  }

  close(): void {
    this.#process?.close();
  }
}

function prepare(terms: Terms): PreparedBench {
  const contestants = [
    new Contestant('WASM, a batch a call', terms, ourPeer('batch')),
    new Contestant('WASM, an event a call', terms, ourPeer('call')),
  ];
  const leftOut: string[] = [];
  for (const name of terms.peers) {
    const peer = setUpPeer(name);
    if ('missing' in peer) leftOut.push(peer.missing);
    else contestants.push(new Contestant(name, terms, peer));
  }
  const ours = contestants[0]!;
  let early: PeerAnswer | undefined;
  return {
    name: terms.name,
    operation: terms.operation,
    operationsPerRound: terms.file.events,
    samplesPerRound: 1,
    seed: terms.file.lead === 0 ? 0 : SEED,
    tools: ['gcc', 'java', 'cargo'],
    variants: contestants.map(
      (contestant): Variant => ({
        name: contestant.name,
        run: async (samplesNs) => {
          await contestant.run(samplesNs);
          if (contestant === ours) early ??= await ours.answerAt(EQUAL_EVENTS);
        },
      }),
    ),
    leftOut,
    check: () => checkAnswers(contestants, early!),
    remarks: () => remarks(contestants, terms),
    close: () => {
      for (const contestant of contestants) contestant.close();
    },
  };
}

/** Whatever a book can tell must be what ours tells. */
function checkAnswers(contestants: readonly Contestant[], early: PeerAnswer): void {
  const [ours] = contestants;
  for (const { name, checkedEvents, checked, last } of contestants) {
    const expected = checkedEvents === EQUAL_EVENTS ? early : ours!.checked!;
    for (const hash of ['tradeHash', 'ordersHash', 'levelsHash'] as const) {
      if (checked![hash] !== undefined)
        assert.equal(checked![hash], expected[hash], `${name}: ${hash}`);
    }
    for (const hash of ['ordersHash', 'levelsHash'] as const) {
      if (last![hash] !== undefined)
        assert.equal(last![hash], ours!.last![hash], `${name}: ${hash}`);
    }
  }
}

function remarks(contestants: readonly Contestant[], terms: Terms): readonly string[] {
  const times = (fast: Contestant, slow: Contestant): string => {
    const ratios = slow.roundNs
      .slice(-ROUNDS_SHOWN)
      .map((ns, n) => ns / fast.roundNs.slice(-ROUNDS_SHOWN)[n]!)
      .sort((left, right) => left - right);
    const [least, median, most] = [ratios[0], ratios[ratios.length >> 1], ratios.at(-1)];
    return `${median!.toFixed(2)}x (${least!.toFixed(2)} to ${most!.toFixed(2)})`;
  };
  const [batch, call] = contestants;
  const others = contestants.slice(2);
  const said = others.map((other) => `a batch a call is ${times(batch!, other)} ${other.name}`);
  const reference = others.find(({ name }) => name === 'C++');
  const core = others.find(({ name }) => name === 'exchange-core');
  if (reference !== undefined && core !== undefined) {
    const ratio = times(reference, core);
    const isVoid = Number.parseFloat(ratio) < EXCHANGE_CORE_LEAST;
    said.push(
      `the C++ reference is ${ratio} exchange-core${isVoid ? ': below 5x it is void' : ''}`,
    );
  }
  const compared = others
    .map(({ name, checked, checkedEvents }) => {
      const parts = [
        checked?.tradeHash === undefined ? '' : 'every trade',
        checked?.ordersHash === undefined ? '' : 'every order left',
        checked?.levelsHash === undefined ? '' : 'the levels left',
      ].filter((part) => part !== '');
      const of = checkedEvents === EQUAL_EVENTS ? ` after ${EQUAL_EVENTS} events` : '';
      return `${name}: ${parts.length === 0 ? 'nothing' : parts.join(', ')}${of}`;
    })
    .join('; ');
  const cpu = `CPU time of the whole process; ${terms.file.instruments} books`;
  return [
    cpu,
    ...said,
    `compared with ours: ${compared}`,
    `an event a call is ${times(call!, batch!)} a batch a call`,
  ];
}
