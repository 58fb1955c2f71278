/** How hard each engine is driven, and what the client says of it, one line of JSON a load. */

/** As the client calls it: closed, window-64, open-10000 … */
export interface LoadOutcome {
  readonly load: string;
  readonly sent: number;
  /** Fewer than sent: an open loop asks for more than the engine can do. */
  readonly answered: number;
  readonly elapsedNs: number;
  readonly histogramNs: readonly (readonly [valueNs: number, count: number])[];
}

export interface Loads {
  /** What the client is told: warm-up and all. */
  readonly text: string;
  /** What it reports, in this order. */
  readonly names: readonly string[];
  /** In a closed loop between an answer and the next tick, for what an order entails. */
  readonly gapUs: number;
}

/** All engines are warmed up alike; just-in-time compilers need that many. */
export const ORDER_LOADS: Loads = loadsOf(0, [
  'warm-closed:10000',
  'warm-window:64:30000',
  'closed:20000',
  'window:64:100000',
  'open:10000:10000',
  'open:50000:25000',
  'open:100000:50000',
]);

export const TICK_LOADS: Loads = loadsOf(60, [
  'warm-closed:20000',
  'closed:20000',
  'open:10000:10000',
  'open:50000:25000',
  'open:100000:50000',
]);

export function loadsOf(gapUs: number, loads: readonly string[]): Loads {
  const names = loads
    .filter((load) => !load.startsWith('warm-'))
    .map((load) => load.split(':').slice(0, -1).join('-'));
  return { text: loads.join(','), names, gapUs };
}

export function parseOutcome(line: string): LoadOutcome | undefined {
  const value = JSON.parse(line) as Partial<LoadOutcome>;
  return value.load === undefined ? undefined : (value as LoadOutcome);
}
