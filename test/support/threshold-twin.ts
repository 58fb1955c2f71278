/**
 * The plain twin of wasm/threshold.ts: the same rule written as an ordinary strategy against the
 * interface of traders. Tests demand the very same decisions of both.
 */
import type { ThresholdConfig } from '../../config/threshold.ts';
import { defineStrategy, type Market, type Strategy } from '../../engine/strategy/strategy.ts';
import { NS_PER_MS, SIDE_BUY, SIDE_SELL } from '../../engine/units.ts';

type Seen = Market<unknown, 'sinceNs'>;

/** `evenOdds`: what the strategy's model says when it does not know: 0.5 of a logistic one, else 0. */
export function thresholdTwin(rule: ThresholdConfig, evenOdds: number): Strategy<unknown, string> {
  return defineStrategy({
    parameters: {},
    state: ['sinceNs'],
    onBook(market) {
      if (!market.book.isTwoSided || market.hasOpenOrders) return;
      const { state, timeNs, positionLots } = market;
      const elapsedMs = (timeNs - state.sinceNs) / NS_PER_MS;
      const high = signalOf(market, rule, evenOdds) * (rule.side === 'with' ? 1 : -1);
      if (positionLots === 0) {
        if (Math.abs(high) < rule.entry || elapsedMs < rule.restMs) return;
        market.take(high > 0 ? SIDE_BUY : SIDE_SELL, rule.qtyLots);
      } else {
        const held = positionLots > 0 ? high : -high;
        if (held > rule.exit && elapsedMs < rule.holdMs) return;
        market.take(positionLots > 0 ? SIDE_SELL : SIDE_BUY, Math.abs(positionLots));
      }
      state.sinceNs = timeNs;
    },
  }) as unknown as Strategy<unknown, string>;
}

function signalOf(market: Seen, { signal: name }: ThresholdConfig, evenOdds: number): number {
  const { book, signal } = market;
  const midTicks = book.midTicks2 / 2;
  switch (name) {
    case 'zScore':
      return signal.zScore;
    case 'orderFlow':
      return signal.orderFlow;
    case 'micropriceDistanceTicks':
      return signal.microprice - midTicks;
    case 'vwapDistanceTicks':
      return signal.vwap === 0 ? 0 : midTicks - signal.vwap;
    case 'score':
      return market.score - evenOdds;
  }
}
