/**
 * A message of a log for people: a line that tells what it is about, its fields with name, value
 * and meaning, groups indented, what is wrong with it; the summary of a session. Secrets are not
 * shown.
 */
import type { Dictionary, FieldDef } from '../dictionary/dictionary.ts';
import { isMultipleValue } from '../dictionary/field-format.ts';
import { messageTree, type TreeField } from '../dictionary/message-tree.ts';
import { HIDDEN, isSecret } from '../secret-tags.ts';
import { Tag } from '../tags.ts';
import { firstValue, type LogEntry, NO_TAG } from './log-entry.ts';
import type { SessionSummary } from './session-tracker.ts';

const VALUE_CHARS_MAX = 400;
const NAME_WIDTH = 24;

/** What a line says of a message beyond its header, in this order. */
const KEY_TAGS: readonly number[] = [
  Tag.ClOrdID,
  Tag.OrigClOrdID,
  Tag.OrderID,
  Tag.ExecType,
  Tag.OrdStatus,
  Tag.Side,
  Tag.OrderQty,
  Tag.Symbol,
  Tag.OrdType,
  Tag.Price,
  Tag.LastQty,
  Tag.LastPx,
  Tag.CumQty,
  Tag.LeavesQty,
  Tag.HeartBtInt,
  Tag.TestReqID,
  Tag.BeginSeqNo,
  Tag.EndSeqNo,
  Tag.NewSeqNo,
  Tag.RefSeqNum,
  Tag.RefTagID,
  Tag.SessionRejectReason,
  Tag.BusinessRejectReason,
  Tag.CxlRejReason,
  Tag.OrdRejReason,
  Tag.PossDupFlag,
  Tag.PossResend,
  Tag.ResetSeqNumFlag,
  Tag.Text,
];

/** What a reader may see of a value. */
export function readable(entry: LogEntry, tag: number, value: string): string {
  return isSecret(entry.msgType, tag) ? HIDDEN : printable(value);
}

/** On one line, and not too long. */
export function printable(value: string): string {
  const shown = value.length > VALUE_CHARS_MAX ? `${value.slice(0, VALUE_CHARS_MAX)}…` : value;
  return asText(shown).replaceAll(
    /\p{Cc}/gu,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

/** Bytes above 127 are UTF-8 where they can be, else latin1. */
function asText(value: string): string {
  if (!/[\x80-\xff]/.test(value)) return value;
  const text = Buffer.from(value, 'latin1').toString('utf8');
  return text.includes('\ufffd') ? value : text;
}

/** BUY; of a field with several values, the meaning of each; '' = it has none. */
export function meaningOf(field: FieldDef | undefined, value: string): string {
  const { values } = field ?? {};
  if (field === undefined || values === undefined) return '';
  if (!isMultipleValue(field.type)) return values.get(value) ?? '';
  return value
    .split(' ')
    .map((item) => values.get(item) ?? '?')
    .join(' ');
}

/** "NewOrderSingle (D)" */
export function typeText(msgType: string, dictionary: Dictionary): string {
  const name = dictionary.message(msgType)?.name;
  return name === undefined
    ? `35=${asText(msgType).replaceAll(/\p{Cc}/gu, '?')}`
    : `${name} (${msgType})`;
}

export function lineText(entry: LogEntry, dictionary: Dictionary): string {
  const { line, direction, time, sender, target, msgSeqNum, msgType } = entry;
  const parts = [
    `${line}:`,
    time,
    direction,
    `${asText(sender)}>${asText(target)}`,
    msgSeqNum === undefined ? '' : `#${msgSeqNum}`,
    typeText(msgType, dictionary),
  ];
  for (const tag of KEY_TAGS) {
    const value = firstValue(entry.fields, tag);
    if (value === undefined) continue;
    const field = dictionary.field(tag);
    parts.push(`${field?.name ?? tag}=${meaningOf(field, value) || readable(entry, tag, value)}`);
  }
  return parts.filter((part) => part !== '').join(' ');
}

export function fieldLines(entry: LogEntry, dictionary: Dictionary): string[] {
  const lines: string[] = [];
  addFields(messageTree(dictionary, entry.msgType, entry.fields), '  ', entry, lines);
  return lines;
}

function addFields(
  fields: readonly TreeField[],
  indent: string,
  entry: LogEntry,
  lines: string[],
): void {
  for (const { tag, value, field, entries } of fields) {
    const name = tag === NO_TAG ? '(no field)' : (field?.name ?? '(not defined)');
    const meaning = tag === Tag.BeginString ? '' : meaningOf(field, value);
    const said = `${readable(entry, tag, value)}${meaning === '' ? '' : `  ${meaning}`}`;
    const number = tag === NO_TAG ? '' : String(tag);
    lines.push(`${indent}${number.padStart(5)} ${name.padEnd(NAME_WIDTH)} ${said}`.trimEnd());
    for (const [index, inner] of (entries ?? []).entries()) {
      lines.push(`${indent}      [${index + 1}]`);
      addFields(inner, `${indent}      `, entry, lines);
    }
  }
}

export function summaryLines(
  { session, first, last, refusals, problems, directions }: SessionSummary,
  nameOf: (msgType: string) => string,
): string[] {
  const times = first === '' ? '' : ` from ${first} to ${last}`;
  const said = `${counted(problems, 'problem')}, ${counted(refusals, 'refusal')}`;
  const lines = [`${asText(session)}${times}: ${said}`];
  for (const { from, to, messages, types, gaps, missing } of directions) {
    const sorted = Object.entries(types).sort(([, a], [, b]) => b - a);
    const counts = sorted.map(([msgType, count]) => `${count} ${nameOf(msgType)}`);
    lines.push(
      `  ${asText(from)}>${asText(to)}: ${counted(messages, 'message')}: ${counts.join(', ')}`,
    );
    if (gaps === 0) continue;
    const open = missing.length === 0 ? 'all filled' : `never came: ${missing.join(', ')}`;
    lines.push(`    ${counted(gaps, 'gap')}, ${open}`);
  }
  return lines;
}

export const counted = (count: number, what: string): string =>
  `${count} ${what}${count === 1 ? '' : 's'}`;
