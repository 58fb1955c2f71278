/**
 * What must be looked after by the clock: feeds that have gone quiet, and orders whose outcome nobody has
 * told yet. Called by the hot thread's timers; what it finds becomes records like any other input.
 */
import type { GyrfalconConfig } from '../config/schema.ts';
import * as L from '../wasm/layout.ts';
import type { Memory } from '../wasm/memory.ts';
import { eachOpenOrder } from './orders/open-orders.ts';
import type { OpenOrder, VenueLink } from './ports.ts';
import { NS_PER_MS } from './units.ts';

interface WatchClock {
  stamp(): void;
  /** Since 1970. */
  nowNs(): bigint;
}

interface WatchLoop {
  onStaleFeed(instrument: number): void;
  endTurn(): void;
}

export interface VenueWatchParts {
  readonly memory: Memory;
  readonly config: GyrfalconConfig;
  readonly clock: WatchClock;
  readonly loop: WatchLoop;
  readonly links: readonly VenueLink[];
}

export class VenueWatch {
  readonly #parts: VenueWatchParts;

  constructor(parts: VenueWatchParts) {
    this.#parts = parts;
  }

  /** A live book that nothing came for within the breaker's time is STALE. */
  checkFeeds(): void {
    const { memory, config, clock, loop } = this.#parts;
    // As doubles: a fraction of a microsecond off, and no BigInt for each of a thousand books.
    const oldestNs = Number(clock.nowNs()) - config.breakers.staleFeedMs * NS_PER_MS;
    for (let instrument = 0; instrument < config.instruments.length; instrument++) {
      const block = L.INSTRUMENTS + instrument * L.INSTRUMENT_BYTES;
      if (memory.i32(block + L.INS_BOOK_STATE) !== L.BOOK_LIVE) continue;
      if (memory.i64(block + L.INS_LAST_RECEIVE_NS) < oldestNs) loop.onStaleFeed(instrument);
    }
  }

  /** What became of an order that is UNKNOWN is asked for until the venue says. */
  askForUnknown(): void {
    const { memory, clock, loop, links } = this.#parts;
    if (memory.i32(L.CTL_ORDER_BY_STATE + L.ORDER_UNKNOWN * 4) === 0) return;
    clock.stamp();
    for (const [session, link] of links.entries()) {
      for (const order of this.openOrders(session)) if (order.isUnknown) link.requestStatus(order);
    }
    loop.endTurn();
  }

  /** Orders of the session that are not final. */
  openOrders(session: number): readonly OpenOrder[] {
    const { memory, config } = this.#parts;
    const open: OpenOrder[] = [];
    const prefix = memory.text(L.CTL_CLORDID_PREFIX, L.CLORDID_PREFIX_BYTES);
    eachOpenOrder(memory, (order) => {
      if (memory.i32(order + L.ORD_SESSION) !== session) return;
      open.push({
        clOrdId: `${prefix}${memory.i64(order + L.ORD_CLORDID)}`,
        symbol: config.instruments[memory.i32(order + L.ORD_INSTRUMENT)]!.symbol,
        side: memory.i32(order + L.ORD_SIDE),
        isUnknown: memory.i32(order + L.ORD_STATE) === L.ORDER_UNKNOWN,
      });
    });
    return open;
  }
}
