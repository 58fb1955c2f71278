/** No kernel of a tick executes more instructions than was accepted; and the counting itself is right. */
import binaryen from 'assemblyscript/binaryen';
import { describe, expect, test } from 'vitest';
import { readBaseline } from '../baseline.ts';
import { compareWithAccepted } from '../comparison.ts';
import { changeLine } from '../report.ts';
import { COUNTER, countedWasm } from './counted-wasm.ts';
import { countedCore, countKernels } from './instructions.ts';

describe('counted', () => {
  /** An export `run` of one i32; how many instructions a call executed, and what it gave. */
  function called(body: string, argument: number) {
    const text = `(module (memory 1) (func (export "run") (param $n i32) (result i32) (local $i i32) ${body}))`;
    const binary = countedWasm(binaryen.parseText(text).emitBinary());
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(binary));
    const counter = exports[COUNTER] as WebAssembly.Global;
    const result = (exports.run as (n: number) => number)(argument);
    return { result, executed: Number(counter.value) };
  }

  const LOOP = `
    (loop $again
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $i) (local.get $n))))
    (i32.mul (local.get $i) (i32.const 3))`;
  const BRANCH = `
    (if (result i32) (local.get $n)
      (then (i32.load (i32.const 8)))
      (else (i32.popcnt (i32.clz (local.get $n)))))`;
  const LEAVE = `
    (block $out
      (br_if $out (i32.eqz (local.get $n)))
      (i32.store (i32.const 0) (i32.const 7))
      (i32.store (i32.const 4) (i32.const 7)))
    (i32.load (i32.const 0))`;
  const RETURN = `
    (if (local.get $n) (then (return (i32.ctz (local.get $n)))))
    (i32.store (i32.const 0) (i32.const 7))
    (i32.const 9)`;

  test.each([
    { what: 'a loop once', body: LOOP, argument: 1, result: 3, executed: 3 + 1 },
    { what: 'a loop ten times', body: LOOP, argument: 10, result: 30, executed: 3 * 10 + 1 },
    { what: 'the branch taken', body: BRANCH, argument: 1, result: 0, executed: 1 + 1 },
    { what: 'the other branch', body: BRANCH, argument: 0, result: 1, executed: 1 + 2 },
    { what: 'a block left early', body: LEAVE, argument: 0, result: 0, executed: 2 + 1 },
    { what: 'a block worked through', body: LEAVE, argument: 1, result: 7, executed: 2 + 2 + 1 },
    { what: 'an early return', body: RETURN, argument: 4, result: 2, executed: 1 + 2 },
    { what: 'no early return', body: RETURN, argument: 0, result: 9, executed: 1 + 1 },
  ])('$what: $executed instructions', ({ body, argument, result, executed }) => {
    expect(called(body, argument)).toEqual({ result, executed });
  });
});

describe('the kernels of a tick', () => {
  const core = countedCore();
  const figures = countKernels(core);

  test('count the same each time', () => {
    expect(countKernels(core)).toEqual(figures);
  });

  test('execute no more instructions than was accepted', () => {
    const [accepted] = readBaseline('instructions');
    const changes = compareWithAccepted({ ...accepted!, figures }, accepted!);
    expect(changes.map(({ variant }) => variant)).toEqual(figures.map(({ name }) => name));
    const worse = changes.filter(({ fails }) => fails).map(changeLine);
    const how = 'if that is meant, accept it: npm run bench -- instructions --accept';
    expect(worse, how).toEqual([]);
  });
});
