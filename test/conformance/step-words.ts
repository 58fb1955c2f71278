/**
 * The words of a step: one line of a scenario as actions. `logon`, `logout` and `ping` stand for
 * several.
 */
import type { FixVersion } from '../../gateways/fix/version.ts';
import type { Names } from './names.ts';
import type { Action, Draft, FieldSpec, Role, Timing } from './step.ts';
import { durationMs, type Token, tokenize } from './tokens.ts';

interface WordOptions {
  readonly version: FixVersion;
  readonly role: Role;
  readonly names: Names;
}

const SILENCE_MS = 100;
const ANY_TIME: Timing = { notBeforeMs: 0, withinMs: undefined };

export function actionsOf(text: string, options: WordOptions): readonly Action[] {
  const tokens = tokenize(text);
  const [verb, ...rest] = tokens;
  const reader = new Words(rest, options.names);
  switch (verb?.name) {
    case 'connect':
    case 'drop':
      reader.mustEnd();
      return [{ kind: verb.name }];
    case 'stop':
      reader.mustSay('the', 'subject');
      return [{ kind: 'stop the subject' }];
    case 'send':
      return [sendAction(reader)];
    case 'expect':
      return [expectAction(reader)];
    case 'wait':
      return [{ kind: 'wait', ms: durationMs(reader.word()) }];
    case 'count': {
      const direction = reader.oneOf('sent', 'received');
      reader.oneOf('from');
      return [{ kind: `count ${direction}`, from: reader.number() } as Action];
    }
    case 'logon':
      return [{ kind: 'connect' }, ...logon(reader, options)];
    case 'logout':
      return logout();
    case 'ping':
      return ping();
    default:
      throw new Error(`"${verb?.name ?? ''}" is no step`);
  }
}

/** Reads what follows the first word. */
class Words {
  readonly #tokens: Token[];
  readonly #names: Names;

  constructor(tokens: readonly Token[], names: Names) {
    this.#tokens = [...tokens];
    this.#names = names;
  }

  take(...words: readonly string[]): boolean {
    const isNext = words.every((word, index) => {
      const token = this.#tokens[index];
      return token?.name === word && token.value === undefined;
    });
    if (isNext) this.#tokens.splice(0, words.length);
    return isNext;
  }

  oneOf(...words: readonly string[]): string {
    const word = this.word();
    if (!words.includes(word)) throw new Error(`"${word}" stands where ${words.join(' or ')} does`);
    return word;
  }

  mustSay(...words: readonly string[]): void {
    for (const word of words) this.oneOf(word);
    this.mustEnd();
  }

  word(): string {
    const token = this.#tokens.shift();
    if (token === undefined) throw new Error('a word is missing at the end');
    return token.name;
  }

  number(): number {
    const word = this.word();
    if (!/^\d+$/.test(word)) throw new Error(`"${word}" is no number`);
    return Number(word);
  }

  quoted(): string {
    const text = this.#tokens.shift()?.quoted;
    if (text === undefined) throw new Error('a text in quotes is expected');
    return text;
  }

  mustEnd(): void {
    const token = this.#tokens[0];
    if (token !== undefined) throw new Error(`"${token.name}" is not understood`);
  }

  /** MsgType by name, where the next word is one. */
  msgType(): string | undefined {
    const token = this.#tokens[0];
    if (token === undefined || token.value !== undefined || token.quoted !== undefined) {
      return undefined;
    }
    this.#tokens.shift();
    return this.#names.typeOf(token.name);
  }

  /** `not before T`, `within T`, in either order, at the end of the line. */
  timing(): Timing {
    let { notBeforeMs, withinMs } = ANY_TIME;
    for (;;) {
      if (this.take('not', 'before')) notBeforeMs = durationMs(this.word());
      else if (this.take('within')) withinMs = durationMs(this.word());
      else return { notBeforeMs, withinMs };
    }
  }

  fields(mayBeBare: boolean): FieldSpec[] {
    const fields: FieldSpec[] = [];
    for (;;) {
      const token = this.#tokens[0];
      if (token === undefined || token.quoted !== undefined) return fields;
      if (token.value === undefined && !mayBeBare) return fields;
      this.#tokens.shift();
      fields.push({ tag: this.#names.tagOf(token.name), value: token.value });
    }
  }

  without(): string[] {
    const tags: string[] = [];
    if (!this.take('without')) return tags;
    while (
      this.#tokens[0] !== undefined &&
      !['after', 'not', 'within'].includes(this.#tokens[0].name)
    ) {
      tags.push(this.#names.tagOf(this.word()));
    }
    return tags;
  }

  draft(msgType = this.msgType()): Draft {
    const fields = this.fields(false);
    return { msgType, fields, without: this.without() };
  }
}

function sendAction(reader: Words): Action {
  if (reader.take('bytes')) {
    const text = reader.quoted();
    reader.mustEnd();
    return { kind: 'send bytes', text };
  }
  if (reader.take('exactly')) {
    const fields = reader.fields(true);
    reader.mustEnd();
    return { kind: 'send exactly', draft: { msgType: undefined, fields, without: [] } };
  }
  if (reader.take('the', 'rest')) {
    reader.mustEnd();
    return { kind: 'send', draft: { msgType: undefined, fields: [], without: [] }, share: 'rest' };
  }
  const share = reader.take('half', 'of') ? 'half' : 'whole';
  const draft = reader.draft();
  reader.mustEnd();
  return { kind: 'send', draft, share };
}

function expectAction(reader: Words): Action {
  if (reader.take('nothing')) {
    const forMs = reader.take('for') ? durationMs(reader.word()) : SILENCE_MS;
    reader.mustEnd();
    return { kind: 'expect nothing', forMs };
  }
  if (reader.take('close')) {
    const timing = reader.timing();
    reader.mustEnd();
    return { kind: 'expect close', timing };
  }
  if (reader.take('echo')) return expectEcho(reader);
  const draft = reader.draft();
  const isAfterHeartbeats = reader.take('after', 'any', 'Heartbeat');
  const timing = reader.timing();
  reader.mustEnd();
  return { kind: 'expect', draft, timing, isAfterHeartbeats };
}

function expectEcho(reader: Words): Action {
  let of: { readonly first: number; readonly last: number } | undefined;
  if (reader.take('of')) {
    const first = reader.number();
    of = { first, last: reader.take('to') ? reader.number() : first };
  }
  const draft = reader.draft('');
  reader.mustEnd();
  return { kind: 'expect echo', of, draft };
}

const plain = (msgType: string, fields: readonly FieldSpec[] = []): Draft => ({
  msgType,
  fields,
  without: [],
});

const send = (draft: Draft): Action => ({ kind: 'send', draft, share: 'whole' });
const expected = (draft: Draft): Action => ({
  kind: 'expect',
  draft,
  timing: ANY_TIME,
  isAfterHeartbeats: false,
});

/** The acceptor answers our Logon, the initiator begins with its own. */
function logon(reader: Words, { role }: WordOptions): readonly Action[] {
  const draft = reader.draft('A');
  reader.mustEnd();
  const inBoth = draft.fields.filter(({ tag }) => tag === '108' || tag === '141');
  const theirs = plain('A', inBoth);
  return role === 'acceptor' ? [send(draft), expected(theirs)] : [expected(theirs), send(draft)];
}

function logout(): readonly Action[] {
  const close: Action = { kind: 'expect close', timing: ANY_TIME };
  return [send(plain('5')), expected(plain('5')), close];
}

/** Nothing else is on its way, and both sides agree on the numbers. */
function ping(): readonly Action[] {
  const id: FieldSpec = { tag: '112', value: { kind: 'text', text: 'PING' } };
  return [send(plain('1', [id])), expected(plain('0', [id]))];
}
