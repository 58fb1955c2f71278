/**
 * Reads a data dictionary in QuickFIX's XML form into plain lists. Knows the elements fix, header,
 * trailer, messages, message, components, component, fields, field, value and group; anything else,
 * a missing attribute or a name without definition is a fault that names file and line.
 */
import { readFileSync } from 'node:fs';
import sax from 'sax';

/**
 * @typedef {{ kind: 'field' | 'component', name: string, required: boolean }} Leaf
 * @typedef {{ kind: 'group', name: string, required: boolean, parts: Part[] }} Group
 * @typedef {Leaf | Group} Part
 * @typedef {{ tag: number, name: string, type: string, values: [string, string][] }} FieldRow
 * @typedef {{ msgType: string, name: string, category: string, parts: Part[] }} MessageRow
 * @typedef {{
 *   header: Part[], trailer: Part[], components: Map<string, Part[]>,
 *   messages: MessageRow[], fields: FieldRow[],
 * }} Xml
 */

/** Which element may stand in which. */
const PARENTS = {
  fix: [''],
  header: ['fix'],
  trailer: ['fix'],
  messages: ['fix'],
  components: ['fix'],
  fields: ['fix'],
  message: ['messages'],
  component: ['components', 'header', 'message', 'component', 'group'],
  group: ['header', 'message', 'component', 'group'],
  field: ['fields', 'header', 'trailer', 'message', 'component', 'group'],
  value: ['field'],
};

/** @returns {Xml} */
export function readDictionaryXml(file) {
  const parser = sax.parser(true);
  const xml = { header: [], trailer: [], components: new Map(), messages: [], fields: [] };
  /** Open elements: its name, and where what it holds goes. */
  const open = [{ element: '', parts: [] }];
  const fail = (text) => {
    throw new Error(`${file}:${parser.line + 1}: ${text}`);
  };
  parser.onerror = (error) => fail(error.message.split('\n')[0]);
  parser.onopentag = ({ name, attributes }) => {
    const parent = open.at(-1);
    if (!Object.hasOwn(PARENTS, name)) fail(`unknown element <${name}>`);
    if (!PARENTS[name].includes(parent.element)) fail(`<${name}> inside <${parent.element}>`);
    const need = (key) => attributes[key] ?? fail(`<${name}> has no attribute "${key}"`);
    open.push({ element: name, ...openElement(xml, parent, name, need, fail) });
  };
  parser.onclosetag = () => open.pop();
  parser.write(readFileSync(file, 'utf8')).close();
  checkNames(xml, file);
  return xml;
}

function openElement(xml, parent, name, need, fail) {
  if (name === 'header' || name === 'trailer') return { parts: xml[name] };
  if (name === 'message') {
    const message = {
      msgType: need('msgtype'),
      name: need('name'),
      category: need('msgcat'),
      parts: [],
    };
    xml.messages.push(message);
    return { parts: message.parts };
  }
  if (name === 'component' && parent.element === 'components') {
    const parts = [];
    xml.components.set(need('name'), parts);
    return { parts };
  }
  if (name === 'field' && parent.element === 'fields') {
    const tag = Number(need('number'));
    if (!Number.isSafeInteger(tag) || tag < 1) fail(`field number ${need('number')}`);
    const field = { tag, name: need('name'), type: need('type'), values: [] };
    xml.fields.push(field);
    return { field };
  }
  if (name === 'value') {
    if (parent.field === undefined) fail('<value> outside the definition of a field');
    parent.field.values.push([need('enum'), need('description')]);
    return {};
  }
  if (parent.parts === undefined || !['field', 'group', 'component'].includes(name)) return {};
  const required = need('required');
  if (required !== 'Y' && required !== 'N') fail(`required='${required}' is neither Y nor N`);
  const part = { kind: name, name: need('name'), required: required === 'Y' };
  if (name === 'group') part.parts = [];
  parent.parts.push(part);
  return { parts: part.parts };
}

function checkNames(xml, file) {
  const names = new Set(xml.fields.map(({ name }) => name));
  const tags = new Set(xml.fields.map(({ tag }) => tag));
  if (tags.size !== xml.fields.length || names.size !== xml.fields.length) {
    throw new Error(`${file}: a tag or a field name is defined twice`);
  }
  if (xml.header.length === 0 || xml.trailer.length === 0 || xml.messages.length === 0) {
    throw new Error(`${file}: header, trailer or messages are missing`);
  }
  const check = (parts, where) => {
    for (const part of parts) {
      const known =
        part.kind === 'component' ? xml.components.has(part.name) : names.has(part.name);
      if (!known) throw new Error(`${file}: ${where} names the ${part.kind} ${part.name}, unknown`);
      if (part.kind === 'group') check(part.parts, `${where}/${part.name}`);
    }
  };
  check(xml.header, 'header');
  check(xml.trailer, 'trailer');
  for (const [name, parts] of xml.components) check(parts, `component ${name}`);
  for (const { name, parts } of xml.messages) check(parts, name);
}
