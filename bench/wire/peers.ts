/**
 * The engines that a user would otherwise pick, as acceptors of orders: how each is built and started, its
 * version, and why it is not there where it is not. All validate what comes by their FIX 4.4 dictionary.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from './wire-process.ts';
import { isInstalled } from './wire-process.ts';

const here = (path: string): string => fileURLToPath(new URL(`peers/${path}`, import.meta.url));
const BUILT = fileURLToPath(new URL('../../build/peers/', import.meta.url));
const MODULES = fileURLToPath(new URL('../../node_modules/', import.meta.url));
const DICTIONARY = `${MODULES}jspurefix/data/FIX44.xml`;
const JVM = ['-Xms512m', '-Xmx512m'];
/** Artio's buffers go round the module system. */
const ARTIO_JVM = ['jdk.internal.misc', 'sun.nio.ch', 'java.util.zip'].flatMap((name) => [
  '--add-opens',
  `java.base/${name}=ALL-UNNAMED`,
]);
/** Artio's codecs are generated for these messages alone: all of FIX 4.4 would take minutes. */
const ARTIO_MESSAGES: ReadonlySet<string> = new Set([...'01234589AjD']);

/** Where an acceptor is to listen, and as whom. */
export interface AcceptorPlace {
  readonly port: number;
  readonly sender: string;
  readonly target: string;
  /** Its own, empty. */
  readonly folder: string;
}

export interface Peer {
  readonly name: string;
  readonly version: string;
  /** Builds it where that is still to be done; throws with the reason where it cannot be. */
  prepare(): (place: AcceptorPlace) => Command;
}

export const PEERS: readonly Peer[] = [
  { name: 'QuickFIX C++', version: quickFixVersion(), prepare: prepareQuickFix },
  { name: 'QuickFIX/J', version: versionIn('quickfixj', 'quickfixj'), prepare: prepareQuickFixJ },
  {
    name: 'Artio without its log',
    version: versionIn('artio', 'artio'),
    prepare: () => prepareArtio('stripped'),
  },
  {
    name: 'Artio with its log',
    version: versionIn('artio', 'artio'),
    prepare: () => prepareArtio('log'),
  },
  {
    name: 'jspurefix, memory store',
    version: jspurefixVersion(),
    prepare: () => prepareJspurefix('memory'),
  },
  {
    name: 'jspurefix, file store',
    version: jspurefixVersion(),
    prepare: () => prepareJspurefix('file'),
  },
];

function prepareQuickFix() {
  if (!isInstalled('g++')) throw new Error('g++ is not installed');
  if (!existsSync('/usr/include/quickfix/Session.h')) {
    throw new Error('its headers are not installed (Debian: libquickfix-dev)');
  }
  const source = here('quickfix/executor.cpp');
  const program = once(`quickfix-executor-${hashOf([source])}`, (unfinished) => {
    const flags = ['-std=c++14', '-O2', '-w', '-pthread']; // its headers are not C++17
    build('g++', [...flags, source, '-o', unfinished, '-lquickfix']);
  });
  return ({ port, sender, target }: AcceptorPlace): Command => ({
    program,
    args: [String(port), DICTIONARY, sender, target],
  });
}

function prepareQuickFixJ() {
  const jars = jarsOf('quickfixj', '../../../test/peers/quickfixj/pom.xml');
  const source = here('quickfixj/Executor.java');
  const classes = once(`quickfixj-executor-${hashOf([source])}`, (unfinished) => {
    build('javac', ['-cp', `${jars}/*`, '-d', unfinished, source]);
  });
  return ({ port, sender, target }: AcceptorPlace): Command => ({
    program: 'java',
    args: [...JVM, '-cp', `${classes}:${jars}/*`, 'Executor', String(port), sender, target],
  });
}

function prepareArtio(mode: 'log' | 'stripped') {
  const jars = jarsOf('artio', 'artio/pom.xml');
  const codecs = once(`artio-codecs-${hashOf([here('artio/pom.xml'), DICTIONARY])}`, (unfinished) =>
    generateArtioCodecs(jars, unfinished),
  );
  const source = here('artio/Executor.java');
  const classes = once(`artio-executor-${hashOf([source])}`, (unfinished) => {
    build('javac', ['-nowarn', '-cp', `${codecs}:${jars}/*`, '-d', unfinished, source]);
  });
  const path = ['-cp', `${classes}:${codecs}:${jars}/*`];
  return ({ port, sender, target, folder }: AcceptorPlace): Command => ({
    program: 'java',
    args: [...JVM, ...ARTIO_JVM, ...path, 'Executor', String(port), sender, target, mode, folder],
    stopSignal: 'SIGKILL', // its archive waits for clients that are gone
  });
}

function generateArtioCodecs(jars: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const text = readFileSync(DICTIONARY, 'utf8').replace(MESSAGE, (message, msgType) =>
    ARTIO_MESSAGES.has(msgType) ? message : '',
  );
  const dictionary = join(folder, 'FIX44.xml');
  writeFileSync(dictionary, text);
  const sources = join(folder, 'sources');
  const tool = 'uk.co.real_logic.artio.dictionary.CodecGenerationTool';
  build('java', [...ARTIO_JVM, '-cp', `${jars}/*`, tool, sources, dictionary]);
  const files = readdirSync(sources, { recursive: true, encoding: 'utf8' });
  const java = files.filter((file) => file.endsWith('.java')).map((file) => join(sources, file));
  const list = join(folder, 'files.txt');
  writeFileSync(list, java.join('\n'));
  build('javac', ['-nowarn', '-cp', `${jars}/*`, '-d', folder, `@${list}`]);
}

const MESSAGE = /<message [^>]*msgtype='([^']*)'.*?<\/message>/gs;

function prepareJspurefix(store: 'memory' | 'file') {
  return ({ port, sender, target, folder }: AcceptorPlace): Command => ({
    program: process.execPath,
    args: [
      '--disable-warning=ExperimentalWarning',
      here('jspurefix/executor.ts'),
      ...[String(port), sender, target, store, folder],
    ],
  });
}

/** The folder of its jars, fetched from Maven Central where that is still to be done. */
function jarsOf(name: string, pom: string): string {
  if (!isInstalled('javac', '-version')) throw new Error('no JDK is installed');
  const folder = `${BUILT}${name}`;
  if (existsSync(folder)) return folder;
  if (!isInstalled('mvn')) throw new Error('its jars are not there, and Maven is not installed');
  build('mvn', ['-B', '-q', '-f', here(pom), 'dependency:copy-dependencies']);
  return folder;
}

/** What `make` puts into a file or folder of this name in build/peers, once. */
function once(name: string, make: (unfinished: string) => void): string {
  const result = `${BUILT}${name}`;
  if (existsSync(result)) return result;
  mkdirSync(BUILT, { recursive: true });
  const unfinished = `${result}.${process.pid}`;
  make(unfinished);
  renameSync(unfinished, result);
  return result;
}

/** What it says goes to stderr: stdout is the bench's. */
function build(program: string, args: readonly string[]): void {
  process.stderr.write(`bench wire: building with ${program} …\n`);
  execFileSync(program, args, { stdio: ['ignore', 2, 2] });
}

function hashOf(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}

/** Of the property that its pom names the version by. */
function versionIn(folder: string, property: string): string {
  const pom = folder === 'artio' ? 'artio/pom.xml' : '../../../test/peers/quickfixj/pom.xml';
  const text = readFileSync(here(pom), 'utf8');
  return new RegExp(`<${property}>(.*?)</${property}>`).exec(text)?.[1] ?? 'unknown';
}

function jspurefixVersion(): string {
  return JSON.parse(readFileSync(`${MODULES}jspurefix/package.json`, 'utf8')).version;
}

function quickFixVersion(): string {
  try {
    const args = ['-W', '-f=$' + '{Version}', 'libquickfix-dev'];
    return execFileSync('dpkg-query', args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return 'not installed';
  }
}
