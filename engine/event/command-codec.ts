/**
 * Commands to the one flat table of event.fbs and back. A field that a command does not have is
 * left at its default in the table and does not come back.
 */
import type { Builder, ByteBuffer } from 'flatbuffers';
import type { Command, CommandScope } from './event.ts';
import { Command as CommandTable } from './generated/command.ts';
import { CommandKind } from './generated/command-kind.ts';
import { Scope } from './generated/scope.ts';
import { safeInteger } from './table-check.ts';

const NAME_OF_KIND = new Map<number, Command['kind']>(
  Object.entries(CommandKind).map(([name, code]) => [code, name as Command['kind']]),
);
const NAME_OF_SCOPE = new Map<number, CommandScope>(
  Object.entries(Scope).map(([name, code]) => [code, name as CommandScope]),
);

export function encodeCommand(builder: Builder, command: Command): number {
  const target = builder.createString(targetOf(command));
  const instrument = builder.createString('instrument' in command ? command.instrument : '');
  const reason = builder.createString(command.reason);
  const operator = builder.createString(command.operator);
  CommandTable.startCommand(builder);
  CommandTable.addKind(builder, CommandKind[command.kind]);
  if ('scope' in command) CommandTable.addScope(builder, Scope[command.scope]);
  if ('generation' in command) CommandTable.addGeneration(builder, command.generation);
  if ('orderNumber' in command) {
    CommandTable.addOrderNumber(builder, BigInt(command.orderNumber));
  }
  if ('quantityLots' in command) {
    CommandTable.addQuantityLots(builder, BigInt(command.quantityLots));
    CommandTable.addPriceTicks(builder, BigInt(command.priceTicks));
  }
  CommandTable.addTarget(builder, target);
  CommandTable.addInstrument(builder, instrument);
  CommandTable.addReason(builder, reason);
  CommandTable.addOperator(builder, operator);
  return CommandTable.endCommand(builder);
}

function targetOf(command: Command): string {
  if ('target' in command) return command.target;
  return 'strategy' in command ? command.strategy : '';
}

/** The table has been checked; a code that is not ours is a RangeError. */
export function decodeCommand(buffer: ByteBuffer): Command {
  const table = CommandTable.getRootAsCommand(buffer);
  const kind = NAME_OF_KIND.get(table.kind());
  const scope = NAME_OF_SCOPE.get(table.scope());
  if (kind === undefined) throw new RangeError(`command kind ${table.kind()}`);
  if (scope === undefined) throw new RangeError(`command scope ${table.scope()}`);
  const type = 'COMMAND';
  const target = table.target() ?? '';
  const asked = { reason: table.reason() ?? '', operator: table.operator() ?? '' };
  switch (kind) {
    case 'KILL':
    case 'REARM':
      return { type, kind, scope, target, generation: table.generation(), ...asked };
    case 'FLATTEN':
      return { type, kind, scope, target, ...asked };
    case 'CANCEL_ORDER':
      return { type, kind, orderNumber: safeInteger(table.orderNumber()), ...asked };
    case 'PAUSE_STRATEGY':
    case 'RESUME_STRATEGY':
      return { type, kind, strategy: target, ...asked };
    case 'ADJUST_POSITION':
      return {
        type,
        kind,
        strategy: target,
        instrument: table.instrument() ?? '',
        quantityLots: safeInteger(table.quantityLots()),
        priceTicks: safeInteger(table.priceTicks()),
        ...asked,
      };
    case 'STOP':
      return { type, kind, ...asked };
  }
}
