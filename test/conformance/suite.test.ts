/** The suite as a whole: what it covers, and that README.md counts it right. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { FIX_VERSIONS } from '../../gateways/fix/version.ts';
import { playsOf } from './lanes.ts';
import { readScenarios } from './scenario-file.ts';

const scenarios = readScenarios(fileURLToPath(new URL('scenarios/', import.meta.url)));
const FURTHER_MIN = 60;
const INITIATOR_MIN = 12;

/** The acceptance list that venues and brokers know, and the versions of each where not all. */
const ACCEPTANCE = (
  '1a_ValidLogonWithCorrectMsgSeqNum 1b_DuplicateIdentity 1c_InvalidSenderCompID ' +
  '1d_InvalidLogonBadSendingTime 1d_InvalidLogonLengthInvalid 1d_InvalidLogonWrongBeginString ' +
  '1e_NotLogonMessage 2a_MsgSeqNumCorrect 2b_MsgSeqNumTooHigh 2c_MsgSeqNumTooLow ' +
  '2d_GarbledMessage 2e_PossDupAlreadyReceived 2g_PossDupNoOrigSendingTime ' +
  '2k_CompIDDoesNotMatchProfile 2o_SendingTimeValueOutOfRange 2q_MsgTypeNotValid ' +
  '2r_UnregisteredMsgType 2t_FirstThreeFieldsOutOfOrder 3c_GarbledMessage ' +
  '4a_NoDataSentDuringHeartBtInt 4b_ReceivedTestRequest 7_ReceiveRejectMessage ' +
  '8_AdminAndApplicationMessages 8_OnlyAdminMessages 10_MsgSeqNumEqual 10_MsgSeqNumGreater ' +
  '11a_NewSeqNoGreater 11b_NewSeqNoEqual 13b_UnsolicitedLogoutMessage 14a_BadField ' +
  '14b_RequiredFieldMissing 14c_TagNotDefinedForMsgType 14e_IncorrectEnumValue ' +
  '14f_IncorrectDataFormat 14h_RepeatedTag 15_HeaderAndBodyFieldsOrderedDifferently ' +
  '19a_PossResendMessageThatHAsAlreadyBeenSent 21_RepeatingGroupSpecifierWithValueOfZero ' +
  'ReverseRoute SessionReset'
).split(' ');
const NOT_IN_42: ReadonlySet<string> = new Set(['SessionReset']);

test.each(ACCEPTANCE)('%s is played in every version that has it', (name) => {
  const found = scenarios.filter(({ acceptance }) => acceptance === name);
  expect(found).toHaveLength(1);
  const versions = FIX_VERSIONS.filter((v) => v !== 'FIX.4.2' || !NOT_IN_42.has(name));
  expect(found[0]!.versions).toEqual(versions);
});

test('every scenario states a rule of its own', () => {
  const rules = scenarios.map(({ rule }) => rule);
  expect(new Set(rules).size).toBe(rules.length);
});

test('the suite goes well beyond the acceptance list, and README.md says how far', () => {
  const acceptors = scenarios.filter(({ role }) => role === 'acceptor');
  const further = acceptors.filter(({ acceptance }) => acceptance === undefined).length;
  const initiators = scenarios.length - acceptors.length;
  expect(further).toBeGreaterThanOrEqual(FURTHER_MIN);
  expect(initiators).toBeGreaterThanOrEqual(INITIATOR_MIN);
  const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8').replaceAll('\n', ' ');
  expect(readme).toContain(
    `${ACCEPTANCE.length} scenarios of the acceptance list, ${further} further behaviours of an ` +
      `acceptor and ${initiators} of an initiator: ${playsOf(scenarios).length} plays`,
  );
});
