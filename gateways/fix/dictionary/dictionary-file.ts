/**
 * The form of build/dictionaries/VERSION.json, which scripts/build-dictionaries.mjs writes: rows
 * instead of objects, components by name instead of spelt out, so that the largest version stays
 * near half a megabyte. dictionary.ts makes objects of it, overlay.ts changes copies of it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GyrfalconError } from '../../../engine/errors.ts';
import type { FixVersion } from '../version.ts';
import type { FieldType } from './field-format.ts';

/** A field: its tag, negative where it is optional. */
export type PackedField = number;
export type PackedComponent = readonly [name: string, required: 0 | 1];
/** The first part's first field is the group's delimiter. */
export type PackedGroup = readonly [countTag: number, required: 0 | 1, parts: PackedParts];
export type PackedPart = PackedField | PackedComponent | PackedGroup;
export type PackedParts = readonly PackedPart[];

export type PackedValue = readonly [value: string, description: string];
export type PackedFieldRow = readonly [
  tag: number,
  name: string,
  type: FieldType,
  values?: readonly PackedValue[],
];
export type PackedMessage = readonly [
  msgType: string,
  name: string,
  category: 'admin' | 'app',
  parts: PackedParts,
];

export interface DictionaryFile<V extends FixVersion = FixVersion> {
  readonly version: V;
  /** Rising by tag. */
  readonly fields: readonly PackedFieldRow[];
  readonly header: PackedParts;
  readonly trailer: PackedParts;
  readonly components: Readonly<Record<string, PackedParts>>;
  readonly messages: readonly PackedMessage[];
  /** Length field and the data field that follows it. */
  readonly dataTags: readonly (readonly [lengthTag: number, dataTag: number])[];
}

const FOLDER = join(import.meta.dirname, '../../../build/dictionaries');

export function readDictionaryFile<V extends FixVersion>(version: V): DictionaryFile<V> {
  const file = join(FOLDER, `${version}.json`);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    const why = `the dictionary of ${version} (${file}) cannot be read: run node scripts/setup.mjs`;
    throw new GyrfalconError('INPUT_MISSING', why, { file }, cause);
  }
  return JSON.parse(text) as DictionaryFile<V>;
}
