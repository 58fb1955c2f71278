/** The message that a scenario expects: what its step says, and what an answer holds in any case. */
import { SECTION_BODY } from '../../gateways/fix/dictionary/dictionary.ts';
import { beginStringOf, type FixVersion } from '../../gateways/fix/version.ts';
import type { ExpectedField, ExpectedMessage } from './compare.ts';
import type { Composed } from './compose.ts';
import { type Conversation, shown } from './conversation.ts';
import { namesOf } from './names.ts';
import type { Draft, FieldSpec, Value } from './step.ts';
import { answerFields, hasReason } from './templates.ts';

interface ExpectationOptions {
  readonly version: FixVersion;
  /** The runner's and the subject's CompID. */
  readonly compIds: readonly [string, string];
  readonly conversation: Conversation;
}

export function answerOf(draft: Draft, options: ExpectationOptions): ExpectedMessage {
  const { conversation, version } = options;
  const msgType = draft.msgType ?? '';
  const given = draft.fields.filter((field) => isSaid(field, version));
  const isReasonLeftOut = given.length < draft.fields.length;
  const usual = usualFields(msgType, options).filter(
    ({ tag }) => !draft.without.includes(tag) && !given.some((field) => field.tag === tag),
  );
  const fields = [...usual, ...given].map(({ tag, value }) => ({
    tag,
    value: textOf(value!, conversation),
  }));
  return { msgType, fields, without: isReasonLeftOut ? [...draft.without, '373'] : draft.without };
}

/** The body byte for byte as it was sent, in a header of the subject's own. */
export function echoOf(sent: Composed, draft: Draft, options: ExpectationOptions): ExpectedMessage {
  const { dictionary } = namesOf(options.version);
  const answer = answerOf({ ...draft, msgType: sent.msgType }, options);
  const isBody = ({ tag }: ExpectedField): boolean =>
    dictionary.sectionOf(Number(tag)) === SECTION_BODY;
  return { ...answer, fields: [...answer.fields, ...sent.fields.filter(isBody)] };
}

/** A reason that the version does not define is left out of a Reject. */
const isSaid = ({ tag, value }: FieldSpec, version: FixVersion): boolean =>
  tag !== '373' || value?.kind !== 'text' || hasReason(version, value.text);

function usualFields(msgType: string, options: ExpectationOptions): FieldSpec[] {
  const { version, conversation, compIds } = options;
  const [own, subject] = compIds;
  const text = (value: string): Value => ({ kind: 'text', text: value });
  const { lastSent } = conversation;
  return [
    { tag: '8', value: text(beginStringOf(version)) },
    { tag: '35', value: text(msgType) },
    { tag: '34', value: text(String(conversation.nextReceived)) },
    { tag: '49', value: text(subject) },
    { tag: '52', value: { kind: 'any' } },
    { tag: '56', value: text(own) },
    ...answerFields(msgType, version, lastSent),
  ];
}

/** Undefined: any value. */
function textOf(value: Value, conversation: Conversation): string | undefined {
  if (value.kind === 'text') return value.text;
  if (value.kind === 'sent') return conversation.sentAt(value.msgSeqNum);
  return undefined;
}

/** For people. */
export function describeExpected(expected: ExpectedMessage): string {
  const fields = expected.fields.map(({ tag, value }) => `${tag}=${value ?? '*'}`).join('|');
  const without = expected.without.length === 0 ? '' : ` without ${expected.without.join(' ')}`;
  return shown(`${fields}|${without}`);
}
