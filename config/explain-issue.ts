/**
 * Turns what zod found into a line that a trader can act on: place, path, value, what is allowed.
 * What is allowed comes from the published JSON Schema, so message and editor help never
 * disagree.
 */
import { z } from 'zod';
import { nearest } from './nearest.ts';
import type { Path, YamlSource } from './yaml-source.ts';

type JsonSchema = z.core.JSONSchema.BaseSchema;
type Issue = z.core.$ZodIssue;
const VALUE_CHARS_MAX = 60;
/** So many keys are listed beside the one that was meant. */
const LISTED_MAX = 4;

/** A schema and the part of the file that it is for. */
interface Ground {
  readonly source: YamlSource;
  readonly path: Path;
  readonly value: unknown;
  readonly schema: JsonSchema;
}

/** What is wrong with the value at `path`, one line a mistake; empty = it fits the schema. */
export function explainMistakes(schema: z.ZodType, source: YamlSource, path: Path): string[] {
  const value = valueAt(source.value, path);
  const parsed = schema.safeParse(value);
  if (parsed.success) return [];
  const ground = { source, path, value, schema: jsonSchemaOf(schema) };
  const { issues } = parsed.error;
  const lines: string[] = [];
  const meant = new Set<string>();
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys') continue;
    for (const key of issue.keys) {
      const known = knownKeys(ground, issue.path);
      const guess = nearest(key, known);
      if (guess !== undefined) meant.add(pathText([...issue.path, guess]));
      lines.push(unknownKeyLine([...path, ...issue.path, key], known, source));
    }
  }
  for (const issue of issues) {
    // A misspelt key is also a missing one: said once, as the misspelling.
    if (issue.code === 'unrecognized_keys' || meant.has(pathText(issue.path))) continue;
    lines.push(valueLine(issue, ground));
  }
  return lines;
}

const published = new WeakMap<z.ZodType, JsonSchema>();

function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const found = published.get(schema) ?? (z.toJSONSchema(schema) as JsonSchema);
  published.set(schema, found);
  return found;
}

/** limits[0].collarBps */
export function pathText(path: Path): string {
  let text = '';
  for (const segment of path) {
    if (typeof segment === 'number') text += `[${segment}]`;
    else text += text === '' ? String(segment) : `.${String(segment)}`;
  }
  return text === '' ? 'the file' : text;
}

function unknownKeyLine(path: Path, known: readonly string[], source: YamlSource): string {
  const guess = nearest(String(path.at(-1)), known);
  const allowed = `allowed keys: ${known.join(', ')}`;
  const hint = `did you mean "${guess}"?`;
  // A few are soon read, and often the second is meant too.
  const told = known.length <= LISTED_MAX ? `${hint} ${allowed}` : hint;
  const advice = guess === undefined ? allowed : told;
  return `${source.placeOfKey(path)}: ${pathText(path)}: unknown key; ${advice}`;
}

function valueLine(issue: Issue, ground: Ground): string {
  const { source } = ground;
  const path = [...ground.path, ...issue.path];
  if (issue.code === 'invalid_key') {
    const parent = schemaAt(ground, issue.path.slice(0, -1));
    const allowed = describe(parent?.propertyNames as JsonSchema | undefined);
    const key = JSON.stringify(path.at(-1));
    return `${source.placeOfKey(path)}: ${pathText(path)}: the key ${key} must be ${allowed}`;
  }
  const allowed =
    issue.code === 'invalid_union' && 'options' in issue && Array.isArray(issue.options)
      ? issue.options.map((option) => JSON.stringify(option)).join(' or ')
      : describe(schemaAt(ground, issue.path));
  const found = foundThere(issue, ground);
  return `${source.placeOf(path)}: ${pathText(path)} ${found}; it must be ${allowed}`;
}

/** Of a list of the wrong length its length, else the value. */
function foundThere(issue: Issue, ground: Ground): string {
  const value = valueAt(ground.value, issue.path);
  if (value === undefined) return 'is missing';
  const isOfLength = issue.code === 'too_big' || issue.code === 'too_small';
  if (isOfLength && Array.isArray(value)) return `has ${value.length} entries`;
  return `is ${shownAs(value, ground, issue.path)}`;
}

function shownAs(value: unknown, ground: Ground, path: Path): string {
  // What stands in place of a secret's place may be the secret.
  if (value !== null && holdsSecrets(schemaAt(ground, path))) return 'something else';
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return text.length > VALUE_CHARS_MAX ? `${text.slice(0, VALUE_CHARS_MAX)}…` : text;
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (at, key) =>
      at !== null && at !== undefined && Object.hasOwn(at, key)
        ? (at as Record<PropertyKey, unknown>)[key]
        : undefined,
    value,
  );
}

/** The schema that holds at a path below the ground. */
function schemaAt(ground: Ground, path: Path): JsonSchema | undefined {
  let schema: JsonSchema | undefined = ground.schema;
  let { value } = ground;
  for (const segment of path) {
    if (schema === undefined) return undefined;
    schema = child(settled(schema, value), segment);
    value = valueAt(value, [segment]);
  }
  return schema;
}

function knownKeys(ground: Ground, path: Path): readonly string[] {
  const schema = schemaAt(ground, path);
  if (schema === undefined) return [];
  const { properties, propertyNames } = settled(schema, valueAt(ground.value, path));
  const listed = (propertyNames as JsonSchema | undefined)?.enum ?? [];
  return [...Object.keys(properties ?? {}), ...listed.map(String)];
}

/** What remains of "this or null" and of "one of these" for a value; as it is where that is open. */
function settled(schema: JsonSchema, value: unknown): JsonSchema {
  const inner = schema.anyOf?.find((one) => (one as JsonSchema).type !== 'null');
  const isNullable = schema.anyOf?.some((one) => (one as JsonSchema).type === 'null') ?? false;
  if (isNullable && inner !== undefined) return settled(inner as JsonSchema, value);
  if (schema.oneOf === undefined) return schema;
  return variantOf(schema.oneOf as JsonSchema[], value) ?? schema;
}

/** Secrets are named here or somewhere below. */
function holdsSecrets(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return false;
  return 'writeOnly' in schema || Object.values(schema).some(holdsSecrets);
}

function child(schema: JsonSchema, segment: PropertyKey): JsonSchema | undefined {
  if (typeof segment === 'number') return schema.items as JsonSchema | undefined;
  const named = schema.properties?.[String(segment)];
  const other = schema.additionalProperties;
  return (named ?? (typeof other === 'object' ? other : undefined)) as JsonSchema | undefined;
}

/** By the key that tells the variants apart: each of them has a constant of its own there. */
function variantOf(variants: readonly JsonSchema[], value: unknown): JsonSchema | undefined {
  const constant = (variant: JsonSchema, key: string): unknown =>
    (variant.properties?.[key] as JsonSchema | undefined)?.const;
  const keys = Object.keys(variants[0]?.properties ?? {});
  const telling = keys.find((key) => variants.every((one) => constant(one, key) !== undefined));
  if (telling === undefined) return undefined;
  return variants.find((variant) => constant(variant, telling) === valueAt(value, [telling]));
}

function describe(schema: JsonSchema | undefined): string {
  if (schema === undefined) return 'something else';
  if (schema.description !== undefined) return schema.description;
  if (schema.enum) return `one of ${schema.enum.map((v) => JSON.stringify(v)).join(', ')}`;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.anyOf) return schema.anyOf.map((one) => describe(one as JsonSchema)).join(', or ');
  switch (schema.type) {
    case 'integer':
    case 'number':
      return `${schema.type === 'integer' ? 'a whole number' : 'a number'}${range(schema)}`;
    case 'array':
      return `a list${count(schema)}`;
    case 'object':
      return schema.properties
        ? `a group of keys: ${Object.keys(schema.properties).join(', ')}`
        : 'a group of named entries';
    case 'boolean':
      return 'true or false';
    default:
      return String(schema.type ?? 'a group of keys');
  }
}

function range(schema: JsonSchema): string {
  const parts: string[] = [];
  if (schema.minimum !== undefined) parts.push(`from ${schema.minimum}`);
  if (schema.exclusiveMinimum !== undefined) parts.push(`above ${schema.exclusiveMinimum}`);
  const bounded = schema.maximum !== undefined && schema.maximum < Number.MAX_SAFE_INTEGER;
  if (bounded) parts.push(`${parts.length === 0 ? 'up ' : ''}to ${schema.maximum}`);
  if (schema.exclusiveMaximum !== undefined) parts.push(`and below ${schema.exclusiveMaximum}`);
  return parts.length === 0 ? '' : ` ${parts.join(' ')}`;
}

function count(schema: JsonSchema): string {
  if (schema.minItems === undefined && schema.maxItems === undefined) return '';
  if (schema.maxItems === undefined) return ` of at least ${schema.minItems}`;
  return ` of ${schema.minItems ?? 0} to ${schema.maxItems}`;
}
