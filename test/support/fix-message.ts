/** Writes FIX messages for tests: BodyLength and CheckSum are added to the fields given. */
import { encodeFields, type Fields } from '../../gateways/fix/codec.ts';

export const SOH = '\x01';

/** A whole message around fields written as "35=X|34=7|…". */
export function fixMessage(fields: string, begin = 'FIX.4.4'): string {
  return framed(begin, `${fields.replaceAll('|', SOH)}${fields.endsWith('|') ? '' : SOH}`);
}

/** A whole message around header (from MsgType on) and body, in the order in which they stand. */
export function encodeMessage(begin: string, fields: Fields): Buffer {
  return Buffer.from(framed(begin, encodeFields(fields)), 'latin1');
}

/** Adds the CheckSum to all that stands before it. */
export function withCheckSum(text: string): string {
  let sum = 0;
  for (let i = 0; i < text.length; i++) sum += text.charCodeAt(i);
  return `${text}10=${String(sum % 256).padStart(3, '0')}${SOH}`;
}

const framed = (begin: string, body: string): string =>
  withCheckSum(`8=${begin}${SOH}9=${body.length}${SOH}${body}`);
