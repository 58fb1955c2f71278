/**
 * Spoiled, spliced and senseless FIX against every part that reads it: the short form of
 * `npm run -s fuzz`. A failure is printed with its input made small; the run's seed repeats it.
 */
import { expect, test } from 'vitest';
import type { Field } from '../../gateways/fix/codec.ts';
import { failureText, fuzz } from '../fuzz/fuzz.ts';
import { FUZZ_TARGETS } from '../fuzz/fuzz-targets.ts';
import { CORPUS_TIME, corpusFields } from '../support/fix-corpus.ts';
import { encodeMessage } from '../support/fix-message.ts';
import { WatchedSession } from '../support/watched-session.ts';

const INPUTS = 100_000;

test('nothing that a peer may send breaks a rule of framing, decode or session', () => {
  const seed = 20_120_621;
  const { failures, inputsOf } = fuzz({ targets: FUZZ_TARGETS, inputs: INPUTS, seed });
  const told = failures.map((failure) => `seed ${seed}, ${failureText(failure)}`);
  expect(told.join('\n')).toBe('');
  for (const [name, count] of inputsOf) expect(count, name).toBeGreaterThan(INPUTS / 100);
}, 240_000);

test('a peer that leaves a gap open and goes on does not fill the memory', () => {
  const session = new WatchedSession(1_340_285_400_000_000_000n, {
    role: 'acceptor',
    senderCompId: 'GYRFALCON',
    targetCompId: 'SIM',
  });
  const hear = (msgType: string, number: number, body: Field[], header: Field[] = []): void =>
    session.hear(encodeMessage('FIX.4.4', corpusFields({ msgType, header, body }, number)));
  const news: Field[] = [
    [148, 'News'],
    [33, 1],
    [58, 'line'],
  ];
  session.connect();
  hear('A', 1, [
    [98, 0],
    [108, 30],
  ]);
  for (let number = 3; number < 25_000; number++) hear('B', number, news);
  expect(session.sent.filter(({ msgType }) => msgType === '2')).toHaveLength(1);
  hear('B', 2, news, [
    [43, 'Y'],
    [122, CORPUS_TIME],
  ]);
  expect(session.delivered.length).toBeGreaterThan(1_000);
  expect(session.delivered.length).toBeLessThanOrEqual(10_001);
  expect(session.nextIn).toBe(session.delivered.length + 2);
  hear('B', 25_000, news);
  expect(session.sent.filter(({ msgType }) => msgType === '2')).toHaveLength(2);
  expect(session.faults).toEqual([]);
});
