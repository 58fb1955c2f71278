/**
 * `npm run -s fuzz -- [--inputs 1000000] [--seed N] [--only TARGET[,TARGET]]`: the long form of
 * test/scenarios/fix-fuzz.test.ts. Prints inputs a second, inputs of each target, memory, and every
 * input that fails, made small.
 */
import { parseArgs } from 'node:util';
import { failureText, fuzz } from './fuzz.ts';
import { FUZZ_TARGETS } from './fuzz-targets.ts';

const MIB = 1024 * 1024;
const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    only: { type: 'string' },
  },
});

function wholeNumber(name: 'inputs' | 'seed'): number {
  const value = Number(values[name]);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  process.stderr.write(`fuzz: --${name} is ${values[name]}, a whole number is expected\n`);
  process.exit(2);
}

const inputs = wholeNumber('inputs');
const seed = wholeNumber('seed');
const only = values.only?.split(',');
const targets = FUZZ_TARGETS.filter(({ name }) => only === undefined || only.includes(name));
if (targets.length === 0) {
  const names = FUZZ_TARGETS.map(({ name }) => name).join(', ');
  process.stderr.write(`fuzz: --only ${values.only} names none of: ${names}\n`);
  process.exit(2);
}

/** What is in use once rubbish is gone; without --expose-gc it may hold some. */
function heapMib(): string {
  globalThis.gc?.();
  return (process.memoryUsage().heapUsed / MIB).toFixed(1);
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const heapBefore = heapMib();
const startMs = performance.now();
const perSecond = (done: number): string =>
  `${Math.round(done / ((performance.now() - startMs) / 1000))} inputs/s`;
say(`seed ${seed}, ${inputs} inputs`);
const { failures, inputsOf } = fuzz({
  targets,
  inputs,
  seed,
  onProgress: (done) => say(`${done} inputs, ${perSecond(done)}, heap ${heapMib()} MiB`),
});
for (const failure of failures) say(failureText(failure));
for (const [name, count] of inputsOf) say(`  ${name}: ${count} inputs`);
const done = [...inputsOf.values()].reduce((sum, count) => sum + count, 0);
say(`${done} inputs, ${perSecond(done)}, ${failures.length} failures`);
say(`heap ${heapBefore} MiB before, ${heapMib()} MiB after`);
process.exitCode = failures.length === 0 ? 0 : 1;
