/**
 * The fields of a message with their definitions, those of repeating groups below the field that
 * counts them. Takes any message, sound or not: what belongs nowhere stands where it was found.
 */
import type { Dictionary, FieldDef, Level, Member } from './dictionary.ts';

/** FixMessage, or what is left of a garbled one. */
export interface FieldList {
  readonly count: number;
  tagAt(index: number): number;
  valueAt(index: number): string;
}

export interface TreeField {
  readonly tag: number;
  readonly value: string;
  /** undefined: the dictionary does not know it. */
  readonly field: FieldDef | undefined;
  /** Of a field that counts the entries of a group. */
  readonly entries: readonly (readonly TreeField[])[] | undefined;
}

interface OpenLevel {
  readonly level: Level;
  readonly count: number;
  /** undefined: a section of the message, no group. */
  readonly entries: TreeField[][] | undefined;
  fields: TreeField[];
  seen: Set<number>;
}

const NO_BODY: Level = { countTag: 0, members: [], byTag: new Map(), required: [] };

/** Fields in the order of the message, header and trailer included. */
export function messageTree(
  dictionary: Dictionary,
  msgType: string,
  message: FieldList,
): TreeField[] {
  const top: TreeField[] = [];
  const body = dictionary.message(msgType)?.body ?? NO_BODY;
  const stacks = [dictionary.header, body, dictionary.trailer].map((level): OpenLevel[] => [
    { level, count: 0, entries: undefined, fields: top, seen: new Set() },
  ]);
  for (let index = 0; index < message.count; index++) {
    const tag = message.tagAt(index);
    put(stacks[dictionary.sectionOf(tag)]!, tag, message.valueAt(index), dictionary);
  }
  return top;
}

function put(stack: OpenLevel[], tag: number, value: string, dictionary: Dictionary): void {
  const depth = ownerOf(stack, tag);
  const member = stack[depth]?.level.byTag.get(tag);
  if (member !== undefined) stack.length = depth + 1;
  const open = stack.at(-1)!;
  if (open.entries !== undefined && member?.place === 0) {
    open.fields = [];
    open.seen = new Set();
    open.entries.push(open.fields);
  }
  const entries = member?.group === undefined ? undefined : [];
  open.fields.push({ tag, value, field: member?.field ?? dictionary.field(tag), entries });
  open.seen.add(tag);
  if (entries !== undefined) {
    const level = member!.group!;
    // What stands before the first entry is shown beside the field that counts them.
    const { fields } = open;
    stack.push({ level, count: Number(value) || 0, entries, fields, seen: new Set() });
  }
}

/** The innermost level that has the tag and room for it, else the outermost; -1 = none has it. */
function ownerOf(stack: readonly OpenLevel[], tag: number): number {
  let owner = -1;
  for (let depth = stack.length - 1; depth >= 0; depth--) {
    const member = stack[depth]!.level.byTag.get(tag);
    if (member === undefined) continue;
    owner = depth;
    if (hasRoom(stack[depth]!, member)) return depth;
  }
  return owner;
}

function hasRoom({ entries, count, seen }: OpenLevel, member: Member): boolean {
  if (entries === undefined) return true;
  return member.place === 0 ? entries.length < count : !seen.has(member.field.tag);
}
