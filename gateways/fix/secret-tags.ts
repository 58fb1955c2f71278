/**
 * What nobody may read in a message that is kept or shown: passwords and what else proves in a Logon
 * who somebody is. A journal and a log have HIDDEN instead, which tells no length either.
 */
import { assert } from '../../engine/errors.ts';
import { checksumOf, type Field, type FixMessage, parseMessage, SOH } from './codec.ts';
import { DATA_TAGS } from './data-tags.ts';
import { MsgType, Tag } from './tags.ts';

export const HIDDEN = '********';

/** Password, NewPassword, their encrypted forms. */
const SECRET_TAGS: ReadonlySet<number> = new Set([Tag.Password, Tag.NewPassword, 1402, 1404]);

export function isSecret(msgType: string, tag: number): boolean {
  return SECRET_TAGS.has(tag) || (tag === Tag.RawData && msgType === MsgType.Logon);
}

/** A whole message of ours as the journal keeps it, with BodyLength and CheckSum that fit. */
export function withoutSecrets(frame: Uint8Array): Uint8Array {
  const message = parseMessage(frame);
  assert(message !== undefined, 'a message of ours can be read');
  let body = '';
  for (let index = 2; index < message.count - 1; index++) {
    const [tag, value] = shownField(message, index);
    body += `${tag}=${value}${SOH_TEXT}`;
  }
  const head = `8=${message.beginString}${SOH_TEXT}9=${body.length}${SOH_TEXT}`;
  const bytes = Buffer.from(head + body, 'latin1');
  const sum = String(checksumOf(bytes, 0, bytes.length)).padStart(3, '0');
  return Buffer.concat([bytes, Buffer.from(`10=${sum}${SOH_TEXT}`, 'latin1')]);
}

const SOH_TEXT = String.fromCharCode(SOH);

function shownField(message: FixMessage, index: number): Field {
  const { msgType } = message;
  const tag = message.tagAt(index);
  if (isSecret(msgType, tag)) return [tag, HIDDEN];
  const dataTag = DATA_TAGS.get(tag);
  const isLength = dataTag !== undefined && isSecret(msgType, dataTag);
  return [tag, isLength ? HIDDEN.length : message.valueAt(index)];
}
