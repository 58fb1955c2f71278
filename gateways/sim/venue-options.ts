/**
 * What the simulated venue is told: by the command line, by the engine that starts it, by tests.
 */
import { fileURLToPath } from 'node:url';
import type { FixVersion } from '../../config/fix-version.ts';
import type { InstrumentConfig } from '../../config/schema.ts';

/**
 * Times the recorded pace; 'max': lock-step with the engine; 'flood': as fast as the socket takes
 * it.
 */
export type VenueSpeed = number | 'max' | 'flood';

export interface VenueOptions {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  readonly version: FixVersion;
  readonly senderCompId: string;
  readonly targetCompId: string;
  readonly heartbeatS: number;
  readonly sendingTimeToleranceS: number;
  readonly instruments: readonly InstrumentConfig[];
  /** A recording (.fix, .fix.zst); without one the seeded order flow runs. */
  readonly replay?: string;
  /** CSV of daily closes that anchors the order flow. */
  readonly historyFile: string;
  /** Market time that the order flow lasts. */
  readonly flowDurationS: number;
  readonly speed: VenueSpeed;
  readonly seed: number;
  readonly latencyMs: number;
  readonly latencyJitterMs: number;
  readonly rejectRate: number;
  /** Drops the connection after every so many messages; 0 = never. */
  readonly disconnectEvery: number;
  /**
   * Where orders and session numbers are written down; a venue on the same directory goes on from
   * there.
   */
  readonly logDir?: string;
  /** Told of what a person should know. */
  readonly onNote?: (text: string) => void;
  /** The market cannot go on: a recording is damaged. */
  readonly onFault?: (fault: unknown) => void;
}

/** A venue as the shipped configuration expects it. */
export const VENUE_DEFAULTS = {
  host: '127.0.0.1',
  port: 0,
  version: 'FIX.4.4',
  senderCompId: 'SIM',
  targetCompId: 'GYRFALCON',
  heartbeatS: 30,
  sendingTimeToleranceS: 120,
  historyFile: fileURLToPath(new URL('../../config/market/sp500-20-daily.csv', import.meta.url)),
  flowDurationS: 23_400,
  speed: 1,
  seed: 1,
  latencyMs: 0,
  latencyJitterMs: 0,
  rejectRate: 0,
  disconnectEvery: 0,
} as const;
