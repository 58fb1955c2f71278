/** One session of a QuickFIX settings file as ours; undefined where it cannot be had here. */
import type { FixSettingsConfig } from '../../../config/fix-settings.ts';
import type { FixVersion } from '../version.ts';
import { beginStringOf, FIX_VERSIONS, VERSION_TRAITS } from '../version.ts';
import {
  convertAllowed,
  convertConnecting,
  convertListening,
  type Listener,
} from './quickfix-connection.ts';
import { leftText, nearestKey } from './quickfix-key-tables.ts';
import { convertAcceptorLogon, convertInitiatorLogon } from './quickfix-logon.ts';
import type { QuickfixReader } from './quickfix-reader.ts';
import { convertSchedule } from './quickfix-schedule.ts';
import { convertResets, convertTerms, convertValidation } from './quickfix-terms.ts';

type Session = FixSettingsConfig['sessions'][number];

export interface ConvertedSession {
  readonly settings: Session;
  /** Where an acceptor's listens. */
  readonly listener: Listener | undefined;
}

const COMP_ID = /^[A-Za-z0-9][\x21-\x7e]{0,62}$/;
const NAME_CHARS_MAX = 31;
const ROLES: readonly string[] = ['initiator', 'acceptor'];

/** `isFree`: no earlier session has the name. */
export function convertSession(
  reader: QuickfixReader,
  isFree: (name: string) => boolean,
): ConvertedSession | undefined {
  const converted = convert(reader, isFree);
  for (const entry of reader.unsaid) {
    reader.left(entry, entry.value === '' ? 'is empty' : 'says nothing in this session');
  }
  for (const entry of reader.rest) {
    const why = leftText(entry.key);
    if (why !== undefined) reader.left(entry, why);
    else {
      const guess = nearestKey(entry.key);
      const advice = guess === undefined ? '' : `; did it mean ${guess}?`;
      reader.unknown(entry, `is no key of a QuickFIX engine that is known here${advice}`);
    }
  }
  return converted;
}

function convert(
  reader: QuickfixReader,
  isFree: (name: string) => boolean,
): ConvertedSession | undefined {
  const version = versionOf(reader);
  const role = roleOf(reader);
  const senderCompId = compId(reader, 'SenderCompID');
  const targetCompId = compId(reader, 'TargetCompID');
  if (version === undefined || role === undefined) return undefined;
  if (senderCompId === undefined || targetCompId === undefined) return undefined;
  const name = nameOf(reader, targetCompId, isFree);
  const shared = {
    version,
    senderCompId,
    targetCompId,
    header: headerOf(reader),
    ...convertTerms(reader, role === 'acceptor'),
    overlay: null,
    validation: convertValidation(reader, version),
    schedule: convertSchedule(reader),
    resetOn: convertResets(reader, role),
  };
  if (role === 'initiator') {
    const connecting = convertConnecting(reader);
    const heartbeatS = heartbeat(reader);
    const logon = convertInitiatorLogon(reader, name);
    if (connecting === undefined) return undefined;
    return {
      listener: undefined,
      settings: { name, role, ...connecting, ...shared, heartbeatS, logon },
    };
  }
  const listener = convertListening(reader);
  const own = { allowAddresses: convertAllowed(reader), certificateNames: [] };
  const logon = convertAcceptorLogon(reader, name);
  if (listener === undefined) return undefined;
  return { listener, settings: { name, role, ...own, ...shared, logon } };
}

/** DefaultApplVerID, as a number or as the version's own BeginString. */
const APPLICATION_VERSIONS: Readonly<Record<string, string>> = {
  '2': 'FIX.4.0',
  '3': 'FIX.4.1',
  '4': 'FIX.4.2',
  '5': 'FIX.4.3',
  '6': 'FIX.4.4',
  '7': 'FIX.5.0',
  '8': 'FIX.5.0SP1',
  '9': 'FIX.5.0SP2',
};

function versionOf(reader: QuickfixReader): FixVersion | undefined {
  const begin = reader.take('BeginString');
  const application = reader.take('DefaultApplVerID');
  const isFixt = begin?.value === 'FIXT.1.1';
  const meant = application && (APPLICATION_VERSIONS[application.value] ?? application.value);
  const version = FIX_VERSIONS.find(
    (one) =>
      beginStringOf(one) === begin?.value &&
      (VERSION_TRAITS[one].applVerId === undefined || one === meant),
  );
  if (application !== undefined && !isFixt) {
    reader.left(application, 'says nothing to a version before FIXT.1.1');
  } else if (application !== undefined && version !== undefined) {
    reader.converted(application, `version: ${version}`);
  }
  if (begin !== undefined && version !== undefined) reader.taken(begin, `version: ${version}`);
  if (version !== undefined) return version;
  const said = isFixt
    ? `FIXT.1.1 with ${meant ?? 'no DefaultApplVerID'}`
    : (begin?.value ?? 'no BeginString');
  reader.leftOut(`speaks ${said}; spoken here are ${FIX_VERSIONS.join(', ')}`);
  return undefined;
}

function roleOf(reader: QuickfixReader): 'initiator' | 'acceptor' | undefined {
  const entry = reader.take('ConnectionType');
  const said = entry?.value.toLowerCase();
  if (entry !== undefined && ROLES.includes(said!)) {
    reader.taken(entry, `role: ${said}`);
    return said as 'initiator' | 'acceptor';
  }
  if (entry !== undefined)
    reader.left(entry, `is "${entry.value}", neither initiator nor acceptor`);
  if (reader.has('SocketConnectHost') !== reader.has('SocketAcceptPort')) {
    const role = reader.has('SocketAcceptPort') ? 'acceptor' : 'initiator';
    reader.added(`role: ${role}, by its addresses`);
    return role;
  }
  reader.leftOut('does not say whether it connects (initiator) or listens (acceptor)');
  return undefined;
}

function compId(reader: QuickfixReader, key: string): string | undefined {
  const entry = reader.take(key);
  if (entry !== undefined && COMP_ID.test(entry.value)) {
    reader.taken(
      entry,
      `${key === 'SenderCompID' ? 'senderCompId' : 'targetCompId'}: ${entry.value}`,
    );
    return entry.value;
  }
  if (entry?.value.includes('*') === true) {
    reader.leftOut('is a template for peers that are not known before: write a session for each');
  } else reader.leftOut(`has no ${key} of printable ASCII without blanks`);
  return undefined;
}

const HEADER_KEYS = [
  ['SenderSubID', 'senderSubId'],
  ['TargetSubID', 'targetSubId'],
  ['SenderLocationID', 'senderLocationId'],
  ['TargetLocationID', 'targetLocationId'],
] as const;

function headerOf(reader: QuickfixReader): Session['header'] {
  const header: Session['header'] = {};
  for (const [key, ours] of HEADER_KEYS) {
    const entry = reader.take(key);
    if (entry === undefined || entry.value === '') continue;
    if (COMP_ID.test(entry.value)) {
      header[ours] = entry.value;
      reader.taken(entry, `header.${ours}: ${entry.value}`);
    } else reader.left(entry, 'is not printable ASCII without blanks');
  }
  return header;
}

function heartbeat(reader: QuickfixReader): number {
  const range = { min: 1, max: 3600, fallback: 30 };
  if (!reader.has('HeartBtInt'))
    reader.added('heartbeatS: 30, since HeartBtInt is not there: check it');
  return reader.number('heartbeatS', range, 'HeartBtInt');
}

/** The peer's, with the qualifier where there is one; a number behind it where it is taken. */
function nameOf(
  reader: QuickfixReader,
  targetCompId: string,
  isFree: (name: string) => boolean,
): string {
  const qualifier = reader.take('SessionQualifier');
  const wanted = [targetCompId, qualifier?.value ?? '']
    .join('-')
    .replaceAll(/[^A-Za-z0-9._-]/g, '_')
    .replace(/[-_.]+$/, '')
    .slice(0, NAME_CHARS_MAX);
  const name = isFree(wanted) ? wanted : unused(wanted, isFree);
  if (qualifier !== undefined) reader.converted(qualifier, `name: ${name}`);
  return name;
}

function unused(wanted: string, isFree: (name: string) => boolean): string {
  for (let n = 2; ; n++) {
    const name = `${wanted.slice(0, NAME_CHARS_MAX - String(n).length - 1)}-${n}`;
    if (isFree(name)) return name;
  }
}
