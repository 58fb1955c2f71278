/**
 * What the FIX session protocol demands of one side, as plainly as can be said: which number is
 * expected, what is missing, what was delivered, what must be answered. Written from FIX 4.4 volume
 * 2 and the FIXT session layer, not from gateways/fix/session; test/scenarios/fix-session-model
 * .test.ts compares a session with it step by step.
 */

/** A message of the peer, by what matters of it. */
export interface PeerMessage {
  readonly kind:
    | 'APP'
    | 'HEARTBEAT'
    | 'TEST_REQUEST'
    | 'REJECT'
    | 'RESEND_REQUEST'
    | 'GAP_FILL'
    | 'RESET'
    | 'LOGOUT'
    | 'LOGON';
  readonly msgSeqNum: number;
  /** PossDupFlag, with OrigSendingTime or without. */
  readonly dup: 'NO' | 'DUP' | 'DUP_WITHOUT_TIME';
  /** Wrong beyond repair: CompID, SendingTime. */
  readonly flaw: 'NONE' | 'COMP_ID' | 'TIME';
  /** What names it when it is delivered or answered. */
  readonly id: string;
  /** RESEND_REQUEST: first and last; GAP_FILL and RESET: the new number. */
  readonly from: number;
  readonly to: number;
  /** LOGON: 141=Y. */
  readonly isReset: boolean;
}

export interface ModelOptions {
  readonly role: 'acceptor' | 'initiator';
  /** One ResendRequest asks for so many messages at most, 0 = for all. */
  readonly requestMessagesMax: number;
  readonly heartbeatS: number;
}

export class SessionModel {
  phase: 'CLOSED' | 'AWAITING_LOGON' | 'LIVE' | 'LOGGING_OUT' | 'REFUSING' = 'CLOSED';
  nextIn = 1;
  nextOut = 1;
  readonly delivered: string[] = [];
  /** What must have been said since the last look, in order: "35=2 7=4 16=0". */
  expected: string[] = [];
  /** Application messages sent, by their numbers: they are sent again when asked for. */
  readonly #orders = new Map<number, string>();
  readonly #options: ModelOptions;
  /** Last number that is missing, 0 = none is. */
  #missingTo = 0;
  #askedTo = 0;
  /** Messages above the gap; undefined = it was acted upon when it came. */
  readonly #kept = new Map<number, PeerMessage | undefined>();

  constructor(options: ModelOptions) {
    this.#options = options;
  }

  get isGapOpen(): boolean {
    return this.#missingTo !== 0;
  }

  /** Numbers that were asked for and did not come. */
  get missing(): readonly number[] {
    const count = Math.max(0, this.#missingTo - this.nextIn + 1);
    return Array.from({ length: count }, (_, index) => this.nextIn + index);
  }

  get #isSequenced(): boolean {
    return this.phase === 'LIVE' || this.phase === 'LOGGING_OUT';
  }

  connect(): void {
    this.phase = 'AWAITING_LOGON';
    this.#closeGap();
    if (this.#options.role === 'initiator') this.#say(`35=A 108=${this.#options.heartbeatS}`);
  }

  disconnect(): void {
    this.phase = 'CLOSED';
    this.#closeGap();
  }

  /** An application message of ours. */
  send(id: string): void {
    if (this.phase !== 'LIVE') return;
    this.#orders.set(this.nextOut, id);
    this.#say(`35=B ${id}`);
  }

  wantLogout(): void {
    if (this.phase === 'LIVE') {
      this.#say('35=5');
      this.phase = 'LOGGING_OUT';
    } else if (this.phase === 'AWAITING_LOGON') this.disconnect();
  }

  /** A Heartbeat, a TestRequest, a Logout of ours in the course of time. */
  saidUnasked(): void {
    this.nextOut += 1;
  }

  /** A ResendRequest once more, as it must be: for what is still missing of what was asked for. */
  askAgain(): string {
    this.#say(`35=2 7=${this.nextIn} 16=${this.#askedTo}`);
    return this.expected.pop()!;
  }

  hear(message: PeerMessage): void {
    if (this.phase === 'CLOSED') return;
    if (this.phase === 'REFUSING') {
      if (message.kind === 'LOGOUT') this.disconnect();
    } else if (this.phase === 'AWAITING_LOGON') this.#hearFirst(message);
    else this.#hearNext(message);
  }

  #hearFirst(message: PeerMessage): void {
    const { msgSeqNum } = message;
    const isStranger = message.flaw !== 'NONE' || message.dup === 'DUP_WITHOUT_TIME';
    if (message.kind !== 'LOGON' || isStranger) {
      const isRefusal = message.kind === 'LOGOUT' || message.kind === 'REJECT';
      const isAsked = this.#options.role === 'initiator' && isRefusal && !isStranger;
      if (isAsked && msgSeqNum === this.nextIn) this.nextIn += 1;
      this.disconnect();
      return;
    }
    if (message.isReset) this.#resetNumbers();
    if (msgSeqNum < this.nextIn) {
      this.#say('35=5');
      this.disconnect();
      return;
    }
    const isExpected = msgSeqNum === this.nextIn;
    if (isExpected) this.nextIn += 1;
    this.phase = 'LIVE';
    if (this.#options.role === 'acceptor') {
      this.#say(`35=A 108=${this.#options.heartbeatS}${message.isReset ? ' 141=Y' : ''}`);
    }
    if (!isExpected) this.#keep(msgSeqNum, undefined);
  }

  #hearNext(message: PeerMessage): void {
    const { kind, msgSeqNum, dup, flaw } = message;
    if (
      flaw !== 'NONE' ||
      (dup === 'DUP_WITHOUT_TIME' && kind !== 'GAP_FILL' && kind !== 'RESET')
    ) {
      this.#refuseMessage(message);
      return;
    }
    if (kind === 'RESET') this.#moveTo(message);
    else if (kind === 'LOGON' && message.isReset) this.#act(message);
    else if (msgSeqNum === this.nextIn) {
      this.nextIn += 1;
      this.#act(message);
      this.#goOn();
    } else if (kind === 'LOGOUT') this.#act(message);
    else if (msgSeqNum > this.nextIn) {
      // Answered at once: two sides that both wait for the other's resend would wait for ever.
      const isServed = kind === 'RESEND_REQUEST';
      if (isServed) this.#act(message);
      this.#keep(msgSeqNum, isServed ? undefined : message);
    } else if (dup !== 'NO') return;
    else if (kind === 'RESEND_REQUEST') this.#act(message);
    else {
      this.#say('35=5');
      this.disconnect();
    }
  }

  /** Reject; after a wrong CompID or time a Logout follows, and only the peer's Logout is awaited. */
  #refuseMessage({ msgSeqNum, flaw }: PeerMessage): void {
    if (msgSeqNum === this.nextIn) this.nextIn += 1;
    const reason = flaw === 'COMP_ID' ? 9 : flaw === 'TIME' ? 10 : 1;
    this.#say(`35=3 45=${msgSeqNum} 373=${reason}`);
    if (flaw === 'NONE') this.#goOn();
    else this.#refuse();
  }

  #refuse(): void {
    if (this.phase !== 'LOGGING_OUT') this.#say('35=5');
    this.phase = 'REFUSING';
  }

  #act(message: PeerMessage): void {
    switch (message.kind) {
      case 'APP':
        this.delivered.push(message.id);
        break;
      case 'TEST_REQUEST':
        this.#say(`35=0 112=${message.id}`);
        break;
      case 'RESEND_REQUEST':
        this.#resend(message);
        break;
      case 'GAP_FILL':
        this.#moveTo(message);
        break;
      case 'LOGOUT':
        if (this.phase === 'LIVE') this.#say('35=5');
        this.disconnect();
        break;
      case 'LOGON':
        this.#logonAgain(message);
        break;
      default: // Heartbeat, Reject: the number was all
        break;
    }
  }

  #logonAgain({ isReset, msgSeqNum }: PeerMessage): void {
    if (this.phase === 'LOGGING_OUT') this.disconnect();
    else if (!isReset || msgSeqNum !== 1) this.#refuse();
    else {
      this.#resetNumbers();
      this.#closeGap();
      this.nextIn = 2;
      this.#say(`35=A 108=${this.#options.heartbeatS} 141=Y`);
    }
  }

  #moveTo({ kind, msgSeqNum, to }: PeerMessage): void {
    if (to < this.nextIn) this.#say(`35=3 45=${msgSeqNum} 373=5`);
    else this.nextIn = to;
    if (kind === 'RESET' && to >= this.nextIn) this.#goOn();
  }

  /** Application messages again, all else as gap fills; each number once. */
  #resend({ msgSeqNum, from, to }: PeerMessage): void {
    const last = this.nextOut - 1;
    if (from < 1 || from > last || (to !== 0 && to < from)) {
      this.#say(`35=3 45=${msgSeqNum} 373=5`);
      return;
    }
    const end = to === 0 ? last : Math.min(to, last);
    for (let number = from; number <= end; ) {
      let next = number;
      while (next <= end && !this.#orders.has(next)) next++;
      if (next > number) this.expected.push(`again 34=${number} 35=4 36=${next}`);
      else this.expected.push(`again 34=${number} 35=B ${this.#orders.get(next++)}`);
      number = next;
    }
  }

  /** The expected number moved on: what waits for it follows; then the gap is filled, or another shows. */
  #goOn(): void {
    if (!this.isGapOpen || !this.#isSequenced) return;
    this.#askForMore();
    while (this.#kept.has(this.nextIn)) {
      const message = this.#kept.get(this.nextIn);
      this.#kept.delete(this.nextIn);
      this.nextIn += 1;
      if (message !== undefined) this.#act(message);
      if (!this.#isSequenced) return;
    }
    if (this.nextIn <= this.#missingTo) return;
    const above = [...this.#kept.keys()].filter((number) => number >= this.nextIn);
    this.#missingTo = above.length === 0 ? 0 : Math.min(...above) - 1;
    if (this.isGapOpen) this.#ask();
    else this.#closeGap();
  }

  #keep(msgSeqNum: number, message: PeerMessage | undefined): void {
    if (!this.#kept.has(msgSeqNum)) this.#kept.set(msgSeqNum, message);
    if (this.isGapOpen) return;
    this.#missingTo = msgSeqNum - 1;
    this.#ask();
  }

  #ask(): void {
    const { requestMessagesMax: max } = this.#options;
    this.#askedTo = max === 0 ? 0 : Math.min(this.nextIn + max - 1, this.#missingTo);
    this.#say(`35=2 7=${this.nextIn} 16=${this.#askedTo}`);
  }

  /** What was asked for has come, and more is missing. */
  #askForMore(): void {
    const isDone = this.#askedTo !== 0 && this.nextIn > this.#askedTo;
    if (isDone && this.nextIn <= this.#missingTo) this.#ask();
  }

  #closeGap(): void {
    this.#missingTo = 0;
    this.#askedTo = 0;
    this.#kept.clear();
  }

  #resetNumbers(): void {
    this.nextIn = 1;
    this.nextOut = 1;
    this.#orders.clear();
  }

  #say(what: string): void {
    this.expected.push(`34=${this.nextOut} ${what}`);
    this.nextOut += 1;
  }
}
