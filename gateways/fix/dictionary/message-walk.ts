/**
 * HOT: goes over a message once, field by field, along the levels of its dictionary, and keeps the
 * first fault of each kind; a sound message allocates nothing of note. message-check.ts decides
 * which fault counts and says it in words. One walk serves one message at a time.
 *
 * A repeating group ends at the first field that belongs to a level around it. A field of both
 * goes to the group while it fits there (not yet in the entry, in order), else to the level
 * around. A field that belongs nowhere ends no group.
 */
import { assert } from '../../../engine/errors.ts';
import type { FixMessage } from '../codec.ts';
import { RejectReason, Tag } from '../tags.ts';
import { VERSION_TRAITS } from '../version.ts';
import {
  type Dictionary,
  type FieldDef,
  type Level,
  type Member,
  SECTION_BODY,
  SECTION_HEADER,
  SECTION_TRAILER,
} from './dictionary.ts';
import { DATATYPES, isMultipleValue } from './field-format.ts';
import { FIRST_USER_TAG, type MessageRules } from './message-rules.ts';

const NOWHERE = -1;
const STAMP_MAX = 2 ** 30;
const ZERO = 48;

/** Where the walk stands in one section: its own level, and the groups that are open below it. */
class Stack {
  top = 0;
  readonly levels: Level[] = [];
  /** The member with this stamp in its slot has been seen in the present entry. */
  readonly stamps: number[] = [];
  /** What the count field says, where it stands, how many entries came. */
  readonly counts: number[] = [];
  readonly countIndexes: number[] = [];
  readonly entries: number[] = [];
  readonly lastPlaces: number[] = [];

  put(depth: number, level: Level, stamp: number, count: number, countIndex: number): void {
    this.top = depth;
    this.levels[depth] = level;
    this.stamps[depth] = stamp;
    this.counts[depth] = count;
    this.countIndexes[depth] = countIndex;
    this.entries[depth] = 0;
    this.lastPlaces[depth] = NOWHERE;
  }
}

export class MessageWalk {
  /** The fault of a single field that stands first: its index (or NOWHERE), tag and reason. */
  faultIndex = NOWHERE;
  faultTag = 0;
  faultReason = 0;
  /** RejectReason.GroupCountIncorrect: the entries that follow. */
  faultEntries = 0;
  /** First field of header, body or trailer behind its section. */
  disorderIndex = NOWHERE;
  /** First required field that is not there; 0 = none. Of header, body, trailer, then of groups. */
  readonly missing = [0, 0, 0, 0, 0, 0];
  /** ApplVerID (1128) of another version than the dictionary's. */
  applVerIndex = NOWHERE;

  readonly #dictionary: Dictionary;
  readonly #rules: MessageRules;
  readonly #applVerId: string | undefined;
  readonly #stacks = [new Stack(), new Stack(), new Stack()] as const;
  readonly #empty: Level = { countTag: 0, members: [], byTag: new Map(), required: [] };
  #message!: FixMessage;
  #seen = new Int32Array(0);
  #stamp = 0;

  constructor(dictionary: Dictionary, rules: MessageRules) {
    this.#dictionary = dictionary;
    this.#rules = rules;
    this.#applVerId = VERSION_TRAITS[dictionary.version].applVerId;
  }

  /** False where anything is wrong. An undefined MsgType has no body to walk along. */
  walk(message: FixMessage): boolean {
    const body = this.#dictionary.message(message.msgType)?.body;
    this.#start(message, body ?? this.#empty);
    let section: number = SECTION_HEADER;
    for (let index = 0; index < message.count; index++) {
      const tag = message.tagAt(index);
      const own = this.#dictionary.sectionOf(tag);
      if (own > section) section = own;
      else if (own < section && this.disorderIndex === NOWHERE) this.disorderIndex = index;
      if (body !== undefined || own !== SECTION_BODY) this.#field(index, tag, this.#stacks[own]);
    }
    for (let own = SECTION_HEADER; own <= SECTION_TRAILER; own++) this.#finish(own);
    if (this.#rules.fieldsOutOfOrder === 'lenient') this.disorderIndex = NOWHERE;
    return (
      body !== undefined &&
      this.faultIndex === NOWHERE &&
      this.disorderIndex === NOWHERE &&
      this.applVerIndex === NOWHERE &&
      this.missing.every((tag) => tag === 0)
    );
  }

  #start(message: FixMessage, body: Level): void {
    this.#message = message;
    if (this.#seen.length < this.#dictionary.slotCount || this.#stamp > STAMP_MAX) {
      this.#seen = new Int32Array(this.#dictionary.slotCount);
      this.#stamp = 0;
    }
    this.faultIndex = NOWHERE;
    this.disorderIndex = NOWHERE;
    this.applVerIndex = NOWHERE;
    this.missing.fill(0);
    const { header, trailer } = this.#dictionary;
    this.#stacks[SECTION_HEADER].put(0, header, ++this.#stamp, 0, NOWHERE);
    this.#stacks[SECTION_BODY].put(0, body, ++this.#stamp, 0, NOWHERE);
    this.#stacks[SECTION_TRAILER].put(0, trailer, ++this.#stamp, 0, NOWHERE);
  }

  #field(index: number, tag: number, stack: Stack): void {
    const member = this.#locate(tag, stack);
    if (member === undefined) {
      this.#stranger(index, tag);
      return;
    }
    const depth = stack.top;
    if (depth > 0 && member.place === 0) this.#nextEntry(stack);
    const stamp = stack.stamps[depth]!;
    if (this.#seen[member.slot] === stamp) this.#fault(index, tag, RejectReason.TagAppearsTwice);
    if (tag === Tag.ApplVerID) this.#checkApplVerId(index);
    this.#checkValue(index, member.field);
    if (depth > 0) {
      if (stack.entries[depth] === 0 || !this.#isInOrder(stack, depth, member)) {
        this.#fault(index, tag, RejectReason.GroupFieldsOutOfOrder);
      }
      stack.lastPlaces[depth] = member.place;
    }
    this.#seen[member.slot] = stamp;
    if (member.group !== undefined) {
      this.#openGroup(stack, member.group, index);
    }
  }

  /** The member that the field is, the groups that it ends closed; undefined = none. */
  #locate(tag: number, stack: Stack): Member | undefined {
    for (let depth = stack.top; depth >= 0; depth--) {
      const member = stack.levels[depth]!.byTag.get(tag);
      if (member === undefined) continue;
      const isElsewhere = depth > 0 && !this.#fits(stack, depth, member);
      if (isElsewhere && this.#isAround(stack, depth, tag)) continue;
      while (stack.top > depth) this.#closeGroup(stack);
      return member;
    }
    return undefined;
  }

  #fits(stack: Stack, depth: number, member: Member): boolean {
    const entries = stack.entries[depth]!;
    if (member.place === 0) return entries < stack.counts[depth]!;
    if (entries === 0 || this.#seen[member.slot] === stack.stamps[depth]) return false;
    return this.#isInOrder(stack, depth, member);
  }

  #isInOrder(stack: Stack, depth: number, member: Member): boolean {
    if (this.#rules.groupFieldsOutOfOrder === 'lenient') return true;
    return member.place >= stack.lastPlaces[depth]!;
  }

  /** Whether a level around the group at `depth` has the tag. */
  #isAround(stack: Stack, depth: number, tag: number): boolean {
    for (let outer = depth - 1; outer >= 0; outer--) {
      if (stack.levels[outer]!.byTag.has(tag)) return true;
    }
    return false;
  }

  #openGroup(stack: Stack, group: Level, countIndex: number): void {
    const count = this.#countAt(countIndex);
    stack.put(stack.top + 1, group, ++this.#stamp, count, countIndex);
  }

  #nextEntry(stack: Stack): void {
    const depth = stack.top;
    this.#checkEntry(stack);
    stack.entries[depth] = stack.entries[depth]! + 1;
    stack.stamps[depth] = ++this.#stamp;
    stack.lastPlaces[depth] = NOWHERE;
  }

  #closeGroup(stack: Stack): void {
    const depth = stack.top;
    this.#checkEntry(stack);
    const entries = stack.entries[depth]!;
    if (entries !== stack.counts[depth]) {
      const { countTag } = stack.levels[depth]!;
      this.#fault(stack.countIndexes[depth]!, countTag, RejectReason.GroupCountIncorrect, entries);
    }
    stack.top = depth - 1;
  }

  #checkEntry(stack: Stack): void {
    const depth = stack.top;
    if (stack.entries[depth] === 0) return;
    const rank = 3 + this.#stacks.indexOf(stack);
    this.#checkRequired(stack.levels[depth]!, stack.stamps[depth]!, rank);
  }

  #checkRequired(level: Level, stamp: number, rank: number): void {
    if (this.missing[rank] !== 0) return;
    const { required } = level;
    for (let at = 0; at < required.length; at++) {
      const { slot, field } = required[at]!;
      if (this.#seen[slot] === stamp) continue;
      this.missing[rank] = field.tag;
      return;
    }
  }

  #finish(section: number): void {
    const stack = this.#stacks[section]!;
    while (stack.top > 0) this.#closeGroup(stack);
    this.#checkRequired(stack.levels[0]!, stack.stamps[0]!, section);
  }

  /** A field that the message has no place for. Whatever a lenient rule lets in may repeat. */
  #stranger(index: number, tag: number): void {
    const field = this.#dictionary.fieldFor(this.#message.msgType, tag);
    if (field !== undefined) this.#checkValue(index, field);
    else this.#checkNotEmpty(index, tag);
    const { userDefinedFields, unknownFields } = this.#rules;
    const rule = tag >= FIRST_USER_TAG ? userDefinedFields : unknownFields;
    if (rule === 'lenient' && tag > 0) return;
    const { InvalidTagNumber, TagNotDefinedForMessage } = RejectReason;
    this.#fault(index, tag, field === undefined ? InvalidTagNumber : TagNotDefinedForMessage);
  }

  #checkNotEmpty(index: number, tag: number): boolean {
    if (this.#message.startAt(index) < this.#message.endAt(index)) return true;
    if (this.#rules.fieldsHaveValues === 'strict') {
      this.#fault(index, tag, RejectReason.TagWithoutValue);
    }
    return false;
  }

  #checkValue(index: number, field: FieldDef): void {
    const { tag, type, values } = field;
    if (!this.#checkNotEmpty(index, tag)) return;
    const message = this.#message;
    const start = message.startAt(index);
    const end = message.endAt(index);
    if (!DATATYPES[type].fits(message.text, start, end)) {
      this.#fault(index, tag, RejectReason.IncorrectDataFormat);
      return;
    }
    // MsgType (35) is judged by the messages that there are.
    if (values === undefined || tag === Tag.MsgType) return;
    if (this.#rules.enumerations === 'lenient') return;
    const isKnown = isMultipleValue(type)
      ? areKnown(message.text, start, end, values)
      : values.has(message.text.slice(start, end));
    if (!isKnown) this.#fault(index, tag, RejectReason.ValueIsIncorrect);
  }

  #checkApplVerId(index: number): void {
    const value = this.#message.valueAt(index);
    if (value !== '' && value !== this.#applVerId) this.applVerIndex = index;
  }

  /** What a count field says; 0 where it says nothing, -1 where it says no number. */
  #countAt(index: number): number {
    const { text } = this.#message;
    const end = this.#message.endAt(index);
    let count = 0;
    for (let at = this.#message.startAt(index); at < end; at++) {
      const digit = text.charCodeAt(at) - ZERO;
      if (digit < 0 || digit > 9) return -1;
      count = count * 10 + digit;
    }
    return count;
  }

  #fault(index: number, tag: number, reason: number, entries = 0): void {
    assert(index >= 0, 'a fault has a place');
    if (this.faultIndex !== NOWHERE && this.faultIndex <= index) return;
    this.faultIndex = index;
    this.faultTag = tag;
    this.faultReason = reason;
    this.faultEntries = entries;
  }
}

function areKnown(
  text: string,
  start: number,
  end: number,
  values: ReadonlyMap<string, string>,
): boolean {
  for (let from = start; from < end; ) {
    const space = text.indexOf(' ', from);
    const to = space < 0 || space > end ? end : space;
    if (!values.has(text.slice(from, to))) return false;
    from = to + 1;
  }
  return true;
}
