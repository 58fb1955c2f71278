/**
 * The plain twin of tree-score.ts: walks the model as config holds it, by recursion, one question after
 * the other. `exp` is the core's own, so that a logistic score can be compared bit by bit.
 */
export interface ReferenceNode {
  readonly feature?: string | undefined;
  readonly threshold?: number | undefined;
  readonly left?: number | undefined;
  readonly right?: number | undefined;
  readonly leaf?: number | undefined;
}

export interface ReferenceModel {
  readonly baseScore: number;
  readonly link: 'identity' | 'logistic';
  readonly trees: readonly (readonly ReferenceNode[])[];
}

/** What each feature is now; one that is not there is missing. */
export type ReferenceFeatures = Readonly<Record<string, number | undefined>>;

export function referenceScore(
  model: ReferenceModel,
  features: ReferenceFeatures,
  exp: (x: number) => number,
): number {
  let sum = model.baseScore;
  for (const tree of model.trees) sum += leafOf(tree, 0, features);
  return model.link === 'logistic' ? 1 / (1 + exp(-sum)) : sum;
}

function leafOf(
  tree: readonly ReferenceNode[],
  index: number,
  features: ReferenceFeatures,
): number {
  const node = tree[index]!;
  if (node.feature === undefined) return node.leaf!;
  const value = features[node.feature];
  const isMissing = value === undefined || Number.isNaN(value);
  const goesLeft = isMissing || value < node.threshold!;
  return leafOf(tree, goesLeft ? node.left! : node.right!, features);
}
