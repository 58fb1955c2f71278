/**
 * What the two sides of a QuickFIX session have agreed on, as ours: what is checked, when numbers
 * start anew, what is sent again, how long one waits.
 */
import type { FixSettingsConfig } from '../../../config/fix-settings.ts';
import { type MessageRules, STRICT } from '../dictionary/message-rules.ts';
import type { FixVersion } from '../version.ts';
import type { QuickfixReader } from './quickfix-reader.ts';

type Session = FixSettingsConfig['sessions'][number];
type Terms = Pick<
  Session,
  | 'timestampDigits'
  | 'sendingTimeToleranceS'
  | 'resend'
  | 'resendRequestMessagesMax'
  | 'nextExpectedMsgSeqNum'
  | 'logonWaitS'
  | 'logoutWaitS'
>;

const YEAR_S = 31_536_000;
const WAIT_S = { min: 1, max: 600 };

export function convertTerms(reader: QuickfixReader, isAcceptor: boolean): Terms {
  const keep = reader.flag('PersistMessages');
  const next = reader.flag('EnableNextExpectedMsgSeqNum', 'SendNextExpectedMsgSeqNum');
  const chunk = { min: 0, max: 1_000_000, fallback: 0 };
  if (keep?.isYes === true) reader.taken(keep.entry, 'messages are sent again');
  else if (keep !== undefined) {
    reader.converted(keep.entry, 'resend.staleAfterS: { "*": 0 }, no message is sent again');
  }
  if (next !== undefined) reader.taken(next.entry, `nextExpectedMsgSeqNum: ${next.isYes}`);
  if (isAcceptor) {
    const interval = reader.take('HeartBtInt');
    if (interval !== undefined)
      reader.left(interval, 'is for initiators; an acceptor takes theirs over');
  }
  return {
    timestampDigits: timestampDigits(reader),
    sendingTimeToleranceS: tolerance(reader),
    resend: {
      messagesPerS: 20_000,
      batchMessages: 100,
      staleAfterS: keep?.isYes === false ? { '*': 0 } : {},
    },
    resendRequestMessagesMax: reader.number(
      'resendRequestMessagesMax',
      chunk,
      'ResendRequestChunkSize',
      'MaxMessagesInResendRequest',
    ),
    nextExpectedMsgSeqNum: next?.isYes ?? false,
    logonWaitS: reader.number('logonWaitS', { ...WAIT_S, fallback: 10 }, 'LogonTimeout'),
    logoutWaitS: reader.number('logoutWaitS', { ...WAIT_S, fallback: 2 }, 'LogoutTimeout'),
  };
}

const PRECISIONS: Readonly<Record<string, number>> = { SECONDS: 0, MILLIS: 3, MICROS: 6, NANOS: 9 };

/** A name in QuickFIX/J and QuickFIX/Go, a number of decimals in QuickFIX. */
function timestampDigits(reader: QuickfixReader): 3 | 6 | 9 {
  const milliseconds = reader.flag('MillisecondsInTimeStamp');
  const entry = reader.take('TimeStampPrecision', 'TimestampPrecision');
  if (milliseconds?.isYes === true) reader.taken(milliseconds.entry, 'timestampDigits: 3');
  else if (milliseconds !== undefined) {
    reader.converted(milliseconds.entry, 'timestampDigits: 3, milliseconds are always said');
  }
  if (entry === undefined) return 3;
  const said = PRECISIONS[entry.value.toUpperCase()] ?? Number(/^\d$/.exec(entry.value)?.[0]);
  const digits = said > 6 ? 9 : said > 3 ? 6 : 3;
  if (digits === said) reader.taken(entry, `timestampDigits: ${digits}`);
  else if (Number.isNaN(said)) {
    reader.left(entry, `is "${entry.value}", no precision; timestampDigits: ${digits}`);
  } else reader.converted(entry, `timestampDigits: ${digits}, since 3, 6 or 9 are written`);
  return digits;
}

function tolerance(reader: QuickfixReader): number {
  const isChecked = reader.flag('CheckLatency');
  if (isChecked?.isYes === false) {
    const text = `sendingTimeToleranceS: ${YEAR_S}, a year: SendingTime has to be a time, not the right one`;
    reader.converted(isChecked.entry, text);
    const unused = reader.take('MaxLatency');
    if (unused !== undefined) reader.left(unused, 'says nothing beside CheckLatency=N');
    return YEAR_S;
  }
  if (isChecked !== undefined) reader.taken(isChecked.entry, 'SendingTime is checked');
  return reader.number(
    'sendingTimeToleranceS',
    { min: 1, max: YEAR_S, fallback: 120 },
    'MaxLatency',
  );
}

export function convertResets(
  reader: QuickfixReader,
  role: 'initiator' | 'acceptor',
): Session['resetOn'] {
  const logon = reader.flag('ResetOnLogon');
  const asked = role === 'initiator' ? reader.flag('SendResetSeqNumFlag') : undefined;
  const logout = reader.flag('ResetOnLogout');
  const disconnect = reader.flag('ResetOnDisconnect');
  if (logon !== undefined) {
    const how = role === 'initiator' ? ', and the Logon says so (141=Y)' : '';
    reader.taken(logon.entry, `resetOn.logon: ${logon.isYes}${logon.isYes ? how : ''}`);
  }
  if (asked !== undefined) reader.converted(asked.entry, `resetOn.logon: ${asked.isYes}`);
  if (logout !== undefined) reader.taken(logout.entry, `resetOn.logout: ${logout.isYes}`);
  if (disconnect !== undefined) {
    reader.taken(disconnect.entry, `resetOn.disconnect: ${disconnect.isYes}`);
  }
  return {
    logon: logon?.isYes === true || asked?.isYes === true,
    logout: logout?.isYes ?? false,
    disconnect: disconnect?.isYes ?? false,
  };
}

/** Key, rule, and the value of the key that judges strictly. */
const RULE_KEYS: readonly (readonly [key: string, rule: keyof MessageRules, strict: boolean])[] = [
  ['ValidateFieldsOutOfOrder', 'fieldsOutOfOrder', true],
  ['ValidateFieldsHaveValues', 'fieldsHaveValues', true],
  ['ValidateUserDefinedFields', 'userDefinedFields', true],
  ['AllowUnknownMsgFields', 'unknownFields', false],
  ['AllowUnknownEnumValues', 'enumerations', false],
  ['ValidateUnorderedGroupFields', 'groupFieldsOutOfOrder', true],
];
/** N = the dictionary refuses nothing in QuickFIX. */
const ALL_KEYS = ['UseDataDictionary', 'ValidateIncomingMessage', 'RejectInvalidMessage'] as const;
const LENIENT: MessageRules = {
  fieldsOutOfOrder: 'lenient',
  fieldsHaveValues: 'lenient',
  userDefinedFields: 'lenient',
  unknownFields: 'lenient',
  enumerations: 'lenient',
  groupFieldsOutOfOrder: 'lenient',
};

export function convertValidation(
  reader: QuickfixReader,
  version: FixVersion,
): Session['validation'] {
  let rules: Session['validation'] = { ...STRICT };
  for (const key of ALL_KEYS) {
    const flag = reader.flag(key);
    if (flag === undefined) continue;
    if (flag.isYes) reader.taken(flag.entry, `messages are judged by the dictionary of ${version}`);
    else {
      rules = { ...LENIENT };
      const still = 'required fields, formats and message types are judged all the same';
      reader.converted(flag.entry, `validation: lenient in everything; ${still}`);
    }
  }
  for (const [key, rule, strict] of RULE_KEYS) {
    const flag = reader.flag(key);
    if (flag === undefined) continue;
    rules[rule] = flag.isYes === strict ? 'strict' : 'lenient';
    reader.taken(flag.entry, `validation.${rule}: ${rules[rule]}`);
  }
  dictionaries(reader, version);
  return rules;
}

const STANDARD_FILE = /(^|[\\/])FIXT?[\d.]{2,4}(SP\d)?\.xml$/i;
const DICTIONARY_KEY = /^(transport|app)?datadictionary(\.|$)/;

export const isDictionaryKey = (key: string): boolean => DICTIONARY_KEY.test(key.toLowerCase());

function dictionaries(reader: QuickfixReader, version: FixVersion): void {
  for (const entry of reader.takeAll(DICTIONARY_KEY)) {
    if (entry.value === '') continue;
    const text =
      `the dictionary of ${version} is built in; fields and messages of your own in ${entry.value} ` +
      'are not taken over: write them as an overlay (config/venues/sim-overlay.yaml is an example)';
    // Files with the standard's names are often changed as well.
    if (STANDARD_FILE.test(entry.value)) reader.converted(entry, text);
    else reader.left(entry, text);
  }
}
