/**
 * Reads a file of FIX sessions outside the engine, once, at start: YAML with its overlays, shape,
 * cross-checks, dictionaries, secrets. What comes out are the sessions as the transport takes them;
 * what is wrong is told all at once, with file, line and path.
 */
import { ConfigError } from '../../../config/config-error.ts';
import { explainMistakes, pathText } from '../../../config/explain-issue.ts';
import { checkFixSettings } from '../../../config/fix-cross-checks.ts';
import { type FixSettingsConfig, fixSettingsSchema } from '../../../config/fix-settings.ts';
import type { ServerTlsConfig } from '../../../config/fix-tls.ts';
import { readYamlSource, type Splices } from '../../../config/yaml-source.ts';
import { GyrfalconError } from '../../../engine/errors.ts';
import type { SessionConfig } from '../session/session-types.ts';
import type { AcceptorOptions, PeerRules } from '../transport/acceptor.ts';
import { AddressList } from '../transport/address-list.ts';
import type { InitiatorOptions } from '../transport/initiator.ts';
import { openSession, type SettingsSource } from './open-session.ts';

const SPLICES: Splices = { lists: [], keys: [['sessions', 'overlay']] };

type ListenerPart =
  | 'host'
  | 'port'
  | 'sessions'
  | 'pendingBytesMax'
  | 'resendMessagesMax'
  | 'limits'
  | 'addresses'
  | 'peerRules';
type ConnectorPart =
  | 'config'
  | 'addresses'
  | 'reconnect'
  | 'connectWaitS'
  | 'bindHost'
  | 'pendingBytesMax'
  | 'resendMessagesMax';

/** What the settings say; who starts it adds clock, handler and what is to be told. */
export interface FixSettings {
  readonly acceptor: (Pick<AcceptorOptions, ListenerPart> & Listening) | undefined;
  readonly initiators: readonly Pick<InitiatorOptions, ConnectorPart>[];
}

interface Listening {
  readonly tls: ServerTlsConfig | null;
}

type Session = FixSettingsConfig['sessions'][number];

/** @throws ConfigError with one line a mistake. */
export function loadFixSettings(file: string, log: (text: string) => void): FixSettings {
  const source = readYamlSource(file, SPLICES);
  const misshapen = [...source.mistakes, ...explainMistakes(fixSettingsSchema, source, [])];
  if (misshapen.length > 0) throw new ConfigError(misshapen);
  const config = fixSettingsSchema.parse(source.value);
  const mistakes: string[] = [];
  const report = (path: readonly PropertyKey[], text: string): void => {
    mistakes.push(`${source.placeOf(path)}: ${pathText(path)} ${text}`);
  };
  checkFixSettings(config, report);
  const place: SettingsSource = {
    mistakesIn: (path, schema) => explainMistakes(schema, source, path),
    placeOf: (path) => source.placeOf(path),
  };
  const opened = config.sessions.map((settings, i) => {
    // Numbers are agreed with the peer: only a session that says so asks for a reset.
    const hasNumbers = (): boolean => true;
    const session = openSession(settings, {
      source: place,
      path: ['sessions', i],
      log,
      hasNumbers,
    });
    mistakes.push(...session.mistakes);
    return { settings, session: session.config, path: ['sessions', i] };
  });
  const acceptors = opened.filter(({ settings }) => settings.role === 'acceptor');
  const acceptor = acceptorOf(config, acceptors, report);
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  const initiators = opened.flatMap(({ settings, session }) =>
    settings.role === 'initiator' ? [initiatorOf(settings, session, config)] : [],
  );
  return { acceptor, initiators };
}

interface Opened {
  readonly settings: Session;
  readonly session: SessionConfig;
  readonly path: readonly PropertyKey[];
}

function acceptorOf(
  { acceptor, pendingBytesMax, resendMessagesMax }: FixSettingsConfig,
  opened: readonly Opened[],
  report: (path: readonly PropertyKey[], text: string) => void,
): FixSettings['acceptor'] {
  if (acceptor === null) return undefined;
  const { host, port, limits, tls, allowAddresses } = acceptor;
  const addresses = addressList(allowAddresses, ['acceptor', 'allowAddresses'], report);
  const peerRules = new Map<SessionConfig, PeerRules>();
  for (const { settings, session, path } of opened) {
    const own = settings.role === 'acceptor' ? settings.allowAddresses : null;
    const allowed = addressList(own, [...path, 'allowAddresses'], report);
    if (allowed !== undefined) peerRules.set(session, { addresses: allowed });
  }
  return {
    host,
    port,
    tls,
    limits,
    pendingBytesMax,
    resendMessagesMax,
    sessions: opened.map(({ session }) => session),
    peerRules,
    ...(addresses === undefined ? {} : { addresses }),
  };
}

function addressList(
  entries: readonly string[] | null,
  path: readonly PropertyKey[],
  report: (path: readonly PropertyKey[], text: string) => void,
): AddressList | undefined {
  if (entries === null) return undefined;
  try {
    return new AddressList(entries, 'entry');
  } catch (cause) {
    if (!(cause instanceof GyrfalconError)) throw cause;
    report(path, `does not do: ${cause.message}`);
    return undefined;
  }
}

function initiatorOf(
  settings: Extract<Session, { role: 'initiator' }>,
  config: SessionConfig,
  { pendingBytesMax, resendMessagesMax }: FixSettingsConfig,
): FixSettings['initiators'][number] {
  const { host, port, backups, reconnect, connectWaitS, bindHost } = settings;
  return {
    config,
    addresses: [{ host, port }, ...backups],
    reconnect,
    connectWaitS,
    pendingBytesMax,
    resendMessagesMax,
    ...(bindHost === null ? {} : { bindHost }),
  };
}
