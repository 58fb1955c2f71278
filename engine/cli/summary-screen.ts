/** The summary of a run as one screen of text. */
import type { LatencySummary, RunSummary } from '../summary.ts';

const WIDTH = 12;

export function summaryScreen(summary: RunSummary): string {
  const { pnl, latencyNs } = summary;
  const money = (amount: number): string => amount.toFixed(2).padStart(WIDTH);
  const count = (value: number): string => value.toLocaleString('en').padStart(WIDTH);
  const lines = [
    '',
    `  market data  ${count(summary.marketDataMessages)} messages, ${summary.messagesPerSecond.toLocaleString('en')} a second over ${summary.seconds.toFixed(1)} s`,
    `  orders       ${count(summary.orders)} sent, ${summary.fills} fills, ${summary.rejects} rejected by the venue, ${summary.denied} refused by our limits${reasons(summary)}, ${summary.openOrders} open`,
    '',
    `  strategy     account   ${'orders'.padStart(WIDTH)}${'fills'.padStart(WIDTH)}${'fees'.padStart(WIDTH)}${`P&L ${pnl.currency}`.padStart(WIDTH)}`,
    ...pnl.byStrategy.map(
      (row) =>
        `  ${row.strategy.padEnd(12)} ${row.account.padEnd(9)} ${count(row.orders)}${count(row.fills)}${money(row.fees)}${money(row.total)}`,
    ),
    `  ${'total'.padEnd(12)} ${''.padEnd(9)} ${''.padStart(WIDTH * 3)}${money(pnl.total)}`,
    '',
    latencyNs === null
      ? '  tick to order  no order was sent'
      : `  tick to order  ${figures(latencyNs)}`,
    ...Object.entries(summary.stagesNs).map(
      ([stage, latency]) => `    ${stage.padEnd(13)}${figures(latency)}`,
    ),
    `  journal        ${summary.journal.records.toLocaleString('en')} records in ${summary.journal.directory}`,
    `  sockets        ${summary.sockets}`,
    `  state hash     ${summary.stateHash}`,
    '',
  ];
  return `${lines.join('\n')}\n`;
}

/** Which checks refused, most often first. */
function reasons({ deniedBy }: RunSummary): string {
  const counts = Object.entries(deniedBy).sort(([, a], [, b]) => b - a);
  return counts.length === 0 ? '' : ` (${counts.map(([name, n]) => `${name} ${n}`).join(', ')})`;
}

function figures({ p50, p99, p999, max }: LatencySummary): string {
  return `p50 ${us(p50)}  p99 ${us(p99)}  p99.9 ${us(p999)}  max ${us(max)}`;
}

function us(ns: number): string {
  return `${(ns / 1000).toFixed(1).padStart(7)} us`;
}
