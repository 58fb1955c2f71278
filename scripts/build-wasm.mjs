/** Compiles the AssemblyScript kernels into build/*.wasm, as asconfig.json says. */
import { mkdirSync } from 'node:fs';
import asc from 'assemblyscript/asc';
import { inlineAll } from './inline-wasm.mjs';

/** The way of the commands that are not done at once stays out of the loop that does the others. */
const MATCHING_APART = ['wasm/matching/run/apply'];
/** asc leaves functions as they are and names them, so that inlineAll decides which become one. */
const AS_WRITTEN = ['--optimizeLevel', '0', '--debug'];

mkdirSync('build', { recursive: true });
for (const [entry, target, apart] of [
  ['wasm/index.ts', 'core', []],
  ['wasm/value-at-risk.ts', 'value-at-risk', []],
  ['wasm/matching/index.ts', 'matching', MATCHING_APART],
  ['wasm/venue/index.ts', 'venue', MATCHING_APART],
]) {
  const options = apart.length > 0 ? AS_WRITTEN : [];
  const { error, stderr } = await asc.main([entry, '--target', target, ...options]);
  if (error) {
    process.stderr.write(stderr.toString());
    process.exit(1);
  }
  if (target !== 'value-at-risk') inlineAll(`build/${target}.wasm`, apart);
}
