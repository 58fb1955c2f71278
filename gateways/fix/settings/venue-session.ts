/**
 * The session of one of the engine's venues: live, in a replay of its journal, and looked at before
 * anything is started. A journal's first logon resets the numbers.
 */
import { ConfigError } from '../../../config/config-error.ts';
import { pathText } from '../../../config/explain-issue.ts';
import type { FixVenueConfig, GyrfalconConfig } from '../../../config/schema.ts';
import { GyrfalconError } from '../../../engine/errors.ts';
import type { MessageCheck } from '../complaint.ts';
import { messageCheck } from '../dictionary/message-check.ts';
import type { SessionConfig } from '../session/session-types.ts';
import { NS_PER_MS } from '../timestamp.ts';
import type { TlsSource } from '../transport/tls-settings.ts';
import { openSession, type SettingsSource, sessionProof } from './open-session.ts';
import { sessionConfigOf } from './session-config.ts';
import { sessionDictionary } from './session-dictionary.ts';
import { clientTls } from './tls-source.ts';

/** Live. @throws GyrfalconError where a secret is gone since the start. */
export function venueSession(
  venue: FixVenueConfig,
  hasNumbers: () => boolean,
  log: (text: string) => void,
): SessionConfig {
  const settings = settingsOf(venue);
  const logon = sessionProof(settings, {
    onProblem: (path, text) => unfit(venue, ['logon', ...path], text),
    log: (text) => log(`${venue.name}: ${text}`),
  });
  return sessionConfigOf(settings, { check: checkOf(venue), logon, hasNumbers });
}

/** In a replay: judges as the live one did, proves nothing to nobody, needs no secret. */
export function replayedVenueSession(
  venue: FixVenueConfig,
  hasNumbers: () => boolean,
): SessionConfig {
  const parts = { check: checkOf(venue), logon: undefined, hasNumbers };
  return sessionConfigOf(settingsOf(venue), parts);
}

const settingsOf = (venue: FixVenueConfig) => ({ ...venue, role: 'initiator' }) as const;

/**
 * Session messages and messages that nobody knows. A fill that is refused is still a fill: what the
 * venue says of orders and markets is taken as far as it can be read, and the order path judges it,
 * pausing what it does not understand.
 */
function checkOf(venue: FixVenueConfig): MessageCheck {
  const dictionary = sessionDictionary(settingsOf(venue), (path, text) =>
    unfit(venue, ['overlay', ...path], text),
  );
  const check = messageCheck(dictionary, venue.validation);
  return (message) =>
    dictionary.message(message.msgType)?.category === 'app' ? undefined : check(message);
}

function unfit(venue: FixVenueConfig, path: readonly PropertyKey[], text: string): never {
  throw new GyrfalconError('CONFIG_INVALID', `venue ${venue.name}: ${path.join('.')} ${text}`);
}

/** TLS to the venue; undefined = none. @throws GyrfalconError where a file is gone since the start. */
export function venueTls(
  venue: FixVenueConfig,
  log: (text: string) => void,
): TlsSource | undefined {
  if (venue.tls === null) return undefined;
  return clientTls(venue.tls, { clock: WALL_CLOCK, log: (text) => log(`${venue.name}: ${text}`) });
}

/** For the dates in certificates. */
const WALL_CLOCK = { nowNs: () => BigInt(Date.now()) * NS_PER_MS };

/** What a user got wrong in overlays, secrets and certificates. @throws ConfigError with one line a mistake. */
export function requireVenueSessions(config: GyrfalconConfig, source: SettingsSource): void {
  const mistakes = config.venues.flatMap((venue, i) => {
    if (venue.protocol !== 'fix') return [];
    const options = { source, path: ['venues', i], log: () => {}, hasNumbers: () => true };
    return [...openSession(settingsOf(venue), options).mistakes, ...tlsMistakes(venue, i, source)];
  });
  if (mistakes.length > 0) throw new ConfigError(mistakes);
}

function tlsMistakes(venue: FixVenueConfig, index: number, source: SettingsSource): string[] {
  try {
    venueTls(venue, () => {});
    return [];
  } catch (cause) {
    if (!(cause instanceof GyrfalconError)) throw cause;
    const at = ['venues', index, 'tls'];
    return [`${source.placeOf(at)}: ${pathText(at)} cannot be used: ${cause.message}`];
  }
}
