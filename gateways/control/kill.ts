/**
 * The kill switch over HTTP: checks the request and hands it to the supervisor, which executes it beside
 * the hot loop. Never rate-limited, never queued behind anything else.
 */
import { z } from 'zod';
import type { CommandScope } from '../../engine/event/event.ts';
import type { ControlActions, KillRequest } from './actions.ts';
import { json, type Reply, RequestFault } from './reply.ts';

const plainText = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^\P{C}+$/u, 'printable characters only');

export const reasonSchema = plainText(200);
/** Who says so; the token alone does not tell people apart. */
export const operatorSchema = plainText(31).default('operator');

const SCOPES = { firm: 'FIRM', strategy: 'STRATEGY', instrument: 'INSTRUMENT' } as const;

export const scopedSchema = z.strictObject({
  scope: z.enum(['firm', 'strategy', 'instrument']),
  target: z.string().max(32).default(''),
  reason: reasonSchema,
  operator: operatorSchema,
});

/** The names that a request may use. */
export interface KnownNames {
  readonly strategies: readonly string[];
  readonly instruments: readonly string[];
}

/** Parses a body; the first problem is answered with its path. */
export function parseBody<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new RequestFault(400, 'INVALID_BODY', issue.message, { path: issue.path.join('.') });
}

export function known(name: string, names: readonly string[], path: string): string {
  if (names.includes(name)) return name;
  const allowed = names.length === 0 ? 'there is none' : `one of ${names.join(', ')}`;
  throw new RequestFault(400, 'UNKNOWN_TARGET', `unknown name "${name}": ${allowed}`, { path });
}

export function parseScoped(body: unknown, names: KnownNames): KillRequest {
  const { scope, target, reason, operator } = parseBody(scopedSchema, body);
  if (scope === 'firm' && target !== '') {
    throw new RequestFault(400, 'INVALID_BODY', 'scope firm takes no target', { path: 'target' });
  }
  if (scope === 'strategy') known(target, names.strategies, 'target');
  if (scope === 'instrument') known(target, names.instruments, 'target');
  const commandScope: CommandScope = SCOPES[scope];
  return { scope: commandScope, target, reason, operator };
}

export async function kill(
  actions: ControlActions,
  body: unknown,
  names: KnownNames,
): Promise<Reply> {
  return json(200, await actions.kill(parseScoped(body, names)));
}

export async function rearm(
  actions: ControlActions,
  body: unknown,
  names: KnownNames,
): Promise<Reply> {
  return json(200, await actions.rearm(parseScoped(body, names)));
}
