/**
 * The shape of a trained model in config/models: an ensemble of regression trees as plain data. A tree is
 * a list of nodes, the first is its root; a node either asks a question and names the nodes that it leads
 * to, both of which stand further down, or holds the value that it adds to the score. Scored by the core
 * (wasm/tree-score.ts); a strategy names its model under `model:`.
 */
import { z } from 'zod';
import type { Path } from './yaml-source.ts';

/** What a model may ask for, numbered as FEATURE_* of wasm/layout.ts; a test compares the two. */
export const MODEL_FEATURES = [
  'spreadTicks',
  'bidLots',
  'askLots',
  'imbalance', // (bid - ask) / (bid + ask), in lots at the touch
  'micropriceDistanceTicks', // microprice - mid
  'orderFlow',
  'volatility',
  'zScore',
  'vwapDistanceTicks', // mid - VWAP
  'tradeSign',
  'positionLots',
] as const;

/** = MODEL_TREES_MAX and MODEL_NODES_MAX of wasm/layout.ts; a test compares them. */
export const TREES_MAX = 256;
export const NODES_MAX = 2048;
/** Of all strategies together: the journal's first record holds the configuration with its models. */
export const NODES_TOTAL_MAX = 8192;
/** So that no sum of leaves leaves the range of numbers. */
const VALUE_MAX = 1e9;

const place = z.number().int().min(1).max(NODES_MAX);
const value = z.number().min(-VALUE_MAX).max(VALUE_MAX);

const nodeSchema = z.strictObject({
  /** Asks whether this feature is below the threshold: then left, else right. A missing one goes left. */
  feature: z.enum(MODEL_FEATURES).optional(),
  threshold: z.number().optional(),
  left: place.optional(),
  right: place.optional(),
  /** Or adds this to the score. */
  leaf: value.optional(),
});

export const modelSchema = z
  .strictObject({
    /** What the score means and what it was trained on. */
    about: z.string().min(1).max(300).describe('text of at most 300 characters, not empty'),
    baseScore: value,
    /** logistic: the sum becomes a probability, 1 / (1 + e^-sum). */
    link: z.enum(['identity', 'logistic']),
    trees: z.array(z.array(nodeSchema).min(1).max(NODES_MAX)).min(1).max(TREES_MAX),
  })
  .describe('a model, or the name of its .yaml or .json file');

export type ModelConfig = z.infer<typeof modelSchema>;
type NodeConfig = z.infer<typeof nodeSchema>;
type Report = (path: Path, text: string) => void;

const QUESTION = ['feature', 'threshold', 'left', 'right'] as const;

/** What no single value can show: that the nodes are trees, and that there is room for them. */
export function checkModel(model: ModelConfig, at: Path, report: Report): void {
  const nodes = nodeCount(model);
  if (nodes > NODES_MAX) {
    report([...at, 'trees'], `has ${nodes} nodes; it must have at most ${NODES_MAX}`);
  }
  for (const [tree, list] of model.trees.entries()) {
    checkTree(list, [...at, 'trees', tree], report);
  }
}

export function nodeCount({ trees }: ModelConfig): number {
  return trees.reduce((sum, tree) => sum + tree.length, 0);
}

function checkTree(nodes: readonly NodeConfig[], at: Path, report: Report): void {
  const parents = new Array<number>(nodes.length).fill(0);
  for (const [index, node] of nodes.entries()) {
    const has = QUESTION.filter((key) => node[key] !== undefined);
    if (node.leaf !== undefined ? has.length > 0 : has.length < QUESTION.length) {
      report([...at, index], 'must have either leaf, or feature, threshold, left and right');
      return;
    }
    for (const key of ['left', 'right'] as const) {
      const child = node[key];
      if (child === undefined) continue;
      if (child <= index || child >= nodes.length) {
        const text = `is ${child}; it must be a node further down, ${index + 1} to ${nodes.length - 1}`;
        report(
          [...at, index, key],
          index + 1 < nodes.length ? text : `is ${child}; no node follows`,
        );
        return;
      }
      parents[child]!++;
    }
  }
  const wrong = parents.findIndex((count, index) => index > 0 && count !== 1);
  if (wrong < 0) return;
  report([...at, wrong], `is led to from ${parents[wrong]} nodes; it must be from one`);
}
