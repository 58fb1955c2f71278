/**
 * Names of fields and messages for people who write scenarios, tags and types for the wire. The
 * version's own dictionary comes first; what it lacks is looked up in the others, so that a
 * scenario can send a field of another version by its name.
 */
import { type Dictionary, loadDictionary } from '../../gateways/fix/dictionary/dictionary.ts';
import { FIX_VERSIONS, type FixVersion } from '../../gateways/fix/version.ts';

export class Names {
  readonly dictionary: Dictionary;
  readonly #all: readonly Dictionary[];

  constructor(version: FixVersion) {
    this.dictionary = loadDictionary(version);
    const others = FIX_VERSIONS.filter((other) => other !== version);
    this.#all = [this.dictionary, ...others.toReversed().map(loadDictionary)];
  }

  /** A number stands for itself, any text of digits and signs too. */
  tagOf(name: string): string {
    if (/^[-+]?\d+$/.test(name)) return name;
    for (const dictionary of this.#all) {
      const field = dictionary.fieldNamed(name);
      if (field !== undefined) return String(field.tag);
    }
    throw new Error(`no version has a field ${name}`);
  }

  typeOf(name: string): string {
    for (const { messages } of this.#all) {
      for (const message of messages.values()) if (message.name === name) return message.msgType;
    }
    throw new Error(`no version has a message ${name}`);
  }

  /** "Side (54)" for people. */
  nameOf(tag: string): string {
    for (const dictionary of this.#all) {
      const field = dictionary.field(Number(tag));
      if (field !== undefined) return `${field.name} (${tag})`;
    }
    return `tag ${tag}`;
  }
}

const known = new Map<FixVersion, Names>();

export function namesOf(version: FixVersion): Names {
  const names = known.get(version) ?? new Names(version);
  known.set(version, names);
  return names;
}
