/**
 * Reads the settings file of a QuickFIX engine (QuickFIX, QuickFIX/J, QuickFIX/Go, QuickFIX/n):
 * sections [DEFAULT] and [SESSION], a line `Key=value` each, comments that begin with #. A session
 * has what it says itself, and of [DEFAULT] what it does not say. Key names are found in whatever
 * case, as QuickFIX and QuickFIX/n do; a # behind a value belongs to the value, as in all of them.
 */

/** One line `Key=value`. */
export interface QuickfixEntry {
  /** As it is written. */
  readonly key: string;
  /** Without blanks around it. */
  readonly raw: string;
  /** Variables resolved. */
  readonly value: string;
  /** Variables that have no value, by name: they stand in `value` as ${NAME}. */
  readonly unresolved: readonly string[];
  readonly line: number;
}

export interface QuickfixSession {
  /** Of its heading. */
  readonly line: number;
  /** By the key in lower case; [DEFAULT] included. */
  readonly entries: ReadonlyMap<string, QuickfixEntry>;
}

/** A line that says nothing to any session, and why. */
interface QuickfixRemark {
  readonly line: number;
  readonly key: string;
  readonly text: string;
}

interface QuickfixFile {
  readonly sessions: readonly QuickfixSession[];
  readonly remarks: readonly QuickfixRemark[];
}

interface Section {
  readonly line: number;
  readonly entries: Map<string, QuickfixEntry>;
}

const VARIABLE = /\$\{([^}]+)\}/g;

/** `variables`: what stands for ${NAME}, as the system properties of QuickFIX/J do. */
export function parseQuickfixFile(
  text: string,
  variables: ReadonlyMap<string, string>,
): QuickfixFile {
  const remarks: QuickfixRemark[] = [];
  const defaults: Section = { line: 0, entries: new Map() };
  const sessions: Section[] = [];
  let section: Section | undefined;
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const line = index + 1;
    const trimmed = raw.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const heading = /^\[(.*)\]$/.exec(trimmed)?.[1];
    if (heading !== undefined) {
      section = sectionOf(heading.trim().toUpperCase(), { line, defaults, sessions });
      if (section === undefined) {
        remarks.push({
          line,
          key: `[${heading}]`,
          text: 'is no section that is known; it is left out',
        });
      }
      continue;
    }
    const equals = trimmed.indexOf('=');
    if (equals <= 0) {
      remarks.push({ line, key: '', text: 'is no line Key=value; it is left out' });
      continue;
    }
    const entry = entryOf(trimmed, equals, line, variables);
    if (section === undefined) {
      remarks.push({ line, key: entry.key, text: 'stands outside [DEFAULT] and [SESSION]' });
      continue;
    }
    const name = entry.key.toLowerCase();
    const earlier = section.entries.get(name);
    if (earlier !== undefined) {
      remarks.push({ line: earlier.line, key: earlier.key, text: `line ${line} says it again` });
    }
    section.entries.set(name, entry);
  }
  for (const { key, line } of defaults.entries.values()) {
    const isOverridden = sessions.every(({ entries }) => entries.has(key.toLowerCase()));
    if (isOverridden && sessions.length > 0) {
      remarks.push({ line, key, text: 'every session says it itself' });
    }
  }
  return {
    remarks,
    sessions: sessions.map(({ line, entries }) => ({
      line,
      entries: new Map([...defaults.entries, ...entries]),
    })),
  };
}

interface Known {
  readonly line: number;
  readonly defaults: Section;
  readonly sessions: Section[];
}

function sectionOf(name: string, { line, defaults, sessions }: Known): Section | undefined {
  if (name === 'DEFAULT') return defaults;
  if (name !== 'SESSION') return undefined;
  const section: Section = { line, entries: new Map() };
  sessions.push(section);
  return section;
}

function entryOf(
  text: string,
  equals: number,
  line: number,
  variables: ReadonlyMap<string, string>,
): QuickfixEntry {
  const unresolved: string[] = [];
  const raw = text.slice(equals + 1).trim();
  const value = raw.replaceAll(VARIABLE, (whole, name: string) => {
    const found = variables.get(name);
    if (found === undefined) unresolved.push(name);
    return found ?? whole;
  });
  return { key: text.slice(0, equals).trim(), raw, value, unresolved, line };
}
