/** What an operator may ask, and what is refused with the field that is wrong. */
import { expect, test } from 'vitest';
import { parseCommand } from './commands.ts';

const who = { reason: 'spread looks wrong', operator: 'desk-1' };

const accepted = [
  { kind: 'KILL', scope: 'FIRM', target: '', generation: 3 },
  { kind: 'REARM', scope: 'STRATEGY', target: 'maker', generation: 0 },
  { kind: 'FLATTEN', scope: 'INSTRUMENT', target: 'BTC/USDT' },
  { kind: 'CANCEL_ORDER', orderNumber: 17 },
  { kind: 'PAUSE_STRATEGY', strategy: 'maker' },
  { kind: 'RESUME_STRATEGY', strategy: 'maker' },
  {
    kind: 'ADJUST_POSITION',
    strategy: 'maker',
    instrument: 'GOOG',
    quantityLots: -100,
    priceTicks: 57_950,
  },
  { kind: 'STOP' },
];

test.each(accepted)('$kind is accepted as asked', (command) => {
  expect(parseCommand({ ...command, ...who })).toEqual({ type: 'COMMAND', ...command, ...who });
});

test('the generation of the kill word need not be given', () => {
  expect(parseCommand({ kind: 'KILL', scope: 'FIRM', target: '', ...who })).toMatchObject({
    generation: 0,
  });
});

test('blanks around reason and operator are dropped', () => {
  expect(parseCommand({ kind: 'STOP', reason: '  end of day ', operator: ' ann ' })).toMatchObject({
    reason: 'end of day',
    operator: 'ann',
  });
});

const kill = { kind: 'KILL', scope: 'FIRM', target: '', ...who };
const adjust = { ...accepted[6], ...who };
const refused: { what: string; request: unknown; field: string }[] = [
  { what: 'no object', request: 'KILL', field: 'a command is a JSON object' },
  { what: 'a list', request: [], field: 'a command is a JSON object' },
  { what: 'an unknown command', request: { ...kill, kind: 'BUY' }, field: 'kind' },
  { what: 'an unknown key', request: { ...kill, force: true }, field: 'force' },
  { what: 'no reason', request: { ...kill, reason: undefined }, field: 'reason' },
  {
    what: 'a blank reason',
    request: { ...kill, reason: '   ' },
    field: 'reason: a reason is required',
  },
  {
    what: 'a reason of 201 characters',
    request: { ...kill, reason: 'x'.repeat(201) },
    field: 'reason',
  },
  { what: 'a reason of two lines', request: { ...kill, reason: 'a\nb' }, field: 'reason' },
  { what: 'no operator', request: { ...kill, operator: '' }, field: 'operator' },
  { what: 'an unknown scope', request: { ...kill, scope: 'DESK' }, field: 'scope' },
  { what: 'a target for the firm', request: { ...kill, target: 'maker' }, field: 'target' },
  {
    what: 'no target for a strategy',
    request: { ...kill, scope: 'STRATEGY' },
    field: 'target: name the strategy',
  },
  {
    what: 'a target of 32 characters',
    request: { ...kill, scope: 'STRATEGY', target: 'x'.repeat(32) },
    field: 'target',
  },
  {
    what: 'a target with a blank',
    request: { ...kill, scope: 'STRATEGY', target: 'a b' },
    field: 'target',
  },
  {
    what: 'order number 0',
    request: { kind: 'CANCEL_ORDER', orderNumber: 0, ...who },
    field: 'orderNumber',
  },
  { what: 'half a lot', request: { ...adjust, quantityLots: 0.5 }, field: 'quantityLots' },
  {
    what: 'an adjustment by nothing',
    request: { ...adjust, quantityLots: 0 },
    field: 'quantityLots',
  },
  { what: 'lots past 2^53', request: { ...adjust, quantityLots: 2 ** 60 }, field: 'quantityLots' },
  { what: 'a price in text', request: { ...adjust, priceTicks: '5' }, field: 'priceTicks' },
];

test.each(refused)('$what is refused', ({ request, field }) => {
  expect(() => parseCommand(request)).toThrow(
    expect.objectContaining({ code: 'INPUT_INVALID', message: expect.stringContaining(field) }),
  );
});
