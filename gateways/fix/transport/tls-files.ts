/**
 * TLS settings out of files, read again when one of them has changed: a renewed certificate serves
 * the next connection, those that stand are left alone. What cannot be used never replaces what
 * works.
 */
import { readFileSync, statSync } from 'node:fs';
import { readSecret, type SecretReference } from '../../../config/secret.ts';
import { GyrfalconError } from '../../../engine/errors.ts';
import type { Clock } from '../../../engine/ports.ts';
import { NS_PER_MS, NS_PER_S } from '../timestamp.ts';
import {
  checkTls,
  type TlsPlaces,
  type TlsRules,
  type TlsSettings,
  type TlsSource,
} from './tls-settings.ts';

/** The files are looked at once in this time, however many connections come. */
const LOOK_NS = NS_PER_S;

/** Where the parts of TlsMaterial are kept; undefined as there. */
export interface TlsFiles {
  readonly ca: string | undefined;
  readonly certificate: string | undefined;
  readonly key: SecretReference | undefined;
  readonly passphrase: SecretReference | undefined;
}

interface FileTlsParts {
  readonly rules: TlsRules;
  readonly files: TlsFiles;
  readonly clock: Clock;
  /** A changed file cannot be used; what it held before still is. */
  readonly onProblem: (text: string) => void;
}

export class FileTls implements TlsSource {
  readonly #parts: FileTlsParts;
  readonly #watched: readonly string[];
  #settings: TlsSettings;
  #stamp: string;
  #lookedNs: bigint;

  /** Throws a GyrfalconError that names the file and what is wrong with it. */
  constructor(parts: FileTlsParts) {
    const { ca, certificate, key, passphrase } = parts.files;
    this.#parts = parts;
    this.#watched = [ca, certificate, fileOf(key), fileOf(passphrase)].filter(
      (file) => file !== undefined,
    );
    this.#lookedNs = parts.clock.nowNs();
    this.#stamp = this.#stampNow();
    this.#settings = this.#load(this.#lookedNs);
  }

  current(): TlsSettings {
    const nowNs = this.#parts.clock.nowNs();
    if (nowNs - this.#lookedNs < LOOK_NS && nowNs >= this.#lookedNs) return this.#settings;
    this.#lookedNs = nowNs;
    const stamp = this.#stampNow();
    if (stamp === this.#stamp) return this.#settings;
    this.#stamp = stamp;
    try {
      this.#settings = this.#load(nowNs);
    } catch (error) {
      if (!(error instanceof GyrfalconError)) throw error;
      this.#parts.onProblem(`${error.message}; what was there before is still used`);
    }
    return this.#settings;
  }

  #load(nowNs: bigint): TlsSettings {
    const { files, rules } = this.#parts;
    const settings: TlsSettings = {
      ...rules,
      ca: readPem(files.ca, 'the authorities'),
      certificate: readPem(files.certificate, 'the certificate'),
      key: readReference(files.key, 'the key'),
      passphrase: readReference(files.passphrase, 'the passphrase'),
    };
    checkTls(settings, placesOf(files), Number(nowNs / NS_PER_MS));
    return settings;
  }

  #stampNow(): string {
    return this.#watched.map(stampOf).join(' ');
  }
}

function readPem(file: string | undefined, what: string): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, 'latin1');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`;
    throw missing(what, `${file}: ${why}`, cause);
  }
}

function readReference(reference: SecretReference | undefined, what: string): string | undefined {
  if (reference === undefined) return undefined;
  const reading = readSecret(reference);
  if ('text' in reading) return reading.text;
  throw missing(what, reading.problem);
}

const missing = (what: string, text: string, cause?: unknown): GyrfalconError =>
  new GyrfalconError('INPUT_MISSING', `TLS: ${what}: ${text}`, { what }, cause);

const fileOf = (reference: SecretReference | undefined): string | undefined =>
  reference !== undefined && 'file' in reference ? reference.file : undefined;

function placesOf({ ca, certificate, key, passphrase }: TlsFiles): TlsPlaces {
  const secret = (reference: SecretReference | undefined, what: string): string =>
    fileOf(reference) ?? (reference !== undefined && 'env' in reference ? reference.env : what);
  return {
    ca: ca ?? 'the authorities',
    certificate: certificate ?? 'the certificate',
    key: secret(key, 'the key'),
    passphrase: secret(passphrase, 'the passphrase'),
  };
}

/** Differs when the file was written, replaced or taken away. */
function stampOf(file: string): string {
  try {
    const { ino, mtimeNs, size } = statSync(file, { bigint: true });
    return `${ino}-${mtimeNs}-${size}`;
  } catch (cause) {
    return String((cause as NodeJS.ErrnoException).code);
  }
}
