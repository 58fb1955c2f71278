/**
 * A strategy's trained model on its way from config/models into shared memory, where wasm/tree-score.ts
 * scores it: once, at start. The config was checked, so every tree is one and there is room for all.
 */
import { MODEL_FEATURES, type ModelConfig } from '../../config/model.ts';
import * as L from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';

const LINKS = { identity: L.LINK_IDENTITY, logistic: L.LINK_LOGISTIC } as const;
const LEAF = -1;

export function writeModel(memory: Memory, strategy: number, model: ModelConfig): void {
  const start = L.MODELS + strategy * L.MODEL_BYTES;
  memory.setI32(start + L.MOD_TREE_COUNT, model.trees.length);
  memory.setI32(start + L.MOD_LINK, LINKS[model.link]);
  memory.setF64(start + L.MOD_BASE_SCORE, model.baseScore);
  let root: number = L.MOD_NODES;
  for (const [tree, nodes] of model.trees.entries()) {
    memory.setI32(start + L.MOD_ROOTS + tree * 4, root);
    const placeOf = (node: number): number => root + node * L.NODE_BYTES;
    for (const [index, { feature, threshold, left, right, leaf }] of nodes.entries()) {
      const node = start + placeOf(index);
      const isLeaf = feature === undefined;
      memory.setF64(node + L.NODE_VALUE, (isLeaf ? leaf : threshold)!);
      memory.setI32(node + L.NODE_FEATURE, isLeaf ? LEAF : MODEL_FEATURES.indexOf(feature));
      memory.setI32(node + L.NODE_LEFT, isLeaf ? 0 : placeOf(left!));
      memory.setI32(node + L.NODE_RIGHT, isLeaf ? 0 : placeOf(right!));
    }
    root += nodes.length * L.NODE_BYTES;
  }
}
