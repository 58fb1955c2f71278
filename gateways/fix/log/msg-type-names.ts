/**
 * The message types that somebody asks for, by MsgType (D) or by name (NewOrderSingle). A word that
 * no dictionary has is wrong use, since a log would only seem to hold no such message.
 */
import { GyrfalconError } from '../../../engine/errors.ts';
import { type Dictionary, loadDictionary } from '../dictionary/dictionary.ts';
import { FIX_VERSIONS } from '../version.ts';

/** MsgTypes that two parties agree on begin with U; no dictionary lists them. */
const USER_DEFINED = /^U[0-9A-Za-z]{1,3}$/;
const HOW = 'give a MsgType such as D or 8, or a name such as NewOrderSingle';
const OFFERED_MAX = 3;
/** Below, a word is part of too many names. */
const PART_CHARS_MIN = 3;

/** "D,ExecutionReport" as MsgTypes; names in any case. */
export function msgTypesNamed(text: string, overlaid: Dictionary | undefined): Set<string> {
  const types = new Set<string>();
  const names = new Map<string, { name: string; msgType: string }>();
  const dictionaries = [...FIX_VERSIONS.map((version) => loadDictionary(version)), overlaid];
  for (const { msgType, name } of dictionaries.flatMap((one) => [
    ...(one?.messages.values() ?? []),
  ])) {
    types.add(msgType);
    names.set(name.toLowerCase(), { name, msgType });
  }
  const words = text.split(',').map((word) => word.trim());
  const wanted = words.filter((word) => word !== '');
  if (wanted.length === 0) throw wrong('--type names nothing', HOW);
  return new Set(
    wanted.map((word) => {
      if (types.has(word) || USER_DEFINED.test(word)) return word;
      const named = names.get(word.toLowerCase());
      if (named !== undefined) return named.msgType;
      const near = nearest(word.toLowerCase(), [...names.keys()]);
      const offered = near
        .map((key) => names.get(key)!)
        .map((one) => `${one.name} (${one.msgType})`);
      const what = offered.length === 0 ? HOW : `did you mean ${offered.join(' or ')}?`;
      throw wrong(`--type ${word} is no message of ${FIX_VERSIONS.join(', ')}`, what);
    }),
  );
}

const wrong = (what: string, how: string): GyrfalconError =>
  new GyrfalconError('USAGE', `${what}: ${how}`);

/** The names that the word is part of, else the one with the fewest letters to change. */
function nearest(word: string, names: readonly string[]): string[] {
  if (word.length < PART_CHARS_MIN) return [];
  const holding = names.filter((name) => name.includes(word));
  if (holding.length > 0) return holding.slice(0, OFFERED_MAX);
  let best: string[] = [];
  let least = Math.ceil(word.length / 3) + 1;
  for (const name of names) {
    if (Math.abs(name.length - word.length) >= least) continue;
    const distance = lettersToChange(word, name);
    if (distance >= least) continue;
    least = distance;
    best = [name];
  }
  return best;
}

/** Letters to put in, leave out or replace. */
function lettersToChange(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let at = 1; at <= one.length; at++) {
    const next = [at];
    for (let column = 1; column <= other.length; column++) {
      const replaced = row[column - 1]! + (one[at - 1] === other[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[column]! + 1, next[column - 1]! + 1));
    }
    row = next;
  }
  return row[other.length]!;
}
