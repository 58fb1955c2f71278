/**
 * Compiles the addon (native/) into build/native.node. It stays optional: where it cannot be built, one line
 * says so and the engine runs on Node's own sockets.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';

// Of this checkout alone, and not in build/, which is copied and packed.
const target = 'target';
const { status } = spawnSync(
  'cargo',
  ['build', '--release', '--locked', '--quiet', '--target-dir', join('..', target)],
  { cwd: 'native', stdio: ['ignore', 2, 2] },
);
if (status !== 0) process.exit(1);
const built = join('build', 'native.node');
const temporary = `${built}.${process.pid}`;
// Put in place at once: a process that has the old one loaded keeps it.
copyFileSync(join(target, 'release', 'libgyrfalcon_native.so'), temporary);
renameSync(temporary, built);
