/**
 * The shape of the configuration: strict (an unknown key is an error), no hidden defaults, units
 * in the keys. Read by config/load.ts, which adds file, line and path to every complaint;
 * published as JSON Schema beside the YAML files (scripts/build-config-schema.mjs). Decimal text
 * ("0.01") is kept as text until it becomes integers. A description says what is allowed: it is
 * what the user reads.
 */
import { z } from 'zod';
import { initiatorShape, overlaySchema } from './fix-session.ts';
import { WEEKDAYS } from './local-time.ts';
import { modelSchema } from './model.ts';
import { thresholdSchema } from './threshold.ts';

/** = INSTRUMENTS_MAX of wasm/layout.ts, which config may not import; a test compares the two. */
export const INSTRUMENT_COUNT_MAX = 1024;

const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,30}$/)
  .describe('a name of letters, digits, . _ - (at most 31)');
const decimal = z
  .string()
  .regex(/^-?\d{1,12}(\.\d{1,8})?$/)
  .describe('a decimal number in quotes, at most 8 decimals, such as "0.01"');
const positiveDecimal = z
  .string()
  .regex(/^(?=.*[1-9])\d{1,12}(\.\d{1,8})?$/)
  .describe('a positive decimal number in quotes, at most 8 decimals, such as "0.01"');
const whole = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const port = z.number().int().min(0).max(65535);
const currency = z
  .string()
  .regex(/^[A-Z]{3,4}$/)
  .describe('a currency code of 3 or 4 capitals, such as USD');
const date = z.iso.date();
const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/)
  .describe('a local time such as "09:30" ("24:00" = end of day)');
const text = z.string().min(1).describe('text, not empty');

const calendarSchema = z.strictObject({
  timeZone: text,
  /** Local times; a venue that never closes has 00:00 to 24:00 and every weekday. */
  open: timeOfDay,
  close: timeOfDay,
  weekdays: z.array(z.enum(WEEKDAYS)).min(1),
  holidays: z.array(date.describe('a date such as 2026-12-25')),
});

const instrumentSchema = z.strictObject({
  symbol: z
    .string()
    .regex(/^[\x21-\x7e]{1,31}$/)
    .describe('a symbol of printable ASCII without blanks, at most 31'),
  venue: name,
  currency,
  multiplier: positiveDecimal,
  /** The grid of prices. */
  tickSize: positiveDecimal,
  /** The grid of order prices: a multiple of tickSize (FIX 969). */
  minPriceIncrement: positiveDecimal,
  lotSize: positiveDecimal,
  expiry: date.nullable().describe('a date such as 2027-03-19, or null'),
  calendar: name,
  fees: z.strictObject({
    makerPerLot: decimal, // in the instrument's currency; negative = rebate
    takerPerLot: decimal,
    makerBps: z.number(),
    takerBps: z.number(),
  }),
});

const fixVenueSchema = z.strictObject({
  name,
  protocol: z.literal('fix'),
  ...initiatorShape,
  /** The order path speaks these. */
  version: z.enum(['FIX.4.4', 'FIX.5.0SP2']),
  /**
   * Tag that carries the recorded market time (a replaying venue), 0 = receive time is market
   * time.
   */
  marketTimeTag: whole,
  marketDepth: z.number().int().min(0).max(4096),
});

const webSocketVenueSchema = z.strictObject({
  name,
  protocol: z.literal('binance'),
  url: z
    .string()
    .regex(/^wss?:\/\//)
    .describe('an address that starts with ws:// or wss://'),
  /** Base address for depth snapshots. */
  snapshotUrl: z
    .string()
    .regex(/^https?:\/\//)
    .describe('an address that starts with http:// or https://'),
  reconnectMs: z.number().int().min(10).max(600_000),
});

export const strategySchema = z.strictObject({
  name,
  /** File in strategies/, without folder: market-maker.ts. */
  file: z
    .string()
    .regex(/^[a-z0-9-]+\.ts$/)
    .describe('a file of strategies/, such as market-maker.ts')
    .optional(),
  /** Instead of a file: a strategy without code. */
  threshold: thresholdSchema.optional(),
  account: name,
  instruments: z.array(text).min(1).max(INSTRUMENT_COUNT_MAX),
  /** Of the file, checked by its own schema. */
  parameters: z.record(z.string(), z.unknown()).optional(),
  /** What `market.score` is the score of. */
  model: modelSchema.nullish(),
});

export const limitSchema = z.strictObject({
  /** A name, or * for all; of several rows that match, the strictest value of each limit holds. */
  strategy: text,
  account: text,
  instrument: text,
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
  journal: z.strictObject({
    directory: text,
    segmentBytes: z.number().int().min(1_048_576),
    /** auto: where the addon is built and /dev/shm has room; off: the loop writes its records itself. */
    ring: z.enum(['auto', 'off']),
    /** What power loss may take: what was written is on the disk after this time. */
    syncMs: z.number().int().min(1).max(60_000),
  }),
  /** Where the hot loop runs, how it talks to the network and waits for it. */
  hotLoop: z.strictObject({
    thread: z
      .enum(['worker', 'main'])
      .describe(
        'worker (a hung loop is ended alone), or main (its end is that of the process, which comes back HALTED)',
      ),
    sockets: z
      .enum(['auto', 'native', 'node'])
      .describe('native (of the addon), node, or auto (native where the addon is built)'),
    core: z.number().int().min(0).max(1023).nullable().describe('the number of a core, or null'),
    spinUs: z.number().int().min(0).max(1_000_000_000), // polls so long after the last activity …
    waitMs: z.number().int().min(1).max(1000), // … then blocks, at most so long at a time
    busyPollUs: z.number().int().min(0).max(10_000), // SO_BUSY_POLL; 0 = off
  }),
  control: z.strictObject({
    host: z.enum(['127.0.0.1', '::1']),
    port,
    tokenFile: text,
    rearmTokenFile: text,
  }),
  currencies: z.record(
    currency,
    z.strictObject({ decimals: z.number().int().min(0).max(8), toBase: positiveDecimal }),
  ),
  calendars: z.record(name, calendarSchema),
  accounts: z.array(name).min(1).max(16),
  venues: z
    .array(z.discriminatedUnion('protocol', [fixVenueSchema, webSocketVenueSchema]))
    .min(1)
    .max(4),
  instruments: z.array(instrumentSchema).min(1).max(INSTRUMENT_COUNT_MAX),
  signals: z.strictObject({
    orderFlowHalfLifeMs: z.number().positive(),
    volatilityHalfLifeMs: z.number().positive(),
    meanHalfLifeMs: z.number().positive(),
    deviationHalfLifeMs: z.number().positive(),
    vwapHalfLifeMs: z.number().positive(),
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
    /**
     * CSV of daily closes (date first, a column an instrument); plain or .zst; relative to this
     * file's folder.
     */
    history: text,
    /** Column of the history that stands for each instrument. */
    columns: z.record(z.string(), text),
  }),
});

const fileName = z
  .string()
  .regex(/^[A-Za-z0-9._/-]+\.yaml$/)
  .describe('a .yaml file, relative to the folder of the file that names it');

const modelFileName = z
  .string()
  .regex(/^[A-Za-z0-9._/-]+\.(yaml|json)$/)
  .describe('a .yaml or .json file, relative to the folder of the file that names it');
const namingStrategySchema = strategySchema.extend({
  model: z.union([modelFileName, modelSchema]).nullish(),
});

/** A file of strategies or limits, spliced in where its name stands. */
export const strategyFileSchema = z.union([namingStrategySchema, z.array(namingStrategySchema)]);
export const limitsFileSchema = z.union([limitSchema, z.array(limitSchema)]);

/** The file on disk: as configSchema, but strategies, models, limits and overlays may be named by file. */
export const configFileSchema = configSchema.extend({
  venues: z.array(
    z.discriminatedUnion('protocol', [
      fixVenueSchema.extend({ overlay: overlaySchema.or(fileName) }),
      webSocketVenueSchema,
    ]),
  ),
  strategies: z.array(z.union([fileName, namingStrategySchema])),
  limits: z.array(z.union([fileName, limitSchema])),
});

export type GyrfalconConfig = z.infer<typeof configSchema>;
export type InstrumentConfig = z.infer<typeof instrumentSchema>;
export type StrategyConfig = z.infer<typeof strategySchema>;
export type LimitConfig = z.infer<typeof limitSchema>;
export type FixVenueConfig = z.infer<typeof fixVenueSchema>;
