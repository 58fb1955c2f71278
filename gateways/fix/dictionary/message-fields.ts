/**
 * A typed object as the fields of a message's body, in the order of the dictionary: every required
 * field there, every value of its type and, where values are listed, one of them. The lengths of
 * data fields and the counts of groups come by themselves.
 */
import { GyrfalconError } from '../../../engine/errors.ts';
import type { Field } from '../codec.ts';
import type { FixVersion } from '../version.ts';
import type { Dictionary, FieldDef, Level, Member } from './dictionary.ts';
import { DATATYPES, isMultipleValue } from './field-format.ts';
import { type MessageBody, type MessageName, valueKind } from './message-types.ts';

type Said = Readonly<Record<string, unknown>>;

/** @throws GyrfalconError that names the field. */
export function fieldsOf<V extends FixVersion, M extends MessageName<V>>(
  dictionary: Dictionary<V>,
  name: M,
  body: MessageBody<V, M>,
): Field[] {
  const definition = [...dictionary.messages.values()].find((message) => message.name === name);
  if (definition === undefined) throw wrong(name, `is no message of ${dictionary.version}`);
  const fields: Field[] = [];
  addLevel(definition.body, body as Said, name, { dictionary, fields });
  return fields;
}

interface Target {
  readonly dictionary: Dictionary;
  readonly fields: Field[];
}

function addLevel(level: Level, said: Said, place: string, target: Target): void {
  const names = new Set(level.members.map(({ field }) => field.name));
  const stranger = Object.keys(said).find((name) => !names.has(name));
  if (stranger !== undefined) throw wrong(`${place}.${stranger}`, 'is no field of it');
  for (const member of level.members) {
    const { field, isRequired, place: at } = member;
    const value = said[field.name];
    // A group's entry begins with its delimiter, whatever the dictionary says.
    const isDelimiter = level.countTag !== 0 && at === 0;
    const dataTag = target.dictionary.dataTags.get(field.tag);
    if (dataTag !== undefined) addLength(field, said, dataTag, target);
    else if (value !== undefined) addValue(member, value, `${place}.${field.name}`, target);
    else if (isRequired || isDelimiter) throw wrong(`${place}.${field.name}`, 'is required');
  }
}

/** The length goes before the data, and is the data's. */
function addLength(field: FieldDef, said: Said, dataTag: number, target: Target): void {
  const data = said[target.dictionary.field(dataTag)!.name];
  if (typeof data === 'string') target.fields.push([field.tag, data.length]);
}

function addValue(member: Member, value: unknown, place: string, target: Target): void {
  const { field, group } = member;
  if (group === undefined) {
    target.fields.push([field.tag, valueText(field, value, place)]);
    return;
  }
  if (!Array.isArray(value)) throw wrong(place, 'is no list of entries');
  target.fields.push([field.tag, value.length]);
  for (const [index, entry] of value.entries()) {
    addLevel(group, entry as Said, `${place}[${index}]`, target);
  }
}

function valueText(field: FieldDef, value: unknown, place: string): string {
  const text = plainText(field, value, place);
  const { fits, text: form } = DATATYPES[field.type];
  const isData = field.type === 'DATA' || field.type === 'XMLDATA';
  // A character is a byte; only data may hold control characters.
  const isWritable = isData ? !/[^\0-\xff]/.test(text) : !/[^\x20-\xff]/.test(text);
  if (text === '' || !isWritable || !fits(text, 0, text.length)) {
    throw wrong(place, `is ${JSON.stringify(value)}, not ${form}`);
  }
  const items = isMultipleValue(field.type) ? text.split(' ') : [text];
  const unlisted = items.find((item) => field.values?.has(item) === false);
  if (unlisted === undefined) return text;
  const listed = [...field.values!.keys()].slice(0, 20).join(' ');
  throw wrong(place, `is ${JSON.stringify(unlisted)}, none of ${listed}`);
}

function plainText(field: FieldDef, value: unknown, place: string): string {
  const kind = valueKind(field.type);
  if (kind === 'number' && typeof value === 'number' && Number.isFinite(value)) {
    return decimalText(value);
  }
  if (kind === 'boolean' && typeof value === 'boolean') return value ? 'Y' : 'N';
  if (kind === 'list' && Array.isArray(value)) return value.join(' ');
  if (kind === 'text' && typeof value === 'string') return value;
  const wanted = kind === 'boolean' ? 'true or false' : kind === 'text' ? 'a text' : `a ${kind}`;
  throw wrong(place, `is ${JSON.stringify(value) ?? String(value)}, not ${wanted}`);
}

/** FIX has no exponents: 1e-7 is 0.0000001. */
function decimalText(value: number): string {
  const [mantissa = '', exponent] = String(value).split('e');
  if (exponent === undefined) return mantissa;
  const sign = mantissa.startsWith('-') ? '-' : '';
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return `${sign}${digits.padEnd(point, '0')}`;
}

function wrong(place: string, text: string): GyrfalconError {
  return new GyrfalconError('INPUT_INVALID', `${place} ${text}`);
}
