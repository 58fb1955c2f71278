/** Sessions that look alike, and what the report of an import puts under "needs your attention". */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type FixSettings, loadFixSettings } from './load-fix-settings.ts';
import { importQuickfix, type QuickfixImport } from './quickfix-import.ts';

const folder = mkdtempSync(join(tmpdir(), 'gyrfalcon-attention-'));
afterAll(() => rmSync(folder, { recursive: true }));

const imported = (text: string): QuickfixImport =>
  importQuickfix(text, { name: 'test.cfg', variables: new Map() });

function loaded({ files }: QuickfixImport): FixSettings {
  const file = join(folder, files[0]!.name);
  writeFileSync(file, files[0]!.yaml);
  return loadFixSettings(file, { clock: { nowNs: () => 0n }, log: () => {} });
}

const SHARED = '[SESSION]\nSenderCompID=HOUSE\nTargetCompID=CLIENT\n';
const INITIATOR = `${SHARED}BeginString=FIX.4.4\nSocketConnectHost=x.example\nSocketConnectPort=9001\n`;
const ACCEPTOR = `${SHARED}BeginString=FIX.4.2\nSocketAcceptPort=9880\n`;

test('sub ids alone tell two sessions on one port apart; locations do not', () => {
  const desks = imported(`${ACCEPTOR}TargetSubID=DESK1\n${ACCEPTOR}TargetSubID=DESK2\n`);
  expect(desks).toMatchObject({ sessions: { found: 2, taken: 2 }, attention: [] });
  expect(
    loaded(desks).acceptor!.sessions.map(({ name, fixedHeader }) => [name, fixedHeader]),
  ).toEqual([
    ['CLIENT', [[57, 'DESK1']]],
    ['CLIENT-2', [[57, 'DESK2']]],
  ]);
  const places = imported(`${ACCEPTOR}SenderLocationID=A\n${ACCEPTOR}SenderLocationID=B\n`);
  expect(places.sessions).toEqual({ found: 2, taken: 1 });
});

test('what is left out whole, unknown or in a dictionary needs attention', () => {
  const { attention } = imported(
    `[SESION]\nA=1\n${INITIATOR}Frobnicate=1\nDataDictionary=spec/FIX44.xml\n` +
      `AppDataDictionary=own.xml\nMaxLatency=5\n${INITIATOR}BeginString=FIX.4.0\nDataDictionary=x.xml\n`,
  );
  const dictionary = (file: string): string =>
    `the dictionary of FIX.4.4 is built in; fields and messages of your own in ${file} are not taken ` +
    'over: write them as an overlay (config/venues/sim-overlay.yaml is an example)';
  expect(attention.map(({ key, verdict, text }) => [key, verdict, text])).toEqual([
    ['[SESION]', 'left', 'is no section that is known; it is left out'],
    ['Frobnicate', 'unknown', 'is no key of a QuickFIX engine that is known here'],
    ['DataDictionary', 'converted', dictionary('spec/FIX44.xml')],
    ['AppDataDictionary', 'left', dictionary('own.xml')],
    ['[SESSION]', 'left', expect.stringMatching(/^speaks FIX.4.0; spoken here are /)],
  ]);
});
