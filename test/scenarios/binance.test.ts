/**
 * Binance market data with every 50th diff lost on the way, and a strategy that would trade on them: the
 * journal is the witness, the recording's own bookTicker lines are the judge.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { FEED_BOOK_STATE, FEED_NORMALISED_LENGTH } from '../../engine/event/feed-layout.ts';
import { RecordKind } from '../../engine/event/generated/record-kind.ts';
import type { JournalRecord } from '../../engine/journal/journal-reader.ts';
import { BookView } from '../../engine/market/book-view.ts';
import { readRecording } from '../../gateways/ws/recording.ts';
import * as L from '../../wasm/layout.ts';
import { gyrfalcon, runToEnd, TestFolder } from '../support/engine-process.ts';
import { watchJournal } from '../support/journal-watch.ts';

const RECORDING = fileURLToPath(
  new URL(
    '../../../shared/data/binance-websocket/usdm_btcusdt_20240808.jsonl.zst',
    import.meta.url,
  ),
);
const isAtHand = existsSync(RECORDING);
if (!isAtHand) console.log('left out: ../shared/data/binance-websocket is not at hand');

const TICKS_PER_USDT = 10;
const LOTS_PER_BTC = 1000;
const folder = new TestFolder();
afterAll(() => folder.remove());

/** The market maker on BTCUSDT, with limits that would let it. */
function tradingConfig(): string {
  folder.edit('config/binance.yaml', (yaml) =>
    yaml
      .replace('strategies: []', 'strategies: [strategies/market-maker.yaml]')
      .replace('limits: []', 'limits: [limits/default.yaml]'),
  );
  folder.edit('config/strategies/market-maker.yaml', (yaml) =>
    yaml.replace(/instruments: .*/, 'instruments: [BTCUSDT]'),
  );
  folder.edit('config/limits/default.yaml', (yaml) =>
    yaml.slice(0, yaml.indexOf('- strategy: ofi')),
  );
  return folder.file('config/binance.yaml');
}

interface Touch {
  readonly updateId: number;
  readonly bidTicks: number;
  readonly bidLots: number;
  readonly askTicks: number;
  readonly askLots: number;
}

/** The best prices as the venue itself published them, in order. */
async function bookTickers(): Promise<readonly Touch[]> {
  const touches: Touch[] = [];
  for await (const { text } of readRecording(RECORDING)) {
    const { data } = JSON.parse(text);
    if (data?.e !== 'bookTicker') continue;
    touches.push({
      updateId: data.u,
      bidTicks: Math.round(data.b * TICKS_PER_USDT),
      bidLots: Math.round(data.B * LOTS_PER_BTC),
      askTicks: Math.round(data.a * TICKS_PER_USDT),
      askLots: Math.round(data.A * LOTS_PER_BTC),
    });
  }
  return touches;
}

/** BOOK_* that holds from the record on; undefined for one that changes no book. */
function bookStateOf({ payload }: JournalRecord): number | undefined {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  if (view.getUint32(FEED_NORMALISED_LENGTH, true) === 0) return undefined;
  return view.getUint32(FEED_BOOK_STATE, true);
}

test.skipIf(!isAtHand)(
  'after each loss the book is right again, and nothing is decided in between',
  async () => {
    const journal = folder.file('journal');
    const summary = await runToEnd([
      '--config',
      tradingConfig(),
      '--journal',
      journal,
      '--replay',
      RECORDING,
      '--speed',
      '10',
      '--ws-drop',
      '50',
      '--for',
      '10s',
    ]);
    const tickers = await bookTickers();
    const seen = { states: [] as number[], intents: 0, outsideLive: 0, compared: 0, equal: 0 };
    let ticker = 0;
    let updateId = 0;
    await watchJournal(journal, (memory, record) => {
      if (record.kind === RecordKind.INTENT) {
        seen.intents++;
        if (seen.states.at(-1) !== L.BOOK_LIVE) seen.outsideLive++;
      }
      if (record.kind !== RecordKind.FEED) return;
      const state = bookStateOf(record);
      if (state === undefined) return;
      if (state !== seen.states.at(-1)) seen.states.push(state);
      const now = memory.i64(L.DECODED + L.DEC_UPDATE_ID);
      if (state !== L.BOOK_LIVE || now <= updateId) return;
      updateId = now;
      while (tickers[ticker + 1] !== undefined && tickers[ticker + 1]!.updateId <= now) ticker++;
      const published = tickers[ticker]!;
      if (published.updateId > now) return;
      const book = new BookView(memory, 0);
      seen.compared++;
      if (
        book.bestBidTicks === published.bidTicks &&
        book.bestBidLots === published.bidLots &&
        book.bestAskTicks === published.askTicks &&
        book.bestAskLots === published.askLots
      ) {
        seen.equal++;
      }
    });
    const resyncs = seen.states.filter((state) => state === L.BOOK_GAP).length;
    console.log(
      `${summary.marketDataMessages} messages, ${resyncs} gaps, ${seen.compared} updates compared, ` +
        `${seen.equal} equal, ${seen.intents} intents`,
    );
    expect(resyncs).toBeGreaterThanOrEqual(5);
    expect(new Set(seen.states)).toEqual(new Set([L.BOOK_SYNCING, L.BOOK_LIVE, L.BOOK_GAP]));
    expect(seen.compared).toBeGreaterThan(200);
    expect(seen.equal / seen.compared).toBeGreaterThanOrEqual(0.999);
    expect(seen.intents).toBeGreaterThan(10);
    expect(seen.outsideLive).toBe(0);
    // The feed takes no orders: what the strategy asked for was refused, and nothing was sent.
    expect(summary.orders).toBe(0);
    expect(summary.denied).toBe(seen.intents);
    const verified = await gyrfalcon(['replay', journal, '--verify']);
    expect(verified.stdout.trim()).toBe(
      `state-hash ${summary.stateHash} events ${summary.journal.records}`,
    );
  },
);
