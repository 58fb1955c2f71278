// Monte Carlo losses of a linear book: correlated normal returns by the Cholesky factor, four
// scenarios at a time. A block of scenarios has its own random streams, so the answer does not
// depend on who computes which block. Memory: value-at-risk-layout.ts. Plain twin:
// risk/var/monte-carlo-reference.ts, equal to the last bit.
import { normalFour } from './normal';
import { prngSeed } from './prng';
import {
  VAR_CHOLESKY,
  VAR_EXPOSURE,
  VAR_LOSSES,
  VAR_MEAN,
  VAR_NORMALS,
  VAR_NORMALS_BYTES,
  VAR_PRNG,
} from './value-at-risk-layout';

// Writes the losses of the block's first `scenarios` scenarios to VAR_LOSSES, rounded up to whole
// fours. The seed is a whole number below 2^53.
export function simulateBlock(seed: f64, block: i32, factors: i32, scenarios: i32): void {
  prngSeed(VAR_PRNG, <u64>seed, <u64>block);
  for (let scenario: i32 = 0; scenario < scenarios; scenario += 4) {
    for (let factor: i32 = 0; factor < factors; factor++) {
      normalFour(VAR_PRNG, VAR_NORMALS + factor * VAR_NORMALS_BYTES);
    }
    lossFour(VAR_LOSSES + scenario * 8, factors);
  }
}

function lossFour(target: i32, factors: i32): void {
  let row: i32 = VAR_CHOLESKY;
  let gainLow = f64x2.splat(0);
  let gainHigh = f64x2.splat(0);
  for (let i: i32 = 0; i < factors; i++) {
    let low = v128.load64_splat(VAR_MEAN + i * 8);
    let high = low;
    let normal: i32 = VAR_NORMALS;
    const end: i32 = row + (i + 1) * 8;
    for (; row < end; row += 8) {
      const weight = v128.load64_splat(row);
      low = f64x2.add(low, f64x2.mul(weight, v128.load(normal)));
      high = f64x2.add(high, f64x2.mul(weight, v128.load(normal, 16)));
      normal += VAR_NORMALS_BYTES;
    }
    const exposure = v128.load64_splat(VAR_EXPOSURE + i * 8);
    gainLow = f64x2.add(gainLow, f64x2.mul(exposure, low));
    gainHigh = f64x2.add(gainHigh, f64x2.mul(exposure, high));
  }
  v128.store(target, f64x2.neg(gainLow));
  v128.store(target, f64x2.neg(gainHigh), 16);
}
