/** Writes a configuration into fresh shared memory: sessions, instruments, accounts, strategies, limits. */
import { createHash } from 'node:crypto';
import { decimalE8 } from '../config/decimal.ts';
import { type FixHeaderField, HEADER_FIELD_TAGS } from '../config/fix-session.ts';
import { beginStringOf } from '../config/fix-version.ts';
import type { FixVenueConfig, GyrfalconConfig } from '../config/schema.ts';
import * as L from '../wasm/layout.ts';
import type { Memory } from '../wasm/memory.ts';
import type { CoreModule } from './core-module.ts';
import { mergeLimits } from './limits/limits.ts';
import { loadInstruments } from './market/instrument.ts';
import { writeModel } from './signal/model-score.ts';
import { writeThreshold } from './strategy/threshold-strategy.ts';
import { NS_PER_MS, NS_PER_SECOND } from './units.ts';

const NAME_BYTES = 32;
const SOH = '\x01';
const TIME_BYTES_OF_SECONDS = 'yyyymmdd-hh:mm:ss'.length;
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** The FIX venues, in the order of their sessions. */
export function fixVenues(config: GyrfalconConfig): readonly FixVenueConfig[] {
  return config.venues.filter((venue) => venue.protocol === 'fix');
}

/** A ClOrdID prefix that no other journal shares, for practical purposes: 36^7 of them. */
export function clOrdIdPrefix(journalId: string): string {
  const digest = createHash('sha256').update(journalId).digest();
  let prefix = '';
  for (let at = 0; at < L.CLORDID_PREFIX_BYTES; at++) prefix += DIGITS[digest[at]! % DIGITS.length];
  return prefix;
}

export function writeConfig(memory: Memory, core: CoreModule, config: GyrfalconConfig): void {
  writeCurrencies(memory, config);
  for (const [index, venue] of fixVenues(config).entries()) writeSession(memory, index, venue);
  memory.setI32(L.CTL_SESSION_COUNT, fixVenues(config).length);
  writeSignalParameters(memory, config);
  for (const [index, account] of config.accounts.entries()) {
    memory.setText(L.ACCOUNTS + index * L.ACCOUNT_BYTES + L.ACC_NAME, NAME_BYTES, account);
  }
  memory.setI32(L.CTL_ACCOUNT_COUNT, config.accounts.length);
  loadInstruments(memory, core, config);
  for (const [index, strategy] of config.strategies.entries()) {
    const block = L.STRATEGIES + index * L.STRATEGY_BYTES;
    memory.setText(block + L.STR_NAME, NAME_BYTES, strategy.name);
    memory.setI32(block + L.STR_ACCOUNT, config.accounts.indexOf(strategy.account));
    if (strategy.threshold !== undefined) writeThreshold(memory, index, strategy.threshold);
    if (strategy.model) writeModel(memory, index, strategy.model);
  }
  memory.setI32(L.CTL_STRATEGY_COUNT, config.strategies.length);
  mergeLimits(memory, config);
}

function writeCurrencies(memory: Memory, config: GyrfalconConfig): void {
  const codes = Object.keys(config.currencies);
  const base = config.currencies[config.baseCurrency]!;
  for (const [index, code] of codes.entries()) {
    const { decimals, toBase } = config.currencies[code]!;
    const block = L.CURRENCIES + index * L.CURRENCY_BYTES;
    memory.setText(block + L.CUR_CODE, 4, code);
    memory.setI32(block + L.CUR_DECIMALS, decimals);
    const rate = Number(decimalE8(toBase)) / 1e8;
    memory.setF64(block + L.CUR_TO_BASE, (rate * 10 ** base.decimals) / 10 ** decimals);
  }
  memory.setI32(L.CTL_CURRENCY_COUNT, codes.length);
  memory.setI32(L.CTL_BASE_CURRENCY, codes.indexOf(config.baseCurrency));
}

function writeSession(memory: Memory, index: number, venue: FixVenueConfig): void {
  const block = L.SESSIONS + index * L.SESSION_BYTES;
  const beginString = beginStringOf(venue.version);
  const header = Object.entries(venue.header)
    .map(([name, value]) => `${HEADER_FIELD_TAGS[name as FixHeaderField]}=${value}${SOH}`)
    .join('');
  memory.setI32(block + L.SES_MARKET_TIME_TAG, venue.marketTimeTag);
  memory.setI64(block + L.SES_NEXT_IN, 1);
  memory.setI64(block + L.SES_NEXT_OUT, 1);
  memory.setI64(block + L.SES_MAX_LATENCY_NS, venue.sendingTimeToleranceS * NS_PER_SECOND);
  memory.setText(block + L.SES_SENDER, 64, venue.senderCompId);
  memory.setI32(block + L.SES_SENDER_LENGTH, venue.senderCompId.length);
  memory.setText(block + L.SES_TARGET, 64, venue.targetCompId);
  memory.setI32(block + L.SES_TARGET_LENGTH, venue.targetCompId.length);
  memory.setText(block + L.SES_HEADER, L.SES_HEADER_BYTES_MAX, header);
  memory.setI32(block + L.SES_HEADER_LENGTH, header.length);
  memory.setI32(block + L.SES_TIME_BYTES, TIME_BYTES_OF_SECONDS + 1 + venue.timestampDigits);
  memory.setText(block + L.SES_BEGIN, 16, beginString);
  memory.setI32(block + L.SES_BEGIN_LENGTH, beginString.length);
  memory.setText(block + L.SES_NAME, NAME_BYTES, venue.name);
}

function writeSignalParameters(memory: Memory, config: GyrfalconConfig): void {
  const { signals } = config;
  const halfLivesMs = [
    signals.orderFlowHalfLifeMs,
    signals.volatilityHalfLifeMs,
    signals.meanHalfLifeMs,
    signals.deviationHalfLifeMs,
    signals.vwapHalfLifeMs,
  ];
  for (const [index, ms] of halfLivesMs.entries()) {
    memory.setF64(L.CTL_SIGNAL_PARAMS + index * 8, ms * NS_PER_MS);
  }
}
