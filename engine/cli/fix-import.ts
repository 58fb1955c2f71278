/** `gyrfalcon fix import`: the settings file of a QuickFIX engine as ours, and a report line by line. */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  type ImportedFile,
  importQuickfix,
  type QuickfixImport,
} from '../../gateways/fix/settings/quickfix-import.ts';
import { type ImportNote, SESSION } from '../../gateways/fix/settings/quickfix-reader.ts';
import { EXIT_FAILED, EXIT_OK, GyrfalconError } from '../errors.ts';
import { usage } from './arguments.ts';

const HELP = `usage: gyrfalcon fix import FILE.cfg [--out DIR] [options]

  Reads the session settings of QuickFIX, QuickFIX/J, QuickFIX/Go or QuickFIX/n and writes them as
  files that gyrfalcon fix echo --config reads. A report tells for each line what became of it.
  --out DIR         where the files go; without it, or with -, they go to stdout and the report to stderr
  --set NAME=VALUE  what stands for \${NAME} in the file (again for each); else the environment's
  --json            files and report as one JSON object on stdout

  The report ends with what needs your attention: sessions left out, unknown keys, dictionaries.
  Exit code 0: every session was taken over; 1: some were left out; 3: none could be taken over.
`;

const OPTIONS = {
  out: { type: 'string', default: '-' },
  set: { type: 'string', multiple: true, default: [] as string[] },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** A longer file is no settings file. */
const FILE_BYTES_MAX = 4_194_304;

export function main(args: readonly string[]): number {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: OPTIONS,
    allowPositionals: true,
  });
  if (values.help) {
    process.stdout.write(HELP);
    return EXIT_OK;
  }
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) {
    throw usage('name one settings file; see gyrfalcon fix import --help');
  }
  const text = readSettings(file);
  const imported = importQuickfix(text, { name: basename(file), variables: variables(values.set) });
  const isFolder = values.out !== '-';
  const written = isFolder ? writeFiles(imported.files, values.out) : [];
  if (values.json) process.stdout.write(`${JSON.stringify({ ...imported, written })}\n`);
  else if (isFolder) process.stdout.write(report(file, imported, written));
  else {
    process.stdout.write(imported.files.map(({ yaml }) => yaml).join('---\n'));
    process.stderr.write(report(file, imported, []));
  }
  requireSessions(file, imported);
  return imported.sessions.taken < imported.sessions.found ? EXIT_FAILED : EXIT_OK;
}

function variables(settings: readonly string[]): ReadonlyMap<string, string> {
  const known = new Map<string, string>();
  for (const [name, value] of Object.entries(process.env)) known.set(name, value ?? '');
  for (const setting of settings) {
    const equals = setting.indexOf('=');
    if (equals <= 0) throw usage(`--set ${setting}: give NAME=VALUE`);
    known.set(setting.slice(0, equals), setting.slice(equals + 1));
  }
  return known;
}

function readSettings(file: string): string {
  let text: string;
  try {
    if (statSync(file).size > FILE_BYTES_MAX) {
      throw new GyrfalconError('INPUT_INVALID', `${file}: it is too long for a settings file`);
    }
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    if (cause instanceof GyrfalconError) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    const why =
      code === 'ENOENT'
        ? 'there is no such file'
        : code === 'EISDIR'
          ? 'that is a directory, not a file'
          : `it cannot be read (${code})`;
    throw new GyrfalconError('INPUT_MISSING', `${file}: ${why}`, {}, cause);
  }
  if (!text.includes('\0') && /^\s*\[\s*session\s*\]\s*$/im.test(text)) return text;
  const why = 'no line [SESSION] in it: give the settings file of a QuickFIX engine';
  throw new GyrfalconError('INPUT_INVALID', `${file}: ${why}`);
}

/** Never over a file that is there. */
function writeFiles(files: readonly ImportedFile[], folder: string): readonly string[] {
  if (files.length === 0) return [];
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new GyrfalconError('INPUT_INVALID', `--out ${folder}: no folder can be there (${code})`);
  }
  return files.map(({ name, yaml }) => {
    const path = join(folder, name);
    try {
      writeFileSync(path, yaml, { flag: 'wx' });
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      const why =
        code === 'EEXIST'
          ? 'is there already: move it away or choose another --out'
          : `cannot be written (${code})`;
      throw new GyrfalconError('INPUT_INVALID', `${path} ${why}`, {}, cause);
    }
    return path;
  });
}

function report(file: string, imported: QuickfixImport, written: readonly string[]): string {
  const { notes, attention, sessions } = imported;
  const keyWidth = Math.max(...notes.map(({ key }) => key.length), 0);
  const noteLine = ({ line, key, verdict, text }: ImportNote): string =>
    [`${file}:${line}`, key.padEnd(keyWidth), verdict.padEnd(9), text].join('  ');
  const lines = notes.map(noteLine);
  const counts = (['taken', 'converted', 'added', 'left', 'unknown'] as const)
    .map((verdict) => `${notes.filter((note) => note.verdict === verdict).length} ${verdict}`)
    .join(', ');
  lines.push(`${sessions.taken} of ${sessions.found} sessions; ${counts}`);
  for (const path of written) lines.push(`written: ${path}`);
  if (attention.length > 0) lines.push('needs your attention:', ...attention.map(noteLine));
  return `${lines.join('\n').replaceAll(/[^\n\P{Cc}]/gu, '?')}\n`;
}

function requireSessions(file: string, { notes, sessions }: QuickfixImport): void {
  if (sessions.taken > 0) return;
  const why = notes.find(({ key }) => key === SESSION);
  const text = `none of its sessions can be taken over: line ${why?.line ?? 0} ${why?.text ?? ''}`;
  throw new GyrfalconError('INPUT_INVALID', `${file}: ${text}`);
}
