/**
 * TypeScript declarations of a dictionary in its compact form: an interface a message, component
 * and group, listed values as literal types. Read by the compiler only, through
 * gateways/fix/dictionary/typed-messages.ts, whose conversions follow the same rules.
 */

const NUMBERS = new Set([
  'AMT',
  'DAYOFMONTH',
  'FLOAT',
  'INT',
  'LENGTH',
  'NUMINGROUP',
  'PERCENTAGE',
  'PRICE',
  'PRICEOFFSET',
  'QTY',
  'SEQNUM',
  'TAGNUM',
]);
const LISTS = new Set(['MULTIPLECHARVALUE', 'MULTIPLESTRINGVALUE', 'MULTIPLEVALUESTRING']);

/** Of `file`, as scripts/build-dictionaries.mjs writes it. */
export function typesOf(file) {
  const fields = new Map(file.fields.map((row) => [row[0], row]));
  const lines = [
    `/** Generated: the messages of ${file.version}, as gateways/fix/dictionary types them. */`,
  ];
  for (const row of file.fields) lines.push(...valueType(row));
  const writer = new InterfaceWriter(file, fields, lines);
  for (const [name, parts] of Object.entries(file.components)) writer.add(name, parts);
  writer.add('Header', file.header);
  writer.add('Trailer', file.trailer);
  for (const [, name, , parts] of file.messages) writer.add(name, parts);
  lines.push('export interface Messages {');
  for (const [, name] of file.messages) lines.push(`  readonly ${name}: ${name};`);
  lines.push('}', '');
  return lines.join('\n');
}

/** The type of a field with listed values, their meanings beside it. */
function valueType([tag, name, type, values = []]) {
  if (values.length === 0 || type === 'BOOLEAN' || type === 'NUMINGROUP') return [];
  const literals = values.map(([value]) => (NUMBERS.has(type) ? value : `'${escaped(value)}'`));
  const meanings = values.map(([value, meaning]) => ` * ${value} ${meaning}`);
  return [
    `/**\n * ${name} (${tag})\n${meanings.join('\n')}\n */`,
    `export type ${name}Value = ${literals.join(' | ')};`,
  ];
}

const escaped = (text) => text.replaceAll('\\', '\\\\').replaceAll("'", "\\'");

class InterfaceWriter {
  #file;
  #fields;
  #lines;

  constructor(file, fields, lines) {
    this.#file = file;
    this.#fields = fields;
    this.#lines = lines;
  }

  add(name, parts) {
    const bases = [];
    const members = [];
    for (const part of parts) {
      if (typeof part === 'number') {
        members.push(this.#member(Math.abs(part), part > 0, undefined));
      } else if (part.length === 3) {
        const [tag, required, inner] = part;
        const group = `${name}_${this.#fields.get(tag)[1]}`;
        this.add(group, inner);
        members.push(this.#member(tag, required === 1, group));
      } else {
        const [component, required] = part;
        const isLoose = required === 0 && this.#demands(this.#file.components[component]);
        bases.push(isLoose ? `Partial<${component}>` : component);
      }
    }
    const base = bases.length === 0 ? '' : ` extends ${bases.join(', ')}`;
    this.#lines.push(`export interface ${name}${base} {`, ...members, '}');
  }

  #member(tag, isRequired, group) {
    const [, name, type, values = []] = this.#fields.get(tag);
    const listed = values.length > 0 && type !== 'BOOLEAN' ? `${name}Value` : undefined;
    let is = listed ?? (NUMBERS.has(type) ? 'number' : type === 'BOOLEAN' ? 'boolean' : 'string');
    if (LISTS.has(type)) is = `readonly ${is}[]`;
    if (group !== undefined) is = `readonly ${group}[]`;
    return `  readonly ${name}${isRequired ? `: ${is}` : `?: ${is} | undefined`};`;
  }

  /** Whether anything in the component is required. */
  #demands(parts) {
    return parts.some((part) => {
      if (typeof part === 'number') return part > 0;
      if (part.length === 3) return part[1] === 1;
      return part[1] === 1 && this.#demands(this.#file.components[part[0]]);
    });
  }
}
