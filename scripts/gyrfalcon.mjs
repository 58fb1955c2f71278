#!/usr/bin/env node
/**
 * Hands the command line to engine/cli.ts under the pinned Node.js, and passes signals and exit code on. An
 * engine whose hot loop hangs on the main thread ends by a kill and says first on which journal it is to be
 * started again (engine/supervisor/loop-on-main.ts).
 */
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { pinnedNode } from './setup.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const node = pinnedNode();
if (!node) {
  process.stderr.write('gyrfalcon: not set up yet; run `node scripts/setup.mjs` first\n');
  process.exit(1);
}

/** The first free file descriptor of the child. */
const RESTART_FD = 3;
let child;

function start(args) {
  let journal = '';
  child = spawn(
    node,
    [
      '--disable-warning=ExperimentalWarning',
      `--import=${pathToFileURL(join(root, 'scripts', 'stripped-sources.mjs'))}`,
      join(root, 'engine', 'cli.ts'),
      ...args,
    ],
    {
      stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
      env: { ...process.env, GYRFALCON_RESTART_FD: String(RESTART_FD) },
    },
  );
  child.stdio[RESTART_FD].on('data', (text) => {
    journal += text;
  });
  // Not on 'exit': what it has written is read by then.
  child.on('close', (code, signal) => {
    if (signal === 'SIGKILL' && journal.endsWith('\n')) {
      process.stderr.write('gyrfalcon: the hot loop hung and was ended; starting again\n');
      start([...args, '--journal', journal.trimEnd()]);
    } else process.exit(code ?? (signal === 'SIGINT' ? 130 : 1));
  });
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
start(process.argv.slice(2));
