/**
 * Events to bytes and back. Cold: one reused Builder, checked reading. An intent is written on the
 * hot path too, by intent-record.ts, in the same form. Damaged bytes give JOURNAL_CORRUPT, never a
 * half-read event.
 */
import { Builder, ByteBuffer } from 'flatbuffers';
import { FEATURES, INSTRUMENTS_MAX, STRATEGIES_MAX } from '../../wasm/layout.ts';
import { GyrfalconError } from '../errors.ts';
import { decodeCommand, encodeCommand } from './command-codec.ts';
import type { ConfigEvent, EngineEvent, IntentEvent, SessionEvent, TimerEvent } from './event.ts';
import { Config } from './generated/config.ts';
import { Intent } from './generated/intent.ts';
import { RecordKind } from './generated/record-kind.ts';
import { SessionEvent as SessionTable } from './generated/session-event.ts';
import { SessionEventKind } from './generated/session-event-kind.ts';
import { Timer } from './generated/timer.ts';
import { TimerKind } from './generated/timer-kind.ts';
import { type FieldShape, safeInteger, tableFault } from './table-check.ts';

const S = 'string';
/** Fields in the order of event.fbs. */
const SHAPES: Readonly<Record<EngineEvent['type'], readonly FieldShape[]>> = {
  CONFIG: [S, S, S, 1, S],
  TIMER: [1, 4],
  COMMAND: [1, 1, S, 8, 8, 8, S, S, S, 4],
  INTENT: [8, 1, 4, 4, 1, 1, 1, 4, 8, 8, 4, 4, 'doubles', S, S, S],
  SESSION: [1, 4, 8, 8, S],
};

const builder = new Builder(4096);

/** The bytes are a view of a reused buffer: good until the next call. */
export function encodeEvent(event: EngineEvent): Uint8Array {
  builder.clear();
  builder.finish(encodeTable(event));
  return builder.asUint8Array();
}

function encodeTable(event: EngineEvent): number {
  switch (event.type) {
    case 'CONFIG':
      return encodeConfig(event);
    case 'TIMER':
      return Timer.createTimer(builder, event.kind, event.subject);
    case 'COMMAND':
      return encodeCommand(builder, event);
    case 'INTENT':
      return encodeIntent(builder, event);
    case 'SESSION':
      return encodeSession(event);
  }
}

function encodeConfig(event: ConfigEvent): number {
  const engineVersion = builder.createString(event.engineVersion);
  const configJson = builder.createString(event.configJson);
  const prefix = builder.createString(event.clOrdIdPrefix);
  const id = builder.createString(event.journalId);
  return Config.createConfig(builder, engineVersion, configJson, prefix, event.lockStep, id);
}

function encodeSession(event: SessionEvent): number {
  const reason = builder.createString(event.reason);
  const nextIn = BigInt(event.nextIn);
  const nextOut = BigInt(event.nextOut);
  return SessionTable.createSessionEvent(
    builder,
    event.kind,
    event.session,
    nextIn,
    nextOut,
    reason,
  );
}

/** Also builds the template of intent-record.ts. */
export function encodeIntent(into: Builder, event: IntentEvent): number {
  const features = Intent.createFeaturesVector(into, event.features as number[]);
  const codeHash = into.createString(event.codeHash);
  const configHash = into.createString(event.configHash);
  const modelHash = into.createString(event.modelHash);
  Intent.startIntent(into);
  Intent.addSequence(into, BigInt(event.sequence));
  Intent.addKind(into, event.kind);
  Intent.addStrategy(into, event.strategy);
  Intent.addInstrument(into, event.instrument);
  Intent.addSide(into, event.side);
  Intent.addOrdType(into, event.ordType);
  Intent.addTimeInForce(into, event.timeInForce);
  Intent.addFlags(into, event.flags);
  Intent.addPriceTicks(into, BigInt(event.priceTicks));
  Intent.addQtyLots(into, BigInt(event.qtyLots));
  Intent.addOrderSlot(into, event.orderSlot);
  Intent.addVerdict(into, event.verdict);
  Intent.addFeatures(into, features);
  Intent.addCodeHash(into, codeHash);
  Intent.addConfigHash(into, configHash);
  Intent.addModelHash(into, modelHash);
  return Intent.endIntent(into);
}

const TYPE_OF_RECORD: Readonly<Record<number, EngineEvent['type']>> = {
  [RecordKind.CONFIG]: 'CONFIG',
  [RecordKind.TIMER]: 'TIMER',
  [RecordKind.COMMAND]: 'COMMAND',
  [RecordKind.INTENT]: 'INTENT',
  [RecordKind.SESSION]: 'SESSION',
};

/** The event in a record of this kind; undefined for kinds whose payload is raw bytes. */
export function decodeEvent(recordKind: number, payload: Uint8Array): EngineEvent | undefined {
  const type = TYPE_OF_RECORD[recordKind];
  if (type === undefined) return undefined;
  const fault = tableFault(payload, SHAPES[type]);
  if (fault !== undefined) throw corrupt(type, fault);
  // Text cannot be decoded straight from shared memory.
  const bytes = payload.buffer instanceof ArrayBuffer ? payload : payload.slice();
  try {
    return decodeTable(type, new ByteBuffer(bytes));
  } catch (cause) {
    throw corrupt(type, cause instanceof Error ? cause.message : String(cause));
  }
}

function decodeTable(type: EngineEvent['type'], buffer: ByteBuffer): EngineEvent {
  switch (type) {
    case 'CONFIG':
      return decodeConfig(buffer);
    case 'TIMER':
      return decodeTimer(buffer);
    case 'COMMAND':
      return decodeCommand(buffer);
    case 'INTENT':
      return decodeIntent(buffer);
    case 'SESSION':
      return decodeSession(buffer);
  }
}

function decodeConfig(buffer: ByteBuffer): ConfigEvent {
  const table = Config.getRootAsConfig(buffer);
  return {
    type: 'CONFIG',
    engineVersion: table.engineVersion() ?? '',
    configJson: table.configJson() ?? '',
    clOrdIdPrefix: table.clordidPrefix() ?? '',
    lockStep: table.lockStep(),
    journalId: table.journalId() ?? '',
  };
}

function decodeTimer(buffer: ByteBuffer): TimerEvent {
  const table = Timer.getRootAsTimer(buffer);
  const kind = table.kind();
  if (kind > TimerKind.SESSION) throw new RangeError(`timer kind ${kind}`);
  return { type: 'TIMER', kind, subject: table.subject() };
}

function decodeIntent(buffer: ByteBuffer): IntentEvent {
  const table = Intent.getRootAsIntent(buffer);
  const strategy = table.strategy();
  const instrument = table.instrument();
  const count = table.featuresLength();
  if (count !== FEATURES) throw new RangeError(`${count} features`);
  if (strategy < 0 || strategy >= STRATEGIES_MAX) throw new RangeError(`strategy ${strategy}`);
  if (instrument < 0 || instrument >= INSTRUMENTS_MAX) {
    throw new RangeError(`instrument ${instrument}`);
  }
  return {
    type: 'INTENT',
    sequence: safeInteger(table.sequence()),
    kind: table.kind(),
    strategy,
    instrument,
    side: table.side(),
    ordType: table.ordType(),
    timeInForce: table.timeInForce(),
    flags: table.flags(),
    priceTicks: safeInteger(table.priceTicks()),
    qtyLots: safeInteger(table.qtyLots()),
    orderSlot: table.orderSlot(),
    verdict: table.verdict(),
    features: Array.from({ length: count }, (_, i) => table.features(i) ?? 0),
    codeHash: table.codeHash() ?? '',
    configHash: table.configHash() ?? '',
    modelHash: table.modelHash() ?? '',
  };
}

function decodeSession(buffer: ByteBuffer): SessionEvent {
  const table = SessionTable.getRootAsSessionEvent(buffer);
  const kind = table.kind();
  if (kind > SessionEventKind.GAP_FILLED) throw new RangeError(`session event kind ${kind}`);
  return {
    type: 'SESSION',
    kind,
    session: table.session(),
    nextIn: safeInteger(table.nextIn()),
    nextOut: safeInteger(table.nextOut()),
    reason: table.reason() ?? '',
  };
}

function corrupt(type: string, fault: string): GyrfalconError {
  return new GyrfalconError(
    'JOURNAL_CORRUPT',
    `a ${type} record's payload is damaged (${fault}): ` +
      'run `gyrfalcon journal verify` on the directory',
    { type, fault },
  );
}
