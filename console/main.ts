/** The console: connects the stream to the panels, and the buttons to the engine. */
import type { ConsoleFrame } from '../engine/event/generated/console-frame.ts';
import type { InstrumentFrame } from '../engine/event/generated/instrument-frame.ts';
import { post } from './api-client.ts';
import { BookPanel, setTitles, signalLine } from './book-panel.ts';
import { TimeChart } from './charts.ts';
import { askToken, type Names, wireDialogs } from './dialogs.ts';
import { byId, setOptions, setText } from './dom.ts';
import { HeaderPanel, showStale } from './header-panel.ts';
import { InstrumentsPanel } from './instruments-panel.ts';
import { MarketPanels } from './market-panels.ts';
import { LatencyPanel, RiskPanel } from './risk-panels.ts';
import { rowsOf } from './rows.ts';
import { StagePanels } from './stage-panels.ts';
import { StreamClient } from './stream-client.ts';
import { keepToken, readToken } from './token.ts';
import { Decimals, TradingPanels } from './trading-panels.ts';

let token = readToken();
let names: Names = { strategies: [], instruments: [] };
let shownSymbol = '';
let shownDecimals = 2;

const say = (message: string) => setText(byId('message'), message);

async function act(path: string, body: object, done: string): Promise<void> {
  const outcome = await post(path, token, body);
  say(outcome.done ? done : outcome.message);
}

const decimals = new Decimals();
const header = new HeaderPanel();
const book = new BookPanel();
const market = new MarketPanels(decimals);
const trading = new TradingPanels(decimals, {
  cancel: (orderNumber) =>
    act('orders/cancel', { orderNumber }, `Cancel of order ${orderNumber} was sent.`),
  pause: (strategy) => act('strategies/pause', { strategy }, `${strategy} is paused.`),
  resume: (strategy) => act('strategies/resume', { strategy }, `${strategy} is resumed.`),
});
const risk = new RiskPanel();
const latency = new LatencyPanel();
const stages = new StagePanels();
const instrumentChoice = byId<HTMLSelectElement>('instrument');
const instrumentsPanel = new InstrumentsPanel(decimals, (symbol) => {
  instrumentChoice.value = symbol;
});
const priceChart = new TimeChart(
  byId('price-chart'),
  [
    { label: 'mid', stroke: '#9aa7b8' },
    { label: 'microprice', stroke: '#f2c14e' },
  ],
  () => shownDecimals + 1,
);
const pnlChart = new TimeChart(
  byId('pnl-chart'),
  [{ label: 'total P&L', stroke: '#7fb4ff' }],
  () => 2,
);

function showInstrument(frame: ConsoleFrame, instrument: InstrumentFrame): void {
  const symbol = instrument.symbol() ?? '';
  if (symbol !== shownSymbol) {
    shownSymbol = symbol;
    shownDecimals = instrument.priceDecimals();
    priceChart.clear();
  }
  setTitles(symbol, frame.marketMs());
  book.update(instrument);
  setText(byId('signals'), signalLine(instrument));
  // An index beyond a vector's length reads whatever lies there.
  if (instrument.bidsLength() === 0 || instrument.asksLength() === 0) return;
  const bid = instrument.bids(0)!;
  const ask = instrument.asks(0)!;
  const mid = (bid.price() + ask.price()) / 2;
  priceChart.add(frame.marketMs(), [mid, instrument.microprice()]);
}

function show(frame: ConsoleFrame): void {
  const instruments = rowsOf(frame.instrumentsLength(), (i) => frame.instruments(i));
  names = {
    instruments: instruments.map((instrument) => instrument.symbol() ?? ''),
    strategies: rowsOf(frame.strategiesLength(), (i) => frame.strategies(i)).map(
      (s) => s.name() ?? '',
    ),
  };
  setOptions(instrumentChoice, names.instruments);
  decimals.update(frame);
  header.update(frame);
  const chosen = instruments.find((one) => one.symbol() === instrumentChoice.value);
  if (chosen !== undefined) showInstrument(frame, chosen);
  pnlChart.add(frame.marketMs(), [frame.totalPnl()]);
  if (document.hidden) return; // charts keep their past, tables wait
  instrumentsPanel.update(instruments);
  market.update(frame, shownSymbol);
  trading.update(frame);
  risk.update(frame);
  latency.update(frame);
  stages.update(frame);
}

const stream = new StreamClient(() => token, {
  frame: show,
  watched: () => instrumentChoice.value,
  stale: showStale,
  unauthorised: () =>
    open('This token is not the engine’s: it makes a new one only when its file is deleted.'),
});

async function open(fault: string): Promise<void> {
  if (token === '' || fault !== '') {
    token = await askToken(fault);
    keepToken(token);
  }
  stream.connect();
}

wireDialogs({ token: () => token, names: () => names, say });
open('');
