/**
 * Follows the sessions of a log: message numbers in each direction, gaps and how they were filled,
 * refusals, and what to say of each session at the end. Memory is bounded by the named limits.
 */
import { MsgType, Tag } from '../tags.ts';
import { firstValue, type LogEntry } from './log-entry.ts';

/** Further sessions are followed no more: rubbish may name any number of them. */
const SESSIONS_MAX = 10_000;
const GAPS_MAX = 1000;

interface Gap {
  from: number;
  to: number;
}

class Direction {
  messages = 0;
  expected: number | undefined;
  readonly types = new Map<string, number>();
  /** Numbers that have not come yet. */
  gaps: Gap[] = [];
  gapsSeen = 0;
}

class Session {
  readonly directions = new Map<string, Direction>();
  first = '';
  last = '';
  refusals = 0;
  problems = 0;

  of(name: string): Direction {
    let direction = this.directions.get(name);
    if (direction === undefined) {
      direction = new Direction();
      this.directions.set(name, direction);
    }
    return direction;
  }
}

export interface DirectionSummary {
  readonly from: string;
  readonly to: string;
  readonly messages: number;
  /** MsgType to count. */
  readonly types: Readonly<Record<string, number>>;
  readonly gaps: number;
  /** Numbers that never came: "5-7". */
  readonly missing: readonly string[];
}

export interface SessionSummary {
  readonly session: string;
  readonly first: string;
  readonly last: string;
  readonly refusals: number;
  readonly problems: number;
  readonly directions: readonly DirectionSummary[];
}

/** The same for both directions. */
export function sessionOf({ beginString, sender, target }: LogEntry): string {
  const [one, other] = [sender, target].sort();
  return `${beginString} ${one}<>${other}`;
}

export class SessionTracker {
  readonly #sessions = new Map<string, Session>();

  /** What is wrong with the message's number. Every message of the log comes here, in order. */
  follow(entry: LogEntry): string[] {
    const session = this.#session(sessionOf(entry));
    if (session === undefined || entry.msgSeqNum === undefined) return [];
    const direction = session.of(`${entry.sender}>${entry.target}`);
    return numberProblems(entry, entry.msgSeqNum, direction);
  }

  /** Counts the message in the summary; one that names no two sides is of no session. */
  count(entry: LogEntry, problems: number): void {
    if (entry.sender === '' || entry.target === '') return;
    const session = this.#session(sessionOf(entry));
    if (session === undefined) return;
    const direction = session.of(`${entry.sender}>${entry.target}`);
    direction.messages += 1;
    direction.types.set(entry.msgType, (direction.types.get(entry.msgType) ?? 0) + 1);
    if (entry.time !== '') {
      if (session.first === '' || entry.time < session.first) session.first = entry.time;
      if (entry.time > session.last) session.last = entry.time;
    }
    if (isRefusal(entry)) session.refusals += 1;
    session.problems += problems;
  }

  /** Sessions with counted messages, in the order in which they came up. */
  summaries(): SessionSummary[] {
    return [...this.#sessions]
      .map(([name, { first, last, refusals, problems, directions }]) => ({
        session: name,
        first,
        last,
        refusals,
        problems,
        directions: [...directions]
          .filter(([, { messages }]) => messages > 0)
          .map(([key, direction]) => summaryOf(key, direction)),
      }))
      .filter(({ directions }) => directions.length > 0);
  }

  /** "A>B" for every session that was followed, counted or not. */
  names(): string[] {
    const pairs = [...this.#sessions.keys()].map((name) => name.slice(name.indexOf(' ') + 1));
    return [...new Set(pairs.filter((pair) => /^.+<>.+$/s.test(pair)))].map((pair) =>
      pair.replace('<>', '>'),
    );
  }

  #session(name: string): Session | undefined {
    const known = this.#sessions.get(name);
    if (known !== undefined || this.#sessions.size >= SESSIONS_MAX) return known;
    const session = new Session();
    this.#sessions.set(name, session);
    return session;
  }
}

function summaryOf(key: string, direction: Direction): DirectionSummary {
  const [from, to] = key.split('>') as [string, string];
  const { messages, types, gapsSeen, gaps } = direction;
  return {
    from,
    to,
    messages,
    types: Object.fromEntries(types),
    gaps: gapsSeen,
    missing: gaps.map((gap) => (gap.from === gap.to ? `${gap.from}` : `${gap.from}-${gap.to}`)),
  };
}

const REFUSALS: ReadonlySet<string> = new Set([
  MsgType.Reject,
  MsgType.BusinessMessageReject,
  MsgType.OrderCancelReject,
  MsgType.MarketDataRequestReject,
]);

/** A message that refuses another: a Reject of some kind, or an order that was rejected. */
export function isRefusal({ msgType, fields }: LogEntry): boolean {
  if (REFUSALS.has(msgType)) return true;
  return msgType === MsgType.ExecutionReport && firstValue(fields, Tag.ExecType) === '8';
}

function numberProblems(entry: LogEntry, msgSeqNum: number, direction: Direction): string[] {
  const is = (tag: number): boolean => firstValue(entry.fields, tag) === 'Y';
  const newSeqNo = Number(firstValue(entry.fields, Tag.NewSeqNo));
  const isReset = entry.msgType === MsgType.SequenceReset && newSeqNo > 0;
  if (isReset && !is(Tag.GapFillFlag)) {
    direction.expected = newSeqNo;
    return [];
  }
  const next = isReset ? Math.max(newSeqNo, msgSeqNum + 1) : msgSeqNum + 1;
  const isLogon = entry.msgType === MsgType.Logon;
  if (isLogon && (msgSeqNum === 1 || is(Tag.ResetSeqNumFlag)) && !is(Tag.PossDupFlag)) {
    direction.expected = next;
    direction.gaps = [];
    return [];
  }
  const isFilling = fill(direction, msgSeqNum, next - 1);
  const expected = direction.expected ?? msgSeqNum;
  direction.expected = Math.max(expected, next);
  if (msgSeqNum > expected) {
    noteGap(direction, { from: expected, to: msgSeqNum - 1 });
    const last = msgSeqNum - 1;
    const range = expected === last ? `${expected} is` : `${expected} to ${last} are`;
    return [`gap: ${range} missing before MsgSeqNum (34) ${msgSeqNum}`];
  }
  if (msgSeqNum === expected || isFilling || is(Tag.PossDupFlag)) return [];
  return [`MsgSeqNum (34) ${msgSeqNum} came before, ${expected} was expected`];
}

/** Takes the numbers out of the gaps; whether any was in one. */
function fill(direction: Direction, from: number, to: number): boolean {
  const left: Gap[] = [];
  let isFilling = false;
  for (const gap of direction.gaps) {
    if (to < gap.from || from > gap.to) {
      left.push(gap);
      continue;
    }
    isFilling = true;
    if (gap.from < from) left.push({ from: gap.from, to: from - 1 });
    if (gap.to > to) left.push({ from: to + 1, to: gap.to });
  }
  direction.gaps = left;
  return isFilling;
}

/** The oldest gap is forgotten where there are too many. */
function noteGap(direction: Direction, gap: Gap): void {
  direction.gapsSeen += 1;
  direction.gaps.push(gap);
  if (direction.gaps.length > GAPS_MAX) direction.gaps.shift();
}
