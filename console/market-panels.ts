/** The tape of the chosen instrument, limits with their use, refusals with their rule, sessions. */
import type { ConsoleFrame } from '../engine/event/generated/console-frame.ts';
import type { LimitFrame } from '../engine/event/generated/limit-frame.ts';
import type { RefusalFrame } from '../engine/event/generated/refusal-frame.ts';
import type { SessionFrame } from '../engine/event/generated/session-frame.ts';
import type { TradeFrame } from '../engine/event/generated/trade-frame.ts';
import { byId, setText } from './dom.ts';
import { bytes, decimalsOf, number, shownOf, sideWord, timeOfDay } from './format.ts';
import { rowsOf } from './rows.ts';
import { Table } from './table.ts';
import type { Decimals } from './trading-panels.ts';

const NEAR = 0.8; // of a limit: shown as a warning

function tapeTable(decimals: Decimals): Table<TradeFrame> {
  return new Table<TradeFrame>(byId('tape'), {
    caption: 'Last trades of the instrument, newest first',
    empty: 'No trade yet',
    key: (row) => `${row.timeMs()}/${row.price()}/${row.quantity()}`,
    columns: [
      { label: 'Time', text: (row) => timeOfDay(row.timeMs()) },
      {
        label: 'Side',
        text: (row) => sideWord(row.side()),
        tone: (row) => (row.side() === 1 ? 'up' : row.side() === 2 ? 'down' : ''),
      },
      { label: 'Price', numeric: true, text: (row) => decimals.price(row.symbol(), row.price()) },
      {
        label: 'Quantity',
        numeric: true,
        text: (row) => decimals.quantity(row.symbol(), row.quantity()),
      },
    ],
  });
}

const useOf = (row: LimitFrame): number => (row.limit() > 0 ? row.used() / row.limit() : 1);
const amount = (row: LimitFrame, value: number): string =>
  number(value, row.name() === 'daily loss' ? 2 : decimalsOf([row.used(), row.limit()]));

function limitsTable(): Table<LimitFrame> {
  return new Table<LimitFrame>(byId('limits'), {
    caption: 'Limits and how much of each is used',
    empty: 'No limit is set: every order is refused',
    key: (row) => `${row.strategy()}/${row.symbol()}/${row.name()}`,
    columns: [
      { label: 'Strategy', text: (row) => row.strategy() ?? '' },
      { label: 'Limit', text: (row) => row.name() ?? '' },
      { label: 'Used', numeric: true, text: (row) => amount(row, row.used()) },
      { label: 'Of', numeric: true, text: (row) => amount(row, row.limit()) },
      { label: 'Unit', text: (row) => row.unit() ?? '' },
      {
        label: 'Use',
        numeric: true,
        text: (row) =>
          `${useOf(row) >= 1 ? '▲ ' : useOf(row) >= NEAR ? '△ ' : ''}${number(useOf(row) * 100)} %`,
        tone: (row) => (useOf(row) >= 1 ? 'down' : useOf(row) >= NEAR ? 'warn' : ''),
      },
    ],
  });
}

function refusalsTable(): Table<RefusalFrame> {
  return new Table<RefusalFrame>(byId('refusals'), {
    caption: 'Last refusals of our own checks, newest first',
    empty: 'Nothing was refused',
    key: (row) => `${row.timeMs()}/${row.strategy()}/${row.symbol()}/${row.code()}`,
    columns: [
      { label: 'Time', text: (row) => timeOfDay(row.timeMs()) },
      { label: 'Code', text: (row) => row.code() ?? '', tone: () => 'warn' },
      { label: 'Count', numeric: true, text: (row) => number(row.count()) },
      { label: 'Strategy', text: (row) => row.strategy() ?? '' },
      { label: 'Symbol', text: (row) => row.symbol() ?? '' },
      { label: 'Why', text: (row) => row.text() ?? '', tone: () => 'reason' },
      { label: 'Rule', text: (row) => row.clause() ?? '', tone: () => 'quiet' },
    ],
  });
}

function sessionsTable(): Table<SessionFrame> {
  return new Table<SessionFrame>(byId('sessions'), {
    caption: 'FIX sessions',
    empty: 'No session is configured',
    key: (row) => row.name() ?? '',
    columns: [
      { label: 'Session', text: (row) => row.name() ?? '' },
      {
        label: 'State',
        text: (row) => row.state() ?? '',
        tone: (row) => (row.state() === 'LIVE' ? 'up' : 'down'),
      },
      { label: 'Next in', numeric: true, text: (row) => number(row.nextIn()) },
      { label: 'Next out', numeric: true, text: (row) => number(row.nextOut()) },
      { label: 'Last received', text: (row) => timeOfDay(row.lastReceivedMs(), false) },
      { label: 'In', numeric: true, text: (row) => number(row.inCount()) },
      { label: 'Out', numeric: true, text: (row) => number(row.outCount()) },
    ],
  });
}

export class MarketPanels {
  readonly #tape: Table<TradeFrame>;
  readonly #limits = limitsTable();
  readonly #refusals = refusalsTable();
  readonly #sessions = sessionsTable();

  constructor(decimals: Decimals) {
    this.#tape = tapeTable(decimals);
  }

  update(frame: ConsoleFrame, symbol: string): void {
    const trades = rowsOf(frame.tradesLength(), (i) => frame.trades(i));
    this.#tape.update(trades.filter((trade) => trade.symbol() === symbol));
    this.#limits.update(rowsOf(frame.limitsLength(), (i) => frame.limits(i)));
    setText(byId('limits-note'), shownOf(frame.limitsLength(), frame.limitsCount()));
    this.#refusals.update(rowsOf(frame.refusalsLength(), (i) => frame.refusals(i)));
    this.#sessions.update(rowsOf(frame.sessionsLength(), (i) => frame.sessions(i)));
    const counts = rowsOf(frame.refusalCountsLength(), (i) => frame.refusalCounts(i));
    const line = counts.map((row) => `${row.code()} ${number(row.count())}`).join(' · ');
    setText(byId('refusal-counts'), line);
    const journal = `${number(frame.journalRecords())} records, ${bytes(frame.journalBytes())}`;
    setText(byId('journal'), journal);
  }
}
