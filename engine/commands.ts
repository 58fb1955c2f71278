/**
 * What an operator or a reader of the journal may ask of the core. A request from outside is
 * checked here once and becomes a Command; from then on it is a journaled fact like any other.
 */
import { z } from 'zod';
import { GyrfalconError } from './errors.ts';
import type { Command } from './event/event.ts';

export type { Command } from './event/event.ts';

const REASON_CHARACTERS_MAX = 200;
const TARGET_CHARACTERS_MAX = 31; // as long as a name or symbol in the configuration
const ORDER_NUMBER_MAX = Number.MAX_SAFE_INTEGER;

// Control characters would break the one-line records and the console.
const line = z.string().regex(/^\P{Cc}*$/u, 'no control characters');
const reason = line.trim().min(1, 'a reason is required').max(REASON_CHARACTERS_MAX);
const operator = line.trim().min(1).max(TARGET_CHARACTERS_MAX);
const target = z.string().regex(/^[\x21-\x7e]+$/, 'a name without blanks');
const bounded = target.max(TARGET_CHARACTERS_MAX);
const integer = z.number().int().min(-ORDER_NUMBER_MAX).max(ORDER_NUMBER_MAX);
const asked = { type: z.literal('COMMAND'), reason, operator };
const scoped = {
  ...asked,
  scope: z.enum(['FIRM', 'STRATEGY', 'INSTRUMENT']),
  target: z.union([z.literal(''), bounded]),
};
const generation = z.number().int().min(0).max(0x7fffffff);
const nonZero = integer.refine((lots) => lots !== 0, 'must not be 0');

const commandSchema = z.discriminatedUnion('kind', [
  z.strictObject({ ...scoped, kind: z.literal('KILL'), generation }),
  z.strictObject({ ...scoped, kind: z.literal('REARM'), generation }),
  z.strictObject({ ...scoped, kind: z.literal('FLATTEN') }),
  z.strictObject({
    ...asked,
    kind: z.literal('CANCEL_ORDER'),
    orderNumber: z.number().int().min(1).max(ORDER_NUMBER_MAX),
  }),
  z.strictObject({ ...asked, kind: z.literal('PAUSE_STRATEGY'), strategy: bounded }),
  z.strictObject({ ...asked, kind: z.literal('RESUME_STRATEGY'), strategy: bounded }),
  z.strictObject({
    ...asked,
    kind: z.literal('ADJUST_POSITION'),
    strategy: bounded,
    instrument: bounded,
    quantityLots: nonZero,
    priceTicks: integer,
  }),
  z.strictObject({ ...asked, kind: z.literal('STOP') }),
]);

/**
 * A request as a Command, or INPUT_INVALID that names the field. `type` need not be given;
 * `generation` is the kill word's and is set by the control thread, so a request without it gets 0.
 */
export function parseCommand(request: unknown): Command {
  if (typeof request !== 'object' || request === null || Array.isArray(request)) {
    throw invalid('a command is a JSON object');
  }
  const kind = (request as { kind?: unknown }).kind;
  const words = kind === 'KILL' || kind === 'REARM' ? { generation: 0 } : {};
  const parsed = commandSchema.safeParse({ ...words, type: 'COMMAND', ...request });
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw invalid(`${issue.path.join('.') || 'command'}: ${issue.message}`);
  }
  const command = parsed.data;
  if ('scope' in command && (command.scope === 'FIRM') !== (command.target === '')) {
    throw invalid(
      command.scope === 'FIRM'
        ? 'target: leave it empty when the scope is FIRM'
        : `target: name the ${command.scope.toLowerCase()} that is meant`,
    );
  }
  return command;
}

function invalid(what: string): GyrfalconError {
  return new GyrfalconError('INPUT_INVALID', `the command was refused: ${what}`);
}
