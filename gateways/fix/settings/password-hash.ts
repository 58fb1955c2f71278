/**
 * A password that is kept as something from which it cannot be had again:
 * scrypt:N:r:p:salt:hash, salt and hash in base64. Made by `gyrfalcon fix password`, checked at
 * each Logon; a password kept as it is compares the same way, in time that tells nothing.
 */
import { createHash, randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';

/**
 * 16 MiB and some 40 ms, in which nobody else is served: a hash made with more can be put into the
 * file where Logons are few. Machines' passwords are long; this keeps those that people chose.
 */
const COST = { N: 2 ** 14, r: 8, p: 1 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** What a hash may ask for at most. */
const MEMORY_BYTES_MAX = 256 * 2 ** 20;
const PARALLEL_MAX = 4;
const PREFIX = 'scrypt:';

interface PasswordHash {
  readonly cost: { readonly N: number; readonly r: number; readonly p: number };
  readonly salt: Buffer;
  readonly hash: Buffer;
}

export const isPasswordHash = (kept: string): boolean => kept.startsWith(PREFIX);

/** Passwords are bytes: what a person types in UTF-8, what FIX says as it stands there. */
export function hashPassword(password: Uint8Array): string {
  const salt = randomBytes(SALT_BYTES);
  const hash = derive(password, { cost: COST, salt, bytes: HASH_BYTES });
  const { N, r, p } = COST;
  return `${PREFIX}${N}:${r}:${p}:${salt.toString('base64')}:${hash.toString('base64')}`;
}

/** Whether the password is the one that is kept, as it is or as its hash. */
export function isPassword(password: Uint8Array, kept: string): boolean {
  if (!isPasswordHash(kept)) return isSame(password, Buffer.from(kept, 'utf8'));
  const known = parsePasswordHash(kept);
  if (known === undefined) return false;
  const { cost, salt, hash } = known;
  return timingSafeEqual(derive(password, { cost, salt, bytes: hash.length }), hash);
}

/** Without telling by its time how much of the two is alike. */
export function isSame(a: Uint8Array, b: Uint8Array): boolean {
  const digest = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** undefined = no hash that can be checked here. */
export function parsePasswordHash(kept: string): PasswordHash | undefined {
  const match = /^scrypt:(\d{1,8}):(\d{1,3}):(\d{1,3}):([\w+/]+=*):([\w+/]+=*)$/.exec(kept);
  if (match === null) return undefined;
  const [N = 0, r = 0, p = 0] = match.slice(1, 4).map(Number);
  const isPowerOfTwo = N > 1 && Number.isInteger(Math.log2(N));
  const fits = 128 * N * r <= MEMORY_BYTES_MAX && p <= PARALLEL_MAX;
  // scrypt itself takes no more for so small an r (RFC 7914).
  if (!isPowerOfTwo || r === 0 || p === 0 || !fits || Math.log2(N) >= 16 * r) return undefined;
  const [salt, hash] = [Buffer.from(match[4]!, 'base64'), Buffer.from(match[5]!, 'base64')];
  return hash.length < HASH_BYTES / 2 ? undefined : { cost: { N, r, p }, salt, hash };
}

interface Derivation {
  readonly cost: PasswordHash['cost'];
  readonly salt: Buffer;
  readonly bytes: number;
}

function derive(password: Uint8Array, { cost, salt, bytes }: Derivation): Buffer {
  return scryptSync(password, salt, bytes, { ...cost, maxmem: 2 * MEMORY_BYTES_MAX });
}
