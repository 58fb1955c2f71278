/**
 * One line of a scenario as words: `name`, `name=value`, `"quoted text"`. Quotes take \x01, \n, \"
 * and \\; `"x"*300` is the text three hundred times. What follows a # after a space is a comment.
 */
import type { Value } from './step.ts';

export interface Token {
  /** What stands before "=", or the whole word. */
  readonly name: string;
  /** Undefined: no "=". */
  readonly value: Value | undefined;
  /** A quoted text that stands alone. */
  readonly quoted: string | undefined;
}

const TOKEN = /\s*(?:(#.*$)|([^\s"=#]+=?)?(?:"((?:[^"\\]|\\.)*)"(?:\*(\d+))?|(\S*)))/y;
const NOW = /^now(?:([+-])(\d+(?:\.\d+)?(?:ms|s|m|h|d)))?$/;
const COUNT = /^count([+-]\d+)?$/;
const SENT = /^sent\((\d+)\)$/;
const RECEIVED = /^received\((\w+)\)$/;
const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;
const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

export function tokenize(line: string): readonly Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (const text = line.trimEnd(); TOKEN.lastIndex < text.length; ) {
    const match = TOKEN.exec(text);
    if (match === null || match[0] === '') throw new Error(`cannot read "${line.trim()}"`);
    const [, comment, head = '', quoted, times, bare = ''] = match;
    if (comment !== undefined) break;
    tokens.push(tokenOf(head, quoted === undefined ? undefined : unquote(quoted, times), bare));
  }
  return tokens;
}

function tokenOf(head: string, quoted: string | undefined, bare: string): Token {
  if (head.endsWith('=')) {
    const value: Value = quoted === undefined ? bareValue(bare) : { kind: 'text', text: quoted };
    return { name: head.slice(0, -1), value, quoted: undefined };
  }
  if (quoted === undefined) return { name: head + bare, value: undefined, quoted: undefined };
  if (head !== '') throw new Error(`a quote stands in the middle of a word: ${head}"`);
  return { name: '', value: undefined, quoted };
}

function unquote(text: string, times: string | undefined): string {
  const plain = text.replaceAll(/\\(x[0-9a-f]{2}|.)/gi, (_, code: string) => {
    if (code.length === 3) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return code === 'n' ? '\n' : code;
  });
  return times === undefined ? plain : plain.repeat(Number(times));
}

/** A value without quotes. */
function bareValue(text: string): Value {
  if (text === '*') return { kind: 'any' };
  const now = NOW.exec(text);
  if (now !== null) {
    const offsetMs = now[2] === undefined ? 0 : durationMs(now[2]);
    return { kind: 'now', offsetMs: now[1] === '-' ? -offsetMs : offsetMs };
  }
  const count = COUNT.exec(text);
  if (count !== null) return { kind: 'count', offset: Number(count[1] ?? 0) };
  const sent = SENT.exec(text);
  if (sent !== null) return { kind: 'sent', msgSeqNum: Number(sent[1]) };
  const received = RECEIVED.exec(text);
  if (received !== null) return { kind: 'received', name: received[1]! };
  return { kind: 'text', text };
}

/** `500ms`, `2s`, `1.5m`. */
export function durationMs(text: string): number {
  const match = DURATION.exec(text);
  if (match === null) throw new Error(`"${text}" is no time such as 500ms or 2s`);
  return Number(match[1]) * UNIT_MS[match[2]!]!;
}
