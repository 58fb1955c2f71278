/**
 * The shape of the configuration: strict (an unknown key is an error), no hidden defaults, units in the
 * keys. Read by config/load.ts, which adds file, line and path to every complaint; published as JSON
 * Schema beside the YAML files. Decimal text ("0.01") is kept as text until it becomes integers.
 */
import { z } from 'zod';

const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,30}$/, 'letters, digits, . _ - (at most 31)');
const decimal = z.string().regex(/^-?\d{1,12}(\.\d{1,8})?$/, 'a decimal number in quotes, at most 8 decimals');
const positiveDecimal = z.string().regex(/^(?=.*[1-9])\d{1,12}(\.\d{1,8})?$/, 'a positive decimal number in quotes, at most 8 decimals');
const whole = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const port = z.number().int().min(0).max(65535);
const currency = z.string().regex(/^[A-Z]{3,4}$/, 'a currency code, such as USD');

export const calendarSchema = z.strictObject({
  timeZone: z.string(),
  /** Local times; a venue that never closes has 00:00 to 24:00 and every weekday. */
  open: z.string().regex(/^\d{2}:\d{2}$/),
  close: z.string().regex(/^\d{2}:\d{2}$/),
  weekdays: z.array(z.enum(['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'])).min(1),
  holidays: z.array(z.iso.date()),
});

export const instrumentSchema = z.strictObject({
  symbol: z.string().regex(/^[\x21-\x7e]{1,31}$/, 'printable ASCII without blanks, at most 31'),
  venue: name,
  currency,
  multiplier: positiveDecimal,
  /** The grid of prices. */
  tickSize: positiveDecimal,
  /** The grid of order prices: a multiple of tickSize (FIX 969). */
  minPriceIncrement: positiveDecimal,
  lotSize: positiveDecimal,
  expiry: z.iso.date().nullable(),
  calendar: name,
  fees: z.strictObject({
    makerPerLot: decimal, // in the instrument's currency; negative = rebate
    takerPerLot: decimal,
    makerBps: z.number(),
    takerBps: z.number(),
  }),
});

export const fixVenueSchema = z.strictObject({
  name,
  protocol: z.literal('fix'),
  host: z.string(),
  port,
  beginString: z.literal('FIX.4.4'),
  senderCompId: name,
  targetCompId: name,
  heartbeatS: z.number().int().min(1).max(3600),
  reconnectMs: z.number().int().min(10).max(600_000),
  /** SendingTime may differ from our clock by this much. */
  sendingTimeToleranceS: z.number().int().min(1),
  /** Tag that carries the recorded market time (a replaying venue), 0 = receive time is market time. */
  marketTimeTag: whole,
  marketDepth: z.number().int().min(0).max(4096),
});

export const webSocketVenueSchema = z.strictObject({
  name,
  protocol: z.literal('binance'),
  url: z.string().regex(/^wss?:\/\//),
  /** Base address for depth snapshots. */
  snapshotUrl: z.string().regex(/^https?:\/\//),
  reconnectMs: z.number().int().min(10).max(600_000),
});

export const strategySchema = z.strictObject({
  name,
  /** File in strategies/, without folder: market-maker.ts. */
  file: z.string().regex(/^[a-z0-9-]+\.ts$/),
  account: name,
  instruments: z.array(z.string()).min(1),
  /** Checked by the strategy's own schema. */
  parameters: z.record(z.string(), z.unknown()),
});

export const limitSchema = z.strictObject({
  /** A name, or * for all; of several rows that match, the strictest value of each limit holds. */
  strategy: z.string(),
  account: z.string(),
  instrument: z.string(),
  orderQtyMax: positiveDecimal,
  orderNotionalMax: positiveDecimal,
  positionQtyMax: positiveDecimal,
  collarBps: z.number().int().min(1).max(10_000),
  messagesPerSMax: z.number().int().min(1).max(4096),
  staleMs: z.number().int().min(1),
  duplicateMs: whole,
  dailyLossMax: positiveDecimal, // base currency
  openOrdersMax: z.number().int().min(1).max(16_384),
});

export const configSchema = z.strictObject({
  baseCurrency: currency,
  journal: z.strictObject({ directory: z.string(), segmentBytes: z.number().int().min(1_048_576) }),
  control: z.strictObject({
    host: z.enum(['127.0.0.1', '::1']),
    port,
    tokenFile: z.string(),
    rearmTokenFile: z.string(),
  }),
  currencies: z.record(currency, z.strictObject({ decimals: z.number().int().min(0).max(8), toBase: positiveDecimal })),
  calendars: z.record(name, calendarSchema),
  accounts: z.array(name).min(1).max(16),
  venues: z.array(z.discriminatedUnion('protocol', [fixVenueSchema, webSocketVenueSchema])).min(1).max(4),
  instruments: z.array(instrumentSchema).min(1).max(64),
  signals: z.strictObject({
    orderFlowHalfLifeMs: z.number().positive(),
    volatilityHalfLifeMs: z.number().positive(),
    meanHalfLifeMs: z.number().positive(),
    deviationHalfLifeMs: z.number().positive(),
  }),
  strategies: z.array(strategySchema).max(16),
  limits: z.array(limitSchema),
  breakers: z.strictObject({
    drawdownMax: positiveDecimal, // base currency, per strategy, from the day's peak
    rejectsMax: z.number().int().min(1), // venue rejects per strategy …
    rejectsWindowS: z.number().int().min(1), // … within this time
    staleFeedMs: z.number().int().min(1),
  }),
  valueAtRisk: z.strictObject({
    scenarios: z.number().int().min(1000).max(10_000_000),
    confidence: z.number().gt(0.5).lt(1),
    horizonDays: z.number().positive(),
    everyMs: z.number().int().min(100),
    seed: whole,
    /** CSV of daily closes (date first, a column an instrument); plain or .zst. */
    history: z.string(),
    /** Column of the history that stands for each instrument. */
    columns: z.record(z.string(), z.string()),
  }),
});

export type GyrfalconConfig = z.infer<typeof configSchema>;
export type InstrumentConfig = z.infer<typeof instrumentSchema>;
export type StrategyConfig = z.infer<typeof strategySchema>;
export type LimitConfig = z.infer<typeof limitSchema>;
export type FixVenueConfig = z.infer<typeof fixVenueSchema>;
export type WebSocketVenueConfig = z.infer<typeof webSocketVenueSchema>;
