/**
 * A whole NASDAQ day (147,000 FIX messages of GOOG) from bytes to book: frame, checks, decode and
 * book in WASM, against the same in plain JavaScript (strings, split, Map). One message is one
 * sample.
 */
import { strict as assert } from 'node:assert';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../config/load.ts';
import { type CoreModule, loadCore } from '../engine/core-module.ts';
import { writeConfig } from '../engine/core-setup.ts';
import { lineBlocks } from '../engine/event/recorded-file.ts';
import { BookView } from '../engine/market/book-view.ts';
import {
  ReferenceBooks,
  type ReferenceEntry,
  type ReferenceLevel,
} from '../wasm/book-reference.ts';
import * as L from '../wasm/layout.ts';
import { Memory } from '../wasm/memory.ts';
import { type PreparedBench, timeEach } from './harness.ts';

const DAY = new URL('../../shared/data/lobster-fix/GOOG_2012-06-21_L10.fix.zst', import.meta.url);
const CONFIG = fileURLToPath(new URL('../config/default.yaml', import.meta.url));
const SYMBOL = 'GOOG';
/** Noon of the recorded day: with a tolerance of a day every SendingTime is in time. */
const NOON_NS = BigInt(Date.UTC(2012, 5, 21, 16)) * 1_000_000n;
const DAY_NS = 86_400_000_000_000;
const TICKS_PER_UNIT = 10_000;
const ROUNDS = 5;
const SIDES = [L.ENTRY_BID, L.ENTRY_ASK] as const;

type Book = readonly (readonly ReferenceLevel[])[];

/** undefined where the recording is not at hand. */
export async function prepareBookFix(): Promise<PreparedBench | undefined> {
  if (!existsSync(DAY)) return undefined;
  const messages = await readMessages();
  const fast = fastBook();
  const answers: { wasm?: Book; plain?: Book } = {};
  return {
    operation: 'market-data message, from FIX bytes to the updated book',
    operationsPerRound: messages.length,
    samplesPerRound: messages.length,
    rounds: ROUNDS,
    seed: 0,
    variants: [
      {
        name: 'WASM',
        run(samplesNs) {
          fast.reset();
          timeEach(samplesNs, (i) => fast.apply(messages[i]!));
          answers.wasm = fast.levels();
        },
      },
      {
        name: 'plain JavaScript',
        run(samplesNs) {
          const books = new ReferenceBooks(1);
          timeEach(samplesNs, (i) => applyPlain(messages[i]!, i + 1, books));
          answers.plain = SIDES.map((side) => books.books[0]!.levels(side));
        },
      },
    ],
    check() {
      assert.ok(answers.wasm!.every((side) => side.length > 0));
      assert.deepEqual(answers.wasm, answers.plain);
    },
  };
}

async function readMessages(): Promise<Buffer[]> {
  const messages: Buffer[] = [];
  for await (const block of lineBlocks(fileURLToPath(DAY), L.RX_BYTES)) {
    for (let start = 0; start < block.length; ) {
      const end = block.indexOf(10, start);
      messages.push(Buffer.from(block.subarray(start, end)));
      start = end + 1;
    }
  }
  return messages;
}

/** The core with one live session to the recorded venue. */
function fastBook() {
  const { config } = loadConfig(CONFIG);
  const [venue] = config.venues;
  assert.ok(venue?.protocol === 'fix');
  Object.assign(venue, { senderCompId: 'ENGINE', targetCompId: 'XNAS', marketTimeTag: 0 });
  const memory = new Memory();
  const core: CoreModule = loadCore(memory);
  writeConfig(memory, core, config);
  memory.setAbsoluteNs(L.CTL_NOW_NS, NOON_NS);
  memory.setI64(L.SESSIONS + L.SES_MAX_LATENCY_NS, DAY_NS);
  memory.setI32(L.SESSIONS + L.SES_STATE, L.SESSION_LIVE);
  const instrument = config.instruments.findIndex(({ symbol }) => symbol === SYMBOL);
  const view = new BookView(memory, instrument);
  return {
    reset() {
      memory.setI64(L.SESSIONS + L.SES_NEXT_IN, 1);
      core.bookClear(instrument);
    },
    apply(message: Buffer) {
      memory.bytes.set(message, L.RX);
      memory.setI32(L.SESSIONS + L.SES_RX_START, 0);
      memory.setI32(L.SESSIONS + L.SES_RX_END, message.length);
      assert.equal(core.fixNext(0), L.DECODED_MARKET_DATA);
      core.bookApply();
    },
    levels: (): Book =>
      SIDES.map((side) =>
        Array.from({ length: view.count(side) }, (_, depth) => ({
          priceTicks: view.levelTicks(side, depth),
          qtyLots: view.levelLots(side, depth),
        })),
      ),
  };
}

/** The same checks and values with the means of the language. */
function applyPlain(message: Buffer, expectedNumber: number, books: ReferenceBooks): void {
  let sum = 0;
  for (let i = 0; i < message.length - 7; i++) sum += message[i]!;
  const fields = message.toString('latin1').split('\x01');
  const bodyStart = fields[0]!.length + fields[1]!.length + 2;
  assert.equal(fields[0], '8=FIX.4.4');
  assert.equal(Number(fields[1]!.slice(2)), message.length - bodyStart - 7);
  assert.equal(Number(fields.at(-2)!.slice(3)), sum % 256);
  const entries: ReferenceEntry[] = [];
  let entry = { instrument: 0, action: 0, type: 0, priceTicks: 0, qtyLots: 0 };
  const isSnapshot = fields[2] === '35=W';
  for (const field of fields) {
    const equals = field.indexOf('=');
    const value = field.slice(equals + 1);
    const tag = field.slice(0, equals);
    if (tag === (isSnapshot ? '269' : '279')) {
      entry = { instrument: 0, action: 0, type: 0, priceTicks: 0, qtyLots: 0 };
      entries.push(entry);
    }
    if (tag === '34') assert.equal(Number(value), expectedNumber);
    else if (tag === '49') assert.equal(value, 'XNAS');
    else if (tag === '56') assert.equal(value, 'ENGINE');
    else if (tag === '55') assert.equal(value, SYMBOL);
    else if (tag === '279') entry.action = Number(value);
    else if (tag === '269') entry.type = Number(value);
    else if (tag === '270') entry.priceTicks = Math.round(Number(value) * TICKS_PER_UNIT);
    else if (tag === '271') entry.qtyLots = Number(value);
  }
  books.apply(entries, isSnapshot ? 0 : undefined);
}
