/**
 * One session of a QuickFIX settings file while it is converted: hands out its entries, and writes
 * down what became of each. What nobody asked for is left over, to be named at the end.
 */
import type { QuickfixEntry, QuickfixSession } from './quickfix-file.ts';

type Verdict =
  /** Means the same here. */
  | 'taken'
  /** Means something near it, or is said in another form. */
  | 'converted'
  /** Not said in the file, and needed here. */
  | 'added'
  /** Not taken over, with the reason and what to do. */
  | 'left'
  /** No key of a QuickFIX engine that is known here. */
  | 'unknown';

/** One line of the report. */
export interface ImportNote {
  /** In the settings file; 0 = in none of its lines. */
  readonly line: number;
  /** As it is written there; empty = of no one key. */
  readonly key: string;
  readonly verdict: Verdict;
  readonly text: string;
}

/** Stands for the key where a note is of the whole session. */
export const SESSION = '[SESSION]';
export const LEFT_OUT = 'its session is left out';

const YES = /^(y|yes|true)$/i;
const NO = /^(n|no|false)$/i;

interface Range {
  readonly min: number;
  readonly max: number;
  readonly fallback: number;
}

export class QuickfixReader {
  readonly line: number;
  readonly #all: readonly QuickfixEntry[];
  readonly #entries: Map<string, QuickfixEntry>;
  readonly #notes: ImportNote[] = [];
  /** Handed out, and nothing said of them yet. */
  readonly #unsaid = new Set<QuickfixEntry>();

  constructor({ line, entries }: QuickfixSession) {
    this.line = line;
    this.#all = [...entries.values()];
    this.#entries = new Map(entries);
  }

  /** What became of each entry. */
  get notes(): readonly ImportNote[] {
    return this.#notes;
  }

  /** The same where the session cannot be had: why, and nothing is taken over. */
  get notesOfLeftOut(): readonly ImportNote[] {
    const kept = this.#notes.filter(({ key, verdict }) => key === SESSION || verdict === 'unknown');
    const unknown = new Set(kept.map(({ line }) => line));
    const others = this.#all.filter(({ line }) => !unknown.has(line));
    return [
      ...kept,
      ...others.map(({ line, key }) => ({ line, key, verdict: 'left' as const, text: LEFT_OUT })),
    ];
  }

  /** Of the first of these keys that stands there; it is no longer left over. */
  take(...keys: readonly string[]): QuickfixEntry | undefined {
    const entry = this.takeRaw(...keys);
    if (entry === undefined || entry.unresolved.length === 0) return entry;
    const names = entry.unresolved.map((name) => `--set ${name}=…`).join(' ');
    this.left(entry, `its variables have no value here: import again with ${names}`);
    return undefined;
  }

  /** The same, whether its variables have values or not. */
  takeRaw(...keys: readonly string[]): QuickfixEntry | undefined {
    for (const key of keys) {
      const entry = this.#entries.get(key.toLowerCase());
      if (entry === undefined) continue;
      this.#entries.delete(key.toLowerCase());
      this.#unsaid.add(entry);
      return entry;
    }
    return undefined;
  }

  has(key: string): boolean {
    return this.#entries.has(key.toLowerCase());
  }

  /** Entries whose keys match, taken. */
  takeAll(pattern: RegExp): readonly QuickfixEntry[] {
    const keys = [...this.#entries.keys()].filter((key) => pattern.test(key));
    return keys.flatMap((key) => this.take(key) ?? []);
  }

  /** What nobody asked for. */
  get rest(): readonly QuickfixEntry[] {
    return [...this.#entries.values()];
  }

  /** What was asked for and could not be used. */
  get unsaid(): readonly QuickfixEntry[] {
    return [...this.#unsaid];
  }

  /** Y or N; undefined = not said, or not understood. */
  flag(
    ...keys: readonly string[]
  ): { readonly entry: QuickfixEntry; readonly isYes: boolean } | undefined {
    const entry = this.take(...keys);
    if (entry === undefined) return undefined;
    if (YES.test(entry.value)) return { entry, isYes: true };
    if (NO.test(entry.value)) return { entry, isYes: false };
    this.left(entry, `is "${entry.value}", neither Y nor N`);
    return undefined;
  }

  /** A whole number under our key; one out of range becomes the nearest that is in it. */
  number(ours: string, { min, max, fallback }: Range, ...keys: readonly string[]): number {
    const entry = this.take(...keys);
    if (entry === undefined) return fallback;
    if (!/^\d{1,15}$/.test(entry.value)) {
      this.left(entry, `is "${entry.value}", no whole number; ${ours} is ${fallback}`);
      return fallback;
    }
    const value = Number(entry.value);
    const near = Math.min(Math.max(value, min), max);
    if (near === value) this.taken(entry, `${ours}: ${value}`);
    else this.converted(entry, `${ours} is ${near}: it goes from ${min} to ${max}`);
    return near;
  }

  taken(entry: QuickfixEntry, text: string): void {
    this.#note(entry, 'taken', text);
  }

  converted(entry: QuickfixEntry, text: string): void {
    this.#note(entry, 'converted', text);
  }

  left(entry: QuickfixEntry, text: string): void {
    this.#note(entry, 'left', text);
  }

  unknown(entry: QuickfixEntry, text: string): void {
    this.#note(entry, 'unknown', text);
  }

  added(text: string): void {
    this.#notes.push({ line: this.line, key: '', verdict: 'added', text });
  }

  /** The session cannot be had. */
  leftOut(text: string): void {
    this.#notes.push({ line: this.line, key: SESSION, verdict: 'left', text });
  }

  #note(entry: QuickfixEntry, verdict: Verdict, text: string): void {
    const { line, key } = entry;
    this.#unsaid.delete(entry);
    this.#notes.push({ line, key, verdict, text });
  }
}
