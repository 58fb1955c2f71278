/**
 * The plain twin of prng.ts: one stream of xoshiro256++ in 32-bit halves (a 64-bit product or sum
 * is not exact in a double). Seeding is rare and uses BigInt.
 */
const GOLDEN = 0x9e3779b97f4a7c15n;
const u64 = (x: bigint) => BigInt.asUintN(64, x);

function mix(value: bigint): bigint {
  let z = value;
  z = u64((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
  z = u64((z ^ (z >> 27n)) * 0x94d049bb133111ebn);
  return z ^ (z >> 31n);
}

export class PrngReference {
  /** Words 0 to 3 of the state: high half, low half. */
  readonly #state = new Uint32Array(8);
  /** Halves of the number that next() made. */
  high = 0;
  low = 0;

  constructor(seed: number, stream: number) {
    const start = mix(mix(u64(BigInt(seed) + GOLDEN)) ^ BigInt(stream));
    for (let word = 0; word < 4; word++) {
      const bits = mix(u64(start + GOLDEN * BigInt(word + 1)));
      this.#state[word * 2] = Number(bits >> 32n);
      this.#state[word * 2 + 1] = Number(bits & 0xffffffffn);
    }
  }

  /** Puts the next 64 random bits into high and low. */
  next(): void {
    const s = this.#state;
    const h0 = s[0]!;
    const l0 = s[1]!;
    const h3 = s[6]!;
    const l3 = s[7]!;
    // result = rotateLeft(s0 + s3, 23) + s0
    const sumLow = l0 + l3;
    const sumHigh = (h0 + h3 + (sumLow > 0xffffffff ? 1 : 0)) >>> 0;
    const low = sumLow >>> 0;
    const resultLow = (((low << 23) | (sumHigh >>> 9)) >>> 0) + l0;
    const resultHigh = (sumHigh << 23) | (low >>> 9);
    this.low = resultLow >>> 0;
    this.high = ((resultHigh >>> 0) + h0 + (resultLow > 0xffffffff ? 1 : 0)) >>> 0;

    const shiftedHigh = (s[2]! << 17) | (s[3]! >>> 15);
    const shiftedLow = s[3]! << 17;
    s[4]! ^= h0;
    s[5]! ^= l0;
    const h = h3 ^ s[2]!;
    const l = l3 ^ s[3]!;
    s[2]! ^= s[4]!;
    s[3]! ^= s[5]!;
    s[0] = h0 ^ h;
    s[1] = l0 ^ l;
    s[4]! ^= shiftedHigh;
    s[5]! ^= shiftedLow;
    // rotateLeft(s3, 45) = rotateLeft(halves swapped, 13)
    s[6] = (l << 13) | (h >>> 19);
    s[7] = (h << 13) | (l >>> 19);
  }

  /** Uniform in [0, 1), the upper 52 bits of next(). */
  nextUnit(): number {
    this.next();
    return (this.high * 1048576 + (this.low >>> 12)) / 4503599627370496;
  }
}
