/** The README's figures: put between its markers by `gyrfalcon bench --accept`, and by nothing else. */
import { readFileSync, writeFileSync } from 'node:fs';
import { GyrfalconError } from '../engine/errors.ts';

const README = new URL('../README.md', import.meta.url);
const BEGIN = '<!-- bench:begin -->';
const END = '<!-- bench:end -->';

export function writeReadmeTable(text: string): void {
  writeFileSync(README, withTable(readFileSync(README, 'utf8'), text));
}

export function withTable(readme: string, text: string): string {
  const begin = readme.indexOf(BEGIN);
  const end = readme.indexOf(END);
  if (begin < 0 || end < begin) {
    throw new GyrfalconError('INPUT_INVALID', `README.md has no ${BEGIN} … ${END}: put both in`);
  }
  return `${readme.slice(0, begin + BEGIN.length)}\n${text}\n${readme.slice(end)}`;
}
