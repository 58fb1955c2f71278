/** The hash by which peers of the bench `book` compare trades and books: 64 bits, word by word. */

export const SEED = 0x243f6a8885a308d3n;
const GOLDEN = 0x9e3779b97f4a7c15n;

export function mix(hash: bigint, word: number): bigint {
  const mixed = BigInt.asUintN(64, (hash ^ BigInt(word)) * GOLDEN);
  return mixed ^ (mixed >> 29n);
}
