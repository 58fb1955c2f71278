#!/usr/bin/env node
/** Hands the command line to engine/cli.ts under the pinned Node.js, and passes signals and exit code on. */
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
const child = spawn(
  node,
  [
    '--disable-warning=ExperimentalWarning',
    `--import=${pathToFileURL(join(root, 'scripts', 'stripped-sources.mjs'))}`,
    join(root, 'engine', 'cli.ts'),
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit' },
);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
