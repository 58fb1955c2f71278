/** Cold: all that the engine measures of itself, by name: the console, the metrics and the summary show this. */
import type { Memory } from '../wasm/memory.ts';
import * as S from '../wasm/stage-layout.ts';
import { LatencyHistograms, type LatencyReading } from './latency-histogram.ts';
import { SlowTickReader, type SlowTicksReading, STAGE_NAMES } from './slow-tick-reader.ts';

export interface NamedLatency extends LatencyReading {
  readonly name: string;
}

export interface LatencyFigures {
  readonly paths: readonly NamedLatency[];
  /** In the order of the path. */
  readonly stages: readonly NamedLatency[];
  readonly slowTicks: SlowTicksReading;
}

export const TICK_TO_ORDER = 'tick to order';

const PATHS: readonly (readonly [number, string])[] = [
  [S.HISTOGRAM_TICK_TO_ORDER, TICK_TO_ORDER],
  [S.HISTOGRAM_TICK_TO_DONE, 'tick to done'],
  [S.HISTOGRAM_ORDER_TO_ACK, 'order to ack'],
  [S.HISTOGRAM_LOOP_DELAY, 'loop delay'],
];

export class LatencyFigureReader {
  readonly #histograms: LatencyHistograms;
  readonly #slowTicks: SlowTickReader;

  constructor(memory: Memory) {
    this.#histograms = new LatencyHistograms(memory);
    this.#slowTicks = new SlowTickReader(memory);
  }

  read(): LatencyFigures {
    const named = (name: string, index: number): NamedLatency => ({
      name,
      ...this.#histograms.read(index),
    });
    return {
      paths: PATHS.map(([index, name]) => named(name, index)),
      stages: STAGE_NAMES.map((name, stage) => named(name, S.HISTOGRAM_STAGES + stage)),
      slowTicks: this.#slowTicks.read(),
    };
  }
}
