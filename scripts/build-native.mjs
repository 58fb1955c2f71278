/**
 * Compiles the addon (native/) into build/native.node. It stays optional: where it cannot be built, one line
 * says so and the engine runs on Node's own sockets.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';

// Of this checkout alone, and not in build/, which is copied and packed.
const target = 'target';
const place = ['--release', '--locked', '--quiet', '--target-dir', join('..', target)];
const build = (...features) =>
  spawnSync('cargo', ['build', ...place, ...features], { cwd: 'native', stdio: ['ignore', 2, 2] })
    .status === 0;

if (!build()) {
  // What TLS needs besides (a C compiler, more crates) may be what is missing.
  if (!build('--no-default-features')) process.exit(1);
  process.stderr.write(
    'setup: the addon is built without TLS (the lines above say why): sessions with TLS use node:tls\n',
  );
}
const built = join('build', 'native.node');
const temporary = `${built}.${process.pid}`;
// Put in place at once: a process that has the old one loaded keeps it.
copyFileSync(join(target, 'release', 'libgyrfalcon_native.so'), temporary);
renameSync(temporary, built);
