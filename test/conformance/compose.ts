/**
 * A message out of a scenario's draft: fields given override the usual ones at their place, a field
 * given again is added, BodyLength and CheckSum are counted unless the scenario wants them wrong.
 */
import type { FixVersion } from '../../gateways/fix/version.ts';
import { beginStringOf } from '../../gateways/fix/version.ts';
import type { Names } from './names.ts';
import type { Draft, FieldSpec, Value } from './step.ts';
import { bodyOf } from './templates.ts';

const SOH = '\x01';

export interface Composer {
  readonly version: FixVersion;
  readonly names: Names;
  readonly senderCompId: string;
  readonly targetCompId: string;
  /** The number of the message, unless the draft says another. */
  readonly msgSeqNum: number;
  readonly nowMs: number;
  /** SendingTime of the subject's message of that number. */
  readonly sentAt: (msgSeqNum: number) => string;
  /** A field of the subject's last message. */
  readonly received: (tag: string) => string;
}

export interface Composed {
  readonly bytes: Buffer;
  readonly msgType: string;
  /** As it was sent; undefined where the message has none. */
  readonly msgSeqNum: string | undefined;
  readonly fields: readonly WireField[];
}

export interface WireField {
  readonly tag: string;
  readonly value: string;
}

export function compose(draft: Draft, composer: Composer): Composed {
  const msgType = typeOf(draft);
  const { version } = composer;
  const msgSeqNum = numberOf(draft) ?? String(composer.msgSeqNum);
  const usual = [
    ...headerOf(msgType, composer),
    ...bodyOf(msgType, { version, msgSeqNum }),
    { tag: '10', value: { kind: 'count', offset: 0 } as Value },
  ];
  return write(merge(usual, draft, composer.names), msgType, composer);
}

/** Only the fields of the draft, in their order; a name alone stands for the usual value. */
export function composeExactly(draft: Draft, composer: Composer): Composed {
  const msgType = typeOf(draft);
  const { version } = composer;
  const msgSeqNum = String(composer.msgSeqNum);
  const usual = new Map<string, Value>();
  for (const { tag, value } of headerOf(msgType, composer)) usual.set(tag, value!);
  for (const { tag, value } of bodyOf(msgType, { version, msgSeqNum })) usual.set(tag, value!);
  usual.set('10', { kind: 'count', offset: 0 });
  const fields = draft.fields.map(({ tag, value }) => {
    const known = value ?? usual.get(tag);
    if (known === undefined) throw new Error(`tag ${tag} has no usual value in 35=${msgType}`);
    return { tag, value: known };
  });
  return write(fields, msgType, composer);
}

const typeOf = (draft: Draft): string => {
  const given = draft.fields.find(({ tag }) => tag === '35')?.value;
  return given?.kind === 'text' ? given.text : (draft.msgType ?? '');
};

function numberOf(draft: Draft): string | undefined {
  const given = draft.fields.find(({ tag }) => tag === '34')?.value;
  return given?.kind === 'text' ? given.text : undefined;
}

function headerOf(msgType: string, composer: Composer): FieldSpec[] {
  const text = (value: string): Value => ({ kind: 'text', text: value });
  return [
    { tag: '8', value: text(beginStringOf(composer.version)) },
    { tag: '9', value: { kind: 'count', offset: 0 } },
    { tag: '35', value: text(msgType) },
    { tag: '34', value: text(String(composer.msgSeqNum)) },
    { tag: '49', value: text(composer.senderCompId) },
    { tag: '52', value: { kind: 'now', offsetMs: 0 } },
    { tag: '56', value: text(composer.targetCompId) },
  ];
}

/** Overrides at their place; further fields at the end of header, body or trailer. */
function merge(usual: readonly FieldSpec[], draft: Draft, names: Names): FieldSpec[] {
  const left = [...draft.fields];
  const sections: FieldSpec[][] = [[], [], []];
  const sectionOf = (tag: string): FieldSpec[] =>
    sections[names.dictionary.sectionOf(Number(tag))]!;
  for (const field of usual) {
    if (draft.without.includes(field.tag)) continue;
    const at = left.findIndex(({ tag }) => tag === field.tag);
    sectionOf(field.tag).push(at < 0 ? field : left.splice(at, 1)[0]!);
  }
  const checkSum = sectionOf('10').splice(0);
  for (const field of left) sectionOf(field.tag).push(field);
  return [...sections.flat(), ...checkSum];
}

function write(specs: readonly FieldSpec[], msgType: string, composer: Composer): Composed {
  const fields = specs.map(({ tag, value }) => ({ tag, value: valueText(value!, composer) }));
  const length = fields
    .filter(({ tag }) => tag !== '8' && tag !== '9' && tag !== '10')
    .reduce((sum, { tag, value }) => sum + tag.length + value!.length + 2, 0);
  let text = '';
  const written: WireField[] = [];
  for (const [index, { tag, value }] of fields.entries()) {
    const { offset } = countOf(specs[index]!.value!);
    let final = value;
    if (final === undefined) {
      final = tag === '10' ? checkSumOf(text, offset) : String(length + offset);
    }
    written.push({ tag, value: final });
    text += `${tag}=${final}${SOH}`;
  }
  const bytes = Buffer.from(text, 'latin1');
  const msgSeqNum = written.find(({ tag }) => tag === '34')?.value;
  return { bytes, msgType, msgSeqNum, fields: written };
}

const countOf = (value: Value): { readonly offset: number } =>
  value.kind === 'count' ? value : { offset: 0 };

/** Undefined: it is counted when the rest stands. */
function valueText(value: Value, composer: Composer): string | undefined {
  switch (value.kind) {
    case 'text':
      return value.text;
    case 'now':
      return timestamp(composer.nowMs + value.offsetMs);
    case 'sent':
      return composer.sentAt(value.msgSeqNum);
    case 'received':
      return composer.received(composer.names.tagOf(value.name));
    case 'count':
      return undefined;
    case 'any':
      throw new Error('"*" can be expected, not sent');
  }
}

function checkSumOf(text: string, offset: number): string {
  let sum = offset;
  for (let at = 0; at < text.length; at++) sum += text.charCodeAt(at);
  return String(((sum % 256) + 256) % 256).padStart(3, '0');
}

/** YYYYMMDD-HH:MM:SS */
export function timestamp(ms: number): string {
  const iso = new Date(ms).toISOString();
  return `${iso.slice(0, 10).replaceAll('-', '')}-${iso.slice(11, 19)}`;
}
