/**
 * The open gap of one session: which numbers are missing, which messages above them wait, how often
 * was asked without progress. At most one ResendRequest is outstanding. Waiting messages are
 * bounded; one that finds no room is dropped, its number stays unused, and the next message above
 * it opens a new gap.
 */
import { SESSION_LIVE, SESSION_RECOVERING } from '../../../wasm/layout.ts';
import type { FixMessage } from '../codec.ts';
import { NO_DEADLINE, type SessionClock } from './session-clock.ts';
import type { SessionCounters } from './session-counters.ts';
import type { SessionSender } from './session-sender.ts';
import type { SessionPort } from './session-types.ts';

const KEPT_MESSAGES_MAX = 10_000;
const KEPT_CHARS_MAX = 8_388_608;
/** Requests for one gap without progress; then the session ends. */
const REQUESTS_MAX = 3;

interface KeptMessage {
  readonly message: FixMessage;
  /** It was acted upon when it came; only its number is still to be used up. */
  readonly isDone: boolean;
}

interface GapParts {
  readonly counters: SessionCounters;
  readonly clock: SessionClock;
  readonly sender: SessionSender;
  readonly port: SessionPort;
  /** Messages that one ResendRequest asks for at most, 0 = all. */
  readonly requestMessagesMax: number;
}

export class SessionGap {
  readonly #parts: GapParts;
  readonly #kept = new Map<number, KeptMessage>();
  #chars = 0;
  /** Last number of the gap, 0 = no gap. */
  #lastMissing = 0;
  #requests = 0;
  /** Last number of what was asked for in chunks, 0 = all was asked for at once. */
  #askedTo = 0;

  constructor(parts: GapParts) {
    this.#parts = parts;
  }

  get isOpen(): boolean {
    return this.#lastMissing !== 0;
  }

  /** A message above the expected number: it waits, and what lies before it is asked for, once. */
  add(msgSeqNum: number, kept: KeptMessage, nowNs: bigint): void {
    this.#keep(msgSeqNum, kept);
    if (this.#lastMissing !== 0) return;
    this.#open(msgSeqNum - 1);
    this.#ask(nowNs);
  }

  /** The same where the peer has been told already what is missing (789): asked for only if late. */
  expect(msgSeqNum: number, kept: KeptMessage, nowNs: bigint): void {
    this.#keep(msgSeqNum, kept);
    this.#open(msgSeqNum - 1);
    this.#parts.clock.gapMovedNs = nowNs;
  }

  /** Takes the message with the expected number out, where it waits. */
  takeNext(): KeptMessage | undefined {
    const msgSeqNum = this.#parts.counters.nextIn;
    const kept = this.#kept.get(msgSeqNum);
    if (kept !== undefined) this.#forget(msgSeqNum, kept);
    return kept;
  }

  /** The expected number moved on. */
  moved(nowNs: bigint): void {
    this.#requests = 1;
    this.#parts.clock.gapMovedNs = nowNs;
    const { nextIn } = this.#parts.counters;
    if (this.#askedTo !== 0 && nextIn > this.#askedTo && nextIn <= this.#lastMissing) {
      this.#ask(nowNs);
    }
  }

  /** All that could be taken was: the gap is filled, or another one shows behind it, or neither. */
  settle(nowNs: bigint): void {
    const { counters, port } = this.#parts;
    if (counters.nextIn <= this.#lastMissing) return;
    const lowest = this.#lowestKept();
    if (lowest !== 0) {
      this.#open(lowest - 1);
      this.#ask(nowNs);
      return;
    }
    this.clear();
    if (counters.state === SESSION_RECOVERING) counters.state = SESSION_LIVE;
    port.event('GAP_FILLED', `message ${counters.nextIn} is next`);
  }

  /** Asks once more, up to where it asked before: no chunk ends where a replay would not know. */
  askAgain(nowNs: bigint): boolean {
    if (this.#requests === REQUESTS_MAX) return false; // often enough
    if (this.#askedTo === 0) this.#ask(nowNs);
    else this.#request(nowNs);
    return true;
  }

  clear(): void {
    this.#lastMissing = 0;
    this.#askedTo = 0;
    this.#requests = 0;
    this.#kept.clear();
    this.#chars = 0;
    this.#parts.clock.gapMovedNs = NO_DEADLINE;
  }

  #open(lastMissing: number): void {
    const { counters, port } = this.#parts;
    this.#lastMissing = lastMissing;
    this.#requests = 0;
    if (counters.state === SESSION_LIVE) counters.state = SESSION_RECOVERING;
    port.event('GAP_DETECTED', `messages ${counters.nextIn} to ${lastMissing} are missing`);
  }

  #ask(nowNs: bigint): void {
    const { counters, requestMessagesMax: max } = this.#parts;
    this.#askedTo = max === 0 ? 0 : Math.min(counters.nextIn + max - 1, this.#lastMissing);
    this.#request(nowNs);
  }

  #request(nowNs: bigint): void {
    this.#requests += 1;
    this.#parts.clock.gapMovedNs = nowNs;
    this.#parts.sender.resendRequest(this.#askedTo, nowNs);
  }

  #keep(msgSeqNum: number, kept: KeptMessage): void {
    if (this.#kept.has(msgSeqNum) || this.#kept.size === KEPT_MESSAGES_MAX) return;
    if (this.#chars + kept.message.text.length > KEPT_CHARS_MAX) return;
    this.#chars += kept.message.text.length;
    this.#kept.set(msgSeqNum, kept);
  }

  #forget(msgSeqNum: number, kept: KeptMessage): void {
    this.#kept.delete(msgSeqNum);
    this.#chars -= kept.message.text.length;
  }

  /** The lowest number that still waits, once those that are used up are forgotten; 0 = none. */
  #lowestKept(): number {
    let lowest = 0;
    for (const [msgSeqNum, kept] of this.#kept) {
      if (msgSeqNum < this.#parts.counters.nextIn) this.#forget(msgSeqNum, kept);
      else if (lowest === 0 || msgSeqNum < lowest) lowest = msgSeqNum;
    }
    return lowest;
  }
}
