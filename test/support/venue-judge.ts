/** Reads the venue's own log of orders, the judge of whole-system tests: what came, what traded, what is open. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface VenueEvent {
  /** The venue's wall clock. */
  readonly wallMs: number;
  readonly event: string;
  readonly msgType: string;
  readonly clOrdId: string;
  readonly origClOrdId: string;
  readonly account: string;
  readonly symbol: string;
  readonly side: number;
  readonly ordStatus: string;
  readonly orderId: string;
  readonly lastLots: number;
  readonly lastTicks: number;
  readonly marketNs: number;
}

const ENDS = new Set(['canceled', 'expired', 'rejected']);
const ORDER_REQUESTS = new Set(['D', 'F', 'G', 'q']);
const STATUS_FILLED = '2';

export class VenueJudge {
  readonly #file: string;

  constructor(directory: string) {
    this.#file = join(directory, 'orders.jsonl');
  }

  /** Everything that the venue has written so far; a line in the making is left for the next time. */
  events(): readonly VenueEvent[] {
    if (!existsSync(this.#file)) return [];
    const lines = readFileSync(this.#file, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => {
      const event = JSON.parse(line) as VenueEvent & { readonly wallNs: string };
      return { ...event, wallMs: Number(BigInt(event.wallNs) / 1000n) / 1000 };
    });
  }

  /** New orders, cancels, replaces and mass cancels as they came. */
  requests(...msgTypes: readonly string[]): readonly VenueEvent[] {
    return this.events().filter(
      ({ event, msgType }) =>
        event === 'request' &&
        (msgTypes.length === 0 ? ORDER_REQUESTS.has(msgType) : msgTypes.includes(msgType)),
    );
  }

  /** Orders that rest at the venue, by the venue's id. */
  openOrders(): readonly VenueEvent[] {
    const open = new Map<string, VenueEvent>();
    for (const event of this.events()) {
      if (event.event === 'new') open.set(event.orderId, event);
      else if (ENDS.has(event.event) || event.ordStatus === STATUS_FILLED)
        open.delete(event.orderId);
    }
    return [...open.values()];
  }

  /** Signed net lots of all trades, by `account symbol`; flat ones are left out. */
  netLots(): ReadonlyMap<string, number> {
    const net = new Map<string, number>();
    for (const { event, account, symbol, side, lastLots } of this.events()) {
      if (event !== 'trade') continue;
      const key = `${account} ${symbol}`;
      net.set(key, (net.get(key) ?? 0) + (side === 1 ? lastLots : -lastLots));
    }
    return new Map([...net].filter(([, lots]) => lots !== 0).sort());
  }
}
