/**
 * One connection as the scenario sees it: the numbers that count by themselves, what was sent under
 * which number, what came, and the transcript of both.
 */
import type { FixVersion } from '../../gateways/fix/version.ts';
import type { Composed, Composer, WireField } from './compose.ts';
import type { Arrival, Link } from './link.ts';
import { namesOf } from './names.ts';

const ECHOED: ReadonlySet<string> = new Set(['D', 'd']);
const SHOWN_CHARS_MAX = 700;

export class Conversation {
  readonly link: Link;
  /** Of the next message sent and received. */
  nextSent = 1;
  nextReceived = 1;
  lastSent: Composed | undefined;
  /** When the latest message came, or the connection. */
  lastAtMs = performance.now();
  /** The other half of a message that was begun. */
  unsent: Buffer | undefined;
  readonly #label: string;
  readonly #transcript: string[];
  readonly #sent = new Map<number, Composed>();
  #lastReceived: readonly WireField[] = [];
  readonly #receivedAt = new Map<number, string>();

  constructor(link: Link, label: string, transcript: string[]) {
    this.link = link;
    this.#label = label === '' ? '' : `${label} `;
    this.#transcript = transcript;
    this.note('connected');
  }

  note(text: string): void {
    this.#transcript.push(`${this.#label}   ${text}`);
  }

  /** What a message of this conversation is put together from. */
  composer(version: FixVersion, [senderCompId, targetCompId]: readonly [string, string]): Composer {
    return {
      version,
      names: namesOf(version),
      senderCompId,
      targetCompId,
      msgSeqNum: this.nextSent,
      nowMs: Date.now(),
      sentAt: (msgSeqNum) => this.sentAt(msgSeqNum),
      received: (tag) => this.#received(tag),
    };
  }

  /** `composed`: a message began; the number counts on from the highest that was sent. */
  noteSent(composed: Composed | undefined, bytes: Buffer): void {
    this.#transcript.push(`${this.#label}-> ${shown(bytes.toString('latin1'))}`);
    if (composed === undefined) return;
    this.lastSent = composed;
    const { msgSeqNum } = composed;
    if (msgSeqNum === undefined || !/^\d{1,9}$/.test(msgSeqNum)) return;
    const number = Number(msgSeqNum);
    this.#sent.set(number, composed);
    this.nextSent = Math.max(this.nextSent, number + 1);
  }

  noteArrival(arrival: Arrival): void {
    this.lastAtMs = arrival.atMs;
    if (arrival.kind === 'message') {
      this.#transcript.push(`${this.#label}<- ${shown(arrival.raw)}`);
      this.#lastReceived = arrival.fields;
      this.#count(arrival.fields);
    } else {
      this.note(arrival.kind === 'close' ? 'closed by the subject' : arrival.text);
    }
  }

  /** The message of ours that comes back; undefined = the last one. */
  echoed(msgSeqNum: number | undefined): Composed {
    const composed = msgSeqNum === undefined ? this.lastSent : this.#sent.get(msgSeqNum);
    if (composed === undefined) throw new Error(`message ${msgSeqNum} was not sent here`);
    if (!ECHOED.has(composed.msgType)) throw new Error(`35=${composed.msgType} has no echo`);
    return composed;
  }

  sentAt(msgSeqNum: number): string {
    const text = this.#receivedAt.get(msgSeqNum);
    if (text === undefined) throw new Error(`message ${msgSeqNum} of the subject did not come`);
    return text;
  }

  #received(tag: string): string {
    const field = this.#lastReceived.find((candidate) => candidate.tag === tag);
    if (field === undefined) throw new Error(`the last message had no tag ${tag}`);
    return field.value;
  }

  /** Resent messages do not move the count. */
  #count(fields: readonly WireField[]): void {
    const textOf = (tag: string): string | undefined =>
      fields.find((field) => field.tag === tag)?.value;
    if (textOf('43') === 'Y') return;
    const number = Number(textOf('34'));
    if (!Number.isInteger(number)) return;
    this.#receivedAt.set(number, textOf('52') ?? '');
    this.nextReceived = number + 1;
  }
}

/** For people: | for SOH, long values cut. */
export function shown(text: string): string {
  const plain = text.replaceAll('\x01', '|').replaceAll(/[^\x20-\x7e]/g, '?');
  return plain.length <= SHOWN_CHARS_MAX
    ? plain
    : `${plain.slice(0, SHOWN_CHARS_MAX)}… (${plain.length} characters)`;
}
