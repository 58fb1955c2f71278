/** The examples in the comments of config/fix/echo.yaml, put where they say. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { explainMistakes } from './explain-issue.ts';
import { checkFixSettings } from './fix-cross-checks.ts';
import { fixSettingsSchema } from './fix-settings.ts';
import { readYamlSource } from './yaml-source.ts';

const shipped = readFileSync('config/fix/echo.yaml', 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'gyrfalcon-examples-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Prose stands one blank behind the #, examples further. */
const examples = [...shipped.matchAll(/(?:^# {2,}.*\n)+/gm)].map(([block]) =>
  block.replaceAll(/^#/gm, ''),
);

test('there is one of TLS, of a logon, of two schedules and of a session that we begin', () => {
  expect(examples.map((text) => text.trim().split('\n')[0])).toEqual([
    'tls:',
    'logon:',
    'schedule:',
    'schedule:',
    '- name: broker',
  ]);
});

test.each(examples.map((text) => [text.trim().slice(0, 40), text]))('%s', (_start, text) => {
  const key = /^ +(\w+):\n/.exec(text)?.[1];
  const place = new RegExp(`^ +${key}: null.*\n`, 'm');
  const file = join(folder, 'example.yaml');
  writeFileSync(file, key === undefined ? shipped + text : shipped.replace(place, text));
  const yaml = readYamlSource(file, { lists: [], keys: [] });
  expect([...yaml.mistakes, ...explainMistakes(fixSettingsSchema, yaml, [])]).toEqual([]);
  const config = fixSettingsSchema.parse(yaml.value);
  const mistakes: string[] = [];
  checkFixSettings(config, (path, why) => mistakes.push(`${path.join('.')} ${why}`));
  expect(mistakes).toEqual([]);
  expect(JSON.stringify(config)).not.toBe(
    JSON.stringify(readYamlSource('config/fix/echo.yaml', { lists: [], keys: [] }).value),
  );
});
