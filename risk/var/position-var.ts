/**
 * VaR of the live positions: the model is prepared once from history at start, the figure is
 * simulated anew for each set of exposures. What the history does not cover is named, never
 * counted as safe.
 */
import { join } from 'node:path';
import type { GyrfalconConfig } from '../../config/schema.ts';
import { type ReturnMoments, returnMoments } from './covariance.ts';
import { type MonteCarloFigure, monteCarloVar, type VarPool } from './monte-carlo.ts';
import { type PriceHistory, readPriceHistory } from './price-history.ts';

/** A position's signed value: quantity x price x multiplier x rate to the base currency. */
export interface Exposure {
  readonly symbol: string;
  readonly valueBase: number;
}

export interface VarModel {
  readonly settings: GyrfalconConfig['valueAtRisk'];
  readonly currency: string;
  readonly history: PriceHistory;
  readonly moments: ReturnMoments;
}

export interface PositionVar extends MonteCarloFigure {
  /** Base currency; var, cvar and their errors are NaN when no open position has a history. */
  readonly currency: string;
  /** First and last day of the history, and how many returns it gave. */
  readonly from: string;
  readonly to: string;
  readonly days: number;
  /** Open positions without a history. */
  readonly uncovered: readonly string[];
  /** Stand-ins and gaps in words; empty when there are none. */
  readonly note: string;
}

/** `directory`: the folder that valueAtRisk.history is relative to (LoadedConfig.directory). */
export function prepareVarModel(config: GyrfalconConfig, directory: string): VarModel {
  const settings = config.valueAtRisk;
  const columns = [...new Set(Object.values(settings.columns))];
  const history = readPriceHistory(join(directory, settings.history), columns);
  const moments = returnMoments(history.columns);
  return { settings, currency: config.baseCurrency, history, moments };
}

/**
 * The mean return is taken as zero: over a day it is small beside the scatter, and a past rally
 * must not make today's book look safer.
 */
export async function positionVar(
  model: VarModel,
  exposures: readonly Exposure[],
  pool: VarPool,
  workers: number,
): Promise<PositionVar> {
  const { settings, currency, history, moments } = model;
  const { values, uncovered, standIns } = byColumn(model, exposures);
  const { horizonDays, scenarios, confidence, seed } = settings;
  const used = moments.names.flatMap((name, i) => (values.has(name) ? [i] : []));
  const question = { horizonDays, scenarios, confidence, seed };
  const figure =
    used.length > 0
      ? await monteCarloVar(
          {
            ...question,
            names: used.map((i) => moments.names[i]!),
            exposures: used.map((i) => values.get(moments.names[i]!)!),
            mean: used.map(() => 0),
            covariance: used.map((i) => used.map((j) => moments.covariance[i]![j]!)),
          },
          pool,
          workers,
        )
      : { ...question, ...same(uncovered.size > 0 ? Number.NaN : 0) };
  return {
    ...figure,
    currency,
    from: history.dates[0]!,
    to: history.dates.at(-1)!,
    days: history.dates.length - 1,
    uncovered: [...uncovered.keys()],
    note: noteOf(standIns, uncovered, currency),
  };
}

function same(x: number) {
  return { var: x, cvar: x, standardError: x, cvarStandardError: x };
}

/** Open positions summed by the column that stands for them. */
function byColumn({ settings }: VarModel, exposures: readonly Exposure[]) {
  const values = new Map<string, number>();
  const uncovered = new Map<string, number>();
  const standIns = new Set<string>();
  for (const { symbol, valueBase } of exposures) {
    if (valueBase === 0) continue;
    const column = settings.columns[symbol];
    const target = column === undefined ? uncovered : values;
    const key = column ?? symbol;
    target.set(key, (target.get(key) ?? 0) + valueBase);
    if (column !== undefined && column !== symbol) standIns.add(`${symbol} as ${column}`);
  }
  return { values, uncovered, standIns };
}

function noteOf(
  standIns: ReadonlySet<string>,
  uncovered: ReadonlyMap<string, number>,
  currency: string,
): string {
  const gaps = [...uncovered].map(
    ([symbol, value]) => `${symbol} (${value.toFixed(0)} ${currency}) left out: no history`,
  );
  return [...standIns, ...gaps].join('; ');
}
