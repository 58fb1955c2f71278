/**
 * What jspurefix remembers over its lives: it keeps no messages of its own accord, counts a number
 * as received before anything came of it, and takes a message above a gap as the end of the gap.
 * Here each message is written down with its number before it leaves, and a received number counts
 * once all before it do and all that it caused is written. One line of JSON each.
 */
import { existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { IFixMsgStoreRecord, IJsFixConfig } from 'jspurefix';
import jspurefix from 'jspurefix';

const { FixMsgMemoryStore, FixMsgStoreRecord, MemorySessionStore, SessionId } = jspurefix;

export type MessageBody = Record<string, unknown>;

interface Line {
  /** Its number is used by a message of ours; `body` where that can be asked for again. */
  readonly out?: number;
  readonly msgType?: string;
  readonly body?: MessageBody;
  /** The number that is expected next. */
  readonly nextIn?: number;
}

class Numbers extends MemorySessionStore {
  nextIn = 1;
  readonly #onUsed: (msgSeqNum: number) => void;

  constructor(id: InstanceType<typeof SessionId>, onUsed: (msgSeqNum: number) => void) {
    super(id);
    this.#onUsed = onUsed;
  }

  override get targetSeqNum(): number {
    return this.nextIn;
  }

  override async setTargetSeqNum(): Promise<void> {}

  /** Also told of messages that go out again: the highest number stays. */
  override async setSenderSeqNum(value: number): Promise<void> {
    if (value <= this.senderSeqNum) return;
    await super.setSenderSeqNum(value);
    this.#onUsed(value - 1);
  }

  override async put(): Promise<void> {}
}

export class JspurefixMemory {
  readonly numbers: Numbers;
  readonly sent: InstanceType<typeof FixMsgMemoryStore>;
  /** The same in order; the store of jspurefix cannot be read while it is empty. */
  readonly kept: { readonly msgType: string; readonly msgSeqNum: number; body: MessageBody }[] = [];
  readonly #file: number;
  /** Received, while others before them are missing. */
  readonly #above = new Set<number>();
  #lastKept = 0;

  constructor(file: string, config: IJsFixConfig) {
    const { BeginString, SenderCompId, TargetCompID } = config.description;
    const id = new SessionId(BeginString, SenderCompId, TargetCompID ?? '');
    this.numbers = new Numbers(id, (msgSeqNum) => {
      if (msgSeqNum > this.#lastKept) this.#write({ out: msgSeqNum });
    });
    this.sent = new FixMsgMemoryStore('peer', config);
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
    for (const line of lines) this.#recall(JSON.parse(line, revive) as Line);
    this.#file = openSync(file, 'a');
  }

  /** Before the message leaves. */
  keep(msgType: string, msgSeqNum: number, body: MessageBody): void {
    this.#write({ out: msgSeqNum, msgType, body });
    this.#store(msgType, msgSeqNum, body);
  }

  /** These numbers need not come again. */
  received(first: number, last: number): void {
    for (let msgSeqNum = first; msgSeqNum <= last; msgSeqNum++) {
      if (msgSeqNum >= this.numbers.nextIn) this.#above.add(msgSeqNum);
    }
    const before = this.numbers.nextIn;
    while (this.#above.delete(this.numbers.nextIn)) this.numbers.nextIn += 1;
    if (this.numbers.nextIn > before) this.#write({ nextIn: this.numbers.nextIn });
  }

  #recall({ out, msgType, body, nextIn }: Line): void {
    if (nextIn !== undefined) this.numbers.nextIn = nextIn;
    if (out === undefined) return;
    this.numbers.senderSeqNum = out + 1;
    if (msgType !== undefined && body !== undefined) this.#store(msgType, out, body);
  }

  #store(msgType: string, msgSeqNum: number, body: MessageBody): void {
    this.#lastKept = msgSeqNum;
    this.kept.push({ msgType, msgSeqNum, body });
    const record = new FixMsgStoreRecord(msgType, new Date(), msgSeqNum, body);
    void this.sent.put(record as IFixMsgStoreRecord);
  }

  #write(line: Line): void {
    writeSync(this.#file, `${JSON.stringify(line)}\n`);
  }
}

const revive = (key: string, value: unknown): unknown =>
  key === 'TransactTime' ? new Date(value as string) : value;
