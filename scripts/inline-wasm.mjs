/**
 * Inlines a module's functions into each other far beyond what asc does: an order that goes through
 * six small functions is done in one. Twice the bytes, and a tenth to a third faster
 * (docs/decisions/0015-order-book-kernel.md, 0021-a-tick-in-few-calls.md).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import binaryen from 'assemblyscript/binaryen';

const { Features } = binaryen;
// What asconfig.json enables, and what asc enables by itself.
const FEATURES =
  Features.SIMD128 |
  Features.Atomics |
  Features.BulkMemory |
  Features.BulkMemoryOpt |
  Features.MutableGlobals |
  Features.SignExt |
  Features.NontrappingFPToInt;
const ALWAYS_INLINE_MAX = 400; // Binaryen's sizes, in expressions
const FLEXIBLE_INLINE_MAX = 600;
const ONE_CALLER_INLINE_MAX = 10_000;

/** `apart`: names of functions that are not to be inlined. */
export function inlineAll(file, apart) {
  const module = binaryen.readBinary(readFileSync(file));
  module.setFeatures(FEATURES);
  for (const name of apart) {
    if (module.getFunction(name) === 0) throw new Error(`${file} has no function ${name}`);
    binaryen.setPassArgument('no-inline', name);
    module.runPasses(['no-inline']);
  }
  binaryen.setOptimizeLevel(3);
  binaryen.setShrinkLevel(0);
  binaryen.setAlwaysInlineMaxSize(ALWAYS_INLINE_MAX);
  binaryen.setFlexibleInlineMaxSize(FLEXIBLE_INLINE_MAX);
  binaryen.setOneCallerInlineMaxSize(ONE_CALLER_INLINE_MAX);
  binaryen.setAllowInliningFunctionsWithLoops(true);
  module.optimize();
  module.optimize();
  writeFileSync(file, module.emitBinary());
}
