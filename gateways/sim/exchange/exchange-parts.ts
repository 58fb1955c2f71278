/**
 * What a matching venue is made of, but for its sockets and its timer: memory and kernels, log,
 * session, desk and market data, with the state that an earlier run on the same log has left.
 */
import type { Clock } from '../../../engine/ports.ts';
import { CTL_NOW_NS } from '../../../wasm/layout.ts';
import type { Memory } from '../../../wasm/memory.ts';
import { SharedCounters } from '../../fix/session/session-counters.ts';
import { MsgType } from '../../fix/tags.ts';
import { gridOf } from '../instrument-grid.ts';
import type { VenueOptions } from '../venue-options.ts';
import { sessionOf } from '../venue-parts.ts';
import { ExchangeDesk } from './exchange-desk.ts';
import { ExchangeFlow } from './exchange-flow.ts';
import { ExchangeLink } from './exchange-link.ts';
import { ExchangeLog } from './exchange-log.ts';
import { ExchangeMarket } from './exchange-market.ts';
import { makeExchange } from './exchange-memory.ts';
import type { ExchangeModule } from './exchange-module.ts';
import type { ExchangeSocketWish } from './exchange-port.ts';
import { restoreExchange } from './exchange-restore.ts';

/** The venue has one. */
const SESSION = 0;

export interface ExchangeOptions extends VenueOptions, ExchangeSocketWish {
  /** Orders that may be open at a time; a further one is rejected. */
  readonly openOrders: number;
  /** The log is in its file before an answer leaves. */
  readonly isLogSync: boolean;
  /** Orders of a generated flow meet in the book as well: `seed`, `speed`, `flowDurationS`. */
  readonly hasFlow: boolean;
}

/** How the venue's sockets are waited for where nothing else is said. */
export const EXCHANGE_SOCKETS: ExchangeSocketWish = {
  sockets: 'auto',
  core: undefined,
  spinUs: 50,
};

export interface ExchangeParts {
  readonly memory: Memory;
  readonly link: ExchangeLink;
  readonly log: ExchangeLog;
}

/** `changed`: for tests, the kernels with something of them exchanged. */
export function buildExchange(
  options: ExchangeOptions,
  clock: Clock,
  changed: (module: ExchangeModule, memory: Memory) => ExchangeModule = (module) => module,
): ExchangeParts {
  const grids = options.instruments.map(gridOf);
  const config = sessionOf(options);
  const { memory, module: kernels } = makeExchange(grids, config, options.openOrders);
  const module = changed(kernels, memory);
  memory.setAbsoluteNs(CTL_NOW_NS, clock.nowNs());
  const numbers = restoreExchange({ memory, module, grids, logDir: options.logDir });
  Object.assign(new SharedCounters(memory, SESSION), numbers);
  const log = new ExchangeLog(memory, options.logDir, options.isLogSync);
  log.restored();
  const parts = { memory, module, grids, link: () => link };
  const desk = new ExchangeDesk(parts);
  const market = new ExchangeMarket(parts);
  const flow = options.hasFlow ? flowIn(parts, options) : undefined;
  const link = new ExchangeLink({
    memory,
    module,
    config,
    clock,
    log,
    onMessage: (message) => {
      if (message.msgType === MsgType.MarketDataRequest) market.onRequest(message);
      else if (message.msgType !== MsgType.DoneThrough) desk.onMessage(message);
    },
    onEvent: (kind, reason) => {
      if (kind === 'LOGGED_OUT') market.forget();
      options.onNote?.(`${kind}: ${reason}`);
    },
    onTurn: () => market.publish(),
    onTimer: (nowNs) => flow?.onTimer(nowNs),
    onFault: (fault) => {
      link.cut();
      if (options.onFault === undefined) throw fault;
      options.onFault(fault);
    },
  });
  return { memory, link, log };
}

function flowIn(
  parts: Omit<ConstructorParameters<typeof ExchangeFlow>[0], 'options'>,
  { historyFile, seed, speed, flowDurationS }: ExchangeOptions,
): ExchangeFlow {
  const pace = typeof speed === 'number' ? speed : 1;
  return new ExchangeFlow({
    ...parts,
    options: { historyFile, seed, speed: pace, durationS: flowDurationS },
  });
}
