/**
 * Makes a failing input small: takes out messages, fields and bytes as long as the target still
 * complains, and puts BodyLength and CheckSum right again where that keeps it failing.
 */
import { SOH } from '../support/fix-message.ts';
import { repaired } from '../support/fix-mutator.ts';
import { complaintOf, type FuzzInput, type FuzzTarget } from './fuzz-target.ts';

const TRIES_MAX = 5_000;
/** Into which parts: large ones first, what goes at once need not go piece by piece. */
const CUTS: readonly ((text: string) => string[])[] = [
  (text) => text.split(/(?=8=FIX)/),
  (text) => text.split(new RegExp(`(?<=${SOH})`)),
  (text) => [...text],
];

export function shrunk(target: FuzzTarget, failing: FuzzInput): FuzzInput {
  let tries = 0;
  const fails = (input: FuzzInput): boolean => {
    target.reset?.();
    return ++tries <= TRIES_MAX && complaintOf(target, input) !== undefined;
  };
  let smallest = failing;
  for (let before = ''; before !== smallest.text; ) {
    before = smallest.text;
    for (const cut of CUTS) smallest = withoutParts(smallest, cut, fails);
  }
  return smallest;
}

function withoutParts(
  input: FuzzInput,
  cut: (text: string) => string[],
  fails: (input: FuzzInput) => boolean,
): FuzzInput {
  let parts = cut(input.text);
  for (let size = parts.length >> 1; size > 0; size >>= 1) {
    for (let at = 0; at < parts.length; ) {
      const kept = [...parts.slice(0, at), ...parts.slice(at + size)];
      const text = kept.join('');
      const smaller = [text, repaired(text)].find((each) => fails({ ...input, text: each }));
      if (smaller === undefined) at += size;
      else parts = smaller === text ? kept : cut(smaller);
    }
  }
  return { ...input, text: parts.join('') };
}
