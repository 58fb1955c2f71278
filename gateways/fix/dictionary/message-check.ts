/**
 * Judges messages by a dictionary and says the first fault in the words of a Reject (35=3). The
 * order: header, body and trailer in order (373=14), MsgType known (11), ApplVerID served (18),
 * required fields of header, body, trailer, group entries (1), then field by field the first that
 * is wrong: repeated (13), empty (4), wrong format (6), no listed value (5), undefined tag (0), tag
 * not of this message (2), entries not as many as counted (16), group field out of order (15).
 */
import type { FixMessage } from '../codec.ts';
import { type Complaint, complaint, type MessageCheck } from '../complaint.ts';
import { RejectReason, Tag } from '../tags.ts';
import type { Dictionary } from './dictionary.ts';
import { DATATYPES } from './field-format.ts';
import type { MessageRules } from './message-rules.ts';
import { MessageWalk } from './message-walk.ts';

export { type MessageRules, STRICT } from './message-rules.ts';

const SHOWN_CHARS_MAX = 40;
const SHOWN_VALUES_MAX = 12;

/** The check may serve any number of sessions of one thread. */
export function messageCheck(dictionary: Dictionary, rules: MessageRules): MessageCheck {
  const walk = new MessageWalk(dictionary, rules);
  return (message) => (walk.walk(message) ? undefined : worstOf(walk, message, dictionary));
}

function worstOf(walk: MessageWalk, message: FixMessage, dictionary: Dictionary): Complaint {
  const nameOf = (tag: number): string => {
    const field = dictionary.field(tag);
    return field === undefined ? `tag ${tag}` : `${field.name} (${tag})`;
  };
  const { msgType } = message;
  const type = `${dictionary.message(msgType)?.name ?? 'message'} (35=${shown(msgType)})`;
  if (walk.disorderIndex >= 0) {
    const tag = message.tagAt(walk.disorderIndex);
    const why = `${nameOf(tag)} stands outside its section: header, body and trailer come in order`;
    return complaint(tag, RejectReason.TagOutOfOrder, why);
  }
  if (dictionary.message(msgType) === undefined) {
    const why = `MsgType (35) ${shown(msgType)} is no message of ${dictionary.version}`;
    return complaint(Tag.MsgType, RejectReason.InvalidMsgType, why);
  }
  if (walk.applVerIndex >= 0) {
    const value = shown(message.valueAt(walk.applVerIndex));
    const why = `ApplVerID (1128) ${value} is not served, this session is ${dictionary.version}`;
    return complaint(Tag.ApplVerID, RejectReason.ApplVerIdNotServed, why);
  }
  const missing = walk.missing.find((tag) => tag !== 0);
  if (missing !== undefined) {
    const why = `${nameOf(missing)} is missing, which ${type} requires`;
    return complaint(missing, RejectReason.RequiredTagMissing, why);
  }
  const value = shown(message.valueAt(walk.faultIndex));
  const name = nameOf(walk.faultTag);
  return complaint(walk.faultTag, walk.faultReason, fieldText(walk, dictionary, name, value, type));
}

function fieldText(
  walk: MessageWalk,
  dictionary: Dictionary,
  name: string,
  value: string,
  type: string,
): string {
  const field = dictionary.field(walk.faultTag);
  switch (walk.faultReason) {
    case RejectReason.TagAppearsTwice:
      return `${name} appears more than once`;
    case RejectReason.TagWithoutValue:
      return `${name} is empty`;
    case RejectReason.IncorrectDataFormat:
      return `${name} is ${value}, not ${DATATYPES[field!.type].text}`;
    case RejectReason.ValueIsIncorrect: {
      const values = [...field!.values!.keys()];
      const more = values.length > SHOWN_VALUES_MAX ? ' ...' : '';
      return `${name} is ${value}, none of ${values.slice(0, SHOWN_VALUES_MAX).join(' ')}${more}`;
    }
    case RejectReason.InvalidTagNumber:
      return field === undefined
        ? `${name} is not defined in ${dictionary.version}`
        : `${name} is no field of the session messages of FIXT.1.1`;
    case RejectReason.TagNotDefinedForMessage:
      return `${name} does not belong there in ${type}`;
    case RejectReason.GroupCountIncorrect:
      return `${name} is ${value}, but ${walk.faultEntries} entries follow`;
    default:
      return `${name} is out of order in its group`;
  }
}

/** Long values are cut, and what is no character is not shown. */
function shown(value: string): string {
  const text = value.replace(/\p{Cc}/gu, '?');
  return text.length > SHOWN_CHARS_MAX ? `${text.slice(0, SHOWN_CHARS_MAX)}...` : text;
}
