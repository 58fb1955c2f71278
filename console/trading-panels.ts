/** The tables of our own trading: positions, strategies, orders, fills. */
import type { ConsoleFrame } from '../engine/event/generated/console-frame.ts';
import type { FillFrame } from '../engine/event/generated/fill-frame.ts';
import type { OrderFrame } from '../engine/event/generated/order-frame.ts';
import type { PositionFrame } from '../engine/event/generated/position-frame.ts';
import type { StrategyFrame } from '../engine/event/generated/strategy-frame.ts';
import { byId, setText } from './dom.ts';
import { decimalsOf, number, shownOf, sideWord, signed, timeOfDay, toneOf } from './format.ts';
import { rowsOf } from './rows.ts';
import { Table } from './table.ts';

const FINAL = new Set(['FILLED', 'CANCELED', 'REJECTED', 'EXPIRED', 'DENIED']);
const sideTone = (side: number): string => (side === 1 ? 'up' : 'down');

export interface TradingActions {
  cancel(orderNumber: number): void;
  pause(strategy: string): void;
  resume(strategy: string): void;
}

/** Decimals of prices and quantities by symbol, so that columns stay aligned. */
export class Decimals {
  readonly #price = new Map<string, number>();
  readonly #quantity = new Map<string, number>();

  update(frame: ConsoleFrame): void {
    for (const instrument of rowsOf(frame.instrumentsLength(), (i) => frame.instruments(i))) {
      const symbol = instrument.symbol() ?? '';
      this.#price.set(symbol, instrument.priceDecimals());
      const levels = rowsOf(instrument.bidsLength(), (i) => instrument.bids(i));
      const needed = decimalsOf(levels.map((level) => level.quantity()));
      this.#quantity.set(symbol, Math.max(needed, this.#quantity.get(symbol) ?? 0));
    }
  }

  price = (symbol: string | null, value: number, extra = 0): string =>
    number(value, (this.#price.get(symbol ?? '') ?? 2) + extra);

  quantity = (symbol: string | null, value: number): string =>
    number(value, this.#quantity.get(symbol ?? '') ?? 0);
}

function positionsTable(decimals: Decimals): Table<PositionFrame> {
  const money = (label: string, read: (row: PositionFrame) => number) => ({
    label,
    numeric: true,
    text: (row: PositionFrame) => signed(read(row)),
    tone: (row: PositionFrame) => toneOf(read(row)),
  });
  return new Table<PositionFrame>(byId('positions'), {
    caption: 'Positions with their profit and loss',
    empty: 'No position yet',
    key: (row) => `${row.strategy()}/${row.symbol()}`,
    columns: [
      { label: 'Strategy', text: (row) => row.strategy() ?? '' },
      { label: 'Symbol', text: (row) => row.symbol() ?? '' },
      {
        label: 'Position',
        numeric: true,
        text: (row) => decimals.quantity(row.symbol(), row.quantity()),
        tone: (row) => toneOf(row.quantity()),
      },
      {
        label: 'Avg price',
        numeric: true,
        text: (row) => decimals.price(row.symbol(), row.averagePrice(), 2),
      },
      {
        label: 'Working',
        numeric: true,
        text: (row) =>
          `${decimals.quantity(row.symbol(), row.openBuy())} / ${decimals.quantity(row.symbol(), row.openSell())}`,
      },
      money('Realised', (row) => row.realised()),
      money('Unrealised', (row) => row.unrealised()),
      { label: 'Fees (− rebate)', numeric: true, text: (row) => number(row.fees(), 2) },
      { label: 'Cur', text: (row) => row.currency() ?? '' },
      money('Total base', (row) => row.totalBase()),
    ],
  });
}

const STATE_TONES: Readonly<Record<string, string>> = { ACTIVE: 'up', PAUSED: 'warn' };

/** A halt stands above a pause: after "Resume" it still holds. */
const stateWord = (row: StrategyFrame): string =>
  row.paused() && row.state() !== 'HALTED' ? 'PAUSED' : (row.state() ?? '');

function strategiesTable(actions: TradingActions): Table<StrategyFrame> {
  const name = (row: StrategyFrame) => row.name() ?? '';
  return new Table<StrategyFrame>(byId('strategies'), {
    caption: 'Strategies and their states',
    empty: 'No strategy is loaded',
    key: name,
    columns: [
      { label: 'Strategy', text: name },
      {
        label: 'State',
        text: (row) => [stateWord(row), row.breaker()].filter(Boolean).join(': '),
        tone: (row) => STATE_TONES[stateWord(row)] ?? 'down',
      },
      { label: 'Orders', numeric: true, text: (row) => number(row.orders()) },
      { label: 'Fills', numeric: true, text: (row) => number(row.fills()) },
      { label: 'Denied', numeric: true, text: (row) => number(row.denied()) },
      { label: 'Open', numeric: true, text: (row) => number(row.openOrders()) },
      {
        label: 'P&L base',
        numeric: true,
        text: (row) => signed(row.totalBase()),
        tone: (row) => toneOf(row.totalBase()),
      },
    ],
    action: {
      heading: 'Pause or resume',
      label: (row) => (row.paused() ? 'Resume' : 'Pause'),
      description: (row) => `${row.paused() ? 'Resume' : 'Pause'} ${name(row)}`,
      press: (row) => (row.paused() ? actions.resume(name(row)) : actions.pause(name(row))),
    },
  });
}

function ordersTable(decimals: Decimals, actions: TradingActions): Table<OrderFrame> {
  const place = byId('orders');
  return new Table<OrderFrame>(place, {
    caption: 'Open orders, then the last closed ones',
    empty: 'No order yet',
    key: (row) => String(row.orderNumber()),
    held: () => place.matches(':hover') || place.querySelector(':focus-visible') !== null,
    columns: [
      { label: 'Order', numeric: true, text: (row) => String(row.orderNumber()) },
      { label: 'Changed', text: (row) => timeOfDay(row.timeMs()) },
      { label: 'Strategy', text: (row) => row.strategy() ?? '' },
      { label: 'Symbol', text: (row) => row.symbol() ?? '' },
      { label: 'Side', text: (row) => sideWord(row.side()), tone: (row) => sideTone(row.side()) },
      {
        label: 'Price',
        numeric: true,
        text: (row) => decimals.price(row.symbol(), row.price()),
      },
      {
        label: 'Quantity',
        numeric: true,
        text: (row) => decimals.quantity(row.symbol(), row.quantity()),
      },
      {
        label: 'Filled',
        numeric: true,
        text: (row) => decimals.quantity(row.symbol(), row.filled()),
      },
      { label: 'State', text: (row) => row.state() ?? '', tone: orderTone },
      { label: 'Reason', text: (row) => row.reason() ?? '', tone: () => 'reason' },
    ],
    action: {
      heading: 'Cancel',
      label: (row) => (FINAL.has(row.state() ?? '') ? '' : 'Cancel'),
      description: (row) =>
        `Cancel order ${row.orderNumber()}: ${sideWord(row.side())} ${row.symbol()}`,
      press: (row) => actions.cancel(Number(row.orderNumber())),
    },
  });
}

function orderTone(row: OrderFrame): string {
  const state = row.state() ?? '';
  if (state === 'REJECTED' || state === 'DENIED' || state === 'UNKNOWN') return 'bad-text';
  return FINAL.has(state) ? 'quiet' : 'live-text';
}

function fillsTable(decimals: Decimals): Table<FillFrame> {
  return new Table<FillFrame>(byId('fill-list'), {
    caption: 'Our last fills, newest first',
    empty: 'No fill yet',
    key: (row) => `${row.orderNumber()}/${row.timeMs()}/${row.price()}`,
    columns: [
      { label: 'Time', text: (row) => timeOfDay(row.timeMs()) },
      { label: 'Symbol', text: (row) => row.symbol() ?? '' },
      { label: 'Side', text: (row) => sideWord(row.side()), tone: (row) => sideTone(row.side()) },
      { label: 'Price', numeric: true, text: (row) => decimals.price(row.symbol(), row.price()) },
      {
        label: 'Quantity',
        numeric: true,
        text: (row) => decimals.quantity(row.symbol(), row.quantity()),
      },
      { label: 'Strategy', text: (row) => row.strategy() ?? '' },
      { label: 'Order', numeric: true, text: (row) => String(row.orderNumber()) },
    ],
  });
}

export class TradingPanels {
  readonly #positions: Table<PositionFrame>;
  readonly #strategies: Table<StrategyFrame>;
  readonly #orders: Table<OrderFrame>;
  readonly #fills: Table<FillFrame>;

  constructor(decimals: Decimals, actions: TradingActions) {
    this.#positions = positionsTable(decimals);
    this.#strategies = strategiesTable(actions);
    this.#orders = ordersTable(decimals, actions);
    this.#fills = fillsTable(decimals);
  }

  update(frame: ConsoleFrame): void {
    this.#positions.update(rowsOf(frame.positionsLength(), (i) => frame.positions(i)));
    this.#strategies.update(rowsOf(frame.strategiesLength(), (i) => frame.strategies(i)));
    const shown = shownOf(frame.positionsLength(), frame.positionsCount());
    const total = `total ${signed(frame.totalPnl())} ${frame.baseCurrency()}`;
    setText(byId('positions-total'), shown === '' ? total : `${shown} · ${total}`);
    const orders = rowsOf(frame.orderListLength(), (i) => frame.orderList(i));
    this.#orders.update(orders);
    this.#fills.update(rowsOf(frame.fillListLength(), (i) => frame.fillList(i)));
    const open = orders.filter((order) => !FINAL.has(order.state() ?? '')).length;
    const hidden = frame.openOrders() - open;
    setText(byId('orders-note'), `${open} open shown${hidden > 0 ? `, ${hidden} more` : ''}`);
  }
}
