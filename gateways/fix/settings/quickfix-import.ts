/**
 * The settings file of a QuickFIX engine as ours: its sessions, and for each of its lines what
 * became of it. One of our files holds one listener, so sessions that listen on different ports
 * come into files of their own, and those that connect into another.
 */
import type { FixSettingsConfig } from '../../../config/fix-settings.ts';
import { yamlText } from '../../../config/yaml-source.ts';
import { beginStringOf } from '../version.ts';
import { parseQuickfixFile } from './quickfix-file.ts';
import { OTHER_ROLE } from './quickfix-key-tables.ts';
import { type ImportNote, LEFT_OUT, QuickfixReader } from './quickfix-reader.ts';
import { type ConvertedSession, convertSession } from './quickfix-session.ts';
import { isDictionaryKey } from './quickfix-terms.ts';

/** As config/fix/echo.yaml. */
const PENDING_BYTES_MAX = 16_777_216;
const RESEND_MESSAGES_MAX = 100_000;

export interface ImportedFile {
  /** Without folder. */
  readonly name: string;
  readonly yaml: string;
}

export interface QuickfixImport {
  readonly files: readonly ImportedFile[];
  /** By line. */
  readonly notes: readonly ImportNote[];
  /** Those of them to act on: what was left out whole, unknown keys, dictionaries. */
  readonly attention: readonly ImportNote[];
  /** Sessions of the file, and those of them that were taken over. */
  readonly sessions: { readonly found: number; readonly taken: number };
}

interface ImportOptions {
  /** Of the file, without folder. */
  readonly name: string;
  /** What stands for ${NAME}. */
  readonly variables: ReadonlyMap<string, string>;
}

export function importQuickfix(text: string, { name, variables }: ImportOptions): QuickfixImport {
  const notes: ImportNote[] = [];
  const { sessions, remarks } = parseQuickfixFile(text, variables);
  for (const remark of remarks) notes.push({ ...remark, verdict: 'left' });
  const names = new Set<string>();
  const identities = new Set<string>();
  const converted = sessions.flatMap((session) => {
    const reader = new QuickfixReader(session);
    const found = convertSession(reader, (wanted) => !names.has(wanted));
    const isTwice = found?.listener !== undefined && identities.has(identityOf(found));
    if (isTwice) {
      reader.leftOut(SAME_AS_EARLIER);
    }
    const isTaken = found !== undefined && !isTwice;
    notes.push(...(isTaken ? reader.notes : reader.notesOfLeftOut));
    if (!isTaken) return [];
    names.add(found.settings.name);
    identities.add(identityOf(found));
    return [found];
  });
  const ordered = inOrder(notes);
  return {
    files: filesOf(converted, name),
    notes: ordered,
    attention: ordered.filter(needsAttention),
    sessions: { found: sessions.length, taken: converted.length },
  };
}

const SAME_AS_EARLIER =
  'has the BeginString, the CompIDs and the sub ids (SenderSubID, TargetSubID) of an earlier session ' +
  'on its port, which nothing else tells apart: agree with the peer on CompIDs or sub ids of its own';

/** Brackets: of a whole section. */
const needsAttention = ({ key, verdict, text }: ImportNote): boolean =>
  verdict === 'unknown' || key.startsWith('[') || (isDictionaryKey(key) && text !== LEFT_OUT);

const identityOf = ({ settings, listener }: ConvertedSession): string =>
  JSON.stringify([
    listener,
    beginStringOf(settings.version),
    settings.senderCompId,
    settings.targetCompId,
    settings.header.senderSubId ?? '',
    settings.header.targetSubId ?? '',
  ]);

function filesOf(converted: readonly ConvertedSession[], name: string): ImportedFile[] {
  const groups = new Map<string, ConvertedSession[]>();
  for (const one of converted) {
    const key = JSON.stringify(one.listener ?? null);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const base = name.replace(/\.[^.]*$/, '').replaceAll(/[^A-Za-z0-9._-]/g, '_') || 'fix';
  const taken = new Set<string>();
  return [...groups.values()].map((group) => {
    const { listener } = group[0]!;
    const kind = listener === undefined ? 'initiators' : String(listener.port);
    let file = groups.size === 1 ? base : `${base}-${kind}`;
    for (let n = 2; taken.has(file); n++) file = `${base}-${kind}-${n}`;
    taken.add(file);
    const config: FixSettingsConfig = {
      acceptor: listener ?? null,
      pendingBytesMax: PENDING_BYTES_MAX,
      resendMessagesMax: RESEND_MESSAGES_MAX,
      sessions: group.map(({ settings }) => settings),
    };
    const from = name.replaceAll(/\p{Cc}/gu, ' ');
    const heading = `# Taken over from ${from} by gyrfalcon fix import; what each key means stands in config/fix/echo.yaml.\n`;
    return { name: `${file}.yaml`, yaml: heading + yamlText(config) };
  });
}

/**
 * By line, each said once: a line of [DEFAULT] means the same to many sessions. What it does not
 * mean to one is not said where another uses it.
 */
function inOrder(notes: readonly ImportNote[]): readonly ImportNote[] {
  const once = [...new Map(notes.map((note) => [JSON.stringify(note), note])).values()];
  const used = new Set(once.flatMap(({ line, verdict }) => (verdict === 'left' ? [] : [line])));
  return once
    .filter(({ line, text }) => !(isOfAnother(text) && used.has(line)))
    .sort((a, b) => a.line - b.line);
}

const isOfAnother = (text: string): boolean => text.startsWith(OTHER_ROLE) || text === LEFT_OUT;
