/**
 * Loaded before a program of ours (--import) in every process and thread of it: serves TypeScript files
 * from build/stripped/, where their types are gone already, and lets V8 keep its bytecode in build/compiled/.
 * Without it Node.js strips and compiles them anew each time, and each thread loads a compiler of its own
 * for that: 10 MB and a quarter of a second.
 *
 * A copy is used only where it was made from the very bytes of its source, by this version of Node.js. Both
 * folders hold one file a source and may be removed at any time.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { enableCompileCache, registerHooks, stripTypeScriptTypes } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { threadId } from 'node:worker_threads';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const folder = join(root, 'build', 'stripped');

enableCompileCache(join(root, 'build', 'compiled'));
registerHooks({
  load(url, context, nextLoad) {
    const source = ownSource(url);
    if (source === undefined) return nextLoad(url, context);
    return { format: 'module', source: stripped(source), shortCircuit: true };
  },
});

/** The path of a TypeScript file of this program; undefined for all else. */
function ownSource(url) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return undefined;
  const path = relative(root, fileURLToPath(url));
  return path.startsWith('..') || path.startsWith('node_modules') ? undefined : path;
}

function stripped(path) {
  const text = readFileSync(join(root, path), 'utf8');
  const hash = createHash('sha256').update(process.version).update(text).digest('hex');
  // Behind the code: in front it would move the lines of a stack trace.
  const mark = `\n//${hash}\n`;
  const copy = join(folder, `${path}.js`);
  const kept = readOrNothing(copy);
  if (kept.endsWith(mark)) return kept;
  const code = stripTypeScriptTypes(text) + mark;
  keep(copy, code);
  return code;
}

function readOrNothing(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Whole or not at all: other threads and processes do the same at the same time. */
function keep(file, code) {
  const fresh = `${file}.${process.pid}-${threadId}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(fresh, code);
    renameSync(fresh, file);
  } catch {
    // A tree that cannot be written to is run all the same, only slower.
  }
}
