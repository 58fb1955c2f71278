/**
 * Daily closes from a CSV file (date first, a column an instrument), plain or .zst. Only the asked
 * columns are read; a cell that is no positive price is refused by row and column.
 */
import { nearest } from '../../config/nearest.ts';
import { GyrfalconError } from '../../engine/errors.ts';
import { readRecordedFile, recordedFileFault } from '../../engine/event/recorded-file.ts';
import type { PriceColumn } from './covariance.ts';

/** A larger file is refused: daily closes of a thousand stocks over a century need less. */
const FILE_BYTES_MAX = 268_435_456;
const ISO_DATE = /^\d{4}-\d{2}-\d{2}$/;

export interface PriceHistory {
  readonly file: string;
  /** Strictly rising, as YYYY-MM-DD. */
  readonly dates: readonly string[];
  readonly columns: readonly PriceColumn[];
}

export function readPriceHistory(file: string, wanted: readonly string[]): PriceHistory {
  const lines = readText(file).split(/\r?\n/);
  if (lines.pop() !== '')
    throw invalid(`${file}:${lines.length + 1}: the file is cut off in this line: fetch it again`);
  const header = (lines.shift() ?? '').split(',');
  const places = wanted.map((name) => columnPlace(file, header, name));
  const dates: string[] = [];
  const closes: number[][] = wanted.map(() => []);
  for (const [i, line] of lines.entries()) {
    const place = `${file}:${i + 2}`;
    const cells = line.split(',');
    if (cells.length !== header.length) {
      throw invalid(`${place}: ${cells.length} cells; the header has ${header.length}`);
    }
    dates.push(readDate(place, cells[0]!, dates.at(-1)));
    for (const [c, at] of places.entries()) {
      closes[c]!.push(readClose(place, wanted[c]!, cells[at]!));
    }
  }
  return { file, dates, columns: wanted.map((name, c) => ({ name, closes: closes[c]! })) };
}

function readText(file: string): string {
  try {
    return readRecordedFile(file, FILE_BYTES_MAX).toString('utf8');
  } catch (cause) {
    throw recordedFileFault(file, 1, cause);
  }
}

function columnPlace(file: string, header: readonly string[], name: string): number {
  const at = header.indexOf(name, 1);
  if (at > 0) return at;
  const guess = nearest(name, header.slice(1));
  const advice =
    guess === undefined ? `columns: ${header.slice(1).join(', ')}` : `did you mean ${guess}?`;
  throw invalid(`${file}:1: there is no column ${name}; ${advice}`);
}

function readDate(place: string, text: string, before: string | undefined): string {
  if (!ISO_DATE.test(text)) throw invalid(`${place}: the date is "${text}"; it must be YYYY-MM-DD`);
  if (before !== undefined && text <= before) {
    throw invalid(`${place}: ${text} does not come after ${before}; dates must rise`);
  }
  return text;
}

function readClose(place: string, column: string, text: string): number {
  const close = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(close) && close > 0) return close;
  throw invalid(`${place}: column ${column} is "${text}"; it must be a positive price`);
}

function invalid(message: string): GyrfalconError {
  return new GyrfalconError('INPUT_INVALID', message);
}
