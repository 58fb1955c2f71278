/** A strategy for tests of a hot loop that hangs: one order far from the market, then no end. */
import type { TestFolder } from './engine-process.ts';

export const HANGING = `
import { defineStrategy, integer } from '../engine/strategy/strategy.ts';

export default defineStrategy({
  parameters: { afterUpdates: integer(1, 1_000_000) },
  state: ['updates'],
  onBook(market) {
    market.state.updates++;
    const farTicks = market.book.bestBidTicks - 50 * market.incrementTicks;
    if (market.state.updates === 1) market.limit(1, farTicks, 100);
    if (market.state.updates > market.parameters.afterUpdates) for (;;);
  },
});
`;

/** The program has it as hanging.ts (programWith). */
export function useHanging(folder: TestFolder): void {
  const parameters = '{ afterUpdates: 800 }';
  folder.change((yaml) =>
    yaml.replace(
      '  - strategies/market-maker.yaml',
      `  - strategies/market-maker.yaml\n  - { name: hanging, file: hanging.ts, account: PROP-B, instruments: [AAPL], parameters: ${parameters} }`,
    ),
  );
}
