/** However a configuration is damaged, what comes out is lines that name a place, never another error. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { ConfigError } from './config-error.ts';
import { loadConfig } from './load.ts';

const here = dirname(fileURLToPath(import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'gyrfalcon-config-fuzz-'));
const file = join(folder, 'test.yaml');
afterAll(() => rmSync(folder, { recursive: true }));
const lines = readFileSync(join(here, 'default.yaml'), 'utf8')
  .replace(/((?:strategies|limits|venues)\/)/g, `${here}/$1`)
  .split('\n');

const SCRAPS = [
  '',
  '-',
  '- x',
  '[]',
  '{}',
  'null',
  '~',
  '1e999',
  '-1',
  '.nan',
  '"',
  '*',
  '&a x',
  '*a',
  '!!binary x',
  'a: b: c',
  '<<: *us-stock',
  '<<: 5',
  '__proto__: { x: 1 }',
  '? [a, b]',
  '\t',
  '%',
  '# only a note',
  'limits: 5',
  'venues: {}',
  'constructor: 1',
  '- ""',
  '- ../x.yaml',
  '2026-13-45',
  '\u0000',
  '"\\ud800"',
];
interface Damage {
  readonly line: number;
  readonly indent: number;
  readonly scrap: string;
  readonly how: string;
}
const damage: fc.Arbitrary<Damage> = fc.record({
  line: fc.nat(lines.length - 1),
  indent: fc.nat(6),
  scrap: fc.constantFrom(...SCRAPS),
  how: fc.constantFrom('replace', 'insert', 'delete', 'value', 'cut'),
});

function damaged({ line, indent, scrap, how }: Damage): string {
  const copy = [...lines];
  const put = ' '.repeat(indent) + scrap;
  if (how === 'cut') return copy.join('\n').slice(0, line * 20);
  if (how === 'delete') copy.splice(line, 1);
  else if (how === 'insert') copy.splice(line, 0, put);
  else if (how === 'replace') copy[line] = put;
  else copy[line] = copy[line]!.replace(/: .*$/, `: ${scrap}`);
  return copy.join('\n');
}

test('a damaged file is refused by place, or it is right', () => {
  let refused = 0;
  fc.assert(
    fc.property(damage, (how) => {
      writeFileSync(file, damaged(how));
      try {
        expect(loadConfig(file).config.baseCurrency).toBe('USD');
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        refused++;
        for (const line of error.lines)
          expect(line).toMatch(/^(\/.*\.yaml(:\d+:\d+)?: .+|… and \d+ more)$/);
      }
    }),
    { numRuns: 400 },
  );
  expect(refused).toBeGreaterThan(50);
});
