/**
 * The order books that ours stands beside. Each is fetched and built into build/peers when the bench
 * runs, from the registries that its files name; one that cannot be had is told with the reason.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type PeerName = 'C++' | 'exchange-core' | 'lobster' | 'hftbacktest' | 'nodejs-order-book';

/** How to start it on an event file; its room is told to those that size their tables. */
export interface Peer {
  readonly command: string;
  args(file: string, orders: number, pages: number): readonly string[];
}

export interface Missing {
  readonly missing: string;
}

const HERE = fileURLToPath(new URL('./', import.meta.url));
const BUILT = fileURLToPath(new URL('../../build/peers/', import.meta.url));
const BUILD_TIMEOUT_MS = 900_000;
const JAVA_HEAP = '-Xmx1500m';

const SETUPS: Readonly<Record<PeerName, () => Peer>> = {
  'C++': reference,
  'exchange-core': exchangeCore,
  lobster: () => rust('lobster'),
  hftbacktest: () => rust('hftbacktest'),
  'nodejs-order-book': nodejsOrderBook,
};

export function setUpPeer(name: PeerName): Peer | Missing {
  mkdirSync(BUILT, { recursive: true });
  try {
    process.stderr.write(`bench book: setting up ${name} …\n`);
    return SETUPS[name]();
  } catch (error) {
    const [reason] = (error as Error).message.trim().split('\n').slice(-1);
    return { missing: `${name}: not set up (${reason})` };
  }
}

export const ourPeer = (way: 'batch' | 'call'): Peer => ({
  command: process.execPath,
  args: (file, orders, pages) => [
    join(HERE, 'our-book.ts'),
    file,
    String(orders),
    String(pages),
    way,
  ],
});

function run(command: string, args: readonly string[], cwd: string): void {
  execFileSync(command, args, { cwd, stdio: ['ignore', 2, 'pipe'], timeout: BUILD_TIMEOUT_MS });
}

const isNewer = (made: string, source: string): boolean =>
  existsSync(made) && statSync(made).mtimeMs > statSync(source).mtimeMs;

function reference(): Peer {
  const source = join(HERE, 'reference.cpp');
  const binary = join(BUILT, 'reference');
  if (!isNewer(binary, source)) {
    run('g++', ['-O3', '-march=native', '-std=c++20', '-o', binary, source], HERE);
  }
  return {
    command: binary,
    args: (file, orders, pages) => [file, String(orders), String(pages)],
  };
}

function exchangeCore(): Peer {
  const source = join(HERE, 'peers', 'ExchangeCore.java');
  const jars = join(BUILT, 'exchange-core');
  const classes = join(BUILT, 'classes');
  if (!existsSync(join(jars, 'exchange-core-0.5.3.jar'))) {
    const goal = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies';
    run('mvn', ['-q', '-B', goal, `-DoutputDirectory=${jars}`], join(HERE, 'peers'));
  }
  if (!isNewer(join(classes, 'ExchangeCore.class'), source)) {
    run('javac', ['-d', classes, '-cp', join(jars, '*'), source], HERE);
  }
  const classPath = `${classes}:${join(jars, '*')}`;
  const options = [JAVA_HEAP, '-XX:+UseSerialGC', '-cp', classPath];
  return { command: 'java', args: (file) => [...options, 'ExchangeCore', file] };
}

function rust(which: 'lobster' | 'hftbacktest'): Peer {
  const target = join(BUILT, 'rust');
  run(
    'cargo',
    ['build', '--release', '--locked', '--target-dir', target],
    join(HERE, 'peers', 'rust'),
  );
  return { command: join(target, 'release', 'book-peers'), args: (file) => [file, which] };
}

function nodejsOrderBook(): Peer {
  const folder = join(BUILT, 'npm');
  if (!existsSync(join(folder, 'node_modules', 'nodejs-order-book'))) {
    mkdirSync(folder, { recursive: true });
    copyFileSync(join(HERE, 'peers', 'package.json'), join(folder, 'package.json'));
    run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts'], folder);
  }
  const script = join(HERE, 'peers', 'nodejs-order-book.mjs');
  return { command: process.execPath, args: (file) => [script, file, folder] };
}
