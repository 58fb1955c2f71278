/**
 * What one side of a peer test says, line by line over all its lives, and the verdict on both. Lines:
 *
 *   ready                              it listens, or connects
 *   logon, logout                      the session's state
 *   sent|resent|got TYPE ClOrdID MsgSeqNum ExecID dup|-
 *   admin in|out MESSAGE               session messages but Heartbeat and TestRequest
 *   event TEXT                         what its engine remarks
 *   settled QUESTION                   its TestRequest was answered: every number is counted
 *   stored TYPE ClOrdID MsgSeqNum      at the end: each message that its memory holds as sent
 *   numbers NEXT_IN NEXT_OUT           at the end
 */
import { expect } from 'vitest';

/** 35=3 and 35=j, whoever sends them. */
const REFUSAL = /\|35=[3j]\|/;
const LOGOUT = /\|35=5\|/;
const LINES_KEPT = 40;

export class SideRecord {
  logons = 0;
  /** The last question that was answered. */
  settled = '';
  /** From here on a Logout is no fault. */
  isEnding = false;
  /** Orders of the other side, in the order in which they came first. */
  readonly orders: string[] = [];
  /** Answers of the other side by ClOrdID: their ExecIDs. */
  readonly answers = new Map<string, Set<string>>();
  repeats = 0;
  resendRequests = 0;
  readonly unmarkedRepeats: string[] = [];
  readonly faults: string[] = [];
  readonly storedOrders: string[] = [];
  readonly storedAnswers: string[] = [];
  numbers = { nextIn: 0, nextOut: 0 };
  /** The last lines, for the message of a failure. */
  readonly last: string[] = [];
  readonly #seen = new Set<string>();

  add(line: string): void {
    if (!line.startsWith('stored')) this.last.push(line);
    if (this.last.length > LINES_KEPT) this.last.shift();
    const words = line.split(' ');
    switch (words[0]) {
      case 'logon':
        this.logons += 1;
        break;
      case 'got':
        this.#got(words, line);
        break;
      case 'admin':
        this.#admin(line);
        break;
      case 'fault':
        this.faults.push(line);
        break;
      case 'settled':
        this.settled = words[1]!;
        break;
      case 'stored':
        (words[1] === 'D' ? this.storedOrders : this.storedAnswers).push(words[2]!);
        break;
      case 'numbers':
        this.numbers = { nextIn: Number(words[1]), nextOut: Number(words[2]) };
        break;
      default:
        break;
    }
  }

  /** Orders and answers that came, each once. */
  get progress(): number {
    return this.orders.length + this.answers.size;
  }

  #got(words: readonly string[], line: string): void {
    const [, type, clOrdId = '', , execId = '', mark] = words;
    const key = `${type} ${clOrdId} ${execId}`;
    if (this.#seen.has(key)) {
      this.repeats += 1;
      if (mark !== 'dup') this.unmarkedRepeats.push(line);
      return;
    }
    this.#seen.add(key);
    if (type === 'D') this.orders.push(clOrdId);
    else this.answers.set(clOrdId, (this.answers.get(clOrdId) ?? new Set()).add(execId));
  }

  #admin(line: string): void {
    if (line.includes('|35=2|')) this.resendRequests += 1;
    if (REFUSAL.test(line) || (LOGOUT.test(line) && !this.isEnding)) this.faults.push(line);
  }
}

/** All that must hold once both sides have logged out; `what` goes into every message. */
export function expectOneStory(sides: readonly [Side, Side], count: number, what: string): void {
  const all = Array.from({ length: count }, (_, index) => String(index + 1));
  const kills = sides[0].kills + sides[1].kills;
  const areOrdered = sides.every(({ isOrdered }) => isOrdered);
  const inOrder = (clOrdIds: Iterable<string>): string[] =>
    [...clOrdIds].toSorted((a, b) => Number(a) - Number(b));
  for (const { name, record, isOrdered } of sides) {
    const about = `${name}, ${what}`;
    expect(record.faults, `no Reject, no Logout before the end: ${about}`).toEqual([]);
    expect(record.storedOrders, `sent every order once: ${about}`).toEqual(all);
    const orders = isOrdered ? record.orders : inOrder(record.orders);
    expect(orders, `got every order, in order: ${about}`).toEqual(all);
    expect(inOrder(record.storedAnswers), `answered every order once: ${about}`).toEqual(all);
    const answers = [...record.answers].filter(([, execIds]) => execIds.size !== 1);
    expect(answers, `one answer an order: ${about}`).toEqual([]);
    const answered = areOrdered ? [...record.answers.keys()] : inOrder(record.answers.keys());
    expect(answered, `an answer to every order, in order: ${about}`).toEqual(all);
    expect(record.unmarkedRepeats, `what comes again is marked: ${about}`).toEqual([]);
    expect(record.logons, `no connection was lost but by a kill: ${about}`).toBeLessThanOrEqual(
      1 + kills,
    );
  }
  const [ours, theirs] = [sides[0].record.numbers, sides[1].record.numbers];
  expect([ours.nextIn, ours.nextOut], `the numbers agree: ${what}`).toEqual([
    theirs.nextOut,
    theirs.nextIn,
  ]);
}

export interface Side {
  readonly name: string;
  readonly kills: number;
  readonly record: SideRecord;
  /** It deals with messages in the order of their numbers, over all gaps. */
  readonly isOrdered: boolean;
}
