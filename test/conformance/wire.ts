/**
 * Cuts what the subject sends into messages and fields, without any of the engine's own code: a
 * wrong BodyLength or CheckSum is a fault of the subject and ends the reading.
 */
import type { WireField } from './compose.ts';

const SOH = '\x01';
const TRAILER_CHARS = 7;
const HEAD_CHARS_MAX = 40;
const HEAD = new RegExp(`^8=[^${SOH}]*${SOH}9=(\\d+)${SOH}`);
const TRAILER = new RegExp(`^10=(\\d{3})${SOH}$`);

export type Cut =
  | { readonly kind: 'message'; readonly raw: string; readonly fields: readonly WireField[] }
  | { readonly kind: 'fault'; readonly text: string };

export class WireReader {
  /** Length field to the data field behind it. */
  readonly #dataTags: ReadonlyMap<number, number>;
  #text = '';

  constructor(dataTags: ReadonlyMap<number, number>) {
    this.#dataTags = dataTags;
  }

  /** Bytes that are no whole message yet. */
  get rest(): string {
    return this.#text;
  }

  push(chunk: Buffer): readonly Cut[] {
    this.#text += chunk.toString('latin1');
    const cuts: Cut[] = [];
    for (;;) {
      const cut = this.#next();
      if (cut === undefined) return cuts;
      cuts.push(cut);
      if (cut.kind === 'fault') return cuts;
    }
  }

  #next(): Cut | undefined {
    const text = this.#text;
    const head = HEAD.exec(text);
    if (head === null) {
      if (text.length < HEAD_CHARS_MAX && '8='.startsWith(text.slice(0, 2))) return undefined;
      return { kind: 'fault', text: `no message begins with ${text.slice(0, HEAD_CHARS_MAX)}` };
    }
    const end = head[0].length + Number(head[1]);
    if (text.length < end + TRAILER_CHARS) return undefined;
    const raw = text.slice(0, end + TRAILER_CHARS);
    const stated = TRAILER.exec(raw.slice(end))?.[1];
    if (stated === undefined || raw[end - 1] !== SOH) {
      return { kind: 'fault', text: `BodyLength (9) ${head[1]} leads to no CheckSum: ${raw}` };
    }
    const counted = sumOf(raw.slice(0, end));
    if (counted !== stated) {
      return { kind: 'fault', text: `CheckSum (10) is ${stated}, ${counted} by count: ${raw}` };
    }
    this.#text = text.slice(raw.length);
    return { kind: 'message', raw, fields: splitFields(raw, this.#dataTags) };
  }
}

function sumOf(text: string): string {
  let sum = 0;
  for (let at = 0; at < text.length; at++) sum += text.charCodeAt(at);
  return String(sum % 256).padStart(3, '0');
}

/** What has no "=" is a field without value, for the comparison to find. */
export function splitFields(
  raw: string,
  dataTags: ReadonlyMap<number, number>,
): readonly WireField[] {
  const fields: WireField[] = [];
  let dataTag = '';
  let dataLength = 0;
  for (let at = 0; at < raw.length; ) {
    const equals = raw.indexOf('=', at);
    const tag = raw.slice(at, equals);
    const isData = tag === dataTag && raw[equals + 1 + dataLength] === SOH;
    const end = isData ? equals + 1 + dataLength : raw.indexOf(SOH, at);
    const value = equals < end ? raw.slice(equals + 1, end) : '';
    fields.push({ tag: equals < end ? tag : raw.slice(at, end), value });
    dataTag = String(dataTags.get(Number(tag)) ?? '');
    dataLength = Number(value);
    at = end + 1;
  }
  return fields;
}
