/** `gyrfalcon fix show`: any FIX log, readably. */
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import type { Dictionary } from '../../gateways/fix/dictionary/dictionary.ts';
import { gunzipped } from '../../gateways/fix/log/gunzipped.ts';
import { type TimeBound, timeBound } from '../../gateways/fix/log/log-time.ts';
import { LogView, type LogViewOptions } from '../../gateways/fix/log/log-view.ts';
import { msgTypesNamed } from '../../gateways/fix/log/msg-type-names.ts';
import { OrderTrail } from '../../gateways/fix/log/order-trail.ts';
import { FIX_VERSIONS, type FixVersion } from '../../gateways/fix/version.ts';
import { EXIT_OK, GyrfalconError } from '../errors.ts';
import { fileChunks, recordedFileFault } from '../event/recorded-file.ts';
import { segmentNumbers } from '../journal/journal-format.ts';
import { usage } from './arguments.ts';

const HELP = `usage: gyrfalcon fix show LOGFILE [options]

  Prints the FIX messages of any log (.zst and gzip too; - is standard input): separators SOH,
  | or ^A, whatever stands before them. Marks bad lengths and checksums, what the dictionary
  forbids, gaps, refusals; ends with a summary of each session. Passwords are not shown.
  --brief             a line a message, without its fields
  --json              an object a message, the summary last
  --errors            only messages with something wrong, and refusals
  --type D,8          only these MsgTypes, or names: NewOrderSingle,ExecutionReport
  --order CLORDID     only what concerns one order, through its replaces and its OrderID;
                      where there is none, a line on standard error says so (exit 0)
  --session S>T       only this session (either direction), or every session of a CompID;
                      where there is none, the log's sessions are told (exit 3)
  --from TIME --to TIME   13:30, 13:30:00.5 or 20240102-13:30:00, UTC as in SendingTime;
                      both ends are shown: --to 13:30 goes up to 13:30:59.999
  --version V         read every message as ${FIX_VERSIONS.join(', ')}
  --overlay FILE      what a counterparty says beyond the standard (YAML)
  Exit code 3 where LOGFILE cannot be read or holds no FIX message.
`;

const OPTIONS = {
  brief: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  errors: { type: 'boolean', default: false },
  type: { type: 'string' },
  order: { type: 'string' },
  session: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  version: { type: 'string' },
  overlay: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Links of an order are looked for so many times; each run over the log finds at least one. */
const ORDER_RUNS_MAX = 50;

export async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: OPTIONS,
    allowPositionals: true,
  });
  if (values.help) {
    process.stdout.write(HELP);
    return EXIT_OK;
  }
  const [file, ...rest] = positionals;
  if (file === undefined || rest.length > 0) throw usage('fix show needs one LOGFILE');
  if (file === '-' && values.order !== undefined) {
    throw usage('--order reads the log several times: give a file, not standard input');
  }
  const order = values.order === undefined ? undefined : new OrderTrail(values.order);
  const dictionary = await overlaid(values.overlay);
  const options: LogViewOptions = {
    version: versionOf(values.version),
    overlaid: dictionary,
    session: values.session,
    msgTypes: values.type === undefined ? new Set() : msgTypesNamed(values.type, dictionary),
    order,
    errorsOnly: values.errors,
    from: bound('from', values.from),
    to: bound('to', values.to),
    json: values.json,
    brief: values.brief,
  };
  if (order !== undefined) await findLinks(file, options, order);
  requireFound(file, await view(file, options, (lines) => print(lines)));
  if (order?.isFound === false) {
    process.stderr.write(`gyrfalcon: ${nameOf(file)}: no message has ClOrdID ${values.order}\n`);
  }
  return EXIT_OK;
}

/** Goes through the log until the order's ids are all known. */
async function findLinks(file: string, options: LogViewOptions, order: OrderTrail): Promise<void> {
  const all = { ...options, from: undefined, to: undefined };
  for (let run = 0; run < ORDER_RUNS_MAX; run++) {
    await view(file, all, () => undefined);
    if (!order.startAgain()) return;
  }
}

async function view(
  file: string,
  options: LogViewOptions,
  out: (lines: string) => Promise<void> | undefined,
): Promise<LogView> {
  const log = new LogView(options);
  for await (const chunk of chunksOf(file, () => log.lines + 1)) await out(joined(log.push(chunk)));
  await out(joined(log.end()));
  return log;
}

/** The summary is out: what the log does not hold is told last, where it is seen. */
function requireFound(file: string, log: LogView): void {
  const { messages, sessionFault } = log;
  if (messages === 0) {
    throw new GyrfalconError('INPUT_INVALID', `no FIX message found in ${nameOf(file)}`, { file });
  }
  if (sessionFault !== undefined) {
    throw new GyrfalconError('INPUT_INVALID', `${nameOf(file)}: ${sessionFault}`, { file });
  }
}

const nameOf = (file: string): string => (file === '-' ? 'standard input' : file);

/** What stops the reading is told with the line that it stopped at. */
async function* chunksOf(file: string, line: () => number): AsyncGenerator<Buffer> {
  try {
    yield* gunzipped(file === '-' ? (process.stdin as AsyncIterable<Buffer>) : fileChunks(file));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EISDIR') requireNoJournal(file);
    throw recordedFileFault(nameOf(file), line(), cause);
  }
}

function requireNoJournal(directory: string): void {
  if (segmentNumbers(directory).length === 0) return;
  const how = `gyrfalcon journal show ${directory} | gyrfalcon fix show -`;
  throw new GyrfalconError('INPUT_INVALID', `${directory}: that is a journal; use ${how}`);
}

function joined(lines: Iterable<string>): string {
  let text = '';
  for (const line of lines) text += `${line}\n`;
  return text;
}

/** Waits while the reader is slower than we are. */
async function print(lines: string): Promise<void> {
  if (lines !== '' && !process.stdout.write(lines)) await once(process.stdout, 'drain');
}

/** YAML and its schemas take long to load: only where they are asked for. */
async function overlaid(file: string | undefined): Promise<Dictionary | undefined> {
  if (file === undefined) return undefined;
  const { overlayFromFile } = await import('../../gateways/fix/dictionary/overlay-file.ts');
  return overlayFromFile(file);
}

function versionOf(text: string | undefined): FixVersion | undefined {
  const version = FIX_VERSIONS.find((one) => one === text);
  if (text === undefined || version !== undefined) return version;
  throw usage(`--version ${text}: give one of ${FIX_VERSIONS.join(', ')}`);
}

function bound(option: string, text: string | undefined): TimeBound | undefined {
  if (text === undefined) return undefined;
  const found = timeBound(text);
  if (found !== undefined) return found;
  throw usage(`--${option} ${text}: give a time such as 13:30 or 20240102-13:30:00`);
}
