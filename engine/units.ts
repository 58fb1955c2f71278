/** Units as types: an integer that counts ticks cannot be passed where lots are meant. */
declare const unit: unique symbol;
type Unit<Name extends string> = number & { readonly [unit]: Name };

export type PriceTicks = Unit<'PriceTicks'>;
export type QtyLots = Unit<'QtyLots'>;
/** Nanoseconds since the run's market epoch (a safe integer for 104 days). */
export type TimeNs = Unit<'TimeNs'>;

export type Side = 1 | 2;
export const SIDE_BUY = 1;
export const SIDE_SELL = 2;

/** +1 for a buy, -1 for a sell: what a fill does to a position. */
export const sideSign = (side: Side): 1 | -1 => (side === SIDE_BUY ? 1 : -1);

export const NS_PER_SECOND = 1_000_000_000;
export const NS_PER_MS = 1_000_000;
/** Prices, ticks and lots are parsed from decimal text at this scale: at most 8 decimals. */
export const DECIMAL_SCALE = 100_000_000;
