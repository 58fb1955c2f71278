/**
 * Who may ask. Two secrets, made at first start in files that only the owner can read: the control token
 * acts and reads, the rearm token does one thing, so that re-arming after a kill takes a second person.
 * Loopback is no protection by itself (any web page can send requests there), hence also the checks of
 * Host (DNS rebinding) and Origin (requests from other pages).
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { GyrfalconError } from '../../engine/errors.ts';

const TOKEN = /^[0-9a-f]{64}$/;
const HEADER = /^Bearer ([!-~]{1,256})$/i;

export interface Tokens {
  readonly control: string;
  readonly rearm: string;
}

export type Role = 'control' | 'rearm' | 'nobody';

export function loadTokens(files: { tokenFile: string; rearmTokenFile: string }): Tokens {
  const control = loadToken(files.tokenFile);
  const rearm = loadToken(files.rearmTokenFile);
  if (control === rearm) {
    throw new GyrfalconError(
      'CONFIG_INVALID',
      `${files.tokenFile} and ${files.rearmTokenFile} hold the same token: delete the second, a new one is made at the next start`,
    );
  }
  return { control, rearm };
}

function loadToken(file: string): string {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const made = randomBytes(32).toString('hex');
    writeFileSync(file, `${made}\n`, { flag: 'wx', mode: 0o600 });
    chmodSync(file, 0o600); // whatever the umask says
    return made;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw new GyrfalconError(
        'CONFIG_INVALID',
        `cannot make the token file ${file}: ${(cause as Error).message}`,
        { file },
        cause,
      );
    }
  }
  return readToken(file);
}

function readToken(file: string): string {
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
    throw new GyrfalconError(
      'CONFIG_INVALID',
      `the token file ${file} can be read by others: run chmod 600, or delete it to get a new token`,
    );
  }
  const token = readFileSync(file, 'utf8').trim();
  if (!TOKEN.test(token)) {
    throw new GyrfalconError(
      'CONFIG_INVALID',
      `the token file ${file} does not hold 64 hexadecimal digits: delete it to get a new token`,
    );
  }
  return token;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Compares digests, so that neither content nor length shows in the time that it takes. */
export class TokenCheck {
  readonly #control: Buffer;
  readonly #rearm: Buffer;

  constructor(tokens: Tokens) {
    this.#control = digest(tokens.control);
    this.#rearm = digest(tokens.rearm);
  }

  role(token: string): Role {
    const given = digest(token);
    const control = timingSafeEqual(given, this.#control);
    const rearm = timingSafeEqual(given, this.#rearm);
    return control ? 'control' : rearm ? 'rearm' : 'nobody';
  }

  /** Of an Authorization header; absent or malformed = nobody. */
  roleOfHeader(authorization: string): Role {
    const token = HEADER.exec(authorization)?.[1];
    return token === undefined ? 'nobody' : this.role(token);
  }
}

/** True for the names under which this very server can be reached; a rebound DNS name is not among them. */
export function isOwnHost(host: string, port: number): boolean {
  return [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`].includes(host.toLowerCase());
}

/** Browsers always name the page that acts; programs without a page send no Origin, and need a token anyway. */
export function isOwnOrigin(origin: string, port: number): boolean {
  if (origin === '') return true;
  return origin.startsWith('http://') && isOwnHost(origin.slice('http://'.length), port);
}
