/**
 * Reads a file of FIX sessions outside the engine, once, at start: YAML with its overlays, shape,
 * cross-checks, dictionaries, secrets. What comes out are the sessions as the transport takes them;
 * what is wrong is told all at once, with file, line and path.
 */
import { ConfigError } from '../../../config/config-error.ts';
import { explainMistakes, pathText } from '../../../config/explain-issue.ts';
import { checkFixSettings } from '../../../config/fix-cross-checks.ts';
import { type FixSettingsConfig, fixSettingsSchema } from '../../../config/fix-settings.ts';
import { type Path, readYamlSource, type Splices } from '../../../config/yaml-source.ts';
import { GyrfalconError } from '../../../engine/errors.ts';
import type { Clock } from '../../../engine/ports.ts';
import type { SessionConfig } from '../session/session-types.ts';
import type { AcceptorOptions, PeerRules } from '../transport/acceptor.ts';
import { AddressList } from '../transport/address-list.ts';
import type { InitiatorOptions } from '../transport/initiator.ts';
import { openSession, type SettingsSource } from './open-session.ts';
import { clientTls, serverTls } from './tls-source.ts';

const SPLICES: Splices = { lists: [], keys: [['sessions', 'overlay']] };

type ListenerPart =
  | 'host'
  | 'port'
  | 'sessions'
  | 'pendingBytesMax'
  | 'resendMessagesMax'
  | 'limits'
  | 'addresses'
  | 'tls'
  | 'peerRules';
type ConnectorPart =
  | 'config'
  | 'addresses'
  | 'reconnect'
  | 'connectWaitS'
  | 'bindHost'
  | 'tls'
  | 'pendingBytesMax'
  | 'resendMessagesMax';

/** What the settings say; who starts it adds clock, handler and what is to be told. */
export interface FixSettings {
  readonly acceptor: Pick<AcceptorOptions, ListenerPart> | undefined;
  readonly initiators: readonly Pick<InitiatorOptions, ConnectorPart>[];
}

type Session = FixSettingsConfig['sessions'][number];

interface LoadOptions {
  readonly clock: Clock;
  /** Told of what happens to secrets and certificates while the sessions run. */
  readonly log: (text: string) => void;
}

/** A file that is being made into sessions, and what was found wrong with it. */
interface Loading extends LoadOptions {
  readonly config: FixSettingsConfig;
  readonly source: SettingsSource;
  readonly mistakes: string[];
}

/** @throws ConfigError with one line a mistake. */
export function loadFixSettings(file: string, options: LoadOptions): FixSettings {
  const yaml = readYamlSource(file, SPLICES);
  const misshapen = [...yaml.mistakes, ...explainMistakes(fixSettingsSchema, yaml, [])];
  if (misshapen.length > 0) throw new ConfigError(misshapen);
  const config = fixSettingsSchema.parse(yaml.value);
  const source: SettingsSource = {
    mistakesIn: (path, schema) => explainMistakes(schema, yaml, path),
    placeOf: (path) => yaml.placeOf(path),
  };
  const loading: Loading = { ...options, config, source, mistakes: [] };
  checkFixSettings(config, (path, text) => report(loading, path, text));
  const opened = config.sessions.map((settings, i) => open(loading, settings, ['sessions', i]));
  const initiators = opened.flatMap((one) => initiatorOf(loading, one));
  const acceptor = acceptorOf(loading, opened);
  if (loading.mistakes.length > 0) throw new ConfigError(loading.mistakes);
  return { acceptor, initiators };
}

function report({ source, mistakes }: Loading, path: Path, text: string): void {
  mistakes.push(`${source.placeOf(path)}: ${pathText(path)} ${text}`);
}

interface Opened {
  readonly settings: Session;
  readonly session: SessionConfig;
  readonly path: Path;
}

function open({ source, log, mistakes }: Loading, settings: Session, path: Path): Opened {
  // Numbers are agreed with the peer: only a session that says so asks for a reset.
  const hasNumbers = (): boolean => true;
  const opened = openSession(settings, { source, path, log, hasNumbers });
  mistakes.push(...opened.mistakes);
  return { settings, session: opened.config, path };
}

function initiatorOf(
  loading: Loading,
  { settings, session, path }: Opened,
): FixSettings['initiators'] {
  if (settings.role !== 'initiator') return [];
  const { host, port, backups, reconnect, connectWaitS, bindHost, tls } = settings;
  const { pendingBytesMax, resendMessagesMax } = loading.config;
  const secured =
    tls && usable(loading, [...path, 'tls'], () => ({ tls: clientTls(tls, loading) }));
  return [
    {
      config: session,
      addresses: [{ host, port }, ...backups],
      reconnect,
      connectWaitS,
      pendingBytesMax,
      resendMessagesMax,
      ...(bindHost === null ? {} : { bindHost }),
      ...secured,
    },
  ];
}

function acceptorOf(loading: Loading, opened: readonly Opened[]): FixSettings['acceptor'] {
  const { acceptor, pendingBytesMax, resendMessagesMax } = loading.config;
  if (acceptor === null) return undefined;
  const { host, port, limits, tls, allowAddresses } = acceptor;
  const ours = opened.filter(({ settings }) => settings.role === 'acceptor');
  const secured =
    tls && usable(loading, ['acceptor', 'tls'], () => ({ tls: serverTls(tls, loading) }));
  return {
    host,
    port,
    limits,
    pendingBytesMax,
    resendMessagesMax,
    sessions: ours.map(({ session }) => session),
    peerRules: new Map(ours.map((one) => [one.session, peerRules(loading, one)])),
    ...addressList(loading, allowAddresses, ['acceptor', 'allowAddresses']),
    ...secured,
  };
}

function peerRules(loading: Loading, { settings, path }: Opened): PeerRules {
  if (settings.role !== 'acceptor') return {};
  const { allowAddresses, certificateNames } = settings;
  return {
    ...addressList(loading, allowAddresses, [...path, 'allowAddresses']),
    ...(certificateNames.length === 0 ? {} : { certificateNames }),
  };
}

function addressList(
  loading: Loading,
  entries: readonly string[] | null,
  path: Path,
): { addresses?: AddressList } {
  if (entries === null) return {};
  return usable(loading, path, () => ({ addresses: new AddressList(entries, 'entry') })) ?? {};
}

/** What is made of a part of the settings; undefined = it cannot be used, which is then a mistake. */
function usable<T>(loading: Loading, path: Path, make: () => T): T | undefined {
  try {
    return make();
  } catch (cause) {
    if (!(cause instanceof GyrfalconError)) throw cause;
    report(loading, path, `cannot be used: ${cause.message}`);
    return undefined;
  }
}
