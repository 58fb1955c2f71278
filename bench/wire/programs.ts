/** The client and the floor, built by cargo into build/bench where it is installed. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isInstalled } from './wire-process.ts';

const CRATE = fileURLToPath(new URL('.', import.meta.url));
const TARGET = fileURLToPath(new URL('../../build/bench/cargo', import.meta.url));

export interface WirePrograms {
  readonly client: string;
  readonly floor: string;
}

/** Why they cannot be built here; undefined = they can. */
export function wireProgramsMissing(): string | undefined {
  return isInstalled('cargo') ? undefined : 'cargo is not installed: its client is written in Rust';
}

/** Cargo itself sees whether there is something to do; nothing is fetched. */
export function buildWirePrograms(): WirePrograms {
  const args = ['build', '--release', '--locked', '--offline', '--target-dir', TARGET];
  execFileSync('cargo', [...args, '--quiet'], {
    cwd: CRATE,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return { client: `${TARGET}/release/client`, floor: `${TARGET}/release/floor` };
}
