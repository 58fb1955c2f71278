/**
 * How a session begins, lives and ends: what the peer sends, what goes back, what the owner is
 * told.
 */
import { describe, expect, test } from 'vitest';
import { encodeMessage } from '../../../test/support/fix-message.ts';
import { dup, order, SessionRig, START_NS } from '../../../test/support/session-rig.ts';
import {
  SESSION_DISCONNECTED,
  SESSION_LIVE,
  SESSION_LOGOUT_SENT,
  SESSION_RECOVERING,
} from '../../../wasm/layout.ts';
import type { Field } from '../codec.ts';
import { formatTimestamp, NS_PER_S } from '../timestamp.ts';

describe('logon', () => {
  test('an acceptor answers a Logon with a Logon that repeats HeartBtInt', () => {
    const rig = new SessionRig().logon();
    expect(rig.answers).toEqual(['35=A|34=1|98=0|108=10|']);
    expect(rig.state).toBe(SESSION_LIVE);
    expect(rig.numbers).toBe('in 2 out 2');
  });

  test('an acceptor takes over whatever HeartBtInt the peer asks for', () => {
    const rig = new SessionRig().receive('A', 1, [98, 0], [108, 2]);
    rig.forget().pass(2);
    expect(rig.answers).toEqual(['35=0|34=2|']);
  });

  test('an initiator logs on as soon as it is connected, and is live when answered', () => {
    const rig = new SessionRig({ role: 'initiator' });
    expect(rig.answers).toEqual(['35=A|34=1|98=0|108=10|']);
    rig.logon();
    expect(rig.state).toBe(SESSION_LIVE);
    expect(rig.events.at(-1)).toContain('LOGGED_ON');
  });

  test('an initiator that asks for a reset starts both directions at 1', () => {
    const rig = new SessionRig({ role: 'initiator', resetSeqNum: true }, 40, 70);
    expect(rig.answers).toEqual(['35=A|34=1|98=0|108=10|141=Y|']);
    rig.logon(1, [141, 'Y']);
    expect(rig.numbers).toBe('in 2 out 2');
  });

  test('an acceptor asked for a reset starts both directions at 1 and confirms it', () => {
    const rig = new SessionRig({}, 40, 70).logon(1, [141, 'Y']);
    expect(rig.answers).toEqual(['35=A|34=1|98=0|108=10|141=Y|']);
    expect(rig.numbers).toBe('in 2 out 2');
  });

  test('an initiator follows an acceptor that resets unasked', () => {
    const rig = new SessionRig({ role: 'initiator' }, 40, 70).logon(1, [141, 'Y']);
    expect(rig.numbers).toBe('in 2 out 1');
  });

  test('with ResetOnLogon both directions start at 1 and nothing is said about it', () => {
    const rig = new SessionRig({ resetOnLogon: true }, 40, 70).logon();
    expect(rig.answers).toEqual(['35=A|34=1|98=0|108=10|']);
    expect(rig.numbers).toBe('in 2 out 2');
  });

  test('a reset in mid-session sets both directions back to 1 and is confirmed', () => {
    const rig = new SessionRig().live().receive('D', 2, ...order('a'));
    rig.logon(1, [141, 'Y']);
    expect(rig.answers.at(-1)).toBe('35=A|34=1|98=0|108=10|141=Y|');
    expect(rig.numbers).toBe('in 2 out 2');
  });

  const refusals: [string, string, number, Field[], RegExp][] = [
    [
      'a wrong SenderCompID',
      'A',
      1,
      [
        [49, 'WHO'],
        [98, 0],
        [108, 10],
      ],
      /SenderCompID \(49\) is WHO/,
    ],
    [
      'a SendingTime years off',
      'A',
      1,
      [
        [52, '20010101-00:00:00'],
        [98, 0],
        [108, 10],
      ],
      /our clock/,
    ],
    ['a first message that is no Logon', 'D', 1, [[11, 'a']], /35=D, not a Logon/],
  ];
  test.each(refusals)(
    'a connection with %s is closed without an answer',
    (_, type, seq, fields, why) => {
      const rig = new SessionRig().receive(type, seq, ...fields);
      expect(rig.sent).toEqual([]);
      expect(rig.state).toBe(SESSION_DISCONNECTED);
      expect(rig.events.at(-1)).toMatch(why);
      expect(rig.numbers).toBe('in 1 out 1');
    },
  );

  const terms: typeof refusals = [
    [
      'encryption',
      'A',
      1,
      [
        [98, 1],
        [108, 10],
      ],
      /EncryptMethod/,
    ],
    ['no HeartBtInt', 'A', 1, [[98, 0]], /HeartBtInt/],
    [
      'a reset with another number than 1',
      'A',
      5,
      [
        [98, 0],
        [108, 10],
        [141, 'Y'],
      ],
      /ResetSeqNumFlag/,
    ],
  ];
  test.each(terms)('a known peer that logs on with %s is told why', (_, type, seq, fields, why) => {
    const rig = new SessionRig().receive(type, seq, ...fields);
    expect(rig.sent).toHaveLength(1);
    expect(rig.sent[0]).toContain('|35=5|');
    expect(rig.sent[0]).toMatch(why);
    expect(rig.state).toBe(SESSION_DISCONNECTED);
    expect(rig.events.at(-1)).toMatch(why);
  });

  test('a Logon with another BeginString is refused', () => {
    const rig = new SessionRig();
    const fields: Field[] = [
      [35, 'A'],
      [34, 1],
      [49, 'PEER'],
      [52, formatTimestamp(START_NS)],
      [56, 'US'],
    ];
    rig.session.onMessage(encodeMessage('FIX.4.2', fields), START_NS);
    expect(rig.events.at(-1)).toMatch(/DISCONNECT.*FIX\.4\.2.*FIX\.4\.4/);
  });

  test('a Logon with a number used before is told so and closed', () => {
    const rig = new SessionRig({}, 5).logon(3);
    expect(rig.sent[0]).toContain('58=MsgSeqNum too low, expecting 5 but received 3');
    expect(rig.state).toBe(SESSION_DISCONNECTED);
  });

  test('a Logon above the expected number is answered, then the gap is asked for', () => {
    const rig = new SessionRig({}, 5).logon(8);
    expect(rig.answers).toEqual(['35=A|34=1|98=0|108=10|', '35=2|34=2|7=5|16=0|']);
    expect(rig.state).toBe(SESSION_RECOVERING);
    rig.receive('4', 5, ...dup(), [123, 'Y'], [36, 8]);
    expect(rig.state).toBe(SESSION_LIVE);
    expect(rig.numbers).toBe('in 9 out 3');
  });

  test('who does not log on within 10 s is disconnected', () => {
    const rig = new SessionRig().pass(9.9);
    expect(rig.events).toEqual([]);
    expect(rig.pass(0.1).events).toEqual(['DISCONNECT: no Logon came within 10 s']);
  });

  test('a Logon refused by the peer ends with the words of the peer', () => {
    const rig = new SessionRig({ role: 'initiator' }).receive('5', 1, [58, 'unknown firm']);
    expect(rig.events).toEqual(['DISCONNECT: PEER refused the Logon: unknown firm']);
    expect(rig.session.counters.nextIn).toBe(2); // the refusal had a number, too
  });

  test.each([
    ['of a stranger', [49, 'STRANGER'], 1],
    ['above the expected number', [34, 5], 1],
  ] as const)('a refusal %s uses no number up', (_, field, nextIn) => {
    const rig = new SessionRig({ role: 'initiator' }).receive('5', 1, field);
    expect(rig.session.counters.nextIn).toBe(nextIn);
  });

  test('garbled bytes before the Logon end the connection, later they are noted', () => {
    const early = new SessionRig();
    early.session.onGarbled();
    expect(early.events.at(-1)).toContain('DISCONNECT');
    const late = new SessionRig().live();
    late.session.onGarbled();
    expect(late.events.join()).toMatch(/^GARBLED: /);
    expect(late.numbers).toBe('in 2 out 2');
  });
});

describe('heartbeats', () => {
  test('a Heartbeat leaves after each idle HeartBtInt', () => {
    const rig = new SessionRig().live().pass(9.9);
    expect(rig.sent).toEqual([]);
    expect(rig.pass(0.1).answers).toEqual(['35=0|34=2|']);
    rig.receive('0', 2);
    expect(rig.pass(10).answers).toEqual(['35=0|34=2|', '35=0|34=3|']);
  });

  test('a TestRequest leaves after 1.2 HeartBtInt of silence, once and nothing more; after 2.4 the peer is given up', () => {
    const rig = new SessionRig().live().pass(12);
    expect(rig.answers).toEqual(['35=1|34=2|112=TEST-1|']);
    rig.forget().pass(11);
    expect(rig.answers).toEqual([]); // no Heartbeat for a peer that owes an answer
    rig.pass(1);
    expect(rig.events.at(-1)).toMatch(/DISCONNECT: PEER sent nothing for 24 s/);
  });

  test('who looks late asks before the peer is given up', () => {
    const rig = new SessionRig().live().pass(60);
    expect(rig.answers).toEqual(['35=1|34=2|112=TEST-1|']);
    rig.pass(11.9).receive('0', 2, [112, 'TEST-1']);
    expect(rig.events).toEqual([]);
  });

  test('any message from the peer answers the TestRequest', () => {
    const rig = new SessionRig().live().pass(12).receive('0', 2, [112, 'TEST-1']);
    rig.forget().pass(11.9);
    expect(rig.events).toEqual([]);
    expect(rig.pass(0.1).answers.at(-1)).toBe('35=1|34=4|112=TEST-2|');
  });

  test('a TestRequest is answered with its TestReqID', () => {
    expect(new SessionRig().live().receive('1', 2, [112, 'HELLO']).answers).toEqual([
      '35=0|34=2|112=HELLO|',
    ]);
  });

  test('HeartBtInt 0 means no Heartbeats', () => {
    const rig = new SessionRig().receive('A', 1, [98, 0], [108, 0]).forget().pass(3600);
    expect(rig.sent).toEqual([]);
    expect(rig.state).toBe(SESSION_LIVE);
  });

  test('what the fast path received and sent counts as life', () => {
    const rig = new SessionRig().live();
    for (let second = 0; second < 30; second++) {
      rig.pass(1);
      rig.session.onReceived(rig.nowNs);
      rig.session.onSent(rig.nowNs);
    }
    expect(rig.sent).toEqual([]);
  });
});

describe('what the peer may not do', () => {
  const fatal: [string, Field[], string][] = [
    ['a wrong SenderCompID', [[49, 'WHO']], '371=49|372=D|373=9|'],
    ['a wrong TargetCompID', [[56, 'WHO']], '371=56|372=D|373=9|'],
    [
      'a SendingTime 121 s early',
      [[52, formatTimestamp(START_NS - 121n * NS_PER_S)]],
      '371=52|372=D|373=10|',
    ],
    [
      'a SendingTime 121 s late',
      [[52, formatTimestamp(START_NS + 121n * NS_PER_S)]],
      '371=52|372=D|373=10|',
    ],
  ];
  test.each(fatal)('%s: Reject, Logout, and only a Logout is still heard', (_, fields, reject) => {
    const rig = new SessionRig().live().receive('D', 2, ...fields, ...order('a'));
    expect(rig.answers).toEqual([`35=3|34=2|45=2|${reject}`, '35=5|34=3|']);
    rig.receive('D', 3, ...order('b'));
    expect(rig.delivered).toEqual([]);
    rig.receive('5', 4);
    expect(rig.events.at(-1)).toMatch(/^DISCONNECT/);
    expect(rig.sent).toHaveLength(2);
  });

  test('SendingTime 120 s off is accepted', () => {
    const time = formatTimestamp(START_NS - 120n * NS_PER_S);
    expect(new SessionRig().live().receive('D', 2, [52, time], ...order('a')).delivered).toEqual([
      '2:a',
    ]);
  });

  const rejected: [string, string, Field[], string][] = [
    ['a TestRequest without TestReqID', '1', [], '371=112|372=1|373=1|'],
    ['a ResendRequest without BeginSeqNo', '2', [[16, 0]], '371=7|372=2|373=1|'],
    [
      'a SequenceReset whose NewSeqNo is no number',
      '4',
      [
        [123, 'Y'],
        [36, 'x'],
      ],
      '371=36|372=4|373=6|',
    ],
    ['a SendingTime that is none', 'D', [[52, 'noon']], '371=52|372=D|373=6|'],
  ];
  test.each(rejected)(
    '%s is rejected, its number is used up, the session goes on',
    (_, type, fields, reject) => {
      const rig = new SessionRig().live().receive(type, 2, ...fields);
      expect(rig.answers).toEqual([`35=3|34=2|45=2|${reject}`]);
      expect(rig.numbers).toBe('in 3 out 3');
      expect(rig.state).toBe(SESSION_LIVE);
    },
  );

  test('a Reject that is faulty itself is noted, not rejected', () => {
    const rig = new SessionRig().live().receive('3', 2);
    expect(rig.sent).toEqual([]);
    expect(rig.numbers).toBe('in 3 out 2');
    expect(rig.events.at(-1)).toMatch(/REJECT_RECEIVED: a Reject that is faulty itself: .*45/);
  });

  test('a Reject goes back the way the message came', () => {
    const rig = new SessionRig().live().receive('1', 2, [115, 'desk'], [128, 'venue']);
    expect(rig.answers[0]).toContain('128=desk|115=venue|');
  });

  test('a received Reject only moves the number on and is reported', () => {
    const rig = new SessionRig().live().receive('3', 2, [45, 1], [58, 'bad tag']);
    expect(rig.sent).toEqual([]);
    expect(rig.events).toEqual(['REJECT_RECEIVED: PEER refused message 1: bad tag']);
    expect(rig.numbers).toBe('in 3 out 2');
  });

  test('a message without MsgSeqNum ends the session', () => {
    const rig = new SessionRig().live();
    const time = formatTimestamp(START_NS);
    const fields: Field[] = [
      [35, '0'],
      [49, 'PEER'],
      [52, time],
      [56, 'US'],
    ];
    rig.session.onMessage(encodeMessage('FIX.4.4', fields), START_NS);
    expect(rig.answers).toEqual(['35=5|34=2|']);
  });

  test('a second Logon without a reset ends the session', () => {
    expect(new SessionRig().live().logon(2).answers).toEqual(['35=5|34=2|']);
  });
});

describe('logout', () => {
  test('a Logout is answered and the connection closed', () => {
    const rig = new SessionRig().live().receive('5', 2, [58, 'end of day']);
    expect(rig.answers).toEqual(['35=5|34=2|']);
    expect(rig.events).toEqual([
      'LOGGED_OUT: PEER logged out: end of day',
      'DISCONNECT: PEER logged out: end of day',
    ]);
    expect(rig.numbers).toBe('in 3 out 3');
  });

  test("the peer's own words reach people as one line of text", () => {
    const rig = new SessionRig().live().receive('5', 2, [58, `a\n\x1b[2J${'x'.repeat(1000)}`]);
    expect(rig.events).toHaveLength(2);
    for (const line of rig.events) expect(line).toMatch(/^[A-Z_]+: PEER logged out: a\?\?\[2Jx+~$/);
  });

  test('our Logout waits for the answer of the peer and hears what still comes', () => {
    const rig = new SessionRig().live();
    rig.session.logout('done', rig.nowNs);
    expect(rig.state).toBe(SESSION_LOGOUT_SENT);
    rig.receive('8', 2, [37, 'last']);
    expect(rig.delivered).toEqual(['2:8']);
    rig.receive('5', 3);
    expect(rig.events.at(-1)).toBe('DISCONNECT: the Logout was answered; our Logout said: done');
    expect(rig.numbers).toBe('in 4 out 3');
  });

  test.each<[string, (rig: SessionRig) => unknown]>([
    ['is answered', (rig) => rig.receive('5', 3)],
    ['stays unanswered', (rig) => rig.pass(2)],
    ['is followed by the end of the connection', (rig) => rig.session.onDisconnect()],
  ])('why we refused the peer is told to our side when the Logout %s', (_, end) => {
    const rig = new SessionRig().live().logon(2).forget();
    end(rig);
    expect(rig.events[0]).toMatch(
      /^LOGGED_OUT: .*; our Logout said: a second Logon came in a live/,
    );
  });

  test('our Logout waits 2 s and no longer', () => {
    const rig = new SessionRig().live();
    rig.session.logout('done', rig.nowNs);
    expect(rig.pass(1.9).events).toEqual([]);
    expect(rig.pass(0.1).events.at(-1)).toMatch(/DISCONNECT: our Logout stayed unanswered for 2 s/);
  });

  test('nothing is sent when nobody is logged on', () => {
    const rig = new SessionRig();
    expect(rig.session.sendApp('8', [], rig.nowNs)).toBe(0);
    expect(rig.sent).toEqual([]);
  });

  test('a lost connection is reported once, and the numbers stay for the next', () => {
    const rig = new SessionRig().live().receive('D', 2, ...order('a'));
    rig.session.onDisconnect();
    rig.session.onDisconnect();
    expect(rig.events).toEqual(['LOGGED_OUT: the connection to PEER was lost']);
    rig.forget().session.start(rig.nowNs);
    rig.logon(3);
    expect(rig.answers).toEqual(['35=A|34=2|98=0|108=10|']);
  });
});
