/**
 * Application messages that came over the slow path (resent, out of the whitelist, rare types): the same
 * effects as on the fast path, from the session's parsed message. Cold.
 */
import * as L from '../wasm/layout.ts';
import type { Core } from './core.ts';
import type { OrderOutcome } from './orders/order-outcome.ts';
import type { AppMessage } from './ports.ts';

const FRAME = L.SCRATCH + 262_144;

/** What the venue's message means beyond the core's state. */
export type AppOutcome = 'APPLIED' | 'REFUSED' | 'END_OF_RECORDING' | 'REJECTED' | 'IGNORED';

export class AppInput {
  /** What the last message said about an order; undefined when it was about something else. */
  orderOutcome: OrderOutcome | undefined;
  /** The last message was a change of books that could not be read: they are to be asked for anew. */
  needsSnapshot = false;
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  deliver(session: number, message: AppMessage): AppOutcome {
    this.orderOutcome = undefined;
    this.needsSnapshot = false;
    switch (message.msgType) {
      case 'W':
      case 'X':
      case '8':
        return this.#decode(session, message);
      case '9':
        this.#cancelReject(message);
        return 'APPLIED';
      case '3':
      case 'j':
        return 'REJECTED';
      case 'U2':
        return 'END_OF_RECORDING';
      default:
        return 'IGNORED';
    }
  }

  #decode(session: number, message: AppMessage): AppOutcome {
    const { memory, module, pipeline } = this.#core;
    const { text } = message;
    memory.bytes.set(Buffer.from(text, 'latin1'), FRAME);
    const kind = module.fixDecode(session, FRAME, text.length);
    if (kind === L.DECODED_MARKET_DATA) pipeline.onMarketData(session);
    else if (kind === L.DECODED_EXECUTION) this.orderOutcome = pipeline.onExecution(session);
    else {
      this.#missBooks(session, message);
      return 'REFUSED';
    }
    return 'APPLIED';
  }

  /** What could not be read was not applied: the books that it was about are no longer the market. */
  #missBooks(session: number, message: AppMessage): void {
    const { memory, module, pipeline } = this.#core;
    if (message.msgType === 'X') this.needsSnapshot = pipeline.onUpdatesMissed(session);
    if (message.msgType !== 'W') return;
    const symbol = Buffer.from(message.get(55) ?? '', 'latin1');
    memory.bytes.set(symbol, FRAME);
    const instrument = module.symbolFind(FRAME, symbol.length);
    if (instrument >= 0) pipeline.onSnapshotMissed(instrument);
  }

  #cancelReject(message: AppMessage): void {
    this.orderOutcome = this.#core.orders.applyCancelReject({
      clOrdId: this.#intentSequence(message.get(11)),
      origClOrdId: this.#intentSequence(message.get(41)),
      ordStatus: (message.get(39) ?? '').charCodeAt(0),
      reason: Number(message.get(102) ?? -1),
    });
  }

  /** The intent sequence in a ClOrdID of ours, -1 = not ours. */
  #intentSequence(clOrdId: string | undefined): number {
    const prefix = this.#core.memory.text(L.CTL_CLORDID_PREFIX, L.CLORDID_PREFIX_BYTES);
    if (clOrdId === undefined || !clOrdId.startsWith(prefix)) return -1;
    const digits = clOrdId.slice(prefix.length);
    return /^\d{1,15}$/.test(digits) ? Number(digits) : -1;
  }
}
