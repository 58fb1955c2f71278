/**
 * Puts a counterparty's overlay over a dictionary: a new dictionary, the old one stays as it is.
 * What does not fit is told all at once, with the path in the overlay.
 */
import { GyrfalconError } from '../../../engine/errors.ts';
import { beginStringOf, type FixVersion } from '../version.ts';
import { Dictionary } from './dictionary.ts';
import type {
  DictionaryFile,
  PackedFieldRow,
  PackedMessage,
  PackedValue,
} from './dictionary-file.ts';
import { changeParts, type OverlayMistake } from './overlay-parts.ts';
import type { Overlay, OverlayField, OverlayMember, OverlayMessage } from './overlay-schema.ts';

export interface OverlaidDictionary<V extends FixVersion> {
  readonly dictionary: Dictionary<V>;
  /** Empty = the overlay fits; else the dictionary is the old one. */
  readonly mistakes: readonly OverlayMistake[];
}

/** @throws GyrfalconError with every mistake; who has the file tells the lines: overlay-file.ts. */
export function applyOverlay<V extends FixVersion>(
  base: Dictionary<V>,
  overlay: Overlay,
): Dictionary<V> {
  const { dictionary, mistakes } = tryOverlay(base, overlay);
  if (mistakes.length === 0) return dictionary;
  const text = mistakes.map(({ path, text }) => `${path.join('.')} ${text}`).join('; ');
  throw new GyrfalconError('CONFIG_INVALID', `the overlay does not fit ${base.version}: ${text}`);
}

export function tryOverlay<V extends FixVersion>(
  base: Dictionary<V>,
  overlay: Overlay,
): OverlaidDictionary<V> {
  const mistakes: OverlayMistake[] = versionMistakes(base, overlay);
  if (mistakes.length > 0) return { dictionary: base, mistakes };
  const fields = changeFields(base, overlay.fields ?? [], mistakes);
  const known: DictionaryFile<V> = { ...base.file, fields };
  const ground = { file: known, fields: new Map(fields.map((row) => [row[0], row])), mistakes };
  const header = changeParts(base.file.header, overlay.header ?? [], ['header'], ground);
  const messages = changeMessages(base, overlay.messages ?? [], ground);
  if (mistakes.length > 0) return { dictionary: base, mistakes };
  const file = { ...known, header, messages };
  return { dictionary: new Dictionary({ ...file, dataTags: dataTagsOf(file, overlay) }), mistakes };
}

function versionMistakes(base: Dictionary, overlay: Overlay): OverlayMistake[] {
  const { version } = base;
  const expected = beginStringOf(version);
  if (overlay.beginString !== expected) {
    const text = `is ${overlay.beginString}; the session speaks ${version}, which is ${expected}`;
    return [{ path: ['beginString'], text }];
  }
  if ((overlay.version ?? version) === version) return [];
  return [{ path: ['version'], text: `is ${overlay.version}; the session speaks ${version}` }];
}

function changeFields(
  base: Dictionary,
  fields: readonly OverlayField[],
  mistakes: OverlayMistake[],
): readonly PackedFieldRow[] {
  const rows = new Map(base.file.fields.map((row) => [row[0], row]));
  const tagOf = new Map(base.file.fields.map(([tag, name]) => [name, tag]));
  const seen = new Set<number>();
  for (const [index, field] of fields.entries()) {
    const { tag, name, type } = field;
    const path = ['fields', index] as const;
    const wrong = (key: string, text: string) => mistakes.push({ path: [...path, key], text });
    const old = rows.get(tag);
    const owner = name === undefined ? undefined : tagOf.get(name);
    if (seen.has(tag)) wrong('tag', `is ${tag}, which the file has before: give a tag once`);
    else if (owner !== undefined && owner !== tag)
      wrong('name', `is ${name}, the name of ${owner}`);
    else if (old !== undefined && name !== undefined && name !== old[1]) {
      wrong('name', `is ${name}, but ${tag} is ${old[1]} in ${base.version}`);
    } else if (old === undefined && name === undefined) {
      wrong('tag', `is ${tag}, which is new: give it a name`);
    } else if (old === undefined && type === undefined) {
      wrong('tag', `is ${tag}, which is new: give it a type`);
    }
    seen.add(tag);
    const newName = name ?? old?.[1] ?? '';
    rows.set(tag, rowOf(tag, newName, type ?? old?.[2] ?? 'STRING', valuesOf(field, old)));
    tagOf.set(newName, tag);
  }
  return [...rows.values()].sort((a, b) => a[0] - b[0]);
}

function rowOf(
  tag: number,
  name: string,
  type: PackedFieldRow[2],
  values: readonly PackedValue[],
): PackedFieldRow {
  return values.length === 0 ? [tag, name, type] : [tag, name, type, values];
}

function valuesOf({ values = {} }: OverlayField, old: PackedFieldRow | undefined): PackedValue[] {
  return [...new Map([...(old?.[3] ?? []), ...Object.entries(values)])];
}

function changeMessages(
  base: Dictionary,
  messages: readonly OverlayMessage[],
  ground: Parameters<typeof changeParts>[3],
): readonly PackedMessage[] {
  const rows = new Map(base.file.messages.map((row) => [row[0], row]));
  const nameOwner = new Map(base.file.messages.map(([msgType, name]) => [name, msgType]));
  const seen = new Set<string>();
  for (const [index, { msgType, name, fields }] of messages.entries()) {
    const path = ['messages', index];
    const wrong = (key: string, text: string) =>
      ground.mistakes.push({ path: [...path, key], text });
    const old = rows.get(msgType);
    const owner = nameOwner.get(name);
    if (seen.has(msgType)) wrong('msgType', `is ${msgType}, which the file has before`);
    else if (owner !== undefined && owner !== msgType) wrong('name', `is the name of 35=${owner}`);
    else if (old !== undefined && old[1] !== name) {
      wrong('name', `is ${name}, but 35=${msgType} is ${old[1]} in ${base.version}`);
    }
    seen.add(msgType);
    nameOwner.set(name, msgType);
    const parts = changeParts(old?.[3] ?? [], fields, [...path, 'fields'], ground);
    rows.set(msgType, [msgType, name, old?.[2] ?? 'app', parts]);
  }
  return [...rows.values()];
}

/** A LENGTH of the overlay and the DATA behind it belong together, as in the standard. */
function dataTagsOf(file: DictionaryFile, overlay: Overlay): DictionaryFile['dataTags'] {
  const types = new Map(file.fields.map(([tag, , type]) => [tag, type]));
  const pairs = new Map(file.dataTags);
  const dataTags = new Set(pairs.values());
  const collect = (members: readonly OverlayMember[]): void => {
    for (const [index, { tag, fields = [] }] of members.entries()) {
      const length = members[index - 1]?.tag ?? 0;
      const isData = types.get(tag) === 'DATA' || types.get(tag) === 'XMLDATA';
      if (isData && !dataTags.has(tag) && types.get(length) === 'LENGTH') pairs.set(length, tag);
      collect(fields);
    }
  };
  collect(overlay.header ?? []);
  for (const { fields } of overlay.messages ?? []) collect(fields);
  return [...pairs];
}
