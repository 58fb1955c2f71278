/**
 * Reads a scenario file: a head of `key: value` lines up to the first empty line, then one step a
 * line. Blocks (`repeat`, `for each`) are spelt out here, so that who carries the steps out sees a
 * plain list. A fault names the file and the line.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { FIX_VERSIONS, type FixVersion } from '../../gateways/fix/version.ts';
import { namesOf } from './names.ts';
import type { Role, Scenario, Step } from './step.ts';
import { actionsOf } from './step-words.ts';

const HEAD_KEYS = ['rule', 'source', 'acceptance', 'versions', 'role', 'subject'];
const VERSIONS = /^(FIX\.[\w.]+(?:, FIX\.[\w.]+)*): +(.*)$/;
const CONNECTION = /^([a-z]\w*): +(.*)$/;
const BLOCK = /^(repeat|for each|in one segment|byte by byte)\b(.*)$/;

interface SourceLine {
  readonly line: number;
  readonly text: string;
}

export function readScenarios(folder: string): readonly Scenario[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.fix'))
    .sort()
    .map((name) => parseScenario(join(folder, name), readFileSync(join(folder, name), 'utf8')));
}

export function parseScenario(file: string, content: string): Scenario {
  const lines = sourceLines(content);
  const headEnd = lines.findIndex(({ text }) => text === '');
  const head = readHead(file, lines.slice(0, headEnd));
  const body = lines.slice(headEnd).filter(({ text }) => text !== '' && !text.startsWith('#'));
  const role = (head.get('role') ?? 'acceptor') as Role;
  const versions = versionsOf(head.get('versions') ?? FIX_VERSIONS.join(', '), file);
  return {
    name: basename(file, '.fix'),
    file,
    rule: needed(head, 'rule', file),
    source: needed(head, 'source', file),
    acceptance: head.get('acceptance'),
    versions,
    role,
    subject: Object.fromEntries(
      (head.get('subject') ?? '')
        .split(' ')
        .filter((setting) => setting !== '')
        .map((setting) => setting.split('=') as [string, string]),
    ),
    steps: new Map(
      versions.map((version) => [version, new StepReader(file, version, role).read(body)]),
    ),
  };
}

/** A line that ends in a backslash goes on with the next one. */
function sourceLines(content: string): readonly SourceLine[] {
  const lines: SourceLine[] = [];
  let begun: SourceLine | undefined;
  for (const [index, part] of content.split('\n').entries()) {
    const { line, text } = begun ?? { line: index + 1, text: '' };
    const whole = text + part.trim();
    begun = whole.endsWith('\\') ? { line, text: whole.slice(0, -1) } : undefined;
    if (begun === undefined) lines.push({ line, text: whole });
  }
  return lines;
}

function readHead(file: string, lines: readonly SourceLine[]): Map<string, string> {
  const head = new Map<string, string>();
  let key = '';
  for (const { line, text } of lines) {
    const match = /^(\w+): +(.*)$/.exec(text);
    if (match !== null && HEAD_KEYS.includes(match[1]!)) {
      key = match[1]!;
      head.set(key, match[2]!);
    } else if (key === '') {
      throw new Error(`${file}:${line}: the head begins with one of ${HEAD_KEYS.join(', ')}`);
    } else {
      head.set(key, `${head.get(key)} ${text}`);
    }
  }
  return head;
}

function needed(head: ReadonlyMap<string, string>, key: string, file: string): string {
  const value = head.get(key);
  if (value === undefined) throw new Error(`${file}: the head lacks "${key}:"`);
  return value;
}

function versionsOf(text: string, file: string): readonly FixVersion[] {
  return text.split(', ').map((name) => {
    const version = FIX_VERSIONS.find((known) => known === name);
    if (version === undefined) throw new Error(`${file}: "${name}" is no version served`);
    return version;
  });
}

class StepReader {
  readonly #file: string;
  readonly #version: FixVersion;
  readonly #role: Role;
  readonly #steps: Step[] = [];

  constructor(file: string, version: FixVersion, role: Role) {
    this.#file = file;
    this.#version = version;
    this.#role = role;
  }

  read(lines: readonly SourceLine[]): readonly Step[] {
    this.#block(lines);
    return this.#steps;
  }

  #block(lines: readonly SourceLine[]): void {
    for (let index = 0; index < lines.length; index++) {
      const found = this.#forVersion(lines[index]!);
      const block = BLOCK.exec(found.text);
      if (block === null) {
        if (found.applies) this.#step(found);
        continue;
      }
      const end = this.#endOf(lines, index);
      const inner = lines.slice(index + 1, end);
      if (found.applies) this.#expand(block[1]!, block[2]!.trim(), found, inner);
      index = end;
    }
  }

  #expand(word: string, rest: string, at: SourceLine, inner: readonly SourceLine[]): void {
    if (word === 'repeat') {
      const times = /^(\d+) times$/.exec(rest)?.[1];
      if (times === undefined) throw this.#fault(at, 'write "repeat N times"');
      for (let turn = 0; turn < Number(times); turn++) this.#block(inner);
    } else if (word === 'for each') {
      this.#forEach(rest.split(/\s+/), inner);
    } else {
      const kind = word === 'byte by byte' ? 'byte by byte' : 'segment';
      this.#add(at, '', { kind, at: 'begin' });
      this.#block(inner);
      this.#add(at, '', { kind, at: 'end' });
    }
  }

  #forEach(names: readonly string[], inner: readonly SourceLine[]): void {
    const isRow = (line: SourceLine): boolean => this.#forVersion(line).text.startsWith('|');
    const first = inner.findIndex((line) => !isRow(line));
    for (const row of inner.slice(0, first)) {
      const { applies, text } = this.#forVersion(row);
      if (!applies) continue;
      const cells = text
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim());
      if (!text.endsWith('|') || cells.length !== names.length) {
        throw this.#fault(row, `a row of ${names.length} cells is expected`);
      }
      const values = new Map(names.map((name, index) => [name, cells[index]!]));
      const fill = (line: string): string =>
        line.replaceAll(/\{(\w+)\}/g, (all, name: string) => values.get(name) ?? all);
      this.#block(inner.slice(first).map((line) => ({ line: line.line, text: fill(line.text) })));
    }
  }

  #forVersion(source: SourceLine): SourceLine & { readonly applies: boolean } {
    const match = VERSIONS.exec(source.text);
    if (match === null) return { ...source, applies: true };
    const versions = this.#attempt(source, () => versionsOf(match[1]!, this.#file));
    return { line: source.line, text: match[2]!, applies: versions.includes(this.#version) };
  }

  #endOf(lines: readonly SourceLine[], begin: number): number {
    let depth = 0;
    for (let index = begin; index < lines.length; index++) {
      const { text } = this.#forVersion(lines[index]!);
      if (BLOCK.test(text)) depth += 1;
      else if (text === 'end') depth -= 1;
      if (depth === 0) return index;
    }
    throw this.#fault(lines[begin]!, 'the block has no "end"');
  }

  #step(source: SourceLine): void {
    const match = CONNECTION.exec(source.text);
    const [connection, words] = match === null ? ['', source.text] : [match[1]!, match[2]!];
    const names = namesOf(this.#version);
    const options = { version: this.#version, role: this.#role, names };
    const actions = this.#attempt(source, () => actionsOf(words, options));
    for (const action of actions) this.#add(source, connection, action);
  }

  #add({ line, text }: SourceLine, connection: string, action: Step['action']): void {
    this.#steps.push({ line, text, connection, action });
  }

  #attempt<T>(source: SourceLine, what: () => T): T {
    try {
      return what();
    } catch (fault) {
      throw this.#fault(source, (fault as Error).message);
    }
  }

  #fault({ line, text }: SourceLine, why: string): Error {
    return new Error(`${this.#file}:${line}: ${text}\n  ${why}`);
  }
}
