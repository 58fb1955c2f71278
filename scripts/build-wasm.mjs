/** Compiles the AssemblyScript kernels into build/*.wasm, as asconfig.json says. */
import { mkdirSync } from 'node:fs';
import asc from 'assemblyscript/asc';
import { inlineAll } from './inline-wasm.mjs';

mkdirSync('build', { recursive: true });
for (const [entry, target] of [
  ['wasm/index.ts', 'core'],
  ['wasm/value-at-risk.ts', 'value-at-risk'],
  ['wasm/matching/index.ts', 'matching'],
  ['wasm/venue/index.ts', 'venue'],
]) {
  const { error, stderr } = await asc.main([entry, '--target', target]);
  if (error) {
    process.stderr.write(stderr.toString());
    process.exit(1);
  }
  if (target !== 'value-at-risk') inlineAll(`build/${target}.wasm`);
}
