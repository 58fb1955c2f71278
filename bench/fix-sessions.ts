/**
 * Hundreds of FIX sessions on one acceptor process: what a session costs when idle and under load,
 * and how long an order takes to come back while hostile peers flood, trickle, babble and go deaf;
 * against the same sessions undisturbed.
 */
import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ACCEPTOR_LIMITS,
  type AcceptorLimits,
} from '../gateways/fix/transport/transport-limits.ts';
import { HOSTILE_NAMES } from '../test/support/sessions-hostile.ts';
import { SessionsScenario } from '../test/support/sessions-scenario.ts';
import type { ServerUse } from '../test/support/sessions-server.ts';
import type { PreparedBench, Variant } from './harness.ts';

const ORDERS_PER_S_EACH = 4;
const ROUND_S = 5;
const ROUNDS = 3;
const HEARTBEAT_S = 5;
const IDLE_MS = 10_000;
/** For a child process to start, and for what it left behind to be dealt with. */
const SETTLE_MS = 2000;
const PENDING_BYTES_MAX = 1_000_000;

/** As in earnest, but that all clients come from one address. */
const limitsFor = (sessions: number): AcceptorLimits => ({
  traffic: ACCEPTOR_LIMITS.traffic,
  gate: { ...ACCEPTOR_LIMITS.gate, waitingPerAddressMax: sessions + 200 },
});

/** CPU of the server over a stretch of time. */
interface Cost {
  readonly cpuShare: number;
  readonly cpuMs: number;
}

const costOf = (before: ServerUse, after: ServerUse): Cost => ({
  cpuMs: after.cpuMs - before.cpuMs,
  cpuShare: (after.cpuMs - before.cpuMs) / (after.atMs - before.atMs),
});

export async function prepareFixSessions({
  sessions,
}: {
  readonly sessions: number;
}): Promise<PreparedBench> {
  const scenario = await SessionsScenario.start({
    sessions,
    heartbeatS: HEARTBEAT_S,
    limits: limitsFor(sessions),
    pendingBytesMax: PENDING_BYTES_MAX,
  });
  const ordersPerS = sessions * ORDERS_PER_S_EACH;
  const orders = ordersPerS * ROUND_S;
  const idle = await idleCost(scenario, sessions);
  const latest = new Map<string, { readonly cost: Cost; readonly samplesNs: Float64Array }>();
  const run = async (name: string, samplesNs: Float64Array): Promise<void> => {
    const before = await scenario.serverUse();
    await scenario.load.run(samplesNs, ordersPerS);
    const after = await scenario.serverUse();
    const disturbed = after.disturbed.filter((peer) => !HOSTILE_NAMES.includes(peer));
    assert.deepEqual(disturbed, [], 'no session but the hostile ones was slowed down or ended');
    latest.set(name, { cost: costOf(before, after), samplesNs: samplesNs.toSorted() });
  };
  const hostile: Variant = {
    name: 'among hostile peers',
    async run(samplesNs) {
      scenario.startHostile();
      await sleep(SETTLE_MS);
      await run('hostile', samplesNs);
      await scenario.stopHostile();
      await sleep(SETTLE_MS);
    },
  };
  const quiet: Variant = { name: 'undisturbed', run: (samplesNs) => run('quiet', samplesNs) };
  return {
    operation: `order of one of ${sessions} sessions, ${ORDERS_PER_S_EACH} a second each, until its echo`,
    ratiosOf: ['p50', 'p99'],
    operationsPerRound: orders,
    samplesPerRound: orders,
    rounds: ROUNDS,
    seed: 0,
    variants: [hostile, quiet],
    check: () => assert.deepEqual(scenario.load.surprises, []),
    remarks() {
      const { cost, samplesNs } = latest.get('quiet')!;
      const disturbed = latest.get('hostile')!;
      const ratio = (share: number): string =>
        (at(disturbed.samplesNs, share) / at(samplesNs, share)).toFixed(1);
      const perOrderUs = ((cost.cpuMs / orders) * 1000).toFixed(0);
      return [
        ...idle,
        `under load ${percent(cost.cpuShare)} of a core, ${perOrderUs} µs an order; with the hostile ` +
          `peers ${percent(disturbed.cost.cpuShare)}, p50 ${ratio(0.5)} and p99 ${ratio(0.99)} times`,
      ];
    },
    close: () => scenario.close(),
  };
}

async function idleCost(scenario: SessionsScenario, sessions: number): Promise<string[]> {
  await sleep(SETTLE_MS);
  const before = await scenario.serverUse();
  await sleep(IDLE_MS);
  const after = await scenario.serverUseAtLeast();
  const { cpuMs, cpuShare } = costOf(before, after);
  const kilobytes = ((after.rssBytes - scenario.emptyRssBytes) / sessions / 1000).toFixed(1);
  const cpuUs = ((cpuMs * 1000) / sessions / (IDLE_MS / 1000)).toFixed(0);
  return [
    `idle with a heartbeat each ${HEARTBEAT_S} s ${kilobytes} kB of memory and ${cpuUs} µs of CPU ` +
      `a second for each session, ${percent(cpuShare)} of a core for all`,
  ];
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

const at = (sorted: Float64Array, share: number): number =>
  sorted[Math.floor(sorted.length * share)]!;
