/**
 * For tests and benches: the shipped configuration with any number of stocks, each of which has a price
 * history and therefore a generated flow, and both strategies trading some of them.
 */
import type { TestFolder } from './engine-process.ts';

const FIRST = 'AAPL';
const SHIPPED_LIST = '[AAPL, MSFT, JPM, GOOG]';
/** Days of history: enough for a volatility, and soon read for a thousand stocks. */
const DAYS = 60;
/** Prices of the stocks are apart by this share of AAPL's, so that no two books look alike. */
const PRICE_STEP = 0.001;
const STRATEGIES = ['market-maker.yaml', 'order-flow-momentum.yaml'];

/** Of a stock by its place among the instruments. */
export const stockName = (index: number): string =>
  index === 0 ? FIRST : `S${String(index).padStart(4, '0')}`;

/** `traded`: places of the stocks that the strategies trade; all others are watched. */
export function useManyStocks(
  folder: TestFolder,
  count: number,
  traded: readonly number[] = Array.from({ length: count }, (_, index) => index),
): void {
  const added = Array.from({ length: count - 1 }, (_, index) => stockName(index + 1));
  folder.change((yaml) => {
    const instruments = added.map((symbol) => `  - { <<: *us-stock, symbol: ${symbol} }\n`);
    const columns = added.map((symbol) => `    ${symbol}: ${FIRST}\n`);
    return changed(
      changed(yaml, / {2}- \{ <<: \*us-stock, symbol: MSFT \}\n(?: {2}- .*\n)+/, instruments),
      / {4}MSFT: MSFT\n(?: {4}.*\n?)+/,
      columns,
    );
  });
  for (const file of STRATEGIES) {
    folder.edit(`config/strategies/${file}`, (yaml) =>
      changed(yaml, SHIPPED_LIST, [`[${traded.map(stockName).join(', ')}]`]),
    );
  }
  folder.edit('config/limits/default.yaml', (yaml) =>
    yaml
      .replace(/messagesPerSMax: \d+/g, 'messagesPerSMax: 4096')
      .replace(/openOrdersMax: \d+/g, 'openOrdersMax: 4000'),
  );
  folder.edit('config/market/sp500-20-daily.csv', (csv) => withColumns(csv, added));
}

/** Whoever changes the shipped configuration is told here what else depends on its form. */
function changed(yaml: string, from: string | RegExp, to: readonly string[]): string {
  const text = yaml.replace(from, to.join(''));
  if (text === yaml && to.join('') !== from)
    throw new Error(`the shipped configuration no longer has ${from} for many-stocks.ts`);
  return text;
}

function withColumns(csv: string, symbols: readonly string[]): string {
  const [header = '', ...days] = csv.trim().split('\n');
  const at = header.split(',').indexOf(FIRST);
  const rows = days.slice(-DAYS).map((day) => {
    const close = Number(day.split(',')[at]);
    const closes = symbols.map((_, index) => (close * (1 + (index + 1) * PRICE_STEP)).toFixed(2));
    return [day, ...closes].join(',');
  });
  return `${[[header, ...symbols].join(','), ...rows].join('\n')}\n`;
}
