/** What a simulated venue is put together from: its market, its session, its clock. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readYamlSource } from '../../config/yaml-source.ts';
import { GyrfalconError } from '../../engine/errors.ts';
import type { Clock } from '../../engine/ports.ts';
import { NS_PER_MS } from '../../engine/units.ts';
import { type Dictionary, loadDictionary } from '../fix/dictionary/dictionary.ts';
import { messageCheck, STRICT } from '../fix/dictionary/message-check.ts';
import { applyOverlay } from '../fix/dictionary/overlay.ts';
import { dictionaryOverlaySchema, type Overlay } from '../fix/dictionary/overlay-schema.ts';
import {
  ORDINARY_SESSION,
  RESEND_EXECUTIONS,
  type SessionConfig,
} from '../fix/session/session-types.ts';
import { beginStringOf, type FixVersion } from '../fix/version.ts';
import { FlowGenerator } from './flow-generator.ts';
import type { InstrumentGrid } from './instrument-grid.ts';
import type { MarketSource } from './market-source.ts';
import { Recording } from './recording.ts';
import type { VenueOptions } from './venue-options.ts';

const OVERLAY = fileURLToPath(new URL('../../config/venues/sim-overlay.yaml', import.meta.url));

/** A recorded day, or without one the seeded order flow. */
export function sourceOf(options: VenueOptions, grids: readonly InstrumentGrid[]): MarketSource {
  if (options.replay !== undefined) return new Recording(options.replay);
  const historyCsv = readHistory(options.historyFile);
  return new FlowGenerator({
    seed: options.seed,
    durationS: options.flowDurationS,
    historyCsv,
    grids,
  });
}

/** The one session that may log on. */
export function sessionOf(options: VenueOptions): SessionConfig {
  return {
    ...ORDINARY_SESSION,
    name: options.senderCompId,
    role: 'acceptor',
    version: options.version,
    check: messageCheck(venueDictionary(options.version), STRICT),
    senderCompId: options.senderCompId,
    targetCompId: options.targetCompId,
    heartbeatS: options.heartbeatS,
    sendingTimeToleranceS: options.sendingTimeToleranceS,
    resend: RESEND_EXECUTIONS,
  };
}

/** The venue's own tags and messages are the same in every version. */
function venueDictionary(version: FixVersion): Dictionary {
  const { value } = readYamlSource(OVERLAY, { lists: [], keys: [] });
  const overlay = dictionaryOverlaySchema.parse(value);
  const beginString = beginStringOf(version) as Overlay['beginString'];
  return applyOverlay(loadDictionary(version), { ...overlay, beginString, version });
}

/** Time of day with the resolution of the performance counter. */
export function wallClock(): Clock {
  const originNs = BigInt(Math.round(performance.timeOrigin * NS_PER_MS));
  return { nowNs: () => originNs + BigInt(Math.round(performance.now() * NS_PER_MS)) };
}

function readHistory(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch (cause) {
    const text = `${file}: the price history that anchors the order flow cannot be read`;
    throw new GyrfalconError('INPUT_MISSING', text, {}, cause);
  }
}
