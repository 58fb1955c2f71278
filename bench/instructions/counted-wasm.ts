/**
 * A WebAssembly module made to count the instructions that it executes. Binaryen writes the module down
 * line by line; before each line at which control may go elsewhere, the number of instructions since the
 * last such line is added to a global. What runs is otherwise the same code.
 *
 * Locals, constants and block ends count nothing: a compiler keeps them in registers or in the code. A
 * memory.copy or memory.fill counts one, however long it is.
 */
import { strict as assert } from 'node:assert';
import binaryen from 'assemblyscript/binaryen';

/** Control may leave behind these, or come in. */
const BOUNDARY =
  /^(?:block|loop|if|else|end|br|br_if|br_table|return|unreachable|throw|try_table)\b/;
const FREE = /^(?:block|loop|end|else|local\.\w+|[\w.]+\.const|drop|nop)\b/;
const FUNCTION = /^ \(func \$/;
const FUNCTION_END = /^ \)/;
const DECLARATION = /^\((?:local|param|result|type)\b/;
export const COUNTER = 'executedInstructions';

export function countedWasm(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const module = binaryen.readBinary(bytes);
  const text = module.emitStackIR();
  module.dispose();
  const counted = binaryen.parseText(countedText(text));
  counted.setFeatures(binaryen.Features.All);
  assert.ok(counted.validate(), 'the module that counts is valid');
  const binary = Uint8Array.from(counted.emitBinary());
  counted.dispose();
  return binary;
}

/** Of the linear text form: one instruction a line, functions indented by one space. */
export function countedText(text: string): string {
  const out: string[] = [];
  let isInFunction = false;
  let isDeclared = false;
  let executed = 0;
  const flush = (): void => {
    if (executed > 0) out.push(...bump(executed));
    executed = 0;
  };
  for (const line of text.split('\n')) {
    const word = line.trimStart();
    if (isInFunction && FUNCTION_END.test(line)) {
      flush();
      isInFunction = false;
    } else if (isInFunction && word !== '' && !DECLARATION.test(word)) {
      if (!FREE.test(word)) executed++;
      if (BOUNDARY.test(word)) flush();
    } else if (FUNCTION.test(line)) {
      if (!isDeclared) out.push(...DECLARED);
      isDeclared = true;
      // A function without instructions is on one line.
      isInFunction = !line.endsWith('))');
    }
    out.push(line);
  }
  assert.ok(isDeclared && !isInFunction, 'the text has whole functions');
  return out.join('\n');
}

const DECLARED = [
  ` (global $${COUNTER} (mut i64) (i64.const 0))`,
  ` (export "${COUNTER}" (global $${COUNTER}))`,
];

const bump = (count: number): string[] => [
  `global.get $${COUNTER}`,
  `i64.const ${count}`,
  'i64.add',
  `global.set $${COUNTER}`,
];
