/** Numbers: gaps, repeats, sequence resets, resends. */
import { describe, expect, test } from 'vitest';
import { dup, order, SessionRig } from '../../../test/support/session-rig.ts';
import { SESSION_LIVE, SESSION_LOGOUT_SENT, SESSION_RECOVERING } from '../../../wasm/layout.ts';
import type { Field } from '../codec.ts';

describe('numbers', () => {
  test('application messages are delivered in order', () => {
    const rig = new SessionRig()
      .live()
      .receive('D', 2, ...order('a'))
      .receive('D', 3, ...order('b'));
    expect(rig.delivered).toEqual(['2:a', '3:b']);
    expect(rig.sent).toEqual([]);
  });

  test('messages above a gap wait, the gap is asked for once, all are delivered in order once it is filled', () => {
    const rig = new SessionRig().live();
    rig.receive('D', 4, ...order('c')).receive('D', 5, ...order('d'));
    expect(rig.answers).toEqual(['35=2|34=2|7=2|16=0|']);
    expect(rig.delivered).toEqual([]);
    expect(rig.state).toBe(SESSION_RECOVERING);
    rig.receive('D', 2, ...dup(), ...order('a')).receive('4', 3, ...dup(), [123, 'Y'], [36, 4]);
    expect(rig.delivered).toEqual(['2:a dup', '4:c', '5:d']);
    rig.receive('D', 4, ...dup(), ...order('c')).receive('D', 5, ...dup(), ...order('d'));
    expect(rig.delivered).toHaveLength(3);
    expect(rig.state).toBe(SESSION_LIVE);
    expect(rig.numbers).toBe('in 6 out 3');
  });

  test('a second gap behind the first is asked for when the first is filled', () => {
    const rig = new SessionRig()
      .live()
      .receive('D', 3, ...order('b'))
      .receive('D', 6, ...order('e'));
    rig.receive('D', 2, ...dup(), ...order('a'));
    expect(rig.answers).toEqual(['35=2|34=2|7=2|16=0|', '35=2|34=3|7=4|16=0|']);
    expect(rig.delivered).toEqual(['2:a dup', '3:b']);
  });

  test('an unanswered ResendRequest is repeated twice, then the session ends', () => {
    const rig = new SessionRig()
      .live()
      .receive('D', 3, ...order('b'))
      .forget();
    for (const seconds of [9, 1, 10, 10]) {
      rig.pass(seconds).session.onReceived(rig.nowNs);
    }
    expect(rig.answers).toEqual(['35=2|34=3|7=2|16=0|', '35=2|34=4|7=2|16=0|', '35=5|34=5|']);
    expect(rig.state).toBe(SESSION_LOGOUT_SENT);
  });

  test('a number that was used before without PossDup ends the session', () => {
    const rig = new SessionRig().live().receive('D', 1, ...order('a'));
    expect(rig.sent[0]).toContain('58=MsgSeqNum too low, expecting 2 but received 1');
    expect(rig.events.at(-1)).toMatch(/^DISCONNECT/);
    expect(rig.delivered).toEqual([]);
  });

  test('a repeated message that is known already is ignored', () => {
    const rig = new SessionRig()
      .live()
      .receive('D', 2, ...order('a'))
      .receive('D', 2, ...dup(), ...order('a'));
    expect(rig.delivered).toEqual(['2:a']);
    expect(rig.sent).toEqual([]);
  });

  test('PossDup without OrigSendingTime is rejected and the session goes on', () => {
    const rig = new SessionRig().live().receive('D', 2, [43, 'Y'], ...order('a'));
    expect(rig.answers).toEqual(['35=3|34=2|45=2|371=122|372=D|373=1|']);
    rig.receive('D', 3, ...order('b'));
    expect(rig.delivered).toEqual(['3:b']);
  });

  test('both sides with a gap serve each other', () => {
    const rig = new SessionRig().live();
    rig.session.sendApp('8', [[37, 'x']], rig.nowNs);
    rig.forget().receive('2', 5, [7, 2], [16, 0]);
    expect(rig.answers).toEqual(['35=8|34=2|43=Y|122=T|37=x|', '35=2|34=3|7=2|16=0|']);
    rig.receive('4', 2, ...dup(), [123, 'Y'], [36, 5]);
    expect(rig.numbers).toBe('in 6 out 4');
    expect(rig.state).toBe(SESSION_LIVE);
  });
});

describe('sequence reset', () => {
  const cases: [string, number, Field[], number, string[]][] = [
    [
      'a GapFill moves the expected number on',
      2,
      [
        [123, 'Y'],
        [36, 10],
      ],
      10,
      [],
    ],
    [
      'a GapFill that goes back is rejected',
      2,
      [
        [123, 'Y'],
        [36, 2],
      ],
      3,
      ['35=3|34=2|45=2|371=36|372=4|373=5|'],
    ],
    [
      'a GapFill above the expected number is a gap',
      4,
      [
        [123, 'Y'],
        [36, 10],
      ],
      2,
      ['35=2|34=2|7=2|16=0|'],
    ],
    ['a Reset goes forward whatever its own number', 1, [[36, 50]], 50, []],
    [
      'a Reset to the expected number changes nothing',
      9,
      [
        [123, 'N'],
        [36, 2],
      ],
      2,
      [],
    ],
    [
      'a GapFillFlag that is neither uses the number up and is rejected',
      2,
      [
        [123, 'perhaps'],
        [36, 9],
      ],
      3,
      ['35=3|34=2|45=2|371=123|372=4|373=6|'],
    ],
    ['a Reset that goes back is rejected', 9, [[36, 1]], 2, ['35=3|34=2|45=9|371=36|372=4|373=5|']],
  ];
  test.each(cases)('%s', (_, seq, fields, nextIn, answers) => {
    const rig = new SessionRig().live().receive('4', seq, ...fields);
    expect(rig.session.counters.nextIn).toBe(nextIn);
    expect(rig.answers).toEqual(answers);
  });

  test('a waiting GapFill takes effect once the gap before it is filled', () => {
    const rig = new SessionRig()
      .live()
      .receive('4', 3, [123, 'Y'], [36, 10])
      .receive('D', 12, ...order('z'));
    rig.receive('D', 2, ...dup(), ...order('a'));
    expect(rig.session.counters.nextIn).toBe(10);
    expect(rig.answers.at(-1)).toBe('35=2|34=3|7=10|16=0|');
  });
});

describe('resending', () => {
  /** Numbers: 1 Logon, 2 execution, 3 market data, 4 Heartbeat, 5 execution. */
  function afterTrading(): SessionRig {
    const rig = new SessionRig().live();
    rig.session.sendApp('8', [[37, 'one']], rig.nowNs);
    rig.session.sendApp('W', [[55, 'GOOG']], rig.nowNs);
    rig.receive('1', 2, [112, 'T']);
    rig.session.sendApp('8', [[37, 'two']], rig.nowNs, [[50, 'desk']]);
    return rig.forget();
  }
  const fill = (from: number, to: number) => `35=4|34=${from}|43=Y|122=T|123=Y|36=${to}|`;
  const one = '35=8|34=2|43=Y|122=T|37=one|';
  const two = '35=8|34=5|43=Y|50=desk|122=T|37=two|';
  const cases: [string, number, number, string[]][] = [
    ['everything, open-ended', 1, 0, [fill(1, 2), one, fill(3, 5), two]],
    ['everything, by range', 1, 5, [fill(1, 2), one, fill(3, 5), two]],
    ['one message', 2, 2, [one]],
    ['session messages only', 4, 4, [fill(4, 5)]],
    ['what is stale only', 3, 3, [fill(3, 4)]],
    ['more than was sent', 5, 999999, [two]],
  ];
  test.each(cases)(
    '%s: executions come again, the rest is one GapFill a run',
    (_, from, to, expected) => {
      const rig = afterTrading().receive('2', 3, [7, from], [16, to]);
      expect(rig.answers).toEqual(expected);
      expect(rig.session.counters.nextOut).toBe(6);
    },
  );

  test('a request for numbers that were never sent is rejected', () => {
    const rig = afterTrading().receive('2', 3, [7, 50], [16, 0]);
    expect(rig.answers).toEqual(['35=3|34=6|45=3|371=7|372=2|373=5|']);
  });

  test('after a reset nothing that came before is sent again', () => {
    const rig = afterTrading().logon(1, [141, 'Y']).forget().receive('2', 2, [7, 1], [16, 0]);
    expect(rig.answers).toEqual([fill(1, 2)]);
  });

  test('what the store has forgotten is gap-filled', () => {
    const rig = new SessionRig().live();
    for (let n = 0; n < 103; n++) rig.session.sendApp('8', [[37, n]], rig.nowNs);
    rig.forget().receive('2', 2, [7, 1], [16, 0]);
    expect(rig.answers[0]).toBe(fill(1, 5));
    expect(rig.answers).toHaveLength(101);
  });
});
