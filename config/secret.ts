/**
 * Secrets stand nowhere in the configuration: it names where each one is kept, an environment
 * variable or a file. Read when they are first needed and again when their file has changed; never
 * printed, and never journaled, since the journal's first record is the configuration.
 */
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { z } from 'zod';

/** A longer file is no password and no key. */
const SECRET_BYTES_MAX = 65_536;
/** Whoever may read it knows it; whoever may write it replaces it. */
const OTHERS_READ = 0o004;
const NOT_OWNER_WRITES = 0o022;
const PERMISSIONS = 0o777;

const fileSchema = z.strictObject({ file: z.string().min(1) });
/** `writeOnly`: what stands here is not shown, should it be the secret itself. */
const WHERE = {
  description:
    'where the secret is kept, never the secret itself: { env: NAME } or { file: PATH } ' +
    '(from where the program is started)',
  writeOnly: true,
};
const envSchema = z.strictObject({ env: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/) });

export const secretSchema = z.union([envSchema, fileSchema]).meta(WHERE);
/** For a secret that the program itself replaces. */
export const secretFileSchema = fileSchema.meta({
  ...WHERE,
  description: 'the file that the secret is kept in, never the secret itself: { file: PATH }',
});

export type SecretReference = z.infer<typeof secretSchema>;

/** A secret, or why there is none; the problem names the place and what to do. */
type SecretReading = { readonly text: string } | { readonly problem: string };

export function readSecret(reference: SecretReference): SecretReading {
  if ('file' in reference) return readSecretFile(reference.file);
  const text = process.env[reference.env];
  if (text === undefined) {
    return {
      problem: `the environment variable ${reference.env} is not set: set it before the start`,
    };
  }
  if (text === '') return { problem: `the environment variable ${reference.env} is empty` };
  return { text };
}

/** A secret in use: as it was at the start, or as its file has said since. */
export class Secret {
  readonly #reference: SecretReference;
  readonly #onProblem: (text: string) => void;
  #text: string;
  #stamp: string;

  /** `onProblem`: the file has become unusable, and what it said last is still used. */
  constructor(reference: SecretReference, text: string, onProblem: (text: string) => void) {
    this.#reference = reference;
    this.#onProblem = onProblem;
    this.#text = text;
    this.#stamp = stampOf(reference);
  }

  /** The secret now. */
  reveal(): string {
    const stamp = stampOf(this.#reference);
    if (stamp === this.#stamp) return this.#text;
    this.#stamp = stamp;
    const reading = readSecret(this.#reference);
    if ('text' in reading) this.#text = reading.text;
    else this.#onProblem(`${reading.problem}; what it held before is still used`);
    return this.#text;
  }
}

/** Puts a new secret into the file, whole or not at all; the file keeps its permissions. */
export function writeSecretFile(file: string, text: string): void {
  const target = realpathSync(file);
  const part = `${target}.new`;
  const mode = statSync(target).mode & PERMISSIONS;
  rmSync(part, { force: true }); // left by a process that died
  const descriptor = openSync(part, 'wx', mode);
  try {
    fchmodSync(descriptor, mode); // whatever the umask takes away
    writeFileSync(descriptor, `${text}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(part, target);
}

function readSecretFile(file: string): SecretReading {
  let descriptor: number;
  try {
    // A pipe without a writer is no reason to wait: it is not a file.
    descriptor = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { problem: `${file}: there is no such file` };
    return { problem: `${file}: it cannot be read (${code})` };
  }
  try {
    const status = fstatSync(descriptor);
    if (!status.isFile()) return { problem: `${file}: it is not a file` };
    if (status.size > SECRET_BYTES_MAX) {
      return { problem: `${file}: it is too long for a secret, ${SECRET_BYTES_MAX} bytes at most` };
    }
    // Windows keeps permissions elsewhere.
    if (process.platform !== 'win32' && (status.mode & (OTHERS_READ | NOT_OWNER_WRITES)) !== 0) {
      const mode = (status.mode & PERMISSIONS).toString(8);
      const problem = `${file}: other users may read or write it (mode ${mode}): chmod 600 ${file}`;
      return { problem };
    }
    const text = readFileSync(descriptor, 'utf8').replace(/\r?\n$/, '');
    return text === '' ? { problem: `${file}: it is empty` } : { text };
  } finally {
    closeSync(descriptor);
  }
}

/** Differs when the file was written or replaced. */
function stampOf(reference: SecretReference): string {
  if (!('file' in reference)) return '';
  try {
    const { ino, mtimeNs, size } = statSync(reference.file, { bigint: true });
    return `${ino} ${mtimeNs} ${size}`;
  } catch (cause) {
    return String((cause as NodeJS.ErrnoException).code);
  }
}
