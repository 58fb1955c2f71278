/**
 * A typed window over a message: fields by their standard names, numbers as numbers, Y and N as
 * true and false, groups as arrays of entries. Reads nothing before it is asked. Meant for messages
 * that the message check has let through: what is required and absent, or no number, is a fault.
 */
import { assert, GyrfalconError } from '../../../engine/errors.ts';
import type { FixMessage } from '../codec.ts';
import type { FixVersion } from '../version.ts';
import type { Dictionary, Level, Member } from './dictionary.ts';
import { DATATYPES } from './field-format.ts';
import { messageTree, type TreeField } from './message-tree.ts';
import { type MessageName, type MessageView, valueKind } from './message-types.ts';

/** The message has to be of the named type. */
export function viewOf<V extends FixVersion, M extends MessageName<V>>(
  dictionary: Dictionary<V>,
  name: M,
  message: FixMessage,
): MessageView<V, M> {
  const definition = dictionary.message(message.msgType);
  assert(definition?.name === name, `a view of ${name} is over such a message`);
  const { header, trailer } = dictionary;
  const { body } = definition;
  const View = viewClass(body, [header, body, trailer], name);
  const fields = (): TreeField[] => messageTree(dictionary, message.msgType, message);
  return new View(fields) as unknown as MessageView<V, M>;
}

type ViewClass = new (fields: () => readonly TreeField[]) => LevelView;

/** By the level that tells them apart: a message's body or a group. */
const classes = new WeakMap<Level, ViewClass>();

class LevelView {
  readonly #source: () => readonly TreeField[];
  #fields: ReadonlyMap<number, TreeField> | undefined;
  readonly #entries = new Map<number, readonly LevelView[]>();

  constructor(source: () => readonly TreeField[]) {
    this.#source = source;
  }

  toJSON(): Readonly<Record<string, unknown>> {
    const said: Record<string, unknown> = {};
    for (const { field } of this.#read().values()) {
      // What has no place in the message has no getter.
      if (field !== undefined && field.name in this) {
        said[field.name] = this[field.name as keyof this];
      }
    }
    return said;
  }

  value(member: Member, owner: string): unknown {
    const { field, group, isRequired } = member;
    const found = this.#read().get(field.tag);
    const place = `${owner}.${field.name} (${field.tag})`;
    if (found === undefined) {
      if (!isRequired) return undefined;
      throw new GyrfalconError('INPUT_INVALID', `${place} is missing: check messages before`);
    }
    return group === undefined
      ? typedValue(found, member, place)
      : this.#views(found, group, `${owner}.${field.name}`);
  }

  #views(found: TreeField, group: Level, owner: string): readonly LevelView[] {
    let views = this.#entries.get(found.tag);
    if (views === undefined) {
      const View = viewClass(group, [group], owner);
      views = (found.entries ?? []).map((entry) => new View(() => entry));
      this.#entries.set(found.tag, views);
    }
    return views;
  }

  #read(): ReadonlyMap<number, TreeField> {
    this.#fields ??= new Map(this.#source().map((field) => [field.tag, field]));
    return this.#fields;
  }
}

function viewClass(key: Level, levels: readonly Level[], owner: string): ViewClass {
  const known = classes.get(key);
  if (known !== undefined) return known;
  const View = class extends LevelView {};
  for (const member of levels.flatMap(({ members }) => members)) {
    Object.defineProperty(View.prototype, member.field.name, {
      get(this: LevelView) {
        return this.value(member, owner);
      },
    });
  }
  classes.set(key, View);
  return View;
}

function typedValue({ value }: TreeField, { field }: Member, place: string): unknown {
  const kind = valueKind(field.type);
  if (kind === 'text') return value;
  if (!DATATYPES[field.type].fits(value, 0, value.length) || value === '') {
    const text = `${place} is "${value}", not ${DATATYPES[field.type].text}`;
    throw new GyrfalconError('INPUT_INVALID', text);
  }
  if (kind === 'list') return value.split(' ');
  return kind === 'number' ? Number(value) : value === 'Y';
}
