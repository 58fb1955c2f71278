/**
 * What `gyrfalcon fix show` makes of a log, message by message: which are shown, how, and the
 * summary at the end. Gets bytes, gives lines; holds no more than the message in hand and what
 * session-tracker.ts keeps.
 */
import type { Dictionary } from '../dictionary/dictionary.ts';
import { messageTree, type TreeField } from '../dictionary/message-tree.ts';
import type { FixVersion } from '../version.ts';
import { LogDictionaries } from './log-dictionaries.ts';
import { firstValue, type LogEntry, logEntry } from './log-entry.ts';
import { type LoggedMessage, LogScanner } from './log-scanner.ts';
import {
  counted,
  fieldLines,
  lineText,
  meaningOf,
  printable,
  readable,
  summaryLines,
  typeText,
} from './log-text.ts';
import { isBetween, type TimeBound } from './log-time.ts';
import type { OrderTrail } from './order-trail.ts';
import { isRefusal, SessionTracker, sessionOf } from './session-tracker.ts';

export interface LogViewOptions {
  /** What to read every message with; undefined = what each message says. */
  readonly version: FixVersion | undefined;
  /** A dictionary with an overlay, for messages of its version. */
  readonly overlaid: Dictionary | undefined;
  /** "SENDER>TARGET" (either way round), or the CompID of one side; undefined = all. */
  readonly session: string | undefined;
  /** MsgTypes (35); empty = all. */
  readonly msgTypes: ReadonlySet<string>;
  readonly order: OrderTrail | undefined;
  /** Only messages with problems, and refusals. */
  readonly errorsOnly: boolean;
  readonly from: TimeBound | undefined;
  readonly to: TimeBound | undefined;
  /** Objects instead of lines for people. */
  readonly json: boolean;
  /** A line a message, without its fields. */
  readonly brief: boolean;
}

const SESSIONS_TOLD_MAX = 20;

export class LogView {
  readonly #options: LogViewOptions;
  readonly #scanner = new LogScanner();
  /** Of all sessions until the one that is asked for comes up, so that they can be told. */
  #sessions = new SessionTracker();
  #isSessionFound = false;
  readonly #dictionaries: LogDictionaries;
  #shown = 0;
  #read = 0;
  #withProblems = 0;

  constructor(options: LogViewOptions) {
    this.#options = options;
    this.#dictionaries = new LogDictionaries(options.version, options.overlaid);
  }

  /** Lines of the log that are over. */
  get lines(): number {
    return this.#scanner.lines;
  }

  /** Messages of the log, shown or not. */
  get messages(): number {
    return this.#read;
  }

  /** After the end: what to say where the session that is asked for is not in the log. */
  get sessionFault(): string | undefined {
    const { session } = this.#options;
    if (session === undefined || this.#isSessionFound) return undefined;
    const names = this.#sessions.names();
    const told = names.slice(0, SESSIONS_TOLD_MAX).map(printable).join(', ');
    const more = names.length - SESSIONS_TOLD_MAX;
    const there = names.length === 0 ? 'none has both CompIDs' : `there are: ${told}`;
    return `no session ${session}; ${there}${more > 0 ? ` and ${more} more` : ''}`;
  }

  /** The lines that the bytes add. */
  *push(chunk: Buffer): Generator<string> {
    for (const logged of this.#scanner.push(chunk)) yield* this.#take(logged);
  }

  /** What is left, then the summary. */
  *end(): Generator<string> {
    for (const logged of this.#scanner.end()) yield* this.#take(logged);
    const summaries = this.#sessions.summaries();
    const { json } = this.#options;
    const totals = {
      lines: this.#scanner.lines,
      messages: this.#read,
      withProblems: this.#withProblems,
      shown: this.#shown,
    };
    if (json) {
      yield JSON.stringify({ summary: { ...totals, sessions: summaries } });
      return;
    }
    const { messages, lines, shown, withProblems } = totals;
    const said = `${counted(messages, 'message')} in ${counted(lines, 'line')}`;
    yield `${said}, ${withProblems} with problems, ${shown} shown`;
    for (const summary of summaries) {
      yield* summaryLines(summary, (msgType) => this.#typeName(summary.session, msgType));
    }
  }

  #typeName(session: string, msgType: string): string {
    return typeText(msgType, this.#dictionaries.ofSession(session, msgType));
  }

  *#take(logged: LoggedMessage): Generator<string> {
    this.#read += 1;
    const entry = logEntry(logged);
    const isWanted = isOfSession(entry, this.#options.session);
    if (isWanted) this.#findSession();
    else if (this.#isSessionFound) return;
    const session = sessionOf(entry);
    const numbers = this.#sessions.follow(entry);
    const dictionary = this.#dictionaries.of(entry, session);
    const isOfOrder = isWanted && (this.#options.order?.takes(entry) ?? true);
    const { from, to, msgTypes, errorsOnly } = this.#options;
    if (!isBetween(entry.time, from, to)) return;
    const complaint = this.#dictionaries.complaintOf(entry, session)?.text;
    const said = complaint === undefined ? [] : [complaint];
    const problems = [...entry.problems, ...said, ...numbers];
    this.#sessions.count(entry, problems.length);
    if (problems.length > 0) this.#withProblems += 1;
    if (!isOfOrder || (msgTypes.size > 0 && !msgTypes.has(entry.msgType))) return;
    if (errorsOnly && problems.length === 0 && !isRefusal(entry)) return;
    this.#shown += 1;
    if (this.#options.json) yield JSON.stringify(asObject(entry, dictionary, problems));
    else yield* this.#asLines(entry, dictionary, problems);
  }

  /** What was followed of other sessions before is left out. */
  #findSession(): void {
    if (this.#isSessionFound) return;
    this.#isSessionFound = true;
    this.#sessions = new SessionTracker();
    this.#withProblems = 0;
  }

  *#asLines(entry: LogEntry, dictionary: Dictionary, problems: readonly string[]) {
    yield lineText(entry, dictionary);
    if (!this.#options.brief) yield* fieldLines(entry, dictionary);
    for (const problem of problems) yield `  ! ${problem}`;
    if (isRefusal(entry)) {
      yield `  ! refused: ${readable(entry, 58, firstValue(entry.fields, 58) ?? 'no reason said')}`;
    }
  }
}

function isOfSession({ sender, target }: LogEntry, session: string | undefined): boolean {
  if (session === undefined) return true;
  const wanted = session.toLowerCase().replace('<>', '>');
  const names = [sender.toLowerCase(), target.toLowerCase()];
  return (
    names.includes(wanted) || names.join('>') === wanted || names.reverse().join('>') === wanted
  );
}

function asObject(entry: LogEntry, dictionary: Dictionary, problems: readonly string[]): object {
  const { line, time, direction, sender, target, msgType } = entry;
  const fieldObject = ({ tag, value, field, entries }: TreeField): object => {
    const meaning = meaningOf(field, value);
    return {
      tag,
      ...(field === undefined ? {} : { name: field.name }),
      value: readable(entry, tag, value),
      ...(meaning === '' ? {} : { meaning }),
      ...(entries === undefined ? {} : { entries: entries.map((e) => e.map(fieldObject)) }),
    };
  };
  return {
    line,
    time,
    direction,
    sender,
    target,
    msgSeqNum: entry.msgSeqNum ?? null,
    msgType,
    name: dictionary.message(msgType)?.name ?? null,
    version: dictionary.version,
    fields: messageTree(dictionary, msgType, entry.fields).map(fieldObject),
    isRefusal: isRefusal(entry),
    problems,
  };
}
