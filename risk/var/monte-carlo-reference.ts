/**
 * The plain twin of wasm/value-at-risk.ts: the same scenarios one by one, readable and slow. Its
 * losses equal the kernel's to the last bit.
 */
import { normalPair } from '../../wasm/normal-reference.ts';
import { PrngReference } from '../../wasm/prng-reference.ts';
import { VAR_BLOCK } from '../../wasm/value-at-risk-layout.ts';
import type { LinearBook } from './monte-carlo.ts';

/** Scenario s of a four uses lane s % 2; 0 and 1 take the cosine normal, 2 and 3 the sine one. */
export function simulateReference(book: LinearBook, seed: number, scenarios: number): Float64Array {
  const factors = book.exposures.length;
  const losses = new Float64Array(scenarios);
  // A factor: lane 0 by cosine, by sine; lane 1 by cosine, by sine.
  const normals = new Float64Array(factors * 4);
  for (let block = 0; block * VAR_BLOCK < scenarios; block++) {
    const streams = [new PrngReference(seed, block * 2), new PrngReference(seed, block * 2 + 1)];
    const end = Math.min(scenarios, (block + 1) * VAR_BLOCK);
    for (let four = block * VAR_BLOCK; four < end; four += 4) {
      for (let factor = 0; factor < factors; factor++) {
        for (let lane = 0; lane < 2; lane++) {
          normalPair(streams[lane]!, normals, factor * 4 + lane * 2);
        }
      }
      for (let s = 0; s < 4 && four + s < end; s++) {
        losses[four + s] = loss(book, normals, (s % 2) * 2 + (s >> 1));
      }
    }
  }
  return losses;
}

/** `at`: which of a factor's four normals belongs to the scenario. */
function loss(
  { exposures, mean, cholesky }: LinearBook,
  normals: Float64Array,
  at: number,
): number {
  let gain = 0;
  let cell = 0;
  for (let i = 0; i < exposures.length; i++) {
    let assetReturn = mean[i]!;
    for (let j = 0; j <= i; j++) assetReturn += cholesky[cell++]! * normals[j * 4 + at]!;
    gain += exposures[i]! * assetReturn;
  }
  return -gain;
}
