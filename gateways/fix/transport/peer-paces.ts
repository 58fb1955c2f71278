/**
 * How far a session's peer is ahead of the paces that it may keep. They outlive its connections:
 * who connects again does not begin with a fresh burst.
 */
import { SOH } from '../codec.ts';
import { MsgType } from '../tags.ts';
import { NS_PER_S } from '../timestamp.ts';
import { TokenBucket } from './token-bucket.ts';
import { MESSAGE_UNIT_BYTES, type TrafficLimits } from './transport-limits.ts';

/** Who was in time for so long is no longer called ahead. */
const IN_TIME_NS = NS_PER_S;

interface KeptPace {
  readonly what: string;
  readonly bucket: TokenBucket;
}

export class PeerPaces {
  readonly #aheadNs: bigint;
  readonly #messages: KeptPace;
  readonly #resendRequests: KeptPace;
  readonly #testRequests: KeptPace;
  readonly #all: readonly KeptPace[];
  /** The stretch of time in which it was held back again and again. */
  #sinceNs = 0n;
  #untilNs = 0n;
  /** What it was last ahead of. */
  #last = '';

  constructor(limits: TrafficLimits) {
    this.#aheadNs = BigInt(limits.aheadS) * NS_PER_S;
    const kept = (name: string, pace: TrafficLimits['messages']): KeptPace => ({
      what: `more than ${pace.perS} ${name} a second for ${limits.aheadS} s`,
      bucket: new TokenBucket(pace),
    });
    this.#messages = kept('messages', limits.messages);
    this.#resendRequests = kept('ResendRequests', limits.resendRequests);
    this.#testRequests = kept('TestRequests', limits.testRequests);
    this.#all = [this.#messages, this.#resendRequests, this.#testRequests];
  }

  fill(nowNs: bigint): void {
    for (const { bucket } of this.#all) bucket.fill(nowNs);
  }

  takeMessage(frame: Uint8Array): void {
    this.takeBytes(frame.length);
    const msgType = shortMsgType(frame);
    if (msgType === MsgType.ResendRequest) this.#resendRequests.bucket.take(1);
    else if (msgType === MsgType.TestRequest) this.#testRequests.bucket.take(1);
  }

  /** A message of so many bytes, or a piece of garbage. */
  takeBytes(count: number): void {
    this.#messages.bucket.take(Math.ceil(count / MESSAGE_UNIT_BYTES));
  }

  /** When the peer may be read from again; the past = now. */
  readyNs(nowNs: bigint): bigint {
    let readyNs = 0n;
    for (const { what, bucket } of this.#all) {
      const paidNs = bucket.paidNs(nowNs);
      if (paidNs <= readyNs) continue;
      readyNs = paidNs;
      this.#last = what;
    }
    return readyNs;
  }

  /** The peer is held back until then; true = it was in time before. */
  holdBack(nowNs: bigint, untilNs: bigint): boolean {
    const isNew = nowNs > this.#untilNs + IN_TIME_NS;
    if (isNew) this.#sinceNs = nowNs;
    this.#untilNs = untilNs;
    return isNew;
  }

  /** Why the peer must go; undefined = it need not. */
  breach(nowNs: bigint): string | undefined {
    const isAhead = nowNs <= this.#untilNs + IN_TIME_NS;
    return isAhead && nowNs - this.#sinceNs >= this.#aheadNs ? this.#last : undefined;
  }
}

/** MsgType of a whole frame where it has one letter; '' = it is longer. */
function shortMsgType(frame: Uint8Array): string {
  const at = frame.indexOf(SOH, frame.indexOf(SOH) + 1) + '|35='.length;
  return frame[at + 1] === SOH ? String.fromCharCode(frame[at]!) : '';
}
