// Random numbers of the simulation: xoshiro256++ (Blackman and Vigna, 2019), two independent
// streams side by side in the lanes of v128, seeded by SplitMix64. Own implementation of
// published algorithms; bit-equal to prng-reference.ts.

// In halves: a 64-bit literal would lose digits in the eyes of every JavaScript tool.
const GOLDEN: u64 = ((<u64>0x9e3779b9) << 32) | 0x7f4a7c15;
const MIX_1: u64 = ((<u64>0xbf58476d) << 32) | 0x1ce4e5b9;
const MIX_2: u64 = ((<u64>0x94d049bb) << 32) | 0x133111eb;

function mix(value: u64): u64 {
  let z = value;
  z = (z ^ (z >> 30)) * MIX_1;
  z = (z ^ (z >> 27)) * MIX_2;
  return z ^ (z >> 31);
}

// Lanes 0 and 1 of the state at `state` (64 bytes) become streams 2 * pair and 2 * pair + 1 of
// the seed.
export function prngSeed(state: i32, seed: u64, pair: u64): void {
  for (let lane: i32 = 0; lane < 2; lane++) {
    const start = mix(mix(seed + GOLDEN) ^ (pair * 2 + <u64>lane));
    for (let word: i32 = 0; word < 4; word++) {
      store<u64>(state + word * 16 + lane * 8, mix(start + GOLDEN * <u64>(word + 1)));
    }
  }
}

function rotateLeft(x: v128, bits: i32): v128 {
  return v128.or(i64x2.shl(x, bits), i64x2.shr_u(x, 64 - bits));
}

// The next 64 random bits of both streams.
export function prngNext(state: i32): v128 {
  const s0 = v128.load(state);
  let s1 = v128.load(state, 16);
  let s2 = v128.load(state, 32);
  let s3 = v128.load(state, 48);
  const result = i64x2.add(rotateLeft(i64x2.add(s0, s3), 23), s0);
  const shifted = i64x2.shl(s1, 17);
  s2 = v128.xor(s2, s0);
  s3 = v128.xor(s3, s1);
  s1 = v128.xor(s1, s2);
  v128.store(state, v128.xor(s0, s3));
  v128.store(state, s1, 16);
  v128.store(state, v128.xor(s2, shifted), 32);
  v128.store(state, rotateLeft(s3, 45), 48);
  return result;
}
