/** Options of the command line, read with node:util parseArgs and checked: a wrong value names the option. */
import { GyrfalconError } from '../errors.ts';

const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/;
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

export function usage(text: string): GyrfalconError {
  return new GyrfalconError('USAGE', text);
}

const OPTION_NAME = /'(?:-\w, )?(--?[^' ]+)[^']*'/;

/** What node:util parseArgs complains of, in our words and on one line; undefined: it was not parseArgs. */
export function optionFault(cause: unknown, command: string): GyrfalconError | undefined {
  const { code = '', message } = cause as { code?: string; message: string };
  if (!code.startsWith('ERR_PARSE_ARGS')) return undefined;
  const name = OPTION_NAME.exec(message)?.[1] ?? '';
  const text = optionText(code, name, message);
  return usage(`${text}; see gyrfalcon ${command} --help`);
}

function optionText(code: string, name: string, message: string): string {
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') return `there is no option ${name}`;
  if (code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL') {
    return `unexpected argument ${/'(.*?)'/s.exec(message)?.[1]}`.replaceAll(/\s+/g, ' ');
  }
  if (message.includes('does not take an argument')) return `${name} takes no value`;
  if (message.includes('ambiguous')) {
    return `${name} needs a value; one that begins with a dash is written ${name}=-1`;
  }
  return `${name} needs a value`;
}

/** `30s`, `5m`, `500ms` in milliseconds. */
export function durationMs(option: string, text: string): number {
  const match = DURATION.exec(text);
  if (match === null) throw usage(`--${option} ${text}: give a duration such as 30s, 5m or 500ms`);
  return Number(match[1]) * UNIT_MS[match[2]!]!;
}

export interface Range {
  readonly min: number;
  readonly max: number;
}

export function wholeNumber(option: string, text: string, { min, max }: Range): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= min && value <= max && text.trim() !== '') return value;
  throw usage(`--${option} ${text}: give a whole number from ${min} to ${max}`);
}

export function realNumber(option: string, text: string, { min, max }: Range): number {
  const value = Number(text);
  if (Number.isFinite(value) && value >= min && value <= max && text.trim() !== '') return value;
  throw usage(`--${option} ${text}: give a number from ${min} to ${max}`);
}

export type Speed = number | 'max' | 'flood';

export function speedOf(text: string): Speed {
  if (text === 'max' || text === 'flood') return text;
  const value = Number(text);
  if (Number.isFinite(value) && value > 0 && value <= 1e6) return value;
  throw usage(`--speed ${text}: give a factor such as 1 or 10, max (lock-step) or flood`);
}
