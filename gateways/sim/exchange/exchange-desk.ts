/**
 * What the kernel leaves of order entry, taken here from the session: requests that it could not
 * read go to its desk all the same; status, mass status and mass cancel are answered. Cold.
 */
import * as L from '../../../wasm/layout.ts';
import type { Memory } from '../../../wasm/memory.ts';
import * as V from '../../../wasm/venue-layout.ts';
import type { FixMessage } from '../../fix/codec.ts';
import {
  BUSINESS_REASON_OTHER,
  BUSINESS_REASON_UNSUPPORTED_TYPE,
  businessReject,
  massCancelReport,
  type OrderRequest,
  parseOrderRequest,
} from '../../fix/order-entry.ts';
import { MsgType, Tag } from '../../fix/tags.ts';
import { formatTimestamp } from '../../fix/timestamp.ts';
import type { InstrumentGrid } from '../instrument-grid.ts';
import { massCancelTarget } from '../order-terms.ts';
import type { ExchangeLink } from './exchange-link.ts';
import type { ExchangeModule } from './exchange-module.ts';
import { tooLong, writeRequest } from './exchange-request.ts';

const ALL = -1;
const CANCEL = 1;
const REPORT = 0;

interface ExchangeDeskParts {
  readonly memory: Memory;
  readonly module: ExchangeModule;
  readonly grids: readonly InstrumentGrid[];
  readonly link: () => ExchangeLink;
}

export class ExchangeDesk {
  readonly #parts: ExchangeDeskParts;

  constructor(parts: ExchangeDeskParts) {
    this.#parts = parts;
  }

  onMessage(message: FixMessage): void {
    const { memory, module, grids } = this.#parts;
    const request = parseOrderRequest(message);
    if (request === undefined) {
      const text = 'this venue does not take messages of this type';
      this.#refuse(message, BUSINESS_REASON_UNSUPPORTED_TYPE, text);
      return;
    }
    const problem = tooLong(message);
    if (problem !== undefined) {
      this.#refuse(message, BUSINESS_REASON_OTHER, problem);
      return;
    }
    writeRequest(memory, grids, message, request);
    if (request.msgType === MsgType.OrderMassCancelRequest) this.#massCancel(request);
    else if (request.msgType === MsgType.OrderMassStatusRequest) this.#massStatus(message);
    else {
      module.takeRequest();
      while (module.bookGoOn() === 0) this.#makeRoom();
    }
  }

  #massCancel(request: OrderRequest): void {
    const link = this.#parts.link();
    const target = massCancelTarget(request, this.#parts.grids);
    const refusal = 'only MassCancelRequestType (530) 7, or 1 with a known symbol';
    const outcome =
      target === 'unsupported'
        ? { refusal }
        : { canceled: this.#sweep(CANCEL, target === 'all' ? ALL : target) };
    const body = massCancelReport(request, outcome, formatTimestamp(link.nowNs()));
    link.sendApp(MsgType.OrderMassCancelReport, body);
  }

  #massStatus(message: FixMessage): void {
    if (this.#sweep(REPORT, ALL) > 0) return;
    this.#refuse(message, BUSINESS_REASON_OTHER, 'no order is open');
  }

  /** Goes through the open orders, oldest first; how many there were. */
  #sweep(action: number, instrument: number): number {
    const { memory, module } = this.#parts;
    module.sweepStart();
    while (module.sweepNext(action, instrument) !== 0) {
      if (memory.i32(L.SESSIONS + L.SES_TX_END) >= V.VENUE_TX_PAUSE_BYTES) this.#makeRoom();
    }
    return memory.i32(V.VEN_SWEEP_COUNT);
  }

  #makeRoom(): void {
    this.#parts.link().makeRoom();
  }

  #refuse(message: FixMessage, reason: number, text: string): void {
    const refused = { msgType: message.msgType, msgSeqNum: message.getInt(Tag.MsgSeqNum) ?? 0 };
    const body = businessReject(refused, reason, text);
    this.#parts.link().sendApp(MsgType.BusinessMessageReject, body);
  }
}
