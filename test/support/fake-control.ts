/** ControlActions that only write down what they were asked, and a server on a free port around them. */

import { LatencyFigureReader } from '../../engine/latency-figures.ts';
import { LatencyHistograms } from '../../engine/latency-histogram.ts';
import { SlowTicks } from '../../engine/slow-ticks.ts';
import type {
  ControlActions,
  KillRequest,
  KillStatus,
  OperatorCommand,
} from '../../gateways/control/actions.ts';
import type { ConsoleContext } from '../../gateways/control/console-reader.ts';
import { startControlServer } from '../../gateways/control/server.ts';
import { CTL_FIRM_STATE, CTL_NOW_NS, TRADING_ACTIVE, TRADING_HALTED } from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';
import {
  CAUSE_COMMAND,
  CAUSE_GC,
  CAUSE_PEER_SLOW,
  HISTOGRAM_STAGES,
  STAGE_SEND,
  STAGE_WAIT,
  STAGES,
  TICK_EXECUTION,
  TICK_MARKET_DATA,
} from '../../wasm/stage-layout.ts';
import { MovingMemory } from './moving-memory.ts';

export const TEST_TOKENS = { control: 'c'.repeat(64), rearm: 'd'.repeat(64) };

const ARMED: KillStatus = {
  state: 'ARMED',
  generation: 0,
  scope: null,
  target: '',
  reason: '',
  operator: '',
  openOrders: 0,
  requestedMs: null,
  doneMs: null,
};

export class FakeActions implements ControlActions {
  readonly kills: KillRequest[] = [];
  readonly rearms: KillRequest[] = [];
  readonly commands: OperatorCommand[] = [];
  readonly #moving: MovingMemory;
  #status = ARMED;

  constructor(moving: MovingMemory) {
    this.#moving = moving;
  }

  async kill(request: KillRequest): Promise<KillStatus> {
    this.kills.push(request);
    this.#moving.memory.setI32(CTL_FIRM_STATE, TRADING_HALTED);
    const now = Date.now();
    const generation = this.kills.length;
    const times = { requestedMs: now, doneMs: now };
    this.#status = { state: 'KILLED', generation, ...request, openOrders: 0, ...times };
    return this.#status;
  }

  async rearm(request: KillRequest): Promise<KillStatus> {
    this.rearms.push(request);
    this.#moving.memory.setI32(CTL_FIRM_STATE, TRADING_ACTIVE);
    this.#status = ARMED;
    return this.#status;
  }

  async command(command: OperatorCommand) {
    this.commands.push(command);
    if (command.kind === 'CANCEL_ORDER' && command.orderNumber === 999_999) {
      return { accepted: false, code: 'ORDER_STATE', message: 'there is no such order' } as const;
    }
    return { accepted: true } as const;
  }

  killStatus(): KillStatus {
    return this.#status;
  }
}

/** A few thousand plausible latencies around ten microseconds. */
function fillHistograms(histograms: LatencyHistograms): void {
  for (let index = 0; index < HISTOGRAM_STAGES + STAGES; index++) {
    for (let n = 1; n < 4000; n++) {
      const spread = Math.exp(Math.sin(n * 12.9898) * 0.9) * (n % 400 === 0 ? 20 : 1);
      histograms.record(index, (7000 + 2500 * (index % HISTOGRAM_STAGES)) * spread);
    }
  }
}

/** Thirty ticks of half a millisecond and less; every third has its stages timed, some have a cause. */
function fillSlowTicks(memory: Memory): void {
  const slowTicks = new SlowTicks(memory);
  slowTicks.watch(CAUSE_GC | CAUSE_COMMAND | CAUSE_PEER_SLOW);
  memory.setAbsoluteNs(CTL_NOW_NS, BigInt(Date.now()) * 1_000_000n);
  for (let tick = 1; tick <= 30; tick++) {
    const stagesNs = Float64Array.from({ length: STAGES }, (_, stage) => 900 + stage * tick * 110);
    const isSampled = tick % 3 === 0;
    slowTicks.offer({
      totalNs: stagesNs.reduce((sum, ns) => sum + ns, 0),
      receivedNs: tick * 1_000_000,
      record: 41 * tick,
      tick: 64 * tick,
      kind: tick % 5 === 0 ? TICK_EXECUTION : TICK_MARKET_DATA,
      source: 0,
      bytes: 180 + tick,
      orders: tick % 2,
      behindRecord: 0,
      behindNs: 0,
      causes: tick % 7 === 0 ? CAUSE_COMMAND : 0,
      timed: isSampled ? 2 ** STAGES - 1 : (1 << STAGE_WAIT) | (1 << STAGE_SEND),
      stagesNs,
    });
  }
  slowTicks.addGarbageCollection(30_000_000, 30_005_000);
}

export async function startFakeControl(port = 0) {
  const moving = new MovingMemory();
  const actions = new FakeActions(moving);
  fillHistograms(new LatencyHistograms(moving.memory));
  fillSlowTicks(moving.memory);
  const latencies = new LatencyFigureReader(moving.memory);
  const context: ConsoleContext = {
    nowMs: () => Date.now(),
    latencies: () => latencies.read(),
    valueAtRisk: () => ({
      value: 4_812.4,
      cvar: 5_530.9,
      standardError: 21.7,
      confidence: 0.99,
      horizonDays: 1,
      scenarios: 100_000,
      currency: 'USD',
      computedMs: Date.now() - 700,
      note: 'BTCUSDT has no history and is left out',
    }),
  };
  const server = await startControlServer({
    host: '127.0.0.1',
    port,
    actions,
    memory: moving.memory,
    context,
    tokens: TEST_TOKENS,
  });
  return { server, actions, moving };
}
