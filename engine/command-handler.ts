/**
 * What an operator's command does to the core. `apply` is the deterministic part and runs in a replay too;
 * `act` sends the orders that follow from it and runs live only (in a replay they are in the journal).
 */
import * as L from '../wasm/layout.ts';
import type { Memory } from '../wasm/memory.ts';
import type { Command, CommandScope } from './event/event.ts';
import type { CircuitBreakers } from './limits/circuit-breaker.ts';
import { eachOpenOrder, isInScope } from './orders/open-orders.ts';
import type { Positions } from './orders/position.ts';
import type { StrategyHost } from './strategy/strategy-host.ts';

export interface CommandParts {
  readonly memory: Memory;
  readonly host: StrategyHost;
  readonly positions: Positions;
  readonly breakers: CircuitBreakers;
  readonly strategies: readonly string[];
  readonly symbols: readonly string[];
}

/** What `act` came to; `denied` holds DENY_* codes. */
export interface ActResult {
  readonly sent: number;
  readonly denied: readonly number[];
}

export class CommandHandler {
  readonly #parts: CommandParts;

  constructor(parts: CommandParts) {
    this.#parts = parts;
  }

  apply(command: Command): void {
    const { memory, host, positions, strategies, symbols } = this.#parts;
    switch (command.kind) {
      case 'KILL':
        return this.#setState(command.scope, command.target, L.TRADING_HALTED);
      case 'REARM':
        return this.#setState(command.scope, command.target, L.TRADING_ACTIVE);
      case 'FLATTEN':
        // What is being flattened must not be opened again by the next tick.
        if (command.scope === 'INSTRUMENT') return this.#reduceInstrument(command.target);
        return this.#eachStrategy(command.scope, command.target, (strategy) =>
          memory.setI32(L.STRATEGIES + strategy * L.STRATEGY_BYTES + L.STR_PAUSED, 1),
        );
      case 'PAUSE_STRATEGY':
      case 'RESUME_STRATEGY': {
        const block = L.STRATEGIES + strategies.indexOf(command.strategy) * L.STRATEGY_BYTES;
        return memory.setI32(block + L.STR_PAUSED, command.kind === 'PAUSE_STRATEGY' ? 1 : 0);
      }
      case 'ADJUST_POSITION':
        return positions.adjust(
          strategies.indexOf(command.strategy),
          symbols.indexOf(command.instrument),
          { lots: command.quantityLots, priceTicks: command.priceTicks },
        );
      case 'STOP':
        return host.stop();
      case 'CANCEL_ORDER':
        return;
    }
  }

  act(command: Command): ActResult {
    switch (command.kind) {
      case 'KILL':
        return this.cancelAll(command.scope, command.target);
      case 'STOP':
        return this.cancelAll('FIRM', '');
      case 'PAUSE_STRATEGY':
        // Nobody moves its orders with the market any more.
        return this.cancelAll('STRATEGY', command.strategy);
      case 'FLATTEN':
        return this.#flatten(command.scope, command.target);
      case 'CANCEL_ORDER':
        return this.#cancelWhere((order) => this.#number(order) === command.orderNumber);
      default:
        return { sent: 0, denied: [] };
    }
  }

  /** Asks the venue to cancel every open order in scope that can be asked for now. */
  cancelAll(scope: CommandScope, target: string): ActResult {
    const { memory } = this.#parts;
    return this.#cancelWhere(
      (order) => this.#canCancel(order) && isInScope(memory, this.#parts, order, { scope, target }),
    );
  }

  /** Likewise every open order of what is halted, by a kill or by a breaker. */
  cancelHalted(): ActResult {
    // Ten times a second: the whole order table through the caches, for nothing, would be the slowest tick.
    if (!this.#isAnythingHalted()) return { sent: 0, denied: [] };
    return this.#cancelWhere((order) => this.#canCancel(order) && this.#isHalted(order));
  }

  /** Undefined when the command names things that exist, else what is wrong. */
  check(command: Command): string | undefined {
    const { strategies, symbols } = this.#parts;
    const unknownStrategy = (name: string) =>
      strategies.includes(name)
        ? undefined
        : `no strategy ${name}; there are ${strategies.join(', ')}`;
    const unknownSymbol = (name: string) =>
      symbols.includes(name) ? undefined : `no instrument ${name}; there are ${symbols.join(', ')}`;
    switch (command.kind) {
      case 'KILL':
      case 'REARM':
      case 'FLATTEN':
        if (command.scope === 'STRATEGY') return unknownStrategy(command.target);
        return command.scope === 'INSTRUMENT' ? unknownSymbol(command.target) : undefined;
      case 'PAUSE_STRATEGY':
      case 'RESUME_STRATEGY':
        return unknownStrategy(command.strategy);
      case 'ADJUST_POSITION':
        return unknownStrategy(command.strategy) ?? unknownSymbol(command.instrument);
      case 'CANCEL_ORDER': {
        let found = false;
        eachOpenOrder(this.#parts.memory, (order) => {
          found ||= this.#number(order) === command.orderNumber;
        });
        return found ? undefined : `order ${command.orderNumber} is not open`;
      }
      default:
        return undefined;
    }
  }

  #setState(scope: CommandScope, target: string, state: number): void {
    const { memory, breakers } = this.#parts;
    if (scope === 'FIRM') return memory.setI32(L.CTL_FIRM_STATE, state);
    if (scope === 'INSTRUMENT') return memory.setI32(this.#instrumentState(target), state);
    this.#eachStrategy(scope, target, (strategy) => {
      if (state === L.TRADING_ACTIVE) breakers.rearm(strategy);
      else memory.setI32(L.STRATEGIES + strategy * L.STRATEGY_BYTES + L.STR_TRADING_STATE, state);
    });
  }

  /** Never loosens: a killed instrument stays killed. */
  #reduceInstrument(symbol: string): void {
    const address = this.#instrumentState(symbol);
    const state = this.#parts.memory.i32(address);
    this.#parts.memory.setI32(address, Math.max(state, L.TRADING_REDUCING));
  }

  #instrumentState(symbol: string): number {
    const instrument = this.#parts.symbols.indexOf(symbol);
    return L.INSTRUMENTS + instrument * L.INSTRUMENT_BYTES + L.INS_TRADING_STATE;
  }

  #flatten(scope: CommandScope, target: string): ActResult {
    const { host, strategies, symbols } = this.#parts;
    const cancelled = this.cancelAll(scope, target);
    let sent = cancelled.sent;
    const denied = [...cancelled.denied];
    for (let strategy = 0; strategy < strategies.length; strategy++) {
      for (let instrument = 0; instrument < symbols.length; instrument++) {
        if (scope === 'STRATEGY' && strategies[strategy] !== target) continue;
        if (scope === 'INSTRUMENT' && symbols[instrument] !== target) continue;
        const handle = host.handle(strategy, instrument);
        if (handle === undefined || handle.positionLots === 0) continue;
        const verdict = handle.flatten();
        if (verdict === L.ALLOWED) sent++;
        else denied.push(verdict);
      }
    }
    return { sent, denied };
  }

  /** Others wait: for a connection, for an answer, or (UNKNOWN) for the venue's word. */
  #canCancel(order: number): boolean {
    const { memory } = this.#parts;
    const session = L.SESSIONS + memory.i32(order + L.ORD_SESSION) * L.SESSION_BYTES;
    const state = memory.i32(session + L.SES_STATE);
    const isLoggedOn = state === L.SESSION_LIVE || state === L.SESSION_RECOVERING;
    return isLoggedOn && memory.i32(order + L.ORD_STATE) <= L.ORDER_PARTIALLY_FILLED;
  }

  #isAnythingHalted(): boolean {
    const { memory, strategies, symbols } = this.#parts;
    const isHalted = (address: number): boolean => memory.i32(address) === L.TRADING_HALTED;
    if (isHalted(L.CTL_FIRM_STATE)) return true;
    for (let strategy = 0; strategy < strategies.length; strategy++) {
      const block = L.STRATEGIES + strategy * L.STRATEGY_BYTES;
      if (isHalted(block + L.STR_TRADING_STATE)) return true;
    }
    for (let instrument = 0; instrument < symbols.length; instrument++) {
      const block = L.INSTRUMENTS + instrument * L.INSTRUMENT_BYTES;
      if (isHalted(block + L.INS_TRADING_STATE)) return true;
    }
    return false;
  }

  #isHalted(order: number): boolean {
    const { memory } = this.#parts;
    const strategy = L.STRATEGIES + memory.i32(order + L.ORD_STRATEGY) * L.STRATEGY_BYTES;
    const instrument = L.INSTRUMENTS + memory.i32(order + L.ORD_INSTRUMENT) * L.INSTRUMENT_BYTES;
    return (
      memory.i32(L.CTL_FIRM_STATE) === L.TRADING_HALTED ||
      memory.i32(strategy + L.STR_TRADING_STATE) === L.TRADING_HALTED ||
      memory.i32(instrument + L.INS_TRADING_STATE) === L.TRADING_HALTED
    );
  }

  #cancelWhere(wanted: (order: number) => boolean): ActResult {
    const { memory, host } = this.#parts;
    const slots: number[] = [];
    eachOpenOrder(this.#parts.memory, (order) => {
      if (wanted(order)) slots.push((order - L.ORDERS) / L.ORDER_BYTES);
    });
    const denied: number[] = [];
    for (const slot of slots) {
      const order = L.ORDERS + slot * L.ORDER_BYTES;
      const strategy = memory.i32(order + L.ORD_STRATEGY);
      const handle = host.handle(strategy, memory.i32(order + L.ORD_INSTRUMENT));
      const verdict = handle?.cancel(slot, L.INTENT_FLAG_OPERATOR) ?? L.DENY_ORDER_STATE;
      if (verdict !== L.ALLOWED) denied.push(verdict);
    }
    return { sent: slots.length - denied.length, denied };
  }

  #eachStrategy(scope: CommandScope, target: string, visit: (strategy: number) => void): void {
    const { strategies } = this.#parts;
    for (let strategy = 0; strategy < strategies.length; strategy++) {
      if (scope !== 'STRATEGY' || strategies[strategy] === target) visit(strategy);
    }
  }

  #number(order: number): number {
    return this.#parts.memory.i64(order + L.ORD_NUMBER);
  }
}
