/** How a session is entered by version, by the numbers that both sides expect, by its hours. */
import { describe, expect, test } from 'vitest';
import { SessionRig, START_NS } from '../../../test/support/session-rig.ts';
import { SESSION_DISCONNECTED, SESSION_LIVE } from '../../../wasm/layout.ts';
import type { Fields } from '../codec.ts';
import { NS_PER_S } from '../timestamp.ts';
import type { LogonProof, SessionSchedule } from './session-types.ts';

describe('FIXT', () => {
  test('a Logon names the application version, and so does its answer', () => {
    const rig = new SessionRig({ version: 'FIX.5.0SP2' }).logon(1, [1137, 9]);
    expect(rig.sent[0]).toMatch(/^8=FIXT\.1\.1\|/);
    expect(rig.sent[0]).toContain('|98=0|108=10|1137=9|');
    expect(rig.state).toBe(SESSION_LIVE);
  });

  test.each([
    ['no application version', []],
    ['one that is not served', [[1137, 7]]],
  ] as [string, Fields][])('a Logon with %s is refused', (_, fields) => {
    const rig = new SessionRig({ version: 'FIX.5.0SP2' }).logon(1, ...fields);
    expect(rig.state).toBe(SESSION_DISCONNECTED);
    expect(rig.events.at(-1)).toMatch(/DefaultApplVerID \(1137\) is (missing|7), 9 is served/);
  });

  test('a FIX 4.2 reject leaves out the reasons that came later', () => {
    const twice = { refTag: 40, reason: 13, text: 'twice', isFatal: false };
    let isLogon = true;
    const after = () => (isLogon ? undefined : twice);
    const rejectIn = (version: 'FIX.4.2' | 'FIX.4.4'): string => {
      isLogon = true;
      const rig = new SessionRig({ version, check: after }).live();
      isLogon = false;
      return rig.receive('D', 2).sent[0]!;
    };
    expect(rejectIn('FIX.4.2')).toContain('|371=40|372=D|58=twice|');
    expect(rejectIn('FIX.4.4')).toContain('|371=40|372=D|373=13|58=twice|');
  });
});

describe('header fields of every message', () => {
  test('stand in the Logon, in what follows, and once in what is sent again', () => {
    const rig = new SessionRig({
      role: 'initiator',
      fixedHeader: [
        [50, 'DESK'],
        [57, 'EXEC'],
      ],
    });
    expect(rig.answers).toEqual(['35=A|34=1|50=DESK|57=EXEC|98=0|108=10|']);
    rig.logon();
    rig.session.sendApp('8', [[37, 'x']], rig.nowNs);
    rig.forget().receive('2', 2, [7, 2], [16, 0]);
    expect(rig.answers).toEqual(['35=8|34=2|50=DESK|57=EXEC|43=Y|122=T|37=x|']);
  });
});

describe('NextExpectedMsgSeqNum (789)', () => {
  const sides = { nextExpected: true } as const;

  test('an initiator says what it expects', () => {
    const rig = new SessionRig({ ...sides, role: 'initiator' }, 5, 8);
    expect(rig.answers).toEqual(['35=A|34=8|98=0|108=10|789=5|']);
  });

  test('an acceptor says it too, and sends what the peer lacks without being asked', () => {
    const rig = new SessionRig(sides, 3, 1);
    rig.logon(3, [789, 1]);
    expect(rig.answers).toEqual(['35=A|34=1|98=0|108=10|789=4|']);
    rig.session.sendApp('8', [[37, 'x']], rig.nowNs);
    rig.session.onDisconnect();
    rig.session.start(rig.nowNs);
    rig.forget().logon(4, [789, 2]);
    expect(rig.answers).toEqual(['35=A|34=3|98=0|108=10|789=5|', '35=8|34=2|43=Y|122=T|37=x|']);
  });

  test('a Logon above the expected number asks for nothing: 789 has said it', () => {
    const rig = new SessionRig(sides).logon(4, [789, 1]);
    expect(rig.answers).toEqual(['35=A|34=1|98=0|108=10|789=1|']);
    rig.receive('4', 1, [43, 'Y'], [122, '20120621-13:30:00'], [123, 'Y'], [36, 5]);
    expect(rig.numbers).toBe('in 5 out 2');
  });

  test('a peer that expects what was never sent is told so', () => {
    const rig = new SessionRig(sides, 1, 3).logon(1, [789, 9]);
    expect(rig.state).toBe(SESSION_DISCONNECTED);
    expect(rig.sent[0]).toContain('58=NextExpectedMsgSeqNum (789) is 9, our next message is 3');
  });
});

describe('hours', () => {
  const DAY_NS = 86_400n * NS_PER_S;
  const OPEN_NS = 10n * 3600n * NS_PER_S;
  const dayOf = (timeNs: bigint): bigint => timeNs - (timeNs % DAY_NS);
  /** 08:00 to 18:00 UTC. */
  const schedule: SessionSchedule = {
    windowAt(timeNs) {
      const startNs = dayOf(timeNs) + 8n * 3600n * NS_PER_S;
      const endNs = startNs + OPEN_NS;
      return timeNs >= startNs && timeNs < endNs ? { startNs, endNs } : undefined;
    },
    nextStartNs: (timeNs) => dayOf(timeNs) + DAY_NS + 8n * 3600n * NS_PER_S,
  };
  const secondsToEnd = Number((dayOf(START_NS) + 18n * 3600n * NS_PER_S - START_NS) / NS_PER_S);

  test('a Logon outside them is refused with the status that says so', () => {
    const rig = new SessionRig({ version: 'FIX.5.0SP2', schedule });
    rig.nowNs = dayOf(START_NS) + 19n * 3600n * NS_PER_S;
    rig.session.start(rig.nowNs);
    rig.logon(1, [1137, 9]);
    expect(rig.state).toBe(SESSION_DISCONNECTED);
    expect(rig.sent[0]).toContain('|1409=7|58=logons are not allowed at this time|');
  });

  test('a connection that stands only when they are over is closed without a Logon', () => {
    const rig = new SessionRig({ schedule, role: 'initiator' });
    rig.session.onDisconnect();
    rig.forget().nowNs += BigInt(secondsToEnd) * NS_PER_S;
    rig.session.start(rig.nowNs);
    expect(rig.sent).toEqual([]);
    expect(rig.events).toEqual(['DISCONNECT: the hours of the session are over']);
  });

  test('the session logs out when they end', () => {
    const rig = new SessionRig({ schedule, heartbeatS: 0 }).receive('A', 1, [98, 0], [108, 0]);
    rig.forget().pass(secondsToEnd - 1);
    expect(rig.sent).toEqual([]);
    rig.pass(1);
    expect(rig.sent[0]).toContain('|35=5|');
    rig.receive('5', 2);
    expect(rig.events.at(-1)).toMatch(
      /^DISCONNECT: the Logout was answered; .* the hours of the session are over$/,
    );
  });

  test('numbers go on within a window and start anew with the next', () => {
    const rig = new SessionRig({ schedule }).live().receive('0', 2);
    rig.session.onDisconnect();
    rig.session.start(rig.nowNs);
    rig.forget().logon(3);
    expect(rig.numbers).toBe('in 4 out 3');
    rig.session.onDisconnect();
    rig.nowNs += DAY_NS;
    rig.session.start(rig.nowNs);
    rig.forget().logon(1);
    expect(rig.numbers).toBe('in 2 out 2');
    expect(rig.events).toContain('SEQUENCE_RESET: both directions start at 1 again');
  });
});

describe('numbers that start anew', () => {
  test.each([
    ['after a Logout', { resetOnLogout: true }, true, false],
    ['after a lost connection', { resetOnDisconnect: true }, true, true],
    ['never', {}, false, false],
  ] as const)('%s', (_, options, onLogout, onLoss) => {
    const said = new SessionRig(options).live().receive('5', 2);
    expect(said.numbers).toBe(onLogout ? 'in 1 out 1' : 'in 3 out 3');
    const lost = new SessionRig(options).live();
    lost.session.onDisconnect();
    expect(lost.numbers).toBe(onLoss ? 'in 1 out 1' : 'in 2 out 2');
  });
});

describe('proof of identity', () => {
  const accepted: string[] = [];
  const logon: LogonProof = {
    fields: ({ msgSeqNum }) => [
      [553, 'me'],
      [554, `secret ${msgSeqNum}`],
    ],
    refusal: (message) =>
      message.get(554) === 'right'
        ? undefined
        : { reason: 'wrong password', text: 'unknown user or password', sessionStatus: 5 },
    onAccepted: (answer) => accepted.push(answer.get(58)!),
    answer: () => [[1409, 0]],
  };

  test('an initiator gives it in its Logon', () => {
    const rig = new SessionRig({ role: 'initiator', logon });
    expect(rig.answers).toEqual(['35=A|34=1|98=0|108=10|553=me|554=secret 1|']);
  });

  test('an initiator is told that it was taken', () => {
    new SessionRig({ role: 'initiator', logon }).logon(1, [58, 'welcome']);
    expect(accepted).toEqual(['welcome']);
  });

  test('an acceptor lets in who gives the right one', () => {
    const rig = new SessionRig({ logon }).logon(1, [553, 'you'], [554, 'right']);
    expect(rig.state).toBe(SESSION_LIVE);
    expect(rig.answers).toEqual(['35=A|34=1|98=0|108=10|1409=0|']);
  });

  test('an acceptor says no more than that it was wrong', () => {
    const rig = new SessionRig({ logon }).logon(1, [553, 'you'], [554, 'wrong']);
    expect(rig.state).toBe(SESSION_DISCONNECTED);
    expect(rig.sent).toHaveLength(1);
    expect(rig.sent[0]).toContain('|58=unknown user or password|');
    expect(rig.events.at(-1)).toMatch(/Logon refused: wrong password/);
  });
});
