/**
 * For tests: two engines' sides of a session that hear the same bytes at the same times, one with
 * the fast path, one where every message is left to the session in TypeScript. Whatever can be seen
 * of them must be the same.
 */
import type { Field } from '../../gateways/fix/codec.ts';
import type { MessageCheck } from '../../gateways/fix/complaint.ts';
import { messageCheck, STRICT } from '../../gateways/fix/dictionary/message-check.ts';
import { overlayFromFile } from '../../gateways/fix/dictionary/overlay-file.ts';
import { formatTimestamp } from '../../gateways/fix/timestamp.ts';
import { EngineSide } from './engine-side.ts';
import { type CorpusMessage, corpusFields } from './fix-corpus.ts';
import { encodeMessage } from './fix-message.ts';

const DICTIONARY = overlayFromFile('config/venues/sim-overlay.yaml');
const CHECK = messageCheck(DICTIONARY, STRICT);
/** Every message is judged by the dictionary. */
export const STRICT_CHECK: MessageCheck = CHECK;
/** As the engine has it: what the venue says of orders and markets is for the order path to judge. */
export const SESSION_CHECK: MessageCheck = (message) =>
  DICTIONARY.message(message.msgType)?.category === 'app' ? undefined : CHECK(message);

export class TwinRig {
  readonly fast: EngineSide;
  readonly slow: EngineSide;
  nowNs: bigint;

  constructor(check: MessageCheck, nowNs: bigint) {
    this.nowNs = nowNs;
    this.fast = new EngineSide({ isFast: true, check });
    this.slow = new EngineSide({ isFast: false, check });
  }

  /** A new connection on which the venue answers our Logon; `isReset`: numbers start at 1 again. */
  logOn(options: { readonly isReset: boolean }): void {
    this.disconnect();
    this.#both((side) => side.connect(options));
    const body: Field[] = [
      [98, 0],
      [108, 30],
    ];
    if (options.isReset) body.push([141, 'Y']);
    this.receive(this.message({ msgType: 'A', header: [], body }, this.nextIn));
  }

  disconnect(): void {
    this.#both((side) => side.disconnect());
  }

  /** The bytes in these portions; after each the links' timers run. */
  receive(...portions: Uint8Array[]): void {
    for (const portion of portions) {
      this.#both((side) => {
        side.receive(portion);
        side.tick();
      });
    }
  }

  pass(seconds: number): void {
    this.nowNs += BigInt(Math.round(seconds * 1e9));
    this.#both((side) => side.tick());
  }

  get time(): string {
    return formatTimestamp(this.nowNs);
  }

  get isLoggedOn(): boolean {
    return this.fast.session.isLoggedOn;
  }

  /** The number of the venue's next message. */
  get nextIn(): number {
    return this.fast.session.counters.nextIn;
  }

  /** A message of the venue, now. */
  message(message: CorpusMessage, msgSeqNum: number, time = this.time): Buffer {
    return encodeMessage('FIX.4.4', corpusFields(message, msgSeqNum, { time }));
  }

  /** Where the two differ; undefined = nowhere. `isWhole`: books and orders are compared too. */
  difference({ isWhole }: { readonly isWhole: boolean }): string | undefined {
    const seen = [this.fast, this.slow].map((side) => [
      side.numbers,
      isWhole ? side.stateHash : '',
      ...side.told,
    ]);
    const [fast = [], slow = []] = seen;
    const at = fast.findIndex((line, index) => line !== slow[index]);
    if (at < 0 && fast.length === slow.length) return undefined;
    const shown = (lines: readonly string[]): string => lines.slice(at, at + 3).join('\n    ');
    return `fast: ${fast[0]}\n    ${shown(fast)}\n  slow: ${slow[0]}\n    ${shown(slow)}`;
  }

  #both(act: (side: EngineSide) => void): void {
    for (const side of [this.fast, this.slow]) {
      side.nowNs = this.nowNs;
      act(side);
    }
  }
}
