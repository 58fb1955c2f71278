/**
 * A strategy's trained model on its way from config/models into shared memory, where wasm/tree-score.ts
 * scores it: once, at start. The config was checked, so every tree is one and there is room for all.
 */
import { MODEL_FEATURES, type ModelConfig } from '../../config/model.ts';
import * as L from '../../wasm/layout.ts';
import type { Memory } from '../../wasm/memory.ts';

const LINKS = { identity: L.LINK_IDENTITY, logistic: L.LINK_LOGISTIC } as const;
type Tree = ModelConfig['trees'][number];

export function writeModel(memory: Memory, strategy: number, model: ModelConfig): void {
  const start = L.MODELS + strategy * L.MODEL_BYTES;
  memory.setI32(start + L.MOD_TREE_COUNT, model.trees.length);
  memory.setI32(start + L.MOD_LINK, LINKS[model.link]);
  memory.setF64(start + L.MOD_BASE_SCORE, model.baseScore);
  let root: number = L.MOD_NODES;
  for (const [index, tree] of model.trees.entries()) {
    memory.setI32(start + L.MOD_ROOTS + index * L.ROOT_BYTES, root);
    memory.setI32(start + L.MOD_ROOTS + index * L.ROOT_BYTES + L.ROOT_DEPTH, depthOf(tree));
    writeTree(memory, { start, root }, tree);
    root += tree.length * L.NODE_BYTES;
  }
}

/** `start`: address of the model; `root`: where the tree begins, from there. */
function writeTree(
  memory: Memory,
  { start, root }: { readonly start: number; readonly root: number },
  tree: Tree,
): void {
  for (const [index, { feature, threshold, left, right, leaf }] of tree.entries()) {
    const node = start + root + index * L.NODE_BYTES;
    const place = (child: number): number => root + child * L.NODE_BYTES;
    const isLeaf = feature === undefined;
    memory.setF64(node + L.NODE_VALUE, (isLeaf ? leaf : threshold)!);
    memory.setI32(node + L.NODE_FEATURE, isLeaf ? 0 : MODEL_FEATURES.indexOf(feature));
    memory.setI32(node + L.NODE_LEFT, place(isLeaf ? index : left!));
    memory.setI32(node + L.NODE_RIGHT, place(isLeaf ? index : right!));
  }
}

/** Questions on the longest way to a leaf; children stand behind their parents. */
function depthOf(tree: Tree): number {
  const depths = new Array<number>(tree.length).fill(0);
  for (const [index, { left, right }] of tree.entries()) {
    if (left === undefined || right === undefined) continue;
    depths[left] = depths[index]! + 1;
    depths[right] = depths[index]! + 1;
  }
  return Math.max(...depths);
}
