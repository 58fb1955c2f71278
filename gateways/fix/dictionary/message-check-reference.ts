/**
 * The slow plain twin of message-check.ts, for tests: spells the packed dictionary out anew, makes
 * a tree of the message, and goes over it once for each rule; formats are patterns. Says tag and
 * reason only.
 */
import type { FixMessage } from '../codec.ts';
import { type Complaint, complaint, type MessageCheck } from '../complaint.ts';
import { VERSION_TRAITS } from '../version.ts';
import type { Dictionary } from './dictionary.ts';
import type { DictionaryFile, PackedFieldRow, PackedParts } from './dictionary-file.ts';
import type { FieldType } from './field-format.ts';
import type { MessageRules } from './message-rules.ts';

interface PlainMember {
  readonly tag: number;
  readonly required: boolean;
  readonly members: readonly PlainMember[] | undefined;
}

interface Node {
  readonly index: number;
  readonly tag: number;
  readonly value: string;
  /** undefined: the message has no place for it. */
  member?: PlainMember;
  isRepeated?: boolean;
  isMisplaced?: boolean;
  /** Of a group's count field. */
  entries?: Node[][];
}

interface OpenLevel {
  readonly members: readonly PlainMember[];
  readonly count: number;
  readonly entries: Node[][] | undefined;
  /** The present entry, or the section itself. */
  nodes: Node[];
}

export function messageCheckReference(dictionary: Dictionary, rules: MessageRules): MessageCheck {
  const { file } = dictionary;
  const sections = (message: FixMessage) => [
    plain(file, file.header, true),
    plain(file, file.messages.find(([msgType]) => msgType === message.msgType)?.[3] ?? [], true),
    plain(file, file.trailer, true),
  ];
  return (message) => {
    const [header, body, trailer] = sections(message) as [
      PlainMember[],
      PlainMember[],
      PlainMember[],
    ];
    const headerTags = allTags(header);
    const trailerTags = allTags(trailer);
    const nodes = Array.from({ length: message.count }, (_, index): Node => {
      return { index, tag: message.tagAt(index), value: message.valueAt(index) };
    });
    const sectionOf = ({ tag }: Node) => (headerTags.has(tag) ? 0 : trailerTags.has(tag) ? 2 : 1);
    const disordered = nodes.find((node) =>
      nodes.some((other) => other.index < node.index && sectionOf(other) > sectionOf(node)),
    );
    if (disordered !== undefined && rules.fieldsOutOfOrder === 'strict') {
      return found(disordered.tag, 14);
    }
    if (!file.messages.some(([msgType]) => msgType === message.msgType)) return found(35, 11);
    const { applVerId } = VERSION_TRAITS[file.version];
    const isForeign = ({ tag, value }: Node) => tag === 1128 && value !== '' && value !== applVerId;
    if (applVerId !== undefined && nodes.some(isForeign)) return found(1128, 18);
    const trees = [header, body, trailer].map((members, section) => {
      const own = nodes.filter((node) => sectionOf(node) === section);
      return { members, top: tree(members, own, rules) };
    });
    return (
      trees.map(({ members, top }) => missingIn(members, top)).find(isFound) ??
      trees.map(({ top }) => missingInEntries(top)).find(isFound) ??
      nodes.map((node) => judge(node, fieldsOf(file, message.msgType), rules)).find(isFound)
    );
  };
}

const found = (tag: number, reason: number): Complaint => complaint(tag, reason, '');
const isFound = (complained: Complaint | undefined): complained is Complaint =>
  complained !== undefined;

function plain(file: DictionaryFile, parts: PackedParts, isRequired: boolean): PlainMember[] {
  return parts.flatMap((part): PlainMember[] => {
    if (typeof part === 'number') {
      return [{ tag: Math.abs(part), required: isRequired && part > 0, members: undefined }];
    }
    const required = isRequired && part[1] === 1;
    if (part.length === 2) return plain(file, file.components[part[0]]!, required);
    return [{ tag: part[0], required, members: plain(file, part[2], true) }];
  });
}

function allTags(members: readonly PlainMember[]): Set<number> {
  return new Set(members.flatMap(({ tag, members: inner = [] }) => [tag, ...allTags(inner)]));
}

/** Gives every node its member and every count field its entries; the section's own nodes. */
function tree(members: readonly PlainMember[], nodes: readonly Node[], rules: MessageRules) {
  const top: Node[] = [];
  let open: OpenLevel[] = [{ members, count: 0, entries: undefined, nodes: top }];
  for (const node of nodes) {
    const owners = open.filter((level) => placeIn(level, node.tag) >= 0).reverse();
    const chosen = owners.find((level, at) => at === owners.length - 1 || fits(level, node, rules));
    if (chosen === undefined) continue;
    open = open.slice(0, open.indexOf(chosen) + 1);
    put(chosen, node, rules);
    if (node.member?.members !== undefined) {
      node.entries = [];
      const count = countOf(node.value);
      open.push({ members: node.member.members, count, entries: node.entries, nodes: [] });
    }
  }
  return top;
}

const placeIn = (level: OpenLevel, tag: number): number =>
  level.members.findIndex((member) => member.tag === tag);

const countOf = (value: string): number =>
  value === '' ? 0 : /^\d+$/.test(value) ? Number(value) : -1;

function fits(level: OpenLevel, node: Node, rules: MessageRules): boolean {
  if (placeIn(level, node.tag) === 0) return level.entries!.length < level.count;
  const isRepeated = level.nodes.some(({ tag }) => tag === node.tag);
  return level.entries!.length > 0 && !isRepeated && isInOrder(level, node, rules);
}

function isInOrder(level: OpenLevel, node: Node, rules: MessageRules): boolean {
  const last = level.nodes.at(-1);
  if (last === undefined || rules.groupFieldsOutOfOrder === 'lenient') return true;
  return placeIn(level, node.tag) >= placeIn(level, last.tag);
}

function put(level: OpenLevel, node: Node, rules: MessageRules): void {
  const place = placeIn(level, node.tag);
  node.member = level.members[place]!;
  if (level.entries !== undefined && place === 0) {
    level.nodes = [];
    level.entries.push(level.nodes);
  }
  node.isRepeated = level.nodes.some(({ tag }) => tag === node.tag);
  node.isMisplaced =
    level.entries !== undefined && (level.entries.length === 0 || !isInOrder(level, node, rules));
  level.nodes.push(node);
}

function missingIn(members: readonly PlainMember[], nodes: readonly Node[]): Complaint | undefined {
  const missing = members.find(
    ({ tag, required }) => required && !nodes.some((node) => node.tag === tag),
  );
  return missing && found(missing.tag, 1);
}

/** Inner entries end first, so they are judged first. */
function missingInEntries(nodes: readonly Node[]): Complaint | undefined {
  return nodes
    .flatMap(({ member, entries = [] }) =>
      entries.map((entry) => missingInEntries(entry) ?? missingIn(member!.members!, entry)),
    )
    .find(isFound);
}

/** FIXT's session messages know the fields of FIXT alone. */
function fieldsOf(file: DictionaryFile, msgType: string): readonly PackedFieldRow[] {
  const admin = file.messages.filter(([, , category]) => category === 'admin');
  const isSession = admin.some(([known]) => known === msgType);
  if (!isSession || file.version !== 'FIX.5.0SP2') return file.fields;
  const parts = [file.header, ...admin.map((row) => row[3]), file.trailer];
  const tags = new Set(parts.flatMap((inner) => [...allTags(plain(file, inner, true))]));
  return file.fields.filter(([tag]) => tags.has(tag));
}

function judge(
  node: Node,
  fields: readonly PackedFieldRow[],
  rules: MessageRules,
): Complaint | undefined {
  const { tag, value, member, entries } = node;
  const row = fields.find(([known]) => known === tag);
  if (node.isRepeated) return found(tag, 13);
  if (value === '' && rules.fieldsHaveValues === 'strict') return found(tag, 4);
  if (value !== '' && row !== undefined) {
    if (!hasFormat(row[2], value)) return found(tag, 6);
    const values = row[3]?.map(([known]) => known);
    const items = row[2].startsWith('MULTIPLE') ? value.split(' ') : [value];
    const isUnknown = values !== undefined && items.some((item) => !values.includes(item));
    if (isUnknown && tag !== 35 && rules.enumerations === 'strict') return found(tag, 5);
  }
  if (member === undefined) {
    const rule = tag >= 5000 ? rules.userDefinedFields : rules.unknownFields;
    if (rule === 'strict' || tag <= 0) return found(tag, row === undefined ? 0 : 2);
  }
  if (entries !== undefined && countOf(value) !== entries.length) return found(tag, 16);
  return node.isMisplaced ? found(tag, 15) : undefined;
}

const INT = /^-?\d+$/;
const COUNT = /^\d+$/;
const FLOAT = /^-?(\d+\.?\d*|\.\d+)$/;
const DATE = /^\d{8}$/;
const TIME = /^([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d{1,12})?$/;
const STAMP = /^\d{8}-([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d{1,12})?$/;
const ZONE = '(Z|[+-](0\\d|1[0-4])(:[0-5]\\d)?)?';
const ZONED = `([01]\\d|2[0-3]):[0-5]\\d(:([0-5]\\d|60)(\\.\\d{1,12})?)?${ZONE}`;

const PATTERNS: Readonly<Partial<Record<FieldType, RegExp>>> = {
  AMT: FLOAT,
  BOOLEAN: /^[YN]$/,
  CHAR: /^.$/s,
  COUNTRY: /^[A-Za-z]{2}$/,
  CURRENCY: /^[A-Za-z]{3}$/,
  DAYOFMONTH: /^(0?[1-9]|[12]\d|3[01])$/,
  FLOAT,
  INT,
  LANGUAGE: /^[A-Za-z]{2}$/,
  LENGTH: COUNT,
  LOCALMKTDATE: DATE,
  LOCALMKTTIME: /^([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)$/,
  MONTHYEAR: /^\d{4}(0[1-9]|1[0-2])(\d{2}|w[1-5])?$/,
  MULTIPLECHARVALUE: /^[^ ]( [^ ])*$/,
  MULTIPLESTRINGVALUE: /^[^ ]+( [^ ]+)*$/,
  MULTIPLEVALUESTRING: /^[^ ]+( [^ ]+)*$/,
  NUMINGROUP: COUNT,
  PERCENTAGE: FLOAT,
  PRICE: FLOAT,
  PRICEOFFSET: FLOAT,
  QTY: FLOAT,
  SEQNUM: COUNT,
  TAGNUM: /^[1-9]\d*$/,
  TZTIMEONLY: new RegExp(`^${ZONED}$`),
  TZTIMESTAMP: new RegExp(`^\\d{8}-${ZONED}$`),
  UTCDATE: DATE,
  UTCDATEONLY: DATE,
  UTCTIMEONLY: TIME,
  UTCTIMESTAMP: STAMP,
};

function hasFormat(type: FieldType, value: string): boolean {
  if (PATTERNS[type]?.test(value) === false) return false;
  const date = /^(\d{4})(\d{2})(\d{2})/.exec(value);
  if (!/DATE|STAMP|MONTHYEAR/.test(type) || date === null) return true;
  const [year, month, day] = date.slice(1).map(Number) as [number, number, number];
  // 400 years on, the same days: Date.UTC takes years below 100 for others.
  const time = new Date(Date.UTC(year + 2000, month - 1, day));
  return time.getUTCMonth() === month - 1 && time.getUTCDate() === day;
}
