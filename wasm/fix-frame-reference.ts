// NOTE to the author: see FRAMING-NOTE.txt in the root before going on; the framing rule changes (simpler).
/**
 * The slow plain twin of fix-frame.ts and of gateways/fix/transport/frame-reader.ts: cuts a whole
 * stream of bytes, held as one latin1 string, into messages and garbled stretches with regular
 * expressions. `dataTags`: which data field follows a Length field.
 */
import * as L from './layout.ts';

export interface ReferencePiece {
  readonly text: string;
  /** 0 = a whole message, else why it is garbled. */
  readonly error: number;
}

const START = '8=FIX';
const SOH = '\x01';
const CHECKSUM = new RegExp(`^10=\\d{3}${SOH}`);
const LENGTH_AND_DATA = new RegExp(`^([1-9]\\d{0,8})=(\\d{1,9})${SOH}([1-9]\\d{0,8})=`);

/** What the stream holds so far; a message whose end has not come is left out. */
export function referenceFrames(
  stream: string,
  dataTags: ReadonlyMap<number, number>,
): readonly ReferencePiece[] {
  const pieces: ReferencePiece[] = [];
  let at = 0;
  while (at < stream.length) {
    const judged = judge(stream.slice(at), dataTags);
    if (judged === undefined) break;
    const length = judged.error === 0 ? judged.length : garbledLength(stream.slice(at));
    pieces.push({ text: stream.slice(at, at + length), error: judged.error });
    at += length;
  }
  return pieces;
}

/** The first message of the text; undefined = more bytes are needed to say. */
function judge(
  text: string,
  dataTags: ReadonlyMap<number, number>,
): { readonly error: number; readonly length: number } | undefined {
  const garbled = (error: number) => ({ error, length: 0 });
  if (!text.startsWith(START)) {
    return START.startsWith(text) ? undefined : garbled(L.FIX_FIRST_FIELDS);
  }
  const begin = text.indexOf(SOH);
  if (begin > 18 || (begin < 0 && text.length > 18)) return garbled(L.FIX_FIRST_FIELDS);
  if (begin < 0) return undefined;
  const second = text.slice(begin + 1);
  if (!second.startsWith('9='))
    return '9='.startsWith(second) ? undefined : garbled(L.FIX_FIRST_FIELDS);
  const [, digits, rest] = /^9=(\d*)(.*)$/s.exec(second)!;
  if (digits!.length > 9 || Number(digits) > L.MESSAGE_BYTES_MAX) return garbled(L.FIX_BODY_LENGTH);
  if (rest === '') return undefined;
  if (digits === '' || rest![0] !== SOH) return garbled(L.FIX_BODY_LENGTH);
  const body = rest!.slice(1);
  if (!body.startsWith('35='))
    return '35='.startsWith(body) ? undefined : garbled(L.FIX_FIRST_FIELDS);
  const bodyLength = Number(digits);
  if (hasEarlyCheckSum(body, bodyLength, dataTags)) return garbled(L.FIX_BODY_LENGTH);
  if (body.length < bodyLength + 7) return undefined;
  const trailer = body.slice(bodyLength, bodyLength + 7);
  if (body[bodyLength - 1] !== SOH || !trailer.startsWith('10=') || trailer[6] !== SOH) {
    return garbled(L.FIX_BODY_LENGTH);
  }
  const checked = text.length - body.length + bodyLength;
  let sum = 0;
  for (let i = 0; i < checked; i++) sum += text.charCodeAt(i);
  if (trailer.slice(3, 6) !== String(sum % 256).padStart(3, '0')) return garbled(L.FIX_CHECKSUM);
  return { error: 0, length: checked + 7 };
}

/**
 * Whether one of the fields that begin before the stated end is a CheckSum. `body` may go on behind
 * that end, or not reach it yet: then only what is beyond doubt counts.
 */
function hasEarlyCheckSum(
  body: string,
  bodyLength: number,
  dataTags: ReadonlyMap<number, number>,
): boolean {
  let at = 0;
  while (at < bodyLength && at < body.length) {
    if (CHECKSUM.test(body.slice(at, at + 7))) return true;
    const data = LENGTH_AND_DATA.exec(body.slice(at, bodyLength));
    if (data !== null && dataTags.get(Number(data[1])) === Number(data[3])) {
      const dataEnd = at + data[0].length + Number(data[2]);
      const isWithin = dataEnd < bodyLength;
      if (isWithin && dataEnd >= body.length) return false;
      if (isWithin && body[dataEnd] === SOH) {
        at = dataEnd + 1;
        continue;
      }
    }
    const end = body.indexOf(SOH, at);
    if (end < 0) return false;
    at = end + 1;
  }
  return false;
}

/** Up to the next start of a message, or of what may become one. */
function garbledLength(text: string): number {
  const next = text.indexOf(START, 1);
  if (next > 0) return next;
  for (let length = START.length - 1; length > 0; length--) {
    if (text.length > length && text.endsWith(START.slice(0, length))) return text.length - length;
  }
  return text.length;
}
