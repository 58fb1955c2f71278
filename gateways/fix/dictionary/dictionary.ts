/**
 * The data dictionary of one FIX version, its overlay included: fields, messages, which fields a
 * message, the header, the trailer or a group holds. Components are spelt out for a message when it
 * is first asked for, so that a version costs what is used of it. Read by the message check, the
 * typed views and the log viewer; never changed once it stands.
 */
import { assert } from '../../../engine/errors.ts';
import { type FixVersion, VERSION_TRAITS } from '../version.ts';
import {
  type DictionaryFile,
  type PackedFieldRow,
  type PackedMessage,
  type PackedParts,
  readDictionaryFile,
} from './dictionary-file.ts';
import type { FieldType } from './field-format.ts';

export interface FieldDef {
  readonly tag: number;
  readonly name: string;
  readonly type: FieldType;
  /** What the field may say, with the meaning of each; undefined = anything of its type. */
  readonly values: ReadonlyMap<string, string> | undefined;
}

/** A field in its place: in the header, a message, the trailer or a group. */
export interface Member {
  readonly field: FieldDef;
  /** Position among the members of its level. */
  readonly place: number;
  /** Number of its own among the members of all levels of the dictionary, from 0. */
  readonly slot: number;
  readonly isRequired: boolean;
  /** What an entry holds, where the field counts the entries of a group. */
  readonly group: Level | undefined;
}

/** The fields that stand side by side; those of a group are one level further down. */
export interface Level {
  /** The field that counts the entries; 0 = no group. */
  readonly countTag: number;
  /** In the order of the standard; a group's first member is its delimiter. */
  readonly members: readonly Member[];
  readonly byTag: ReadonlyMap<number, Member>;
  readonly required: readonly Member[];
}

export interface MessageDef {
  readonly msgType: string;
  readonly name: string;
  readonly category: 'admin' | 'app';
  /** Without header and trailer. */
  readonly body: Level;
}

export const SECTION_HEADER = 0;
export const SECTION_BODY = 1;
export const SECTION_TRAILER = 2;
export type Section = typeof SECTION_HEADER | typeof SECTION_BODY | typeof SECTION_TRAILER;

class LazyField implements FieldDef {
  readonly tag: number;
  readonly name: string;
  readonly type: FieldType;
  readonly #rows: PackedFieldRow[3];
  #values: ReadonlyMap<string, string> | undefined;

  constructor([tag, name, type, rows]: PackedFieldRow) {
    this.tag = tag;
    this.name = name;
    this.type = type;
    this.#rows = rows;
  }

  get values(): ReadonlyMap<string, string> | undefined {
    if (this.#values === undefined && this.#rows !== undefined) this.#values = new Map(this.#rows);
    return this.#values;
  }
}

class LazyMessage implements MessageDef {
  readonly msgType: string;
  readonly name: string;
  readonly category: 'admin' | 'app';
  readonly #compile: () => Level;
  #body: Level | undefined;

  constructor([msgType, name, category]: PackedMessage, compile: () => Level) {
    this.msgType = msgType;
    this.name = name;
    this.category = category;
    this.#compile = compile;
  }

  get body(): Level {
    this.#body ??= this.#compile();
    return this.#body;
  }
}

export class Dictionary<V extends FixVersion = FixVersion> {
  readonly version: V;
  /** What it was made of; overlays change copies. */
  readonly file: DictionaryFile<V>;
  readonly header: Level;
  readonly trailer: Level;
  readonly messages: ReadonlyMap<string, MessageDef>;
  /** Length field to the data field that follows it, which may hold any byte. */
  readonly dataTags: ReadonlyMap<number, number>;
  readonly #fields: ReadonlyMap<number, FieldDef>;
  #byName: ReadonlyMap<string, FieldDef> | undefined;
  #sessionTags: ReadonlySet<number> | undefined;
  /** A group is spelt out once, whichever messages hold it. */
  readonly #groups = new Map<PackedParts, Level>();
  readonly #sections: Uint8Array;
  #slotCount = 0;

  constructor(file: DictionaryFile<V>) {
    this.version = file.version;
    this.file = file;
    this.#fields = new Map(file.fields.map((row) => [row[0], new LazyField(row)]));
    this.dataTags = new Map(file.dataTags);
    this.header = this.#compile(file.header, 0);
    this.trailer = this.#compile(file.trailer, 0);
    this.messages = new Map(
      file.messages.map((row) => [row[0], new LazyMessage(row, () => this.#compile(row[3], 0))]),
    );
    this.#sections = sectionTable(tagsOf(this.header), tagsOf(this.trailer));
  }

  /** Slots that are given out so far; grows when a message is first asked for. */
  get slotCount(): number {
    return this.#slotCount;
  }

  field(tag: number): FieldDef | undefined {
    return this.#fields.get(tag);
  }

  /**
   * The field as the standard of this message knows it: FIXT's session messages have a standard of
   * their own, which holds the fields of those messages alone.
   */
  fieldFor(msgType: string, tag: number): FieldDef | undefined {
    const isSession = this.messages.get(msgType)?.category === 'admin';
    if (!isSession || VERSION_TRAITS[this.version].applVerId === undefined) return this.field(tag);
    this.#sessionTags ??= new Set(
      [...this.messages.values()]
        .filter(({ category }) => category === 'admin')
        .flatMap(({ body }) => tagsOf(body))
        .concat(tagsOf(this.header), tagsOf(this.trailer)),
    );
    return this.#sessionTags.has(tag) ? this.field(tag) : undefined;
  }

  fieldNamed(name: string): FieldDef | undefined {
    this.#byName ??= new Map([...this.#fields.values()].map((field) => [field.name, field]));
    return this.#byName.get(name);
  }

  message(msgType: string): MessageDef | undefined {
    return this.messages.get(msgType);
  }

  /** Header and trailer include their groups; everything else is body, undefined tags too. */
  sectionOf(tag: number): Section {
    return (this.#sections[tag] ?? SECTION_BODY) as Section;
  }

  #compile(parts: PackedParts, countTag: number): Level {
    const members: Member[] = [];
    this.#collect(parts, true, members);
    const byTag = new Map(members.map((member) => [member.field.tag, member]));
    assert(byTag.size === members.length, `${this.version}: a level holds a tag twice`);
    const required = members.filter((member) => member.isRequired);
    return { countTag, members, byTag, required };
  }

  /** A required field of an optional component is optional. */
  #collect(parts: PackedParts, isRequired: boolean, members: Member[]): void {
    for (const part of parts) {
      if (typeof part === 'number') {
        this.#add(members, Math.abs(part), isRequired && part > 0, undefined);
      } else if (typeof part[0] === 'string') {
        this.#collect(this.file.components[part[0]]!, isRequired && part[1] === 1, members);
      } else {
        const [tag, required, inner] = part as readonly [number, 0 | 1, PackedParts];
        this.#add(members, tag, isRequired && required === 1, this.#group(inner, tag));
      }
    }
  }

  #add(members: Member[], tag: number, isRequired: boolean, group: Level | undefined): void {
    const field = this.#fields.get(tag)!;
    const slot = this.#slotCount++;
    members.push({ field, place: members.length, slot, isRequired, group });
  }

  #group(parts: PackedParts, countTag: number): Level {
    const known = this.#groups.get(parts);
    if (known !== undefined) return known;
    const level = this.#compile(parts, countTag);
    this.#groups.set(parts, level);
    return level;
  }
}

function tagsOf(level: Level): number[] {
  return level.members.flatMap(({ field, group }) => [
    field.tag,
    ...(group === undefined ? [] : tagsOf(group)),
  ]);
}

function sectionTable(header: readonly number[], trailer: readonly number[]): Uint8Array {
  const table = new Uint8Array(Math.max(...header, ...trailer) + 1).fill(SECTION_BODY);
  for (const tag of header) table[tag] = SECTION_HEADER;
  for (const tag of trailer) table[tag] = SECTION_TRAILER;
  return table;
}

const loaded = new Map<FixVersion, Dictionary>();

/** The standard's dictionary; read once. @throws GyrfalconError when set-up did not run. */
export function loadDictionary<V extends FixVersion>(version: V): Dictionary<V> {
  const known = loaded.get(version);
  if (known !== undefined) return known as Dictionary<V>;
  const dictionary = new Dictionary(readDictionaryFile(version));
  loaded.set(version, dictionary);
  return dictionary;
}
