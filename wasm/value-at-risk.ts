// Monte Carlo losses of a linear book: correlated normal returns by the Cholesky factor, eight
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
// eights. The seed is a whole number below 2^53.
export function simulateBlock(seed: f64, block: i32, factors: i32, scenarios: i32): void {
  prngSeed(VAR_PRNG, <u64>seed, <u64>block);
  const end = VAR_NORMALS + factors * VAR_NORMALS_BYTES;
  for (let scenario: i32 = 0; scenario < scenarios; scenario += 8) {
    for (let normals: i32 = VAR_NORMALS; normals < end; normals += VAR_NORMALS_BYTES) {
      normalFour(VAR_PRNG, normals);
      normalFour(VAR_PRNG, normals + 32);
    }
    lossEight(VAR_LOSSES + scenario * 8, factors);
  }
}

// Eight scenarios share each load of the factor, and their four sums hide the latency of adding.
function lossEight(target: i32, factors: i32): void {
  let cell: i32 = VAR_CHOLESKY;
  let gainA = f64x2.splat(0);
  let gainB = gainA;
  let gainC = gainA;
  let gainD = gainA;
  for (let i: i32 = 0; i < factors; i++) {
    let a = v128.load64_splat(VAR_MEAN + i * 8);
    let b = a;
    let c = a;
    let d = a;
    let normals: i32 = VAR_NORMALS;
    const end: i32 = cell + (i + 1) * 8;
    for (; cell < end; cell += 8) {
      const weight = v128.load64_splat(cell);
      a = f64x2.add(a, f64x2.mul(weight, v128.load(normals)));
      b = f64x2.add(b, f64x2.mul(weight, v128.load(normals, 16)));
      c = f64x2.add(c, f64x2.mul(weight, v128.load(normals, 32)));
      d = f64x2.add(d, f64x2.mul(weight, v128.load(normals, 48)));
      normals += VAR_NORMALS_BYTES;
    }
    const exposure = v128.load64_splat(VAR_EXPOSURE + i * 8);
    gainA = f64x2.add(gainA, f64x2.mul(exposure, a));
    gainB = f64x2.add(gainB, f64x2.mul(exposure, b));
    gainC = f64x2.add(gainC, f64x2.mul(exposure, c));
    gainD = f64x2.add(gainD, f64x2.mul(exposure, d));
  }
  v128.store(target, f64x2.neg(gainA));
  v128.store(target, f64x2.neg(gainB), 16);
  v128.store(target, f64x2.neg(gainC), 32);
  v128.store(target, f64x2.neg(gainD), 48);
}
