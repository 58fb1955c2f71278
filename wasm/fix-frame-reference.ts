/**
 * The slow plain twin of fix-frame.ts and of gateways/fix/transport/frame-reader.ts: cuts a whole
 * stream of bytes, held as one latin1 string, into messages and garbled stretches with regular
 * expressions.
 */
import * as L from './layout.ts';

export interface ReferencePiece {
  readonly text: string;
  /** 0 = a whole message, else why it is garbled. */
  readonly error: number;
}

const START = '8=FIX';
const SOH = '\x01';
const CHECKSUM = new RegExp(`${SOH}10=([^${SOH}]{0,16})${SOH}`, 'g');

/** What the stream holds so far; a message whose end has not come is left out. */
export function referenceFrames(stream: string): readonly ReferencePiece[] {
  const pieces: ReferencePiece[] = [];
  let at = 0;
  while (at < stream.length) {
    const judged = judge(stream.slice(at));
    if (judged === undefined) break;
    const isSkipped = judged.error === L.FIX_FIRST_FIELDS;
    const length = isSkipped ? garbledLength(stream.slice(at)) : judged.length;
    pieces.push({ text: stream.slice(at, at + length), error: judged.error });
    at += length;
  }
  return pieces;
}

/** The first message of the text; undefined = more bytes are needed to say. */
function judge(text: string): { readonly error: number; readonly length: number } | undefined {
  const noBeginning = { error: L.FIX_FIRST_FIELDS, length: 0 };
  if (!text.startsWith(START)) return START.startsWith(text) ? undefined : noBeginning;
  const begin = text.indexOf(SOH);
  if (begin > 18 || (begin < 0 && text.length > 18)) return noBeginning;
  if (begin < 0) return undefined;
  const second = text.slice(begin + 1);
  if (!second.startsWith('9=')) return '9='.startsWith(second) ? undefined : noBeginning;
  const [, digits, rest] = /^9=(\d*)(.*)$/s.exec(second)!;
  if (digits!.length > 9 || Number(digits) > L.MESSAGE_BYTES_MAX) return noBeginning;
  if (rest === '') return undefined;
  if (digits === '' || rest![0] !== SOH) return noBeginning;
  const body = rest!.slice(1);
  if (!body.startsWith('35=')) return '35='.startsWith(body) ? undefined : noBeginning;
  return judgeEnd(text.slice(0, text.length - body.length), body, Number(digits));
}

/** The same, of a message that begins as one. */
function judgeEnd(
  front: string,
  body: string,
  bodyLength: number,
): { readonly error: number; readonly length: number } | undefined {
  const bytesMax = L.MESSAGE_BYTES_MAX + 7;
  CHECKSUM.lastIndex = bodyLength - 1;
  const found = CHECKSUM.exec(body.slice(0, bytesMax));
  if (found === null) {
    return body.length < bytesMax ? undefined : { error: L.FIX_FIRST_FIELDS, length: 0 };
  }
  const trailer = found.index + 1;
  const length = front.length + found.index + found[0].length;
  const checked = front + body.slice(0, trailer);
  let sum = 0;
  for (let i = 0; i < checked.length; i++) sum += checked.charCodeAt(i);
  const isThere = trailer === bodyLength && found[1]!.length === 3;
  if (!isThere) return { error: L.FIX_BODY_LENGTH, length };
  return { error: found[1] === String(sum % 256).padStart(3, '0') ? 0 : L.FIX_CHECKSUM, length };
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
