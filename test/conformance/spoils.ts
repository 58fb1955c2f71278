/**
 * The ways in which answers are spoilt: each names one scenario that must fail by it, and what the
 * failure must complain of. A suite that lets one of them pass has a hole.
 */
import type { FixVersion } from '../../gateways/fix/version.ts';
import {
  add,
  asItIs,
  bytes,
  drop,
  edit,
  gapFillInstead,
  higher,
  instead,
  is,
  isFirstOrder,
  isResentOrder,
  isUnasked,
  moveToEnd,
  remove,
  set,
  splitGapFill,
  swapFirstTwoOf,
  swapped,
  twice,
  unaskedHeartbeat,
} from './spoil-tools.ts';
import type { Spoil } from './spoiler.ts';

interface SpoiltKind {
  /** What the acceptor seems to do. */
  readonly kind: string;
  /** The scenario that sees it. */
  readonly seenBy: string;
  readonly complaint: RegExp;
  readonly spoil: Spoil;
  readonly neverCloses?: true;
  /** A kind that only one version knows. */
  readonly only?: FixVersion;
}

const HEARTBEAT = is('0');
const RESEND_REQUEST = is('2');
const REJECT = is('3');
const SEQUENCE_RESET = is('4');
const LOGOUT = is('5');
const LOGON = is('A');
const BUSINESS_REJECT = is('j');
/** Longer than the runner waits for a Heartbeat of two seconds, and for an answer. */
const LATE_MS = 4000;
const NOTHING = /there came nothing in time/;

const kind = (
  what: string,
  seenBy: string,
  complaint: RegExp,
  spoil: Spoil,
  more: Pick<SpoiltKind, 'neverCloses' | 'only'> = {},
): SpoiltKind => ({ kind: what, seenBy, complaint, spoil, ...more });

export const SPOILT_KINDS: readonly SpoiltKind[] = [
  kind(
    'does not reject',
    'reject-uses-its-number-up',
    /MsgType \(35\) is D, expected 3/,
    drop(REJECT),
  ),
  kind(
    'rejects for another reason',
    'value-not-listed',
    /SessionRejectReason \(373\) is 6, expected 5/,
    edit(REJECT, set('373', higher)),
  ),
  kind(
    'rejects without naming the tag',
    'tag-undefined',
    /RefTagID \(371\) is missing/,
    edit(REJECT, remove('371')),
  ),
  kind(
    'rejects and names another tag',
    'tag-repeated',
    /RefTagID \(371\) is 41, expected 40/,
    edit(REJECT, set('371', higher)),
  ),
  kind(
    'rejects another message',
    'reject-uses-its-number-up',
    /RefSeqNum \(45\) is 3, expected 2/,
    edit(REJECT, set('45', higher)),
  ),
  kind(
    'calls the rejected message by another type',
    'value-not-listed',
    /RefMsgType \(372\) is 8, expected D/,
    edit(
      REJECT,
      set('372', () => '8'),
    ),
  ),
  kind(
    'gives a reason that the version does not define',
    'tag-repeated',
    /SessionRejectReason \(373\)=13 is too much/,
    edit(REJECT, add('373', '13')),
    { only: 'FIX.4.2' },
  ),
  kind(
    'rejects on the way back to nobody',
    'reject-returns-the-way-it-came',
    /DeliverToCompID \(128\) is missing/,
    edit(REJECT, remove('128')),
  ),
  kind(
    'rejects what only the application refuses',
    'msgtype-not-supported',
    /MsgType \(35\) is 3, expected j/,
    edit(
      BUSINESS_REJECT,
      set('35', () => '3'),
    ),
  ),
  kind(
    'gives another business reason',
    'msgtype-not-supported',
    /BusinessRejectReason \(380\) is 4, expected 3/,
    edit(BUSINESS_REJECT, set('380', higher)),
  ),
  kind(
    'counts one too many',
    'order-with-a-known-clordid',
    /MsgSeqNum \(34\) is 3, expected 2/,
    edit(isFirstOrder, set('34', higher)),
  ),
  kind(
    'answers twice',
    'order-with-a-known-clordid',
    /MsgSeqNum \(34\) is 2, expected 3/,
    twice(isFirstOrder),
  ),
  kind('does not ask for what is missing', 'sequence-too-high', NOTHING, drop(RESEND_REQUEST)),
  kind(
    'asks twice for what is missing',
    'gap-asked-for-once',
    /nothing was expected, there came .*\|35=2\|/,
    twice(RESEND_REQUEST),
  ),
  kind(
    'asks from the wrong number on',
    'sequence-too-high',
    /BeginSeqNo \(7\) is 3, expected 2/,
    edit(RESEND_REQUEST, set('7', higher)),
  ),
  kind(
    'asks for a closed range',
    'sequence-too-high',
    /EndSeqNo \(16\) is 3, expected 0/,
    edit(
      RESEND_REQUEST,
      set('16', () => '3'),
    ),
  ),
  kind(
    'resends without PossDupFlag',
    'resend-request-for-one-message',
    /PossDupFlag \(43\) is missing/,
    edit(isResentOrder, remove('43')),
  ),
  kind(
    'resends without OrigSendingTime',
    'resend-request-for-one-message',
    /OrigSendingTime \(122\) is missing/,
    edit(isResentOrder, remove('122')),
  ),
  kind(
    'resends with a younger OrigSendingTime',
    'resend-of-a-resend',
    /OrigSendingTime \(122\) is .*, expected /,
    edit(
      isResentOrder,
      set('122', (time) => time.replace(/^20/, '21')),
    ),
  ),
  kind(
    'resends under a new number',
    'resend-request-for-one-message',
    /MsgSeqNum \(34\) is 5, expected 3/,
    edit(
      isResentOrder,
      set('34', () => '5'),
    ),
  ),
  kind(
    'resends with another body',
    'resend-of-values-as-they-were',
    /OrderQty \(38\) is 100, expected 0100\.00/,
    edit(
      isResentOrder,
      set('38', (quantity) => String(Number(quantity))),
    ),
  ),
  kind(
    'resends in another order',
    'resend-request-for-a-closed-range',
    /MsgSeqNum \(34\) is 4, expected 3/,
    swapped,
  ),
  kind('does not resend', 'resend-request-for-one-message', NOTHING, drop(isResentOrder)),
  kind(
    'fills the number of an order',
    'resend-request-for-one-message',
    /MsgType \(35\) is 4, expected D/,
    gapFillInstead,
  ),
  kind(
    'fills one number at a time',
    'resend-session-messages-only',
    /NewSeqNo \(36\) is 2, expected 3/,
    splitGapFill,
  ),
  kind(
    'fills one number too many',
    'resend-session-messages-only',
    /NewSeqNo \(36\) is 4, expected 3/,
    edit(SEQUENCE_RESET, set('36', higher)),
  ),
  kind(
    'fills without PossDupFlag',
    'resend-session-messages-only',
    /PossDupFlag \(43\) is missing/,
    edit(SEQUENCE_RESET, remove('43')),
  ),
  kind(
    'resets instead of filling',
    'resend-session-messages-only',
    /GapFillFlag \(123\) is missing/,
    edit(SEQUENCE_RESET, remove('123')),
  ),
  kind(
    'sends a Heartbeat too late',
    'heartbeat-of-two-seconds',
    NOTHING,
    instead(isUnasked, ({ raw }) => [{ raw, afterMs: LATE_MS }]),
  ),
  kind(
    'sends a Heartbeat too early',
    'heartbeat-of-two-seconds',
    /ms, not before 1000 ms was expected/,
    instead(LOGON, (answer) => [asItIs(answer), unaskedHeartbeat(answer)]),
  ),
  kind(
    'sends no Heartbeat',
    'heartbeat-of-two-seconds',
    /MsgType \(35\) is 1, expected 0/,
    drop(isUnasked),
  ),
  kind('does not ask about silence', 'silence-is-asked-about', NOTHING, drop(is('1'))),
  kind('does not answer a TestRequest', 'test-request-answered', NOTHING, drop(HEARTBEAT)),
  kind(
    'repeats another TestReqID',
    'test-request-answered',
    /TestReqID \(112\) is SECOND, expected FIRST/,
    edit(
      HEARTBEAT,
      set('112', () => 'SECOND'),
    ),
  ),
  kind(
    'answers late',
    'order-with-a-known-clordid',
    NOTHING,
    instead(isFirstOrder, ({ raw }) => [{ raw, afterMs: LATE_MS }]),
  ),
  kind('does not answer a Logon', 'logon-and-logout', NOTHING, drop(LOGON)),
  kind(
    'does not answer a Logout',
    'logout-answered',
    /there came the end of the connection/,
    drop(LOGOUT),
  ),
  kind(
    'does not close',
    'logout-answered',
    /was to be closed, there came nothing in time/,
    instead(
      () => false,
      () => [],
    ),
    { neverCloses: true },
  ),
  kind(
    'closes instead of an answer',
    'order-with-a-known-clordid',
    /there came the end of the connection/,
    instead(isFirstOrder, () => [{ close: true }]),
  ),
  kind(
    'closes in the middle of a message',
    'order-with-a-known-clordid',
    /half a message came/,
    instead(isFirstOrder, ({ raw }) => [{ raw: raw.slice(0, 50) }, { close: true }]),
  ),
  kind(
    'answers on another connection',
    'connections-without-a-word',
    NOTHING,
    instead(isFirstOrder, ({ raw }) => [{ raw, on: 'other connection' }]),
  ),
  kind(
    'sends what nobody asked for',
    'order-with-a-known-clordid',
    /MsgType \(35\) is 0, expected D/,
    instead(isFirstOrder, (answer) => [asItIs(answer), unaskedHeartbeat(answer)]),
  ),
  kind(
    'confirms another application version',
    'logon-and-logout',
    /DefaultApplVerID \(1137\) is 8, expected 9/,
    edit(
      LOGON,
      set('1137', () => '8'),
    ),
    { only: 'FIX.5.0SP2' },
  ),
  kind(
    'confirms another HeartBtInt',
    'logon-and-logout',
    /HeartBtInt \(108\) is 31, expected 30/,
    edit(LOGON, set('108', higher)),
  ),
  kind(
    'does not confirm a reset',
    'logon-with-reset',
    /ResetSeqNumFlag \(141\) is missing/,
    edit(LOGON, remove('141')),
  ),
  kind(
    'confirms a reset that nobody asked for',
    'logon-and-logout',
    /ResetSeqNumFlag \(141\)=Y is too much/,
    edit(LOGON, add('141', 'Y')),
  ),
  kind(
    'changes a byte of what it echoes',
    'format-comes-back-as-it-was',
    /OrderQty \(38\) is 002000\.07, expected 002000\.00/,
    edit(
      isFirstOrder,
      set('38', (text) => text.replace(/0$/, '7')),
    ),
  ),
  kind(
    'leaves a field out of what it echoes',
    'order-with-a-known-clordid',
    /TransactTime \(60\) is missing/,
    edit(isFirstOrder, remove('60')),
  ),
  kind(
    'adds a field to what it echoes',
    'order-with-a-known-clordid',
    /tag 5001=1 is too much/,
    edit(isFirstOrder, add('5001', '1')),
  ),
  kind(
    'repeats a field of what it echoes',
    'order-with-a-known-clordid',
    /OrderQty \(38\)=100 is too much/,
    edit(isFirstOrder, add('38', '100')),
  ),
  kind(
    'turns the entries of a group round',
    'group-with-entries',
    /AllocAccount \(79\) is A, expected B/,
    edit(isFirstOrder, swapFirstTwoOf('79')),
  ),
  kind(
    'forgets PossResend',
    'possresend-not-known',
    /PossResend \(97\) is missing/,
    edit(isFirstOrder, remove('97')),
  ),
  kind(
    'sends an empty field',
    'order-with-a-known-clordid',
    /field "58=" is malformed/,
    edit(isFirstOrder, add('58', '')),
  ),
  kind(
    'writes its SendingTime in no format',
    'order-with-a-known-clordid',
    /SendingTime \(52\) is .*, no UTC timestamp/,
    edit(
      isFirstOrder,
      set('52', (time) => time.replace('-', 'T')),
    ),
  ),
  kind(
    'puts a header field behind the body',
    'order-with-a-known-clordid',
    /SendingTime \(52\) stands outside its section/,
    edit(isFirstOrder, moveToEnd('52')),
  ),
  kind(
    'does not begin with 8, 9 and 35',
    'order-with-a-known-clordid',
    /8, 9 and 35 are not the first fields/,
    edit(isFirstOrder, moveToEnd('35')),
  ),
  kind(
    'sends under another CompID',
    'order-with-a-known-clordid',
    /SenderCompID \(49\) is ISLE, expected ISLD/,
    edit(
      isFirstOrder,
      set('49', () => 'ISLE'),
    ),
  ),
  kind(
    'sends to another CompID',
    'order-with-a-known-clordid',
    /TargetCompID \(56\) is WT, expected TW/,
    edit(
      isFirstOrder,
      set('56', () => 'WT'),
    ),
  ),
  kind(
    'says another BeginString',
    'order-with-a-known-clordid',
    /BeginString \(8\) is FIX\.4\.3, expected/,
    edit(
      isFirstOrder,
      set('8', () => 'FIX.4.3'),
    ),
  ),
  kind(
    'sends a wrong CheckSum',
    'order-with-a-known-clordid',
    /CheckSum \(10\) is \d+, \d+ by count/,
    bytes(isFirstOrder, (raw) => raw.replace(/\d(?=.$)/s, (digit) => String(9 - Number(digit)))),
  ),
  kind(
    'sends a wrong BodyLength',
    'order-with-a-known-clordid',
    /BodyLength \(9\) \d+ leads to no CheckSum/,
    bytes(isFirstOrder, (raw) =>
      raw.replace(/(?<=.9=)\d+/s, (length) => String(Number(length) - 1)),
    ),
  ),
];
