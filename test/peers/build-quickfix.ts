/**
 * Builds the QuickFIX C++ peer into build/peers, once for each source and compiler; says why where
 * it cannot.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ADMIN_MSG_TYPES } from '../../gateways/fix/tags.ts';
import type { FixVersion } from '../../gateways/fix/version.ts';

const SOURCE = fileURLToPath(new URL('quickfix/peer.cpp', import.meta.url));
const FOLDER = fileURLToPath(new URL('../../build/peers/', import.meta.url));
const DICTIONARIES = fileURLToPath(new URL('../../node_modules/jspurefix/data/', import.meta.url));
/** Its headers declare exceptions as C++17 does not allow. */
const FLAGS = ['-std=c++14', '-O1', '-w', '-pthread'];

interface QuickFix {
  /** Why there is no QuickFIX here; undefined = there is. */
  readonly missing: string | undefined;
  /** Builds it where that is still to be done; the program. */
  build(): string;
}

export function quickFix(): QuickFix {
  const compiler = run('g++', ['--version'])?.split('\n')[0];
  if (compiler === undefined) return without('g++ is not installed');
  const version = run('g++', ['-E', '-P', '-x', 'c++', '-include', 'quickfix/config-all.h', '-']);
  if (version === undefined) {
    return without('the headers of QuickFIX are not installed (Debian: libquickfix-dev)');
  }
  return { missing: undefined, build: () => buildWith(compiler) };
}

/** What QuickFIX validates our messages by: `dictionary` of the version, `transport` of FIXT.1.1. */
export function quickFixDictionaries(version: FixVersion): {
  readonly dictionary: string;
  readonly transport: string;
} {
  const dictionary = `${DICTIONARIES}${version.replaceAll('.', '')}.xml`;
  if (version !== 'FIX.5.0SP2') return { dictionary, transport: '' };
  // With all its messages QuickFIX takes 3 s to load it. It holds those of FIXT.1.1 too; only its
  // first line keeps QuickFIX from seeing that.
  const text = readFileSync(dictionary, 'utf8').replace(MESSAGE, (message, msgType) =>
    MSG_TYPES.has(msgType) ? message : '',
  );
  const head = "<fix type='FIXT' major='1' minor='1' servicepack='0'>";
  return {
    dictionary: written('FIX50SP2.xml', text),
    transport: written('FIXT11.xml', text.replace(/<fix [^>]*>/, head)),
  };
}

const MESSAGE = /<message [^>]*msgtype='([^']*)'.*?<\/message>/gs;
const MSG_TYPES: ReadonlySet<string> = new Set([...ADMIN_MSG_TYPES, 'D', '8', 'j']);

function written(name: string, text: string): string {
  const file = `${FOLDER}${name}`;
  const unfinished = `${file}.${process.pid}`;
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(unfinished, text);
  renameSync(unfinished, file);
  return file;
}

function buildWith(compiler: string): string {
  const hash = createHash('sha256').update(compiler).update(FLAGS.join(' '));
  const name = `quickfix-${hash.update(readFileSync(SOURCE)).digest('hex').slice(0, 16)}`;
  const program = `${FOLDER}${name}`;
  if (existsSync(program)) return program;
  mkdirSync(FOLDER, { recursive: true });
  const unfinished = `${program}.${process.pid}`;
  execFileSync('g++', [...FLAGS, SOURCE, '-o', unfinished, '-lquickfix'], { stdio: 'inherit' });
  renameSync(unfinished, program);
  return program;
}

const without = (missing: string): QuickFix => ({
  missing,
  build: () => {
    throw new Error(missing);
  },
});

function run(command: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync(command, args, {
      encoding: 'utf8',
      input: '',
      stdio: ['pipe', 'pipe', 'ignore'],
    });
  } catch {
    return undefined;
  }
}
