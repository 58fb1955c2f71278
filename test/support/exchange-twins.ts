/**
 * For tests: two matching venues that hear the same bytes at the same times, one with the fast path,
 * one where the session in TypeScript takes every message. Whatever can be seen of them must be the
 * same.
 */
import type { Field } from '../../gateways/fix/codec.ts';
import { formatTimestamp } from '../../gateways/fix/timestamp.ts';
import { ExchangeSide } from './exchange-side.ts';
import type { CorpusMessage } from './fix-corpus.ts';
import { encodeMessage } from './fix-message.ts';

export class ExchangeTwins {
  readonly fast: ExchangeSide;
  readonly slow: ExchangeSide;
  nowNs: bigint;
  #told = 0;

  constructor(nowNs: bigint) {
    this.nowNs = nowNs;
    this.fast = new ExchangeSide(nowNs);
    this.slow = new ExchangeSide(nowNs, { isFast: false });
  }

  /** A new connection on which the peer logs on; `isReset`: numbers start at 1 again. */
  logOn({ isReset }: { readonly isReset: boolean }): void {
    this.#both((side) => {
      side.disconnect();
      side.connect();
    });
    const body: Field[] = [
      [98, 0],
      [108, 30],
    ];
    if (isReset) body.push([141, 'Y']);
    const number = isReset ? 1 : this.nextIn;
    this.receive(this.message({ msgType: 'A', header: [], body }, number));
  }

  receive(...portions: Uint8Array[]): void {
    this.#both((side) => side.receive(...portions));
  }

  pass(seconds: number): void {
    this.nowNs += BigInt(Math.round(seconds * 1e9));
    this.#both((side) => side.pass(0));
  }

  get nextIn(): number {
    return this.fast.link.session.counters.nextIn;
  }

  get isLoggedOn(): boolean {
    return this.fast.link.session.isLoggedOn;
  }

  get time(): string {
    return formatTimestamp(this.nowNs);
  }

  /** A message of the peer, now. */
  message({ msgType, header, body }: CorpusMessage, msgSeqNum: number): Buffer {
    return encodeMessage('FIX.4.4', [
      [35, msgType],
      [49, 'GYRFALCON'],
      [56, 'SIM'],
      [34, msgSeqNum],
      ...header,
      [52, this.time],
      ...body,
    ]);
  }

  /** Where the two differ; undefined = nowhere. What both have said is forgotten then. */
  difference(): string | undefined {
    const { fast, slow } = this;
    const state = fast.state === slow.state ? '' : `\n  fast ${fast.state}\n  slow ${slow.state}`;
    const at = fast.told.findIndex((text, index) => text !== slow.told[index]);
    this.#told += fast.told.length;
    const isSame = at < 0 && fast.told.length === slow.told.length && state === '';
    if (isSame) {
      fast.told.length = 0;
      slow.told.length = 0;
      return undefined;
    }
    const shown = ({ told }: ExchangeSide): string =>
      told.slice(Math.max(at, 0), Math.max(at, 0) + 3).join('\n    ');
    return `of ${this.#told} messages${state}\n  fast:\n    ${shown(fast)}\n  slow:\n    ${shown(slow)}`;
  }

  #both(act: (side: ExchangeSide) => void): void {
    for (const side of [this.fast, this.slow]) {
      side.nowNs = this.nowNs;
      act(side);
    }
  }
}
