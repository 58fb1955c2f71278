/**
 * The deterministic core as one thing: memory, kernels and the parts over them, built from a
 * configuration. Live it is driven by hot-loop.ts, in a replay by replay.ts; both feed it records.
 */
import type { GyrfalconConfig } from '../config/schema.ts';
import type { Memory } from '../wasm/memory.ts';
import { CommandHandler } from './command-handler.ts';
import { type CoreModule, loadCore } from './core-module.ts';
import { writeConfig } from './core-setup.ts';
import { CircuitBreakers } from './limits/circuit-breaker.ts';
import { RefusalLog } from './limits/refusals.ts';
import { TradingHours } from './market/trading-hours.ts';
import { OrderGate } from './orders/order-gate.ts';
import { OrderManager } from './orders/order-manager.ts';
import { Positions } from './orders/position.ts';
import { Pipeline } from './pipeline.ts';
import type { Recorder } from './recorder.ts';
import { StageClock } from './stage-clock.ts';
import { QuoteSlots } from './strategy/quote-slots.ts';
import { StrategyHost } from './strategy/strategy-host.ts';
import type { LoadedStrategy } from './strategy/strategy-loader.ts';

export interface Core {
  readonly memory: Memory;
  readonly module: CoreModule;
  readonly gate: OrderGate;
  readonly orders: OrderManager;
  readonly positions: Positions;
  readonly host: StrategyHost;
  readonly commands: CommandHandler;
  readonly pipeline: Pipeline;
  /** Idle until a loop starts it. */
  readonly stages: StageClock;
}

export interface CoreInput {
  /** Zeroed. */
  readonly memory: Memory;
  readonly config: GyrfalconConfig;
  readonly strategies: readonly LoadedStrategy[];
  /** Left out: those of build/core.wasm. A bench puts plain twins in. */
  readonly kernels?: CoreModule;
  /** Likewise: a bench puts one in that keeps no time. */
  readonly stages?: StageClock;
}

export function buildCore(input: CoreInput, recorder: Recorder): Core {
  const { memory, config, strategies, kernels: module = loadCore(memory) } = input;
  const { stages = new StageClock(memory) } = input;
  writeConfig(memory, module, config);
  const positions = new Positions(memory, module);
  const orders = new OrderManager(memory, module, positions);
  const breakers = new CircuitBreakers(memory, config.breakers);
  const quotes = new QuoteSlots(memory);
  const refusals = new RefusalLog(memory);
  const gate = new OrderGate({ memory, core: module, refusals, quotes, stages }, recorder);
  const symbols = config.instruments.map((instrument) => instrument.symbol);
  const host = new StrategyHost({ memory, core: module, gate, quotes }, strategies, symbols);
  const names = config.strategies.map((strategy) => strategy.name);
  const commands = new CommandHandler({
    memory,
    host,
    positions,
    breakers,
    strategies: names,
    symbols,
  });
  const hours = new TradingHours(memory, config);
  const pipeline = new Pipeline({
    memory,
    core: module,
    orders,
    positions,
    breakers,
    host,
    hours,
    stages,
  });
  return { memory, module, gate, orders, positions, host, commands, pipeline, stages };
}
