/**
 * Many FIX sessions on one acceptor, in processes of their own over real sockets: each order comes
 * back once and in order, and no session feels that others flood, trickle, babble or go deaf.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ACCEPTOR_LIMITS } from '../../gateways/fix/transport/transport-limits.ts';
import { HOSTILE_KINDS, HOSTILE_NAMES } from '../support/sessions-hostile.ts';
import { SessionsScenario } from '../support/sessions-scenario.ts';

const SESSIONS = 60;
const ORDERS_PER_S = 300;
const ROUND_S = 2;
/** On a busy machine hostile peers take their time, too. */
const PATIENCE_S = 90;
/** Patience is cut short so that each hostile peer meets its limit while the test runs. */
const LIMITS = {
  traffic: { ...ACCEPTOR_LIMITS.traffic, aheadS: 1, messageS: 1 },
  gate: { ...ACCEPTOR_LIMITS.gate, logonWaitS: 2 },
};

/** Why each kind is thrown out, with N for numbers. */
const REASONS: readonly RegExp[] = [
  /^FLOOD was disconnected: more than N messages a second for N s/,
  /^TESTS was disconnected: more than N TestRequests a second for N s/,
  /^RESENDS was disconnected: more than N ResendRequests a second for N s/,
  /^LORIS was disconnected: a message was not complete after N s/,
  /^ENDLESS was disconnected: /,
  /^UNBOUNDED was disconnected: N pieces of garbage/,
  /^GARBAGE was disconnected: N pieces of garbage/,
  /^DEAF left N bytes unread, N are allowed/,
  /^a connection sent no Logon in N s/,
  /^a connection sent bytes that are no FIX message/,
  /^STRANGER \(to ECHO, FIX\.N\.N\) is no session that is known here/,
  /^CLIENTN \(to ECHO, FIX\.N\.N\) is connected already, its second connection was closed/,
];

let scenario: SessionsScenario;
beforeEach(async () => {
  scenario = await SessionsScenario.start({
    sessions: SESSIONS,
    heartbeatS: 30,
    limits: LIMITS,
    pendingBytesMax: 1_000_000,
  });
});
afterEach(() => scenario.close());

test('every order of every session comes back, and hostile peers are thrown out one by one', {
  timeout: 180_000,
}, async () => {
  const samples = new Float64Array(ORDERS_PER_S * ROUND_S);
  await scenario.load.run(samples, ORDERS_PER_S);
  scenario.startHostile();
  let missing: readonly string[] = HOSTILE_KINDS;
  let ends: readonly string[] = [];
  const isUnmet = (why: RegExp): boolean => !ends.some((end) => why.test(end));
  for (let s = 0; s < PATIENCE_S && (missing.length > 0 || REASONS.some(isUnmet)); s += ROUND_S) {
    await scenario.load.run(samples, ORDERS_PER_S);
    const thrownOut = await scenario.thrownOut();
    missing = HOSTILE_KINDS.filter((kind) => (thrownOut[kind] ?? 0) === 0);
    ends = Object.keys((await scenario.serverUse()).ends);
  }
  expect(missing).toEqual([]);
  expect(REASONS.filter(isUnmet)).toEqual([]);
  await scenario.stopHostile();
  await scenario.load.run(samples, ORDERS_PER_S);
  const { disturbed } = await scenario.serverUse();
  expect(disturbed.filter((name) => !HOSTILE_NAMES.includes(name))).toEqual([]);
  expect(scenario.load.surprises).toEqual([]);
});
