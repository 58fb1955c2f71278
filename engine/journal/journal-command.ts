/** `gyrfalcon journal verify|show DIR`: is it whole, and what does it say. */
import { parseArgs } from 'node:util';
import { optionFault } from '../cli/arguments.ts';
import { EXIT_INPUT, EXIT_OK, GyrfalconError } from '../errors.ts';
import { decodeEvent } from '../event/event-codec.ts';
import { FEED_HEADER_BYTES, FEED_NORMALISED_LENGTH } from '../event/feed-layout.ts';
import { RecordKind } from '../event/generated/record-kind.ts';
import { damageText } from './journal-format.ts';
import { JournalReader, type JournalRecord, verifyJournal } from './journal-reader.ts';

export const JOURNAL_USAGE = `usage: gyrfalcon journal verify DIR [--json]
       gyrfalcon journal show DIR [--from SEQ] [--kind KIND] [--limit N] [--json]

verify  reads every record and checks length, checksum, sequence and padding;
        exit code 0 when whole, 3 when damaged
show    prints one line a record: sequence, UTC time, kind, source, payload
        (FIX with | for SOH); KIND is one of
        ${Object.keys(RecordKind).slice(1).join(' ')}`;

/** A strategy's state begins with its number and the instrument's: event.fbs, STATE. */
const STATE_HEADER_BYTES = 8;

type Print = (line: string) => void;

/** Runs the command and returns the exit code; a user's mistake is a GyrfalconError. */
export function journalCommand(args: readonly string[], print: Print): number {
  const { values, positionals } = parse(args);
  if (values.help) {
    print(JOURNAL_USAGE);
    return EXIT_OK;
  }
  const [action, directory, ...rest] = positionals;
  if (directory === undefined || rest.length > 0) throw usage('name one journal directory');
  if (action === 'verify') return verify(directory, values.json, print);
  if (action !== 'show') throw usage(`journal has verify and show, not "${action}"`);
  return show(
    {
      directory,
      from: count(values.from, '--from', 1),
      limit: count(values.limit, '--limit', Number.MAX_SAFE_INTEGER),
      kind: kindOf(values.kind),
      json: values.json,
    },
    print,
  );
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
        from: { type: 'string' },
        limit: { type: 'string' },
        kind: { type: 'string' },
      },
    });
  } catch (cause) {
    throw optionFault(cause, 'journal') ?? cause;
  }
}

function usage(what: string): GyrfalconError {
  return new GyrfalconError('USAGE', `${what}; see gyrfalcon journal --help`);
}

function count(text: string | undefined, option: string, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < 1) {
    throw usage(`${option} takes a whole number from 1 on, not "${text}"`);
  }
  return value;
}

/** The code of a kind given by name; 0 = all kinds. */
function kindOf(text: string | undefined): number {
  if (text === undefined) return 0;
  const code = (RecordKind as Readonly<Record<string, number>>)[text.toUpperCase()];
  if (!code) {
    throw usage(`--kind takes one of ${Object.keys(RecordKind).slice(1).join(' ')}, not "${text}"`);
  }
  return code;
}

function verify(directory: string, json: boolean, print: Print): number {
  const summary = verifyJournal(directory);
  const { damage, records, segments, bytes } = summary;
  const ok = damage === undefined;
  if (json) {
    const lastTimeNs = String(summary.lastTimeNs);
    print(JSON.stringify({ ok, ...summary, lastTimeNs, damage: damage ?? null }));
  } else {
    const last = records === 0 ? '' : `, last at ${utcText(summary.lastTimeNs)}`;
    print(`${directory}: segments: ${segments}, records: ${records}, bytes: ${bytes}${last}`);
    if (summary.ringRecords > 0) {
      print(`the last ${summary.ringRecords} records are in the engine's ring only`);
    }
    print(ok ? 'whole' : `DAMAGED: ${damageText(damage)}; records 1 to ${records} are good`);
  }
  return ok ? EXIT_OK : EXIT_INPUT;
}

interface ShowOptions {
  readonly directory: string;
  readonly from: number;
  readonly limit: number;
  readonly kind: number;
  readonly json: boolean;
}

function show(options: ShowOptions, print: Print): number {
  const reader = new JournalReader(options.directory, { fromSequence: options.from });
  const { record } = reader;
  let shown = 0;
  while (shown < options.limit && reader.next()) {
    if (record.sequence < options.from) continue;
    if (options.kind !== 0 && record.kind !== options.kind) continue;
    print(options.json ? jsonOf(record) : lineOf(record));
    shown++;
  }
  const { damage } = reader;
  reader.close();
  if (damage === undefined) return EXIT_OK;
  const { segment, offset, sequence } = damage;
  throw new GyrfalconError(
    'JOURNAL_CORRUPT',
    `the journal ${options.directory} is good up to record ${sequence - 1} only: ` +
      damageText(damage),
    { segment, offset, sequence },
  );
}

const KIND_NAMES = new Map<number, string>(
  Object.entries(RecordKind).map(([name, code]) => [code, name]),
);
const kindName = (record: JournalRecord) => KIND_NAMES.get(record.kind) ?? `KIND ${record.kind}`;

/** What the payload says, undefined where it is a message as it came or left. */
function eventOf(record: JournalRecord): object | undefined {
  const { kind, payload } = record;
  if (kind !== RecordKind.STATE || payload.length < STATE_HEADER_BYTES) {
    return decodeEvent(kind, payload);
  }
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  const count = Math.floor((payload.length - STATE_HEADER_BYTES) / 8);
  return {
    type: 'STATE',
    strategy: view.getInt32(0, true),
    instrument: view.getInt32(4, true),
    fields: Array.from({ length: count }, (_, i) =>
      view.getFloat64(STATE_HEADER_BYTES + i * 8, true),
    ),
  };
}

function lineOf(record: JournalRecord): string {
  const head = `${record.sequence} ${utcText(record.timeNs)} ${kindName(record)} ${record.source}`;
  const event = eventOf(record);
  return `${head} ${event === undefined ? rawText(record) : fieldsText(event)}`;
}

function jsonOf(record: JournalRecord): string {
  const event = eventOf(record);
  return JSON.stringify({
    sequence: record.sequence,
    timeNs: String(record.timeNs),
    kind: kindName(record),
    source: record.source,
    ...(event === undefined ? { raw: rawText(record) } : { event }),
  });
}

function fieldsText(event: object): string {
  return Object.entries(event)
    .filter(([name, value]) => name !== 'type' && value !== '')
    .map(([name, value]) => `${name}=${Array.isArray(value) ? `[${value.join(' ')}]` : value}`)
    .join(' ');
}

/** FIX and WebSocket bytes on one line: | for SOH, a dot for anything else that does not print. */
function rawText(record: JournalRecord): string {
  const { payload } = record;
  // A feed record begins with what was normalised; the message as it came follows that.
  const start =
    record.kind === RecordKind.FEED && payload.length >= FEED_HEADER_BYTES
      ? Math.min(FEED_HEADER_BYTES + normalisedLength(payload), payload.length)
      : 0;
  const text = Buffer.from(payload.buffer, payload.byteOffset + start, payload.length - start);
  return text
    .toString('latin1')
    .replaceAll('\x01', '|')
    .replace(/[^\x20-\x7e]/g, '.');
}

const normalisedLength = (payload: Uint8Array) =>
  new DataView(payload.buffer, payload.byteOffset).getUint32(FEED_NORMALISED_LENGTH, true);

const NS_PER_SECOND = 1_000_000_000n;

/** 2012-06-21T13:30:00.123456789Z */
function utcText(timeNs: bigint): string {
  const nanos = ((timeNs % NS_PER_SECOND) + NS_PER_SECOND) % NS_PER_SECOND;
  const seconds = new Date(Number((timeNs - nanos) / 1_000_000n));
  // A header that passed its checksum may still hold a time outside the calendar.
  if (Number.isNaN(seconds.getTime())) return `${timeNs}ns`;
  return `${seconds.toISOString().slice(0, 19)}.${String(nanos).padStart(9, '0')}Z`;
}
