/** A resend in batches: its pace, what goes between the batches, requests that meet it, its policy. */
import { describe, expect, test } from 'vitest';
import { SessionRig } from '../../../test/support/session-rig.ts';
import { NS_PER_S } from '../timestamp.ts';
import { RESEND_EXECUTIONS } from './session-types.ts';

const BATCH = 10;
const RATE = 100; // a batch every 100 ms

/** Numbers: 1 Logon, 2 to 51 executions. */
function afterExecutions(count = 50): SessionRig {
  const resend = { ...RESEND_EXECUTIONS, batchMessages: BATCH, messagesPerS: RATE };
  const rig = new SessionRig({ resend }).live();
  for (let n = 2; n < count + 2; n++) rig.session.sendApp('8', [[37, n]], rig.nowNs);
  return rig.forget();
}

const numbersOf = (rig: SessionRig): number[] =>
  rig.sent.map((text) => Number(/\|34=(\d+)\|/.exec(text)![1]));

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('a long resend', () => {
  test('leaves in batches at the pace of the policy', () => {
    const rig = afterExecutions().receive('2', 2, [7, 2], [16, 0]);
    expect(numbersOf(rig)).toEqual(range(2, 11));
    rig.pass(0.05);
    expect(rig.sent).toHaveLength(BATCH);
    rig.pass(0.05);
    expect(numbersOf(rig)).toEqual(range(2, 21));
    for (let n = 0; n < 4; n++) rig.pass(0.1);
    expect(numbersOf(rig)).toEqual(range(2, 51));
    expect(rig.events.at(-1)).toBe('RESENT: the peer asked for messages 2 to 51 again');
  });

  test('delays a live message by no more than a batch', () => {
    const rig = afterExecutions().receive('2', 2, [7, 2], [16, 0]);
    rig.session.sendApp('D', [[11, 'live']], rig.nowNs);
    expect(numbersOf(rig)).toEqual([...range(2, 11), 52]);
    rig.pass(0.1);
    expect(numbersOf(rig)).toEqual([...range(2, 11), 52, ...range(12, 21)]);
  });

  test('does not go beyond what was sent when it was asked for', () => {
    const rig = afterExecutions().receive('2', 2, [7, 45], [16, 0]);
    rig.session.sendApp('8', [[37, 'live']], rig.nowNs);
    for (let n = 0; n < 3; n++) rig.pass(0.1);
    expect(numbersOf(rig)).toEqual([...range(45, 51), 52]);
  });

  test('goes on at its pace when the clock is set back', () => {
    const rig = afterExecutions().receive('2', 2, [7, 2], [16, 11]).forget();
    rig.pass(-60).receive('2', 3, [7, 2], [16, 11]);
    expect(numbersOf(rig)).toEqual(range(2, 11));
  });

  test('waits while the peer does not read', () => {
    const rig = afterExecutions();
    rig.isFull = true;
    rig.receive('2', 2, [7, 2], [16, 0]).pass(0.9);
    expect(rig.sent).toEqual([]);
    rig.isFull = false;
    rig.pass(0.01);
    expect(numbersOf(rig)).toEqual(range(2, 11));
  });

  test('goes on a batch a second where live messages leave no room at all', () => {
    const rig = afterExecutions();
    rig.isFull = true;
    rig.receive('2', 2, [7, 2], [16, 0]);
    for (let tenth = 0; tenth < 25; tenth++) rig.pass(0.1);
    expect(numbersOf(rig)).toEqual(range(2, 21));
  });

  test('stops with the connection', () => {
    const rig = afterExecutions().receive('2', 2, [7, 2], [16, 0]).forget();
    rig.session.onDisconnect();
    rig.session.start(rig.nowNs);
    rig.pass(5);
    expect(rig.sent).toEqual([]);
  });

  test('stops when the numbers start anew', () => {
    const rig = afterExecutions().receive('2', 2, [7, 2], [16, 0]).forget();
    rig.logon(1, [141, 'Y']).pass(5);
    expect(rig.answers).toEqual(['35=A|34=1|98=0|108=10|141=Y|']);
  });
});

describe('a request that meets a resend under way', () => {
  const cases: [string, number, number, number[]][] = [
    ['for what is still to go changes nothing', 20, 30, range(12, 51)],
    ['for all of it from the start begins again', 2, 0, range(2, 51)],
    ['for what has gone goes back to it', 5, 6, range(5, 51)],
  ];
  test.each(cases)('%s', (_, from, to, expected) => {
    const rig = afterExecutions().receive('2', 2, [7, 2], [16, 0]).forget();
    rig.receive('2', 3, [7, from], [16, to]);
    for (let n = 0; n < 8; n++) rig.pass(0.1);
    expect(numbersOf(rig)).toEqual(expected);
  });

  test('comes a thousand times: the pace stays the same', () => {
    const rig = afterExecutions().receive('2', 2, [7, 2], [16, 0]).forget();
    for (let n = 0; n < 1000; n++) rig.receive('2', 3 + n, [7, 2], [16, 0]);
    expect(rig.sent).toEqual([]);
    for (let n = 0; n < 10; n++) rig.pass(0.1);
    expect(rig.sent.length).toBeLessThanOrEqual(RATE);
  });
});

describe('the policy', () => {
  test('gap-fills what has grown stale since it was sent', () => {
    const again = (msgType: string, ageNs: bigint): boolean =>
      msgType === '8' || ageNs < 5n * NS_PER_S;
    const rig = new SessionRig({ resend: { ...RESEND_EXECUTIONS, again } }).live();
    rig.session.sendApp('D', [[11, 'old']], rig.nowNs);
    rig.session.sendApp('8', [[37, 'kept']], rig.nowNs);
    rig.pass(6);
    rig.session.sendApp('D', [[11, 'young']], rig.nowNs);
    rig.forget().receive('2', 2, [7, 2], [16, 0]);
    expect(rig.answers).toEqual([
      '35=4|34=2|43=Y|122=T|123=Y|36=3|',
      '35=8|34=3|43=Y|122=T|37=kept|',
      '35=D|34=4|43=Y|122=T|11=young|',
    ]);
  });

  test('a request whose end lies before its beginning is rejected', () => {
    const rig = afterExecutions().receive('2', 2, [7, 9], [16, 4]);
    expect(rig.answers).toEqual(['35=3|34=52|45=2|371=16|372=2|373=5|']);
  });
});

describe('asking for what is missing', () => {
  test('in chunks, the next one when the last has come', () => {
    const rig = new SessionRig({ resendRequestMessagesMax: 3 }).live().receive('0', 8);
    expect(rig.answers).toEqual(['35=2|34=2|7=2|16=4|']);
    rig.receive('0', 2).receive('0', 3);
    expect(rig.answers).toHaveLength(1);
    rig.receive('0', 4);
    expect(rig.answers.at(-1)).toBe('35=2|34=3|7=5|16=7|');
    rig.receive('0', 5).receive('0', 6).receive('0', 7);
    expect(rig.answers).toHaveLength(2);
    expect(rig.numbers).toBe('in 9 out 4');
  });
});
