/**
 * A YAML file as plain data that still knows where each value stands. In some places a further file
 * may be named, whose content is spliced in; a place then points into the file the value came from.
 */
import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import {
  Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';
import { ConfigError } from './config-error.ts';

/** A thousand instruments may each be a short line; a bomb of references into references ends here. */
const ALIASES_MAX = 8192;

export type Path = readonly PropertyKey[];

/** Where a file may be named. */
export interface Splices {
  /** Lists whose elements may be files; a file that holds a list stands for all its elements. */
  readonly lists: readonly string[];
  /** Keys of the elements of a list that may be files: [list, key]. */
  readonly keys: readonly (readonly [list: string, key: string])[];
}

interface YamlFile {
  readonly file: string;
  readonly document: Document;
  readonly lines: LineCounter;
  readonly value: unknown;
}

/** Where a value was written. */
interface Origin {
  readonly from: YamlFile;
  readonly path: Path;
}

const SPLICE_DEPTH_MAX = 3;
const pathKey = (path: Path): string => JSON.stringify(path.map(String));

export interface YamlSource {
  readonly value: unknown;
  /** Every file that was read, the main file first. */
  readonly files: readonly string[];
  /** Included files that cannot be used; their elements are left out of `value`. */
  readonly mistakes: readonly string[];
  /** file:line:column of the value at a path, or of its nearest enclosing value. */
  placeOf(path: Path): string;
  /** file:line:column of the last segment as a key. */
  placeOfKey(path: Path): string;
}

export function readYamlSource(file: string, splices: Splices): YamlSource {
  const main = readYamlFile(file, '');
  const files = [file];
  const origins = new Map<string, Origin>();
  const value = isRecord(main.value) ? { ...main.value } : main.value;
  const mistakes: string[] = [];
  for (const key of splices.lists) {
    const list = isRecord(value) ? value[key] : undefined;
    if (!isRecord(value) || !Array.isArray(list)) continue;
    const spliced = spliceFiles({ main, key, list, mistakes });
    for (const [i, { origin }] of spliced.entries()) {
      origins.set(pathKey([key, i]), origin);
      files.push(origin.from.file);
    }
    value[key] = spliced.map((element) => element.value);
  }
  for (const [list, key] of splices.keys) {
    const elements = isRecord(value) ? value[list] : undefined;
    if (!isRecord(value) || !Array.isArray(elements)) continue;
    value[list] = elements.map((element: unknown, i) => {
      const name = isRecord(element) ? element[key] : undefined;
      if (!isRecord(element) || typeof name !== 'string') return element;
      const origin = origins.get(pathKey([list, i])) ?? { from: main, path: [list, i] };
      const naming = { from: origin.from, path: [...origin.path, key] };
      const from = readNamedFile(name, naming, [list, i, key], mistakes);
      if (from === undefined) return { ...element, [key]: null };
      origins.set(pathKey([list, i, key]), { from, path: [] });
      files.push(from.file);
      return { ...element, [key]: from.value };
    });
  }
  const originOf = (path: Path): Origin => {
    for (let depth = Math.min(path.length, SPLICE_DEPTH_MAX); depth > 0; depth--) {
      const origin = origins.get(pathKey(path.slice(0, depth)));
      if (origin !== undefined)
        return { from: origin.from, path: [...origin.path, ...path.slice(depth)] };
    }
    return { from: main, path };
  };
  return {
    value,
    files: [...new Set(files)],
    mistakes,
    placeOf: (path) => place(originOf(path), false),
    placeOfKey: (path) => place(originOf(path), true),
  };
}

const FLOW_CHARS_MAX = 72;

/** A value as YAML that readYamlSource reads back; small groups stand on one line. */
export function yamlText(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar: (_, node) => {
      // "07:00" and the like are text, whatever version of YAML a reader follows.
      if (typeof node.value === 'string' && /^\d/.test(node.value)) node.type = 'QUOTE_DOUBLE';
    },
    Collection: (key, node) => {
      const isSmall = JSON.stringify(node).length <= FLOW_CHARS_MAX;
      if (isSmall && key !== null) node.flow = true;
    },
  });
  return document.toString({ lineWidth: 100 });
}

function spliceFiles(list: { main: YamlFile; key: string; list: unknown[]; mistakes: string[] }) {
  const { main, key, mistakes } = list;
  return list.list.flatMap((element, index): { value: unknown; origin: Origin }[] => {
    const path = [key, index];
    if (typeof element !== 'string') return [{ value: element, origin: { from: main, path } }];
    const from = readNamedFile(element, { from: main, path }, path, mistakes);
    if (from === undefined) return [];
    if (!Array.isArray(from.value)) return [{ value: from.value, origin: { from, path: [] } }];
    return from.value.map((value, i) => ({ value, origin: { from, path: [i] } }));
  });
}

/** The file that a value names; undefined = it cannot be used, which `mistakes` then says. */
function readNamedFile(
  name: string,
  naming: Origin,
  path: Path,
  mistakes: string[],
): YamlFile | undefined {
  const file = isAbsolute(name) ? name : join(dirname(naming.from.file), name);
  const where = path.map((at) => (typeof at === 'number' ? `[${at}]` : `.${String(at)}`)).join('');
  try {
    return readYamlFile(file, `${place(naming, false)}: ${where.slice(1)} names `);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    mistakes.push(...error.lines);
    return undefined;
  }
}

const NOT_READABLE: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'that is a directory, not a file',
  EACCES: 'it may not be read by this user',
};

/** `namedBy` is put before a file that cannot be read, so that the user finds who asks for it. */
function readYamlFile(file: string, namedBy: string): YamlFile {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
    const hint = NOT_READABLE[code] ?? `it cannot be read (${code})`;
    throw new ConfigError([`${namedBy}${file}: ${hint}`]);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true, prettyErrors: false });
  const broken = [...document.errors, ...document.warnings].map((error) => {
    const { line, col } = lines.linePos(error.pos[0]);
    return `${file}:${line}:${col}: not valid YAML: ${error.message}`;
  });
  // Kept along the way: to resolve each of a thousand aliases by itself is to walk the file as often.
  const anchors = new Map<string, Node>();
  visit(document, {
    Value: (_, node) => {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
    Alias: (_, node, path) => {
      const target = anchors.get(node.source);
      if (target === undefined || !path.includes(target)) return;
      const { line, col } = lines.linePos(node.range?.[0] ?? 0);
      broken.push(`${file}:${line}:${col}: not valid YAML: *${node.source} stands inside itself`);
    },
  });
  if (broken.length > 0) throw new ConfigError(broken);
  try {
    return { file, document, lines, value: document.toJS({ maxAliasCount: ALIASES_MAX }) };
  } catch (cause) {
    throw new ConfigError([`${file}:1:1: not valid YAML: ${(cause as Error).message}`]);
  }
}

function place({ from, path }: Origin, asKey: boolean): string {
  let node: unknown = from.document.contents;
  let start = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  for (const [depth, segment] of path.entries()) {
    if (isAlias(node)) node = node.resolve(from.document);
    const last = depth === path.length - 1;
    let next: unknown;
    if (isMap(node)) {
      const pair = node.items.find(
        ({ key }) => isScalar(key) && String(key.value) === String(segment),
      );
      next = asKey && last ? pair?.key : (pair?.value ?? pair?.key);
    } else if (isSeq(node)) {
      next = node.items[Number(segment)];
    }
    if (!isNode(next)) break;
    start = next.range?.[0] ?? start;
    node = next;
  }
  const { line, col } = from.lines.linePos(start);
  return `${from.file}:${line}:${col}`;
}

function isRecord(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
