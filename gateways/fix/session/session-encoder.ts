/**
 * Puts our messages together in one reused buffer: BeginString, BodyLength, MsgType, MsgSeqNum,
 * SenderCompID, SendingTime, TargetCompID, further header fields, body, CheckSum. What it returns
 * is valid until its next call. WARM: market data of the venue goes through `compose`, 100,000 a
 * second.
 */
import { assert } from '../../../engine/errors.ts';
import { MESSAGE_BYTES_MAX } from '../../../wasm/layout.ts';
import { checksumOf, encodeFields, type Field, type FixMessage } from '../codec.ts';
import { Tag } from '../tags.ts';
import { formatTimestamp, NS_PER_MS } from '../timestamp.ts';
import { beginStringOf } from '../version.ts';
import type { SessionConfig } from './session-types.ts';

const FIRST_BYTES = 2048;
const TRAILER_BYTES = 7;
const SOH_TEXT = '\x01';

export class SessionEncoder {
  #bytes = new Uint8Array(FIRST_BYTES);
  #buffer = Buffer.from(this.#bytes.buffer);
  readonly #begin: string;
  readonly #sender: string;
  readonly #target: string;
  /** Header fields that `compose` writes into every message. */
  readonly #fixedTags: ReadonlySet<number>;
  readonly #digits: number;
  #stampMs = -1n;
  #stamp = '';

  constructor(config: SessionConfig) {
    this.#begin = `8=${beginStringOf(config.version)}${SOH_TEXT}9=`;
    this.#sender = `${SOH_TEXT}49=${config.senderCompId}${SOH_TEXT}52=`;
    this.#fixedTags = new Set(config.fixedHeader.map(([tag]) => tag));
    this.#digits = config.timestampDigits;
    const fixed = encodeFields(config.fixedHeader);
    this.#target = `${SOH_TEXT}56=${config.targetCompId}${SOH_TEXT}${fixed}`;
  }

  /** `header`: encoded further header fields, or nothing; `body`: encoded body fields. */
  compose(
    msgType: string,
    msgSeqNum: number,
    nowNs: bigint,
    body: Uint8Array | string,
    header = '',
  ): Uint8Array {
    const rest =
      `35=${msgType}${SOH_TEXT}34=${msgSeqNum}${this.#sender}` +
      `${this.sendingTime(nowNs)}${this.#target}${header}`;
    const head = `${this.#begin}${rest.length + body.length}${SOH_TEXT}${rest}`;
    this.#makeRoom(head.length + body.length + TRAILER_BYTES);
    const buffer = this.#buffer;
    let end = buffer.write(head, 0, 'latin1');
    if (typeof body === 'string') {
      end += buffer.write(body, end, 'latin1');
    } else {
      buffer.set(body, end);
      end += body.length;
    }
    return this.#bytes.subarray(0, this.#trailer(end));
  }

  /**
   * The message again under its own number: PossDupFlag, its first SendingTime in 122, the same
   * body.
   */
  composeResend(original: FixMessage, msgSeqNum: number, nowNs: bigint): Uint8Array {
    const header: Field[] = [[Tag.PossDupFlag, 'Y']];
    for (const field of original.headerFields()) {
      if (!OWN_HEADER_TAGS.has(field[0]) && !this.#fixedTags.has(field[0])) header.push(field);
    }
    header.push([Tag.OrigSendingTime, original.get(Tag.SendingTime) ?? '']);
    const body = encodeFields(original.bodyFields());
    return this.compose(original.msgType, msgSeqNum, nowNs, body, encodeFields(header));
  }

  #makeRoom(bytes: number): void {
    if (bytes <= this.#bytes.length) return;
    assert(bytes <= 2 * MESSAGE_BYTES_MAX, `a message of ${bytes} bytes is one that can be sent`);
    this.#bytes = new Uint8Array(2 * bytes);
    this.#buffer = Buffer.from(this.#bytes.buffer);
  }

  sendingTime(nowNs: bigint): string {
    const ms = nowNs / NS_PER_MS;
    if (ms !== this.#stampMs) {
      this.#stampMs = ms;
      this.#stamp = formatTimestamp(nowNs);
    }
    if (this.#digits === 3) return this.#stamp;
    const below = String(nowNs - ms * NS_PER_MS).padStart(6, '0');
    return this.#stamp + below.slice(0, this.#digits - 3);
  }

  #trailer(end: number): number {
    const buffer = this.#bytes;
    const sum = checksumOf(buffer, 0, end);
    buffer[end] = 49;
    buffer[end + 1] = 48;
    buffer[end + 2] = 61;
    buffer[end + 3] = 48 + Math.floor(sum / 100);
    buffer[end + 4] = 48 + (Math.floor(sum / 10) % 10);
    buffer[end + 5] = 48 + (sum % 10);
    buffer[end + 6] = 1;
    return end + TRAILER_BYTES;
  }
}

/** Header fields that a resent message gets anew. */
const OWN_HEADER_TAGS: ReadonlySet<number> = new Set([
  Tag.MsgSeqNum,
  Tag.SenderCompID,
  Tag.SendingTime,
  Tag.TargetCompID,
  Tag.PossDupFlag,
  Tag.OrigSendingTime,
]);
