/**
 * What the console and GET /api/v1/state show, as plain objects: the one shape that console-reader.ts
 * fills from shared memory and console-frame.ts turns into bytes. Figures are in units that people read
 * (prices, quantities, money in major units); `null` means there is no such figure, never "zero".
 */

export interface LevelState {
  readonly price: number;
  readonly quantity: number;
  /** Our own working quantity at this price. */
  readonly own: number;
}

export interface InstrumentState {
  readonly symbol: string;
  readonly bookState: string;
  readonly tradingState: string;
  readonly currency: string;
  readonly priceDecimals: number;
  /** Best first. */
  readonly bids: readonly LevelState[];
  readonly asks: readonly LevelState[];
  readonly lastPrice: number | null;
  readonly microprice: number | null;
  readonly orderFlowImbalance: number;
  readonly volatility: number;
  readonly zScore: number;
  readonly volume: number;
  readonly tradeCount: number;
  readonly bookUpdates: number;
  readonly bookAgeMs: number | null;
  /** Of the trades, weighted by age. */
  readonly vwap: number | null;
  /** Of the last trade: 1 a buyer took, -1 a seller, 0 not known. */
  readonly tradeSign: number;
}

export interface TradeState {
  readonly timeMs: number;
  readonly symbol: string;
  readonly price: number;
  readonly quantity: number;
  /** Aggressor: 1 buy, 2 sell, 0 not known. */
  readonly side: number;
}

export interface FillState extends TradeState {
  readonly strategy: string;
  readonly orderNumber: number;
}

export interface PositionState {
  readonly strategy: string;
  readonly account: string;
  readonly symbol: string;
  readonly currency: string;
  readonly quantity: number;
  readonly averagePrice: number | null;
  readonly realised: number;
  readonly unrealised: number;
  readonly fees: number;
  /** Realised + unrealised - fees, in the base currency. */
  readonly totalBase: number;
  readonly openBuy: number;
  readonly openSell: number;
}

export interface StrategyState {
  readonly name: string;
  readonly account: string;
  /** The one that holds: the stricter of the firm's and its own. */
  readonly state: string;
  readonly paused: boolean;
  /** Name of the circuit breaker that halted it, empty = none. */
  readonly breaker: string;
  readonly totalBase: number;
  readonly orders: number;
  readonly fills: number;
  readonly denied: number;
  readonly openOrders: number;
  /** The strictest daily loss limit of its instruments; null = none is set. */
  readonly lossLimitBase: number | null;
}

export interface OrderState {
  readonly orderNumber: number;
  readonly clOrdId: string;
  readonly strategy: string;
  readonly symbol: string;
  readonly side: number;
  readonly state: string;
  readonly price: number;
  readonly quantity: number;
  readonly filled: number;
  readonly leaves: number;
  readonly timeMs: number;
  readonly reason: string;
}

export interface RefusalState {
  readonly timeMs: number;
  readonly code: string;
  readonly text: string;
  readonly clause: string;
  readonly strategy: string;
  readonly symbol: string;
  readonly count: number;
}

export interface LimitState {
  readonly strategy: string;
  /** Empty: the limit holds for the strategy as a whole. */
  readonly symbol: string;
  readonly name: string;
  readonly used: number;
  readonly limit: number;
  readonly unit: string;
}

export interface SessionState {
  readonly name: string;
  readonly state: string;
  readonly nextIn: number;
  readonly nextOut: number;
  readonly messagesIn: number;
  readonly messagesOut: number;
  readonly lastReceivedMs: number | null;
  /** Whose sockets it runs over: 'native' are the addon's, 'node' Node's own, '' = it has no connection. */
  readonly sockets: 'native' | 'node' | '';
}

export interface ValueAtRiskFigure {
  readonly value: number;
  readonly cvar: number;
  readonly standardError: number;
  readonly confidence: number;
  readonly horizonDays: number;
  readonly scenarios: number;
  readonly currency: string;
  /** Wall time when it was computed. */
  readonly computedMs: number;
  /** What limits the figure, for instance an instrument without history; empty = nothing. */
  readonly note: string;
}

export interface HistogramFigure {
  readonly name: string;
  readonly count: number;
  readonly p50Ns: number;
  readonly p99Ns: number;
  readonly p999Ns: number;
  readonly maxNs: number;
  readonly sumNs: number;
  /** Upper edges of the buckets that hold anything, rising, and how many fell into each. */
  readonly bucketNs: readonly number[];
  readonly bucketCount: readonly number[];
}

export interface JournalRingState {
  readonly capacityBytes: number;
  /** Not yet in the segments. */
  readonly usedBytes: number;
  /** Not yet on the disk: what a power loss would take. */
  readonly undurableBytes: number;
}

/** One of the slowest ticks of the day, with all that is known of why. */
export interface SlowTickState {
  /** Its number since the start. */
  readonly tick: number;
  readonly wallMs: number;
  readonly marketMs: number;
  /** Sequence of its record in the journal. */
  readonly record: number;
  readonly kind: string;
  readonly source: number;
  readonly bytes: number;
  readonly entries: number;
  readonly orders: number;
  readonly backlogBytes: number;
  readonly journalBytes: number;
  readonly totalNs: number;
  readonly stages: readonly { readonly stage: string; readonly ns: number }[];
  readonly longest: string;
  readonly causes: readonly string[];
}

/** What the engine measures of itself. */
export interface LatencyState {
  readonly histograms: readonly HistogramFigure[];
  /** The stages of a tick, in the order of the path. */
  readonly stages: readonly HistogramFigure[];
  /** Slowest first. */
  readonly slowTicks: readonly SlowTickState[];
  /** Causes of a slow tick that nobody watches for here. */
  readonly unknownCauses: readonly string[];
}

export interface ConsoleState extends LatencyState {
  readonly sequence: number;
  readonly wallMs: number;
  /** null until the first market time was seen. */
  readonly marketMs: number | null;
  /** STARTING RUNNING STOPPING STOPPED, or HUNG: running, but its heartbeat stands still. */
  readonly engineState: string;
  readonly firmState: string;
  readonly killState: string;
  readonly marketDataMessages: number;
  readonly messagesPerS: number;
  readonly orders: number;
  readonly fills: number;
  readonly rejects: number;
  readonly denied: number;
  readonly openOrders: number;
  readonly journalRecords: number;
  readonly journalBytes: number;
  /** null where the loop writes its records itself. */
  readonly journalRing: JournalRingState | null;
  readonly baseCurrency: string;
  readonly totalPnl: number;
  readonly instruments: readonly InstrumentState[];
  readonly trades: readonly TradeState[];
  readonly fillList: readonly FillState[];
  readonly positions: readonly PositionState[];
  readonly strategies: readonly StrategyState[];
  readonly orderList: readonly OrderState[];
  readonly refusals: readonly RefusalState[];
  readonly refusalCounts: readonly { readonly code: string; readonly count: number }[];
  readonly limits: readonly LimitState[];
  readonly sessions: readonly SessionState[];
  readonly valueAtRisk: ValueAtRiskFigure | null;
}
