/**
 * Answers ResendRequests without a storm: application messages again under their own numbers,
 * everything else (session messages, what the policy calls stale, what the store no longer has) as
 * one SequenceReset-GapFill a run. What is asked for leaves in batches at the policy's pace, and
 * what the session sends meanwhile goes between them: a long resend delays a live message by one
 * batch, and holds no more of the store than the message in hand.
 */
import { encodeFields, type FixMessage, parseMessage } from '../codec.ts';
import type { Complaint } from '../complaint.ts';
import { ADMIN_MSG_TYPES, MsgType, Tag } from '../tags.ts';
import { NS_PER_MS, NS_PER_S, parseTimestamp } from '../timestamp.ts';
import { valueIncorrect } from './session-checks.ts';
import { NO_DEADLINE, type SessionClock } from './session-clock.ts';
import type { SessionCounters } from './session-counters.ts';
import type { SessionEncoder } from './session-encoder.ts';
import type {
  MessageStore,
  NOTHING_YET,
  ResendPolicy,
  SessionPort,
  StoredMessage,
} from './session-types.ts';

/** A way out that is busy is looked at again after this time … */
const BUSY_WAIT_NS = NS_PER_MS;
/** … and no longer than this: a link that live messages fill must not keep a gap open for ever. */
const BUSY_WAIT_MAX_NS = NS_PER_S;
/** A batch of large messages ends here. */
const BATCH_BYTES_MAX = 65_536;

interface ResendParts {
  readonly counters: SessionCounters;
  readonly clock: SessionClock;
  readonly store: MessageStore;
  readonly encoder: SessionEncoder;
  readonly port: SessionPort;
  readonly policy: ResendPolicy;
}

export class SessionResend {
  readonly #parts: ResendParts;
  #messages: Iterator<StoredMessage | typeof NOTHING_YET> | undefined;
  /** The first number that the peer has not got yet, and the last that it gets. */
  #next = 0;
  #last = 0;
  #asked = '';
  readonly #messageNs: bigint;
  /** When the last batch left, or the resend began. */
  #busySinceNs = 0n;
  /** When the pace has caught up with what was sent: a whole batch may go then. */
  #repaidNs = 0n;

  constructor(parts: ResendParts) {
    this.#parts = parts;
    this.#messageNs = NS_PER_S / BigInt(parts.policy.messagesPerS);
  }

  /** Sends the first batch of what was asked for, or says why it cannot. */
  answer(request: FixMessage, nowNs: bigint): Complaint | undefined {
    const first = request.getInt(Tag.BeginSeqNo)!;
    const end = request.getInt(Tag.EndSeqNo)!;
    const lastSent = this.#parts.counters.nextOut - 1;
    if (first < 1 || first > lastSent) {
      const why = `BeginSeqNo (7) is ${first}, messages 1 to ${lastSent} were sent`;
      return valueIncorrect(Tag.BeginSeqNo, why);
    }
    if (end !== 0 && end < first) {
      return valueIncorrect(Tag.EndSeqNo, `EndSeqNo (16) is ${end}, BeginSeqNo (7) ${first}`);
    }
    this.resend(first, end === 0 || end > lastSent ? lastSent : end, nowNs);
    return undefined;
  }

  /**
   * Sends the messages `first` to `last` again. A request that comes while another is being
   * answered is joined with it: what is still to go goes once.
   */
  resend(first: number, last: number, nowNs: bigint): void {
    const isUnderWay = this.#messages !== undefined;
    if (isUnderWay && first >= this.#next && last <= this.#last) return;
    this.#last = isUnderWay ? Math.max(this.#last, last) : last;
    this.#next = isUnderWay ? Math.min(this.#next, first) : first;
    this.#asked = `${this.#next} to ${this.#last}`;
    if (!isUnderWay) this.#busySinceNs = nowNs;
    this.#messages?.return?.();
    this.#messages = this.#parts.store.sent(this.#next, this.#last)[Symbol.iterator]();
    this.more(nowNs);
  }

  /** The next batch, if the peer keeps up with it. */
  more(nowNs: bigint): void {
    const { clock, port } = this.#parts;
    const messages = this.#messages;
    if (messages === undefined) return;
    if (!port.canResend() && nowNs < this.#busySinceNs + BUSY_WAIT_MAX_NS) {
      clock.resendDueNs = nowNs + BUSY_WAIT_NS;
      return;
    }
    this.#busySinceNs = nowNs;
    let bytes = 0;
    for (let left = this.#allowed(nowNs); left > 0; left--) {
      this.#repaidNs += this.#messageNs;
      const { done, value } = messages.next();
      if (done) {
        this.#finish(nowNs);
        return;
      }
      if (value !== undefined) this.#sendAgain(value, nowNs);
      if (this.#messages !== messages) return; // the owner closed the session meanwhile
      bytes += value?.bytes.length ?? 0;
      if (bytes >= BATCH_BYTES_MAX) break;
    }
    clock.resendDueNs = this.#repaidNs;
  }

  /** The connection is gone, or numbers start anew. */
  stop(): void {
    this.#messages?.return?.();
    this.#messages = undefined;
    this.#parts.clock.resendDueNs = NO_DEADLINE;
  }

  /** Messages that may leave now: a batch, less what went a moment ago, whoever asked for it. */
  #allowed(nowNs: bigint): number {
    const { batchMessages } = this.#parts.policy;
    const batchNs = BigInt(batchMessages) * this.#messageNs;
    // Never more than a batch is owed, unless the clock was set back: nobody waits for that.
    const isOwed = this.#repaidNs > nowNs && this.#repaidNs <= nowNs + batchNs;
    if (!isOwed) this.#repaidNs = nowNs;
    return batchMessages - Number((this.#repaidNs - nowNs) / this.#messageNs);
  }

  #finish(nowNs: bigint): void {
    if (this.#next <= this.#last) this.#sendGapFill(this.#last + 1, nowNs);
    this.stop();
    this.#parts.port.event('RESENT', `the peer asked for messages ${this.#asked} again`);
  }

  #sendAgain(stored: StoredMessage, nowNs: bigint): void {
    const { clock, encoder, policy, port } = this.#parts;
    if (ADMIN_MSG_TYPES.has(stored.msgType)) return;
    const message = parseMessage(stored.bytes);
    if (message === undefined) return; // damaged in the store: its number is gap-filled
    const sentNs = parseTimestamp(message.get(Tag.SendingTime) ?? '') ?? 0n;
    if (!policy.again(stored.msgType, nowNs - sentNs)) return;
    if (stored.msgSeqNum > this.#next) this.#sendGapFill(stored.msgSeqNum, nowNs);
    this.#next = stored.msgSeqNum + 1;
    clock.sentNs = nowNs;
    // A clock that was set back must not let it look older than its original: 373=10 and Logout.
    const atNs = nowNs > sentNs ? nowNs : sentNs;
    const bytes = encoder.composeResend(message, stored.msgSeqNum, atNs);
    port.send(bytes, stored.msgSeqNum, stored.msgType, true);
  }

  #sendGapFill(newSeqNo: number, nowNs: bigint): void {
    const { clock, encoder, port } = this.#parts;
    const msgSeqNum = this.#next;
    const header = encodeFields([
      [Tag.PossDupFlag, 'Y'],
      [Tag.OrigSendingTime, encoder.sendingTime(nowNs)],
    ]);
    const body = encodeFields([
      [Tag.GapFillFlag, 'Y'],
      [Tag.NewSeqNo, newSeqNo],
    ]);
    this.#next = newSeqNo;
    clock.sentNs = nowNs;
    const bytes = encoder.compose(MsgType.SequenceReset, msgSeqNum, nowNs, body, header);
    port.send(bytes, msgSeqNum, MsgType.SequenceReset, true);
  }
}
