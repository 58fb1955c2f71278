/**
 * What a FIX session is given and what it gives: its configuration, the port through which
 * everything that it does leaves, and the store that it resends from. The owner of the socket
 * implements these.
 */
import type { Fields, FixMessage } from '../codec.ts';
import type { MessageCheck } from '../complaint.ts';
import type { FixVersion } from '../version.ts';
import type { SessionCounters } from './session-counters.ts';

export interface SessionConfig {
  /** For messages to people: the venue's name. */
  readonly name: string;
  readonly role: 'initiator' | 'acceptor';
  readonly version: FixVersion;
  readonly senderCompId: string;
  readonly targetCompId: string;
  /** HeartBtInt that an initiator asks for; an acceptor takes over the peer's. */
  readonly heartbeatS: number;
  /** Decimals of the second in SendingTime. */
  readonly timestampDigits: 3 | 6 | 9;
  /** SendingTime may differ from our clock by this much, either way. */
  readonly sendingTimeToleranceS: number;
  /** Initiator: ask for both directions to start at 1 (141=Y) with every Logon. */
  readonly resetSeqNum: boolean;
  /**
   * Acceptor: every Logon starts both directions at 1, whatever came before; nothing is asked or
   * said.
   */
  readonly resetOnLogon: boolean;
  /** Both directions start at 1 again after a Logout, after a lost connection. */
  readonly resetOnLogout: boolean;
  readonly resetOnDisconnect: boolean;
  /** Judges every message by the dictionary of the version and its overlay. */
  readonly check: MessageCheck;
  readonly resend: ResendPolicy;
  /** Further header fields of every message of ours: 50, 57, 142, 143 … */
  readonly fixedHeader: Fields;
  /** A ResendRequest asks for this many messages at most, chunk after chunk; 0 = all in one. */
  readonly resendRequestMessagesMax: number;
  /** Both Logons say which number is expected next (789), and nobody needs to ask for a resend. */
  readonly nextExpected: boolean;
  readonly logonWaitS: number;
  /** For the answer to our Logout; then the connection is closed. */
  readonly logoutWaitS: number;
  /** When the session may be logged on, and when its numbers start anew; undefined = always, never. */
  readonly schedule: SessionSchedule | undefined;
  /** How the two sides prove who they are; undefined = by their CompIDs alone. */
  readonly logon: LogonProof | undefined;
}

/** What a peer gets again that asks for it. */
export interface ResendPolicy {
  /**
   * Whether an application message goes out again, `ageNs` after it was first sent; if not, its
   * number is gap-filled.
   */
  readonly again: (msgType: string, ageNs: bigint) => boolean;
  /** Messages that leave without a pause; what the session sends meanwhile waits for no more. */
  readonly batchMessages: number;
  /** Pace of one resend, messages a second. */
  readonly messagesPerS: number;
}

/** Times are nanoseconds since 1970; both answers depend on the given time alone. */
export interface SessionSchedule {
  /** The window that holds the time; undefined = outside every window. */
  windowAt(timeNs: bigint): { readonly startNs: bigint; readonly endNs: bigint } | undefined;
  /** When the next window starts, at or after the time. */
  nextStartNs(timeNs: bigint): bigint;
}

/** What a signature is made over. */
export interface LogonParts {
  readonly sendingTime: string;
  readonly msgSeqNum: number;
  readonly senderCompId: string;
  readonly targetCompId: string;
}

export interface LogonProof {
  /** Initiator: further fields of the Logon (553, 554, 925, 95, 96), in their order. */
  fields(parts: LogonParts): Fields;
  /** Initiator: the peer has let us in; a NewPassword (925) of ours holds from now on. */
  onAccepted(answer: FixMessage): void;
  /** Acceptor: why a Logon is refused; undefined = accepted. */
  refusal(logon: FixMessage, nowNs: bigint): LogonRefusal | undefined;
  /** Acceptor: further fields of the answer; a NewPassword (925) holds from now on. */
  answer(logon: FixMessage): Fields;
}

export interface LogonRefusal {
  /** For our side. */
  readonly reason: string;
  /** For the peer: says no more than it may know. */
  readonly text: string;
  /** SessionStatus (1409). */
  readonly sessionStatus: number;
}

/**
 * Why the peer gets a message: PossDup = may have come before under this number, PossResend = under
 * another.
 */
export interface DeliveryFlags {
  readonly possDup: boolean;
  readonly possResend: boolean;
}

export type SessionEvent =
  | 'LOGGED_ON'
  | 'LOGGED_OUT'
  /** The owner closes the connection now; the reason is for people. */
  | 'DISCONNECT'
  | 'GAP_DETECTED'
  | 'GAP_FILLED'
  /**
   * The peer asked for messages again and got those that the policy sends late; the others it never
   * saw.
   */
  | 'RESENT'
  /** Both directions start at 1 again. */
  | 'SEQUENCE_RESET'
  /** Bytes that are no message came in a live session; no number was used up. */
  | 'GARBLED'
  | 'REJECT_SENT'
  | 'REJECT_RECEIVED';

export interface SessionPort {
  /**
   * False: much of what was sent before still waits in this process. The next batch of a resend
   * waits with it, so that a live message never stands behind more than one batch.
   */
  canResend(): boolean;
  /**
   * Journal, then write. `bytes` are valid only until the call returns, and the session must not be
   * called from within. `isResend`: the number was used before (resent message or gap fill).
   */
  send(bytes: Uint8Array, msgSeqNum: number, msgType: string, isResend: boolean): void;
  /**
   * From one to the other a message gets its number, is put together and sent: nobody else may number or
   * write for the session meanwhile. Not there = nobody else does.
   */
  lock?(): void;
  unlock?(): void;
  /** An application message, in the order of its number, once. */
  deliver(message: FixMessage, flags: DeliveryFlags): void;
  /** `about`: the message that REJECT_SENT refused. */
  event(kind: SessionEvent, reason: string, about?: FixMessage): void;
}

export interface StoredMessage {
  readonly msgSeqNum: number;
  readonly msgType: string;
  readonly bytes: Uint8Array;
}

/** A stretch of the store was looked through and held nothing that was asked for. */
export const NOTHING_YET = undefined;

export interface MessageStore {
  /**
   * Application messages sent with these numbers (both ends included), rising; absent ones are
   * gap-filled. Each step of the iteration does a bounded amount of work: where that finds nothing
   * it yields NOTHING_YET.
   */
  sent(fromSeq: number, toSeq: number): Iterable<StoredMessage | typeof NOTHING_YET>;
  /** Numbers start at 1 again: what was sent before must not be resent. */
  reset(): void;
}

/** What most sessions leave as it is. */
export const ORDINARY_SESSION = {
  version: 'FIX.4.4',
  timestampDigits: 3,
  sendingTimeToleranceS: 120,
  resetSeqNum: false,
  resetOnLogon: false,
  resetOnLogout: false,
  resetOnDisconnect: false,
  check: () => undefined,
  fixedHeader: [],
  resendRequestMessagesMax: 0,
  nextExpected: false,
  logonWaitS: 10,
  logoutWaitS: 2,
  schedule: undefined,
  logon: undefined,
} as const satisfies Partial<SessionConfig>;

export interface SessionParts {
  /** When the numbers were last in use, 0 = never: a new window of the schedule starts them anew. */
  readonly usedNs?: bigint;
  readonly config: SessionConfig;
  readonly counters: SessionCounters;
  readonly store: MessageStore;
  readonly port: SessionPort;
}

/**
 * The usual resend policy: what happened is said again; prices, orders and marks of progress grow
 * stale.
 */
export const RESEND_EXECUTIONS: ResendPolicy = {
  again: (msgType) => !STALE_WHEN_LATE.has(msgType),
  batchMessages: 100,
  messagesPerS: 20_000,
};

const STALE_WHEN_LATE: ReadonlySet<string> = new Set([
  'D',
  'F',
  'G',
  'q',
  'H',
  'AF',
  'V',
  'W',
  'X',
  'U1',
]);
