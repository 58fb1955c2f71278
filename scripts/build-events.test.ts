/** The checked-in event code is what the schema says, and Node.js and a browser can load it. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
// @ts-expect-error plain JavaScript, so that it runs before anything is set up
import { generateEvents } from './build-events.mjs';

const folder = new URL('../engine/event/generated/', import.meta.url);
const fresh = (await generateEvents()) as Map<string, string>;

test('the checked-in event code equals a fresh generation (else run npm run build:events)', () => {
  expect(readdirSync(folder).sort()).toEqual([...fresh.keys()].sort());
  for (const [name, text] of fresh) {
    expect(readFileSync(new URL(name, folder), 'utf8'), name).toBe(text);
  }
});

test('event code imports only flatbuffers and its siblings', () => {
  for (const [name, text] of fresh) {
    for (const [, from] of text.matchAll(/from '([^']+)'/g)) {
      expect(from, name).toMatch(/^(flatbuffers|\.\/[a-z-]+\.ts)$/);
    }
    expect(text, name).not.toMatch(/^export enum|^\s*constructor\((private|public|readonly)/m);
  }
});

test('Node.js loads every generated file as it is', async () => {
  for (const name of fresh.keys()) {
    expect(Object.keys(await import(new URL(name, folder).href)).length, name).toBeGreaterThan(0);
  }
});
