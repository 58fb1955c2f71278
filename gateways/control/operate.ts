/** What operators do by hand, over HTTP: flatten, cancel, pause, resume, adjust. Checked here, done in the core. */
import { z } from 'zod';
import { DECIMAL_SCALE } from '../../engine/units.ts';
import type { CommandResult, ControlActions, OperatorCommand } from './actions.ts';
import { known, operatorSchema, parseBody, parseScoped, reasonSchema } from './kill.ts';
import { json, type Reply, RequestFault } from './reply.ts';
import type { Scales } from './scales.ts';

const SCALE_DIGITS = 8;
const decimal = z
  .string()
  .regex(/^-?\d{1,12}(\.\d{1,8})?$/, 'a decimal number in quotes, at most 8 decimals');

const cancelSchema = z.strictObject({
  orderNumber: z.number().int().positive().max(Number.MAX_SAFE_INTEGER),
  reason: reasonSchema.default('cancelled by hand'),
  operator: operatorSchema,
});
const pauseSchema = z.strictObject({
  strategy: z.string(),
  reason: reasonSchema.default('paused or resumed by hand'),
  operator: operatorSchema,
});
const adjustSchema = z.strictObject({
  strategy: z.string(),
  instrument: z.string(),
  /** Signed: what is added to the position. */
  quantity: decimal,
  price: decimal,
  reason: reasonSchema,
  operator: operatorSchema,
});

/** Decimal text as a whole number of steps (ticks or lots) of `stepE8`; never through a float. */
function stepsOf(text: string, stepE8: number, path: string): number {
  const negative = text.startsWith('-');
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.');
  const e8 = BigInt(whole + fraction.padEnd(SCALE_DIGITS, '0'));
  const step = BigInt(stepE8);
  if (step <= 0n || e8 % step !== 0n) {
    const size = stepE8 / DECIMAL_SCALE;
    throw new RequestFault(400, 'OFF_GRID', `"${text}" is not a multiple of ${size}`, { path });
  }
  const steps = Number(e8 / step);
  if (!Number.isSafeInteger(steps)) {
    throw new RequestFault(400, 'INVALID_BODY', `"${text}" is too large`, { path });
  }
  return negative ? -steps : steps;
}

type Parse = (body: unknown, scales: Scales) => OperatorCommand;

const namesOf = (scales: Scales) => ({
  strategies: scales.strategies,
  instruments: scales.instruments.map(({ symbol }) => symbol),
});

export const parseFlatten: Parse = (body, scales) => ({
  type: 'COMMAND',
  kind: 'FLATTEN',
  ...parseScoped(body, namesOf(scales)),
});

export const parseCancel: Parse = (body) => ({
  type: 'COMMAND',
  kind: 'CANCEL_ORDER',
  ...parseBody(cancelSchema, body),
});

const parsePauseOr =
  (kind: 'PAUSE_STRATEGY' | 'RESUME_STRATEGY'): Parse =>
  (body, scales) => {
    const asked = parseBody(pauseSchema, body);
    known(asked.strategy, scales.strategies, 'strategy');
    return { type: 'COMMAND', kind, ...asked };
  };
export const parsePause = parsePauseOr('PAUSE_STRATEGY');
export const parseResume = parsePauseOr('RESUME_STRATEGY');

export const parseAdjust: Parse = (body, scales) => {
  const { quantity, price, ...asked } = parseBody(adjustSchema, body);
  known(asked.strategy, scales.strategies, 'strategy');
  known(asked.instrument, namesOf(scales).instruments, 'instrument');
  const scale = scales.instruments.find(({ symbol }) => symbol === asked.instrument)!;
  const quantityLots = stepsOf(quantity, scale.lotE8, 'quantity');
  const priceTicks = stepsOf(price, scale.tickE8, 'price');
  if (quantityLots === 0) {
    throw new RequestFault(400, 'INVALID_BODY', 'nothing to adjust', { path: 'quantity' });
  }
  if (priceTicks <= 0) {
    throw new RequestFault(400, 'INVALID_BODY', 'the price is not positive', { path: 'price' });
  }
  return { type: 'COMMAND', kind: 'ADJUST_POSITION', ...asked, quantityLots, priceTicks };
};

export async function operate(actions: ControlActions, command: OperatorCommand): Promise<Reply> {
  const result: CommandResult = await actions.command(command);
  if (result.accepted) return json(202, { accepted: true });
  throw new RequestFault(409, result.code, result.message);
}
