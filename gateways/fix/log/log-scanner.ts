/**
 * Finds FIX messages in any text: logs with something before each message on its line, captures,
 * messages one behind the other. What separates the fields is seen at each message's beginning, be
 * it SOH, "|", "^A" or anything short; values stay as they are. Holds one message at most.
 */

const SOH = '\x01';
const START = '8=FIX';
/** Longer ones are given up: no log has them, and the memory stays bounded. */
export const LOGGED_CHARS_MAX = 1 << 20;
const PREFIX_CHARS_MAX = 200;
const HEAD_CHARS_MAX = 64;
const CHECKSUM_CHARS = 6; // "10=nnn"

/** BeginString, what separates fields, BodyLength. */
const HEAD =
  /8=(FIXT?\.?\d\.\d(?:SP\d)?)([^0-9A-Za-z=][^0-9=]{0,7}?|\\x01|\\u0001|\\001)9=(\d{1,9})/y;

export interface LoggedMessage {
  /** Line of the text, from 1. */
  readonly line: number;
  /** What stands before it on its line. */
  readonly prefix: string;
  /** The message with SOH between its fields; as it stands where it is cut off. */
  readonly text: string;
  /** Whether its end was found: a CheckSum field. */
  readonly isWhole: boolean;
}

export class LogScanner {
  /** Lines that are over. */
  lines = 0;
  #text = '';
  /** What stands before is done with. */
  #at = 0;
  /** Where the present line starts, or what is kept of it. */
  #lineAt = 0;
  /** Where the last message ended. */
  #endAt = 0;

  /** The messages that the chunk completes. */
  *push(chunk: Buffer): Generator<LoggedMessage> {
    this.#text += chunk.toString('latin1');
    yield* this.#scan(false);
    const from = Math.max(this.#lineAt, this.#at - PREFIX_CHARS_MAX);
    this.#text = this.#text.slice(from);
    this.#at -= from;
    this.#lineAt = 0;
    this.#endAt = Math.max(0, this.#endAt - from);
  }

  /** What is left, whole or not. */
  *end(): Generator<LoggedMessage> {
    yield* this.#scan(true);
    if (this.#text !== '' && !this.#text.endsWith('\n')) this.lines += 1;
    this.#text = '';
    this.#at = 0;
    this.#lineAt = 0;
    this.#endAt = 0;
  }

  *#scan(isEnd: boolean): Generator<LoggedMessage> {
    for (;;) {
      const start = this.#nextStart();
      if (start < 0) {
        const kept = isEnd ? 0 : START.length - 1;
        this.#moveTo(Math.max(this.#at, this.#text.length - kept));
        return;
      }
      const found = findEnd(this.#text, start, isEnd);
      this.#moveTo(start);
      if (found === undefined) return;
      const from = Math.max(this.#endAt, this.#lineAt, start - PREFIX_CHARS_MAX);
      const prefix = this.#text.slice(from, start);
      const line = this.lines + 1;
      this.#moveTo(found.end);
      this.#endAt = found.end;
      const text = withSoh(this.#text.slice(start, found.end));
      yield { line, prefix, text, isWhole: found.isWhole };
    }
  }

  /** "8=FIX" that is not the end of another field, such as "58=FIX". */
  #nextStart(): number {
    let at = this.#text.indexOf(START, this.#at);
    while (at > 0 && isInsideTag(this.#text, at)) at = this.#text.indexOf(START, at + 1);
    return at;
  }

  #moveTo(at: number): void {
    for (;;) {
      const end = this.#text.indexOf('\n', Math.max(this.#at, this.#lineAt));
      if (end < 0 || end >= at) break;
      this.lines += 1;
      this.#lineAt = end + 1;
    }
    this.#at = at;
  }
}

interface End {
  readonly end: number;
  readonly isWhole: boolean;
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** A digit before, which ends no SOH written as an escape. */
function isInsideTag(text: string, at: number): boolean {
  if (!isDigit(text.charCodeAt(at - 1))) return false;
  return !/\\(?:x01|001|u0001)$/.test(text.slice(Math.max(0, at - 6), at));
}

/** Where the message at `start` ends; undefined = not to be told before more text is there. */
function findEnd(text: string, start: number, isEnd: boolean): End | undefined {
  const rest = text.length - start;
  const isFinal = isEnd || rest >= LOGGED_CHARS_MAX;
  if (rest < HEAD_CHARS_MAX && !isFinal) return undefined;
  HEAD.lastIndex = start;
  const head = HEAD.exec(text);
  if (head === null) return cutOff(text, endOfChunk(text, start + 1, ''), isFinal);
  const separator = head[2]!;
  const lengthEnd = HEAD.lastIndex;
  const stated = lengthEnd + separator.length + Number(head[3]);
  if (separator.length === 1) {
    const mayCome = stated + CHECKSUM_CHARS >= text.length && stated - start < LOGGED_CHARS_MAX;
    if (mayCome && !isFinal) return undefined;
    if (isCheckSum(text, stated) && text[stated - 1] === separator) {
      return { end: endOfCheckSum(text, stated, separator), isWhole: true };
    }
  }
  const limit = endOfChunk(text, lengthEnd, separator);
  const trailer = text.indexOf(`${separator}10=`, lengthEnd);
  const at = trailer + separator.length;
  if (trailer < 0 || (limit >= 0 && at >= limit)) return cutOff(text, limit, isFinal);
  // The CheckSum's digits and its separator may not be there yet.
  if (at + HEAD_CHARS_MAX > text.length && limit < 0 && !isFinal) return undefined;
  if (!isCheckSum(text, at)) return cutOff(text, limit, isFinal);
  return { end: endOfCheckSum(text, at, separator), isWhole: true };
}

/** No message has another one's beginning or, where lines part messages, a line's end in it. */
function endOfChunk(text: string, start: number, separator: string): number {
  const next = text.indexOf(`${separator}${START}`, start);
  const line = text.indexOf('\n', start);
  if (next < 0 || line < 0) return Math.max(next, line);
  return Math.min(next, line);
}

function cutOff(text: string, limit: number, isFinal: boolean): End | undefined {
  if (limit >= 0) return { end: limit, isWhole: false };
  return isFinal ? { end: text.length, isWhole: false } : undefined;
}

function isCheckSum(text: string, at: number): boolean {
  if (!text.startsWith('10=', at)) return false;
  for (let digit = at + 3; digit < at + CHECKSUM_CHARS; digit++) {
    if (!isDigit(text.charCodeAt(digit))) return false;
  }
  return true;
}

function endOfCheckSum(text: string, at: number, separator: string): number {
  const end = at + CHECKSUM_CHARS;
  return text.startsWith(separator, end) ? end + separator.length : end;
}

/** The separator counts only where a field follows or nothing does: values may hold it. */
function withSoh(raw: string): string {
  HEAD.lastIndex = 0;
  const separator = HEAD.exec(raw)?.[2] ?? SOH;
  const text = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
  if (separator === SOH) return text.endsWith(SOH) || text === '' ? text : `${text}${SOH}`;
  const pieces = text.split(separator);
  let fields = pieces[0]!;
  for (const piece of pieces.slice(1)) {
    if (piece !== '') fields += `${/^-?\d+=/.test(piece) ? SOH : separator}${piece}`;
  }
  return `${fields}${SOH}`;
}
