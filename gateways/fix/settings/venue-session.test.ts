/** The session of an engine's venue: what it refuses, what it never refuses, what a replay leaves out. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadConfig } from '../../../config/load.ts';
import type { FixVenueConfig } from '../../../config/schema.ts';
import { encodeMessage } from '../../../test/support/fix-message.ts';
import { type Fields, type FixMessage, parseMessage } from '../codec.ts';
import { replayedVenueSession, requireVenueSessions, venueSession } from './venue-session.ts';

const loaded = loadConfig('config/default.yaml');
const SIM = loaded.config.venues[0] as FixVenueConfig;
const folder = mkdtempSync(join(tmpdir(), 'gyrfalcon-venue-'));
afterAll(() => rmSync(folder, { recursive: true }));

function message(msgType: string, ...fields: Fields): FixMessage {
  const header: Fields = [
    [35, msgType],
    [34, 2],
    [49, 'SIM'],
    [52, '20240627-11:17:25'],
    [56, 'GYRFALCON'],
  ];
  return parseMessage(encodeMessage('FIX.4.4', [...header, ...fields]))!;
}

test('a report of an order is never refused, however it is written', () => {
  const { check } = replayedVenueSession(SIM, () => true);
  expect(check(message('8', [39, 'nonsense'], [9999, 'x']))).toBeUndefined();
  expect(check(message('9'))).toBeUndefined();
});

test('a session message is judged, and so is a type that nobody knows', () => {
  const { check } = replayedVenueSession(SIM, () => true);
  expect(check(message('0', [9999, 'x']))?.text).toMatch(/9999/);
  expect(check(message('Q9'))?.text).toMatch(/Q9/);
  expect(check(message('U2', [5062, 7])), 'the overlay knows it').toBeUndefined();
});

test('the first logon of a journal asks for a reset, those after it do not', () => {
  let hasNumbers = false;
  const session = replayedVenueSession(SIM, () => hasNumbers);
  expect(session.resetSeqNum).toBe(true);
  hasNumbers = true;
  expect(session.resetSeqNum).toBe(false);
});

test('live it proves who it is; a replay needs no secret', () => {
  const password = join(folder, 'password');
  const logon = {
    username: 'desk',
    password: { file: password },
    newPassword: null,
    fields: {},
    signature: null,
  };
  const venue: FixVenueConfig = { ...SIM, logon };
  expect(replayedVenueSession(venue, () => true).logon).toBeUndefined();
  expect(() =>
    venueSession(
      venue,
      () => true,
      () => {},
    ),
  ).toThrow(`venue SIM: logon.password names ${password}: there is no such file`);
  writeFileSync(password, 'sesame', { mode: 0o600 });
  const parts = { sendingTime: '', msgSeqNum: 1, senderCompId: '', targetCompId: '' };
  const fields = venueSession(
    venue,
    () => true,
    () => {},
  ).logon?.fields(parts);
  expect(fields).toEqual([
    [553, 'desk'],
    [554, 'sesame'],
  ]);
});

test('what is wrong with overlays and secrets is told before anything is started', () => {
  expect(() => requireVenueSessions(loaded.config, loaded)).not.toThrow();
  const logon = { username: null, password: { env: 'GYRFALCON_TEST_UNSET' } };
  const venue: FixVenueConfig = {
    ...SIM,
    logon: { ...logon, newPassword: null, fields: {}, signature: null },
  };
  expect(() => requireVenueSessions({ ...loaded.config, venues: [venue] }, loaded)).toThrow(
    /config\/default.yaml:\d+:\d+: venues\[0\].logon.password names the environment variable GYRFALCON_TEST_UNSET is not set/,
  );
});
