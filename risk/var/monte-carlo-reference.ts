/**
 * The plain twin of wasm/value-at-risk.ts: the same scenarios one by one, readable and slow. Its
 * losses equal the kernel's to the last bit.
 */
import { normalPair } from '../../wasm/normal-reference.ts';
import { PrngReference } from '../../wasm/prng-reference.ts';
import { VAR_BLOCK } from '../../wasm/value-at-risk-layout.ts';
import type { LinearBook } from './monte-carlo.ts';

/** Scenarios come in eights; of a factor's eight normals, the first four are drawn first. */
export function simulateReference(book: LinearBook, seed: number, scenarios: number): Float64Array {
  const factors = book.exposures.length;
  const losses = new Float64Array(scenarios);
  const normals = new Float64Array(factors * 8);
  for (let block = 0; block * VAR_BLOCK < scenarios; block++) {
    const streams = [new PrngReference(seed, block * 2), new PrngReference(seed, block * 2 + 1)];
    const end = Math.min(scenarios, (block + 1) * VAR_BLOCK);
    for (let eight = block * VAR_BLOCK; eight < end; eight += 8) {
      for (let four = 0; four < factors * 8; four += 4) {
        normalPair(streams[0]!, normals, four);
        normalPair(streams[1]!, normals, four + 2);
      }
      for (let s = 0; s < 8 && eight + s < end; s++) {
        losses[eight + s] = loss(book, normals, PLACE_OF[s]!);
      }
    }
  }
  return losses;
}

/**
 * A four is drawn as lane 0 by cosine and sine, then lane 1; the kernel stores both lanes by cosine
 * first. So scenario s of an eight finds its normal here.
 */
const PLACE_OF = [0, 2, 1, 3, 4, 6, 5, 7];

/** `place`: which of a factor's eight normals belongs to the scenario. */
function loss(book: LinearBook, normals: Float64Array, place: number): number {
  const { exposures, mean, cholesky } = book;
  let gain = 0;
  let cell = 0;
  for (let i = 0; i < exposures.length; i++) {
    let assetReturn = mean[i]!;
    for (let j = 0; j <= i; j++) assetReturn += cholesky[cell++]! * normals[j * 8 + place]!;
    gain += exposures[i]! * assetReturn;
  }
  return -gain;
}
