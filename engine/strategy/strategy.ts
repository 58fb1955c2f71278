/**
 * The interface that traders write against. A strategy is a plain object: parameters it accepts, state it
 * keeps, and what it does when the market moves. It sees the market through one `Market` an instrument,
 * built once; nothing is allocated per tick. It has no clock, no randomness and no I/O: the same journal
 * gives the same decisions. State lives only in the declared fields (shared memory, journaled on change).
 */
import { z } from 'zod';
import type { BookView } from '../market/book-view.ts';
import type { SignalView } from '../signal/signal-view.ts';
import type { PriceTicks, QtyLots, Side, TimeNs } from '../units.ts';

/** What a strategy sees of one instrument, and its hands. Valid only during the call. */
export interface Market<P, S extends string> {
  readonly symbol: string;
  readonly parameters: P;
  /** Declared fields, f64, zero at first; writes are journaled. */
  readonly state: Record<S, number>;
  readonly book: BookView;
  readonly signal: SignalView;
  /** Score of the model that the strategy's config names, by what the instrument looks like now. */
  readonly score: number;
  /** Market time since midnight UTC of the first day. */
  readonly timeNs: TimeNs;
  /** Signed. */
  readonly positionLots: number;
  /** Order prices are multiples of this. */
  readonly incrementTicks: number;
  /**
   * Keeps one resting order on the side at this price and quantity: sends, replaces or does nothing, as
   * needed; a resting order at most `toleranceIncrements` away keeps its place. A request that is already
   * on its way is waited for. Returns 0 or the DENY_* code.
   */
  quote(side: Side, priceTicks: number, qtyLots: number, toleranceIncrements: number): number;
  /** Takes the quote of the side out of the market. */
  withdraw(side: Side): void;
  /** Takes up to qtyLots at once (IOC) at the opposite touch; returns 0 or the DENY_* code. */
  take(side: Side, qtyLots: number): number;
  /** A limit order that rests (DAY); returns 0 or the DENY_* code. */
  limit(side: Side, priceTicks: number, qtyLots: number): number;
  /** True while an order of this strategy in this instrument is not final. */
  readonly hasOpenOrders: boolean;
}

export interface Fill {
  readonly side: Side;
  readonly priceTicks: PriceTicks;
  readonly qtyLots: QtyLots;
}

export interface Strategy<P, S extends string> {
  /** What config may set; a key or value outside it is refused at start with its place. */
  readonly parameters: z.ZodType<P>;
  readonly state: readonly S[];
  /** After every change of the instrument's book or last trade. */
  onBook(market: Market<P, S>): void;
  onFill?(market: Market<P, S>, fill: Fill): void;
}

/** Declares a strategy; `parameters` is a record of `number(...)`, `integer(...)`. */
export function defineStrategy<Shape extends z.ZodRawShape, S extends string = never>(definition: {
  readonly parameters: Shape;
  readonly state?: readonly S[];
  onBook(market: Market<z.infer<z.ZodObject<Shape>>, S>): void;
  onFill?(market: Market<z.infer<z.ZodObject<Shape>>, S>, fill: Fill): void;
}): Strategy<z.infer<z.ZodObject<Shape>>, S> {
  const { parameters, state, ...rest } = definition;
  return {
    ...rest,
    parameters: z.strictObject(parameters) as unknown as z.ZodType<z.infer<z.ZodObject<Shape>>>,
    state: state ?? [],
  };
}

/** A parameter that is a number from `min` to `max`. */
export const number = (min: number, max: number) => z.number().min(min).max(max);
/** A parameter that is a whole number from `min` to `max`. */
export const integer = (min: number, max: number) => z.number().int().min(min).max(max);
