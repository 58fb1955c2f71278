/**
 * Whether an answer is the one expected: 8, 9, 35 first and 10 last, header before body; all other
 * fields by tag and value in any order, but the values of one tag in their own order. Times by
 * shape; 58, 1128 and 1137 free unless the scenario names them; 371, 372 and 373 may be added to a
 * Reject; a group that is empty may be left out.
 */
import type { WireField } from './compose.ts';
import type { Names } from './names.ts';

/** The exact value, or any value. */
export interface ExpectedField {
  readonly tag: string;
  readonly value: string | undefined;
}

export interface ExpectedMessage {
  readonly msgType: string;
  readonly fields: readonly ExpectedField[];
  /** Must not be there, even where it would be free. */
  readonly without: readonly string[];
}

/** OrigOrdModTime and the like are no part of it: those that the list of the acceptance names. */
const TIMES: ReadonlySet<string> = new Set(['42', '52', '60', '122']);
const TIMESTAMP = /^\d{8}-\d\d:\d\d:\d\d(\.\d{1,9})?$/;
const COUNTED: ReadonlySet<string> = new Set(['9', '10']);
const FREE: ReadonlySet<string> = new Set(['58', '1128', '1137']);
const FREE_IN_REJECT: ReadonlySet<string> = new Set(['371', '372', '373']);

export function compare(
  expected: ExpectedMessage,
  actual: readonly WireField[],
  names: Names,
): readonly string[] {
  const faults = structureFaults(actual, names);
  const msgType = actual.find(({ tag }) => tag === '35')?.value;
  if (msgType !== expected.msgType) {
    return [...faults, `MsgType (35) is ${msgType}, expected ${expected.msgType}`];
  }
  const left = actual.filter(({ tag }) => !COUNTED.has(tag));
  for (const field of expected.fields) {
    const fault = takeField(field, left, names);
    if (fault !== undefined) faults.push(fault);
  }
  for (const { tag, value } of left) {
    const isFree = FREE.has(tag) || (msgType === '3' && FREE_IN_REJECT.has(tag));
    const isNamed = expected.fields.some((field) => field.tag === tag);
    const isBarred = expected.without.includes(tag);
    if (isBarred || !isFree || isNamed) faults.push(`${names.nameOf(tag)}=${value} is too much`);
  }
  return faults;
}

function structureFaults(actual: readonly WireField[], names: Names): string[] {
  const faults: string[] = [];
  const tags = actual.map(({ tag }) => tag);
  for (const { tag, value } of actual) {
    if (!/^\d+$/.test(tag) || value === '') faults.push(`field "${tag}=${value}" is malformed`);
  }
  if (tags.slice(0, 3).join() !== '8,9,35') faults.push('8, 9 and 35 are not the first fields');
  if (tags.at(-1) !== '10') faults.push('10 is not the last field');
  const sections = tags.map((tag) => names.dictionary.sectionOf(Number(tag)));
  const at = sections.findIndex((section, index) => index > 0 && section < sections[index - 1]!);
  if (at >= 0) faults.push(`${names.nameOf(tags[at]!)} stands outside its section`);
  return faults;
}

/** Takes the field out of those that are left. */
function takeField(
  { tag, value }: ExpectedField,
  left: WireField[],
  names: Names,
): string | undefined {
  const at = left.findIndex((field) => field.tag === tag);
  if (at < 0) {
    const isEmptyGroup =
      value === '0' && names.dictionary.field(Number(tag))?.type === 'NUMINGROUP';
    return isEmptyGroup ? undefined : `${names.nameOf(tag)} is missing, expected ${value ?? 'any'}`;
  }
  const [found] = left.splice(at, 1);
  if (TIMES.has(tag) && !TIMESTAMP.test(found!.value)) {
    return `${names.nameOf(tag)} is ${found!.value}, no UTC timestamp`;
  }
  if (value === undefined || found!.value === value) return undefined;
  return `${names.nameOf(tag)} is ${found!.value}, expected ${value}`;
}
