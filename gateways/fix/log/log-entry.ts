/**
 * One message of a log, read as far as it can be: who sent it to whom, when, under which number,
 * and what is wrong with its framing.
 */
import { checksumOf, type FixMessage, parseMessage } from '../codec.ts';
import type { FieldList } from '../dictionary/message-tree.ts';
import { Tag } from '../tags.ts';
import type { LoggedMessage } from './log-scanner.ts';
import { timeKeyIn } from './log-time.ts';

const SOH = '\x01';
/** In a garbled message: text that is no field. */
export const NO_TAG = 0;

export interface LogEntry {
  readonly line: number;
  /** As the log says it before the message; '' = it does not. */
  readonly direction: 'in' | 'out' | '';
  /** SendingTime, else the time that stands before the message; '' = neither. See log-time.ts. */
  readonly time: string;
  readonly beginString: string;
  readonly msgType: string;
  readonly sender: string;
  readonly target: string;
  /** undefined: none, or no number. */
  readonly msgSeqNum: number | undefined;
  readonly fields: FieldList;
  /** undefined: garbled. */
  readonly message: FixMessage | undefined;
  /** Of the framing, for people. */
  readonly problems: readonly string[];
}

export function logEntry(logged: LoggedMessage): LogEntry {
  const bytes = Buffer.from(logged.text, 'latin1');
  const message = logged.isWhole ? parseMessage(bytes) : undefined;
  const fields = message ?? new LooseFields(logged.text);
  const first = (tag: number): string => firstValue(fields, tag) ?? '';
  const number = first(Tag.MsgSeqNum);
  return {
    line: logged.line,
    direction: directionIn(logged.prefix),
    time: timeKeyIn(first(Tag.SendingTime)) || timeKeyIn(logged.prefix),
    beginString: first(Tag.BeginString),
    msgType: first(Tag.MsgType),
    sender: first(Tag.SenderCompID),
    target: first(Tag.TargetCompID),
    msgSeqNum: /^\d{1,15}$/.test(number) ? Number(number) : undefined,
    fields,
    message,
    problems: framingProblems(logged, bytes, message !== undefined),
  };
}

/** The first value of the tag. */
export function firstValue(fields: FieldList, tag: number): string | undefined {
  for (let index = 0; index < fields.count; index++) {
    if (fields.tagAt(index) === tag) return fields.valueAt(index);
  }
  return undefined;
}

/** What is left of a garbled message: text that is no tag=value has the tag NO_TAG. */
class LooseFields implements FieldList {
  readonly #pieces: readonly string[];

  constructor(text: string) {
    this.#pieces = text.split(SOH).filter((piece) => piece !== '');
  }

  get count(): number {
    return this.#pieces.length;
  }

  tagAt(index: number): number {
    const match = /^-?\d{1,9}(?==)/.exec(this.#pieces[index]!);
    return match === null ? NO_TAG : Number(match[0]);
  }

  valueAt(index: number): string {
    const piece = this.#pieces[index]!;
    return this.tagAt(index) === NO_TAG ? piece : piece.slice(piece.indexOf('=') + 1);
  }
}

const INWARD = /<-|<<|<=|\b(in|incoming|inbound|received|receive|recv|rx|fromapp|fromadmin)\b/i;
const OUTWARD = /->|>>|=>|\b(out|outgoing|outbound|sent|send|sending|tx|toapp|toadmin)\b/i;

function directionIn(prefix: string): LogEntry['direction'] {
  const inward = prefix.search(INWARD);
  const outward = prefix.search(OUTWARD);
  if (inward < 0 && outward < 0) return '';
  // What stands nearest to the message counts.
  return inward > outward ? 'in' : 'out';
}

function framingProblems(logged: LoggedMessage, bytes: Buffer, isParsed: boolean): string[] {
  const { text } = logged;
  if (!logged.isWhole) return ['cut off: no CheckSum (10) ends it'];
  const problems: string[] = [];
  const trailer = text.lastIndexOf(`${SOH}10=`) + 1;
  const head = /^8=\P{Cc}*\p{Cc}9=(\d+)\p{Cc}/u.exec(text);
  if (head !== null && trailer > 0) {
    const length = trailer - head[0].length;
    if (length !== Number(head[1])) {
      problems.push(`BodyLength (9) is ${head[1]}, the body has ${length} bytes`);
    }
    const stated = text.slice(trailer + 3, trailer + 6);
    const sum = String(checksumOf(bytes, 0, trailer)).padStart(3, '0');
    if (sum !== stated) problems.push(`CheckSum (10) is ${stated}, the bytes sum up to ${sum}`);
  }
  if (!isParsed) problems.push('garbled: not tag=value throughout with 8, 9, 35 first and 10 last');
  return problems;
}
