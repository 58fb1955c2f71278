/** What must fit together within a strategy's configuration: its code or its threshold, its model. */
import { checkModel, NODES_TOTAL_MAX, nodeCount } from './model.ts';
import type { StrategyConfig } from './schema.ts';
import type { Path } from './yaml-source.ts';

type Report = (path: Path, text: string) => void;

export function checkStrategyKinds(strategies: readonly StrategyConfig[], report: Report): void {
  let nodes = 0;
  for (const [index, strategy] of strategies.entries()) {
    const at = ['strategies', index];
    checkKind(strategy, at, report);
    if (!strategy.model) continue;
    checkModel(strategy.model, [...at, 'model'], report);
    nodes += nodeCount(strategy.model);
    if (nodes <= NODES_TOTAL_MAX) continue;
    const text = `brings the nodes of all models to ${nodes}; there may be ${NODES_TOTAL_MAX}`;
    report([...at, 'model'], text);
    return;
  }
}

function checkKind(strategy: StrategyConfig, at: Path, report: Report): void {
  const { file, threshold, parameters, model } = strategy;
  if ((file === undefined) === (threshold === undefined)) {
    const has = file === undefined ? 'neither' : 'both';
    report(at, `has ${has} of file and threshold; it must have one`);
    return;
  }
  if (threshold === undefined) {
    if (parameters === undefined) {
      report(at, 'has no parameters; a strategy with a file must have them (none: {})');
    }
    return;
  }
  if (parameters !== undefined) {
    report([...at, 'parameters'], 'must not be there: a threshold has none');
  }
  if (threshold.exit >= threshold.entry) {
    const text = `is ${threshold.exit}; it must be below entry ${threshold.entry}`;
    report([...at, 'threshold', 'exit'], text);
  }
  if (threshold.signal === 'score' && !model) {
    report([...at, 'threshold', 'signal'], 'is "score"; the strategy must name a model');
  }
}
