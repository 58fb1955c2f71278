/**
 * A hundred and a thousand instruments through venue, FIX, engine and back, in lock-step: strategies trade
 * on all of them, limits hold on the last one, and the journal replays to the same state.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { loadConfig } from '../../config/load.ts';
import { EXIT_INPUT } from '../../engine/errors.ts';
import type { IntentEvent } from '../../engine/event/event.ts';
import { decodeEvent } from '../../engine/event/event-codec.ts';
import { RecordKind } from '../../engine/event/generated/record-kind.ts';
import * as L from '../../wasm/layout.ts';
import { gyrfalcon, runToEnd, TestFolder } from '../support/engine-process.ts';
import { watchJournal } from '../support/journal-watch.ts';
import { stockName, useManyStocks } from '../support/many-stocks.ts';
import { VenueJudge } from '../support/venue-judge.ts';

let folder: TestFolder;
afterEach(() => folder.remove());

const LIMITED = 999;
/** A limit that no quote of the market maker and no order of the other strategy keeps. */
const ONE_SHARE = `
- strategy: "*"
  account: "*"
  instrument: ${stockName(LIMITED)}
  orderQtyMax: "1"
  orderNotionalMax: "1000000"
  positionQtyMax: "2000"
  collarBps: 200
  messagesPerSMax: 4096
  staleMs: 5000
  duplicateMs: 10
  dailyLossMax: "25000"
  openOrdersMax: 4000
`;

async function trade(stocks: number, flow: string) {
  const journal = folder.file('journal');
  const venue = folder.file('venue');
  const at = ['--config', folder.config, '--journal', journal, '--venue-log', venue];
  const summary = await runToEnd([...at, '--flow', flow, '--speed', 'max']);
  const accepted = new VenueJudge(venue).events().filter(({ event }) => event === 'new');
  console.log(
    `${stocks} stocks: ${summary.marketDataMessages} messages, ${summary.orders} orders, ` +
      `${summary.fills} fills, ${summary.messagesPerSecond} messages/s`,
  );
  return { journal, summary, traded: new Set(accepted.map(({ symbol }) => symbol)) };
}

async function expectReplays(journal: string, line: string): Promise<void> {
  for (const options of [[], ['--verify']]) {
    const { code, stdout } = await gyrfalcon(['replay', journal, ...options]);
    expect({ code, line: stdout.trim() }).toEqual({ code: 0, line });
  }
}

/** Orders of the instrument that were too large, by the journal's intents. */
async function refusedOf(journal: string, instrument: number): Promise<number> {
  let refused = 0;
  await watchJournal(journal, (_, { kind, payload }) => {
    if (kind !== RecordKind.INTENT) return;
    const intent = decodeEvent(kind, payload) as IntentEvent;
    if (intent.instrument !== instrument) return;
    if (intent.kind === L.INTENT_NEW) expect(intent.verdict).not.toBe(L.ALLOWED);
    if (intent.verdict === L.DENY_ORDER_QTY) refused++;
  });
  return refused;
}

test('a hundred stocks are all traded, and the journal replays to the same state', async () => {
  folder = new TestFolder();
  useManyStocks(folder, 100);
  const { journal, summary, traded } = await trade(100, '1s');
  expect(traded).toEqual(new Set(Array.from({ length: 100 }, (_, index) => stockName(index))));
  expect(summary.fills).toBeGreaterThan(100);
  await expectReplays(journal, `state-hash ${summary.stateHash} events ${summary.journal.records}`);
});

test('of a thousand stocks all are traded but the last, whose limit allows one share', async () => {
  folder = new TestFolder();
  useManyStocks(folder, 1000);
  folder.edit('config/limits/default.yaml', (yaml) => `${yaml}\n${ONE_SHARE}`);
  const { journal, summary, traded } = await trade(1000, '200ms');
  expect(traded).toEqual(new Set(Array.from({ length: LIMITED }, (_, index) => stockName(index))));
  expect(summary.deniedBy.ORDER_QTY).toBeGreaterThan(10);
  expect(await refusedOf(journal, LIMITED)).toBe(summary.deniedBy.ORDER_QTY);
  await expectReplays(journal, `state-hash ${summary.stateHash} events ${summary.journal.records}`);
});

describe('how many there may be', () => {
  test('1,024 instruments load', () => {
    folder = new TestFolder();
    useManyStocks(folder, L.INSTRUMENTS_MAX, [0]);
    expect(loadConfig(folder.config).config.instruments).toHaveLength(L.INSTRUMENTS_MAX);
  });

  test('1,025 are refused with their number and the limit', async () => {
    folder = new TestFolder();
    useManyStocks(folder, L.INSTRUMENTS_MAX + 1, [0]);
    const { code, stderr } = await gyrfalcon(['run', '--headless', '--config', folder.config]);
    expect(code).toBe(EXIT_INPUT);
    expect(stderr).toContain('instruments has 1025 entries; it must be a list of 1 to 1024');
  });
});
