/** The console's state as one FlatBuffers ConsoleFrame (engine/event/event.fbs), whole in itself. */
import { Builder, type Offset } from 'flatbuffers';
import { ConsoleFrame } from '../../engine/event/generated/console-frame.ts';
import { FillFrame } from '../../engine/event/generated/fill-frame.ts';
import { HistogramFrame } from '../../engine/event/generated/histogram-frame.ts';
import { InstrumentFrame } from '../../engine/event/generated/instrument-frame.ts';
import { Level } from '../../engine/event/generated/level.ts';
import { LimitFrame } from '../../engine/event/generated/limit-frame.ts';
import { OrderFrame } from '../../engine/event/generated/order-frame.ts';
import { PositionFrame } from '../../engine/event/generated/position-frame.ts';
import { RefusalCount } from '../../engine/event/generated/refusal-count.ts';
import { RefusalFrame } from '../../engine/event/generated/refusal-frame.ts';
import { SessionFrame } from '../../engine/event/generated/session-frame.ts';
import { SlowTickFrame } from '../../engine/event/generated/slow-tick-frame.ts';
import { StageTime } from '../../engine/event/generated/stage-time.ts';
import { StrategyFrame } from '../../engine/event/generated/strategy-frame.ts';
import { TradeFrame } from '../../engine/event/generated/trade-frame.ts';
import { VarFrame } from '../../engine/event/generated/var-frame.ts';
import type * as state from './console-state.ts';
import type { FrameContents } from './frame-contents.ts';

/** Of the slowest ticks; GET /api/v1/latency has them all. */
const SLOW_TICKS_SHOWN = 25;
const FIRST_BYTES = 65_536; // the builder doubles it as needed and keeps the room

/** A figure that does not exist travels as NaN; 0 would be a claim. */
const figure = (value: number | null): number => value ?? Number.NaN;

export class ConsoleFrameEncoder {
  readonly #builder = new Builder(FIRST_BYTES);

  /** The bytes are the caller's own. */
  encode(from: FrameContents): Uint8Array {
    const builder = this.#builder;
    builder.clear();
    const lists = this.#lists(from);
    const words = {
      engineState: builder.createSharedString(from.engineState),
      firmState: builder.createSharedString(from.firmState),
      killState: builder.createSharedString(from.killState),
      baseCurrency: builder.createSharedString(from.baseCurrency),
      unknownCauses: builder.createSharedString(from.unknownCauses.join(', ')),
    };
    ConsoleFrame.startConsoleFrame(builder);
    ConsoleFrame.addSequence(builder, from.sequence);
    ConsoleFrame.addWallMs(builder, from.wallMs);
    ConsoleFrame.addMarketMs(builder, figure(from.marketMs));
    ConsoleFrame.addEngineState(builder, words.engineState);
    ConsoleFrame.addFirmState(builder, words.firmState);
    ConsoleFrame.addKillState(builder, words.killState);
    ConsoleFrame.addMarketDataMessages(builder, from.marketDataMessages);
    ConsoleFrame.addOrders(builder, from.orders);
    ConsoleFrame.addFills(builder, from.fills);
    ConsoleFrame.addRejects(builder, from.rejects);
    ConsoleFrame.addDenied(builder, from.denied);
    ConsoleFrame.addOpenOrders(builder, from.openOrders);
    ConsoleFrame.addJournalRecords(builder, from.journalRecords);
    ConsoleFrame.addJournalBytes(builder, from.journalBytes);
    ConsoleFrame.addBaseCurrency(builder, words.baseCurrency);
    ConsoleFrame.addTotalPnl(builder, from.totalPnl);
    ConsoleFrame.addMessagesPerS(builder, from.messagesPerS);
    ConsoleFrame.addInstruments(builder, lists.instruments);
    ConsoleFrame.addTrades(builder, lists.trades);
    ConsoleFrame.addFillList(builder, lists.fills);
    ConsoleFrame.addPositions(builder, lists.positions);
    ConsoleFrame.addStrategies(builder, lists.strategies);
    ConsoleFrame.addOrderList(builder, lists.orders);
    ConsoleFrame.addRefusals(builder, lists.refusals);
    ConsoleFrame.addRefusalCounts(builder, lists.refusalCounts);
    ConsoleFrame.addLimits(builder, lists.limits);
    ConsoleFrame.addSessions(builder, lists.sessions);
    if (lists.valueAtRisk !== undefined) {
      ConsoleFrame.addValueAtRisk(builder, lists.valueAtRisk);
    }
    ConsoleFrame.addHistograms(builder, lists.histograms);
    ConsoleFrame.addStages(builder, lists.stages);
    ConsoleFrame.addSlowTicks(builder, lists.slowTicks);
    ConsoleFrame.addUnknownCauses(builder, words.unknownCauses);
    ConsoleFrame.addPositionsCount(builder, from.positionsCount);
    ConsoleFrame.addLimitsCount(builder, from.limitsCount);
    builder.finish(ConsoleFrame.endConsoleFrame(builder));
    return builder.asUint8Array().slice();
  }

  /** Everything that must be written before the frame's own table is begun. */
  #lists(from: state.ConsoleState) {
    const builder = this.#builder;
    const list = <Row>(rows: readonly Row[], add: (builder: Builder, row: Row) => Offset): Offset =>
      ConsoleFrame.createTradesVector(
        builder,
        rows.map((row) => add(builder, row)),
      );
    return {
      instruments: list(from.instruments, addInstrument),
      trades: list(from.trades, addTrade),
      fills: list(from.fillList, addFill),
      positions: list(from.positions, addPosition),
      strategies: list(from.strategies, addStrategy),
      orders: list(from.orderList, addOrder),
      refusals: list(from.refusals, addRefusal),
      refusalCounts: list(from.refusalCounts, (b, row) =>
        RefusalCount.createRefusalCount(b, b.createSharedString(row.code), row.count),
      ),
      limits: list(from.limits, addLimit),
      sessions: list(from.sessions, addSession),
      histograms: list(from.histograms, addHistogram),
      stages: list(from.stages, addHistogram),
      slowTicks: list(from.slowTicks.slice(0, SLOW_TICKS_SHOWN), addSlowTick),
      valueAtRisk:
        from.valueAtRisk === null
          ? undefined
          : addValueAtRisk(builder, from.valueAtRisk, from.wallMs),
    };
  }
}

function addInstrument(builder: Builder, row: state.InstrumentState): Offset {
  const level = ({ price, quantity, own }: state.LevelState) =>
    Level.createLevel(builder, price, quantity, own);
  const bids = InstrumentFrame.createBidsVector(builder, row.bids.map(level));
  const asks = InstrumentFrame.createAsksVector(builder, row.asks.map(level));
  return InstrumentFrame.createInstrumentFrame(
    builder,
    builder.createSharedString(row.symbol),
    builder.createSharedString(row.bookState),
    builder.createSharedString(row.tradingState),
    builder.createSharedString(row.currency),
    row.priceDecimals,
    bids,
    asks,
    figure(row.lastPrice),
    figure(row.microprice),
    row.orderFlowImbalance,
    row.volatility,
    row.zScore,
    row.volume,
    row.tradeCount,
    row.bookUpdates,
    figure(row.bookAgeMs),
    figure(row.vwap),
    row.tradeSign,
  );
}

function addTrade(builder: Builder, row: state.TradeState): Offset {
  const symbol = builder.createSharedString(row.symbol);
  return TradeFrame.createTradeFrame(
    builder,
    row.timeMs,
    symbol,
    row.price,
    row.quantity,
    row.side,
  );
}

function addFill(builder: Builder, row: state.FillState): Offset {
  return FillFrame.createFillFrame(
    builder,
    row.timeMs,
    builder.createSharedString(row.symbol),
    builder.createSharedString(row.strategy),
    row.price,
    row.quantity,
    row.side,
    BigInt(row.orderNumber),
  );
}

function addPosition(builder: Builder, row: state.PositionState): Offset {
  return PositionFrame.createPositionFrame(
    builder,
    builder.createSharedString(row.strategy),
    builder.createSharedString(row.account),
    builder.createSharedString(row.symbol),
    builder.createSharedString(row.currency),
    row.quantity,
    figure(row.averagePrice),
    row.realised,
    row.unrealised,
    row.fees,
    row.totalBase,
    row.openBuy,
    row.openSell,
  );
}

function addStrategy(builder: Builder, row: state.StrategyState): Offset {
  return StrategyFrame.createStrategyFrame(
    builder,
    builder.createSharedString(row.name),
    builder.createSharedString(row.account),
    builder.createSharedString(row.state),
    row.paused,
    builder.createSharedString(row.breaker),
    row.totalBase,
    row.orders,
    row.fills,
    row.denied,
    row.openOrders,
    figure(row.lossLimitBase),
  );
}

function addOrder(builder: Builder, row: state.OrderState): Offset {
  return OrderFrame.createOrderFrame(
    builder,
    BigInt(row.orderNumber),
    builder.createString(row.clOrdId),
    builder.createSharedString(row.strategy),
    builder.createSharedString(row.symbol),
    row.side,
    builder.createSharedString(row.state),
    row.price,
    row.quantity,
    row.filled,
    row.leaves,
    row.timeMs,
    builder.createSharedString(row.reason),
  );
}

function addRefusal(builder: Builder, row: state.RefusalState): Offset {
  return RefusalFrame.createRefusalFrame(
    builder,
    row.timeMs,
    builder.createSharedString(row.code),
    builder.createSharedString(row.text),
    builder.createSharedString(row.strategy),
    builder.createSharedString(row.symbol),
    row.count,
    builder.createSharedString(row.clause),
  );
}

function addLimit(builder: Builder, row: state.LimitState): Offset {
  return LimitFrame.createLimitFrame(
    builder,
    builder.createSharedString(row.strategy),
    builder.createSharedString(row.symbol),
    builder.createSharedString(row.name),
    row.used,
    row.limit,
    builder.createSharedString(row.unit),
  );
}

function addSession(builder: Builder, row: state.SessionState): Offset {
  return SessionFrame.createSessionFrame(
    builder,
    builder.createSharedString(row.name),
    builder.createSharedString(row.state),
    row.nextIn,
    row.nextOut,
    row.messagesIn,
    row.messagesOut,
    figure(row.lastReceivedMs),
  );
}

function addHistogram(builder: Builder, row: state.HistogramFigure): Offset {
  const bucketNs = HistogramFrame.createBucketNsVector(builder, [...row.bucketNs]);
  const bucketCount = HistogramFrame.createBucketCountVector(builder, [...row.bucketCount]);
  return HistogramFrame.createHistogramFrame(
    builder,
    builder.createSharedString(row.name),
    row.count,
    row.p50Ns,
    row.p99Ns,
    row.p999Ns,
    row.maxNs,
    bucketNs,
    bucketCount,
  );
}

function addSlowTick(builder: Builder, row: state.SlowTickState): Offset {
  const times = row.stages.map(({ stage, ns }) =>
    StageTime.createStageTime(builder, builder.createSharedString(stage), ns),
  );
  return SlowTickFrame.createSlowTickFrame(
    builder,
    row.tick,
    row.wallMs,
    row.marketMs,
    row.record,
    builder.createSharedString(row.kind),
    row.bytes,
    row.entries,
    row.orders,
    row.backlogBytes,
    row.totalNs,
    SlowTickFrame.createStagesVector(builder, times),
    builder.createSharedString(row.longest),
    builder.createSharedString(row.causes.join(', ')),
  );
}

function addValueAtRisk(builder: Builder, row: state.ValueAtRiskFigure, wallMs: number): Offset {
  return VarFrame.createVarFrame(
    builder,
    row.value,
    row.cvar,
    row.standardError,
    row.confidence,
    row.horizonDays,
    row.scenarios,
    builder.createSharedString(row.currency),
    Math.max(0, wallMs - row.computedMs),
    builder.createSharedString(row.note),
  );
}
