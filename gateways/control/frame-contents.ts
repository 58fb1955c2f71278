/**
 * What of the console's state goes into a frame of its stream. With a few instruments it is all of it;
 * with a thousand a frame would take 20 ms of the machine and a megabyte of the wire ten times a second, so
 * it has whole books and trades of those that are looked at, and the weightiest positions and limits.
 * GET /api/v1/state leaves nothing out.
 */
import type { ConsoleReader } from './console-reader.ts';
import type { ConsoleState, LimitState, PositionState } from './console-state.ts';

/** Up to here everything is shown. */
const INSTRUMENTS_WHOLE = 16;
const ROWS_MAX = 200;

export interface FrameContents extends ConsoleState {
  /** How many there are, shown or not. */
  readonly positionsCount: number;
  readonly limitsCount: number;
}

/** `watched`: symbols that readers look at. */
export function frameOf(reader: ConsoleReader, watched: ReadonlySet<string>): FrameContents {
  const isWhole = reader.instrumentCount() <= INSTRUMENTS_WHOLE;
  const isWatched = (symbol: string): boolean => isWhole || watched.has(symbol);
  const state = reader.read(isWatched);
  return {
    ...state,
    trades: state.trades.filter(({ symbol }) => isWatched(symbol)),
    positions: weightiest(state.positions, ({ symbol, totalBase }: PositionState) =>
      watched.has(symbol) ? Number.POSITIVE_INFINITY : Math.abs(totalBase),
    ),
    // An empty symbol: a limit of the strategy as a whole.
    limits: weightiest(state.limits, ({ symbol, used, limit }: LimitState) =>
      symbol === '' || watched.has(symbol) ? Number.POSITIVE_INFINITY : used / limit,
    ),
    positionsCount: state.positions.length,
    limitsCount: state.limits.length,
  };
}

/** In the order in which they stood: rows that changed places ten times a second could not be read. */
function weightiest<Row>(rows: readonly Row[], weight: (row: Row) => number): readonly Row[] {
  if (rows.length <= ROWS_MAX) return rows;
  const kept = new Set(rows.toSorted((a, b) => compare(weight(b), weight(a))).slice(0, ROWS_MAX));
  return rows.filter((row) => kept.has(row));
}

/** Two infinities are equal, and a figure that does not exist weighs nothing. */
const compare = (a: number, b: number): number => (a === b ? 0 : (a || 0) - (b || 0));
