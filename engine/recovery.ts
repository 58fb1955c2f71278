/**
 * Brings a core to where its journal ends. Sessions are driven by a replaying twin that sends nothing; at
 * the end their connections are gone, and what was on its way is UNKNOWN until the venue says.
 */
import { existsSync } from 'node:fs';
import * as L from '../wasm/layout.ts';
import type { Core } from './core.ts';
import { GyrfalconError } from './errors.ts';
import type { ConfigEvent } from './event/event.ts';
import { decodeEvent } from './event/event-codec.ts';
import { segmentNumbers } from './journal/journal-format.ts';
import { JournalReader } from './journal/journal-reader.ts';
import type { KillInForce } from './limits/kills-in-force.ts';
import { Replay, type ReplaySession, type UnwrittenMessage } from './replay.ts';

export interface RecoveryInput {
  readonly directory: string;
  /** The configuration in force now; the journal's must be the same. */
  readonly configJson: string;
  readonly sessions: readonly ReplaySession[];
}

export interface RecoveredCore {
  /** Events applied; 0 = a new journal. */
  readonly events: number;
  /** To be written down before anything else. */
  readonly unwritten: UnwrittenMessage | undefined;
  readonly kills: readonly KillInForce[];
}

export function recover(core: Core, input: RecoveryInput): RecoveredCore {
  const recorded = readConfig(input.directory);
  if (recorded === undefined) return { events: 0, unwritten: undefined, kills: [] };
  if (recorded.configJson !== input.configJson) {
    throw new GyrfalconError(
      'CONFIG_INVALID',
      `journal ${input.directory} was written with another configuration: start with that one, or name another journal directory`,
    );
  }
  const reader = new JournalReader(input.directory);
  prepareCore(core, recorded);
  try {
    const replay = new Replay(core, reader, input.sessions);
    const events = replay.run(false);
    core.host.isDeciding = true;
    return { events, unwritten: replay.unwritten, kills: replay.kills };
  } finally {
    reader.close();
  }
}

/** The first record of a journal; undefined where there is none yet. */
export function readConfig(directory: string): ConfigEvent | undefined {
  if (!existsSync(directory) || segmentNumbers(directory).length === 0) return undefined;
  const reader = new JournalReader(directory);
  try {
    if (!reader.next()) return undefined;
    const first = decodeEvent(reader.record.kind, reader.record.payload);
    if (first?.type === 'CONFIG') return first;
    throw new GyrfalconError(
      'JOURNAL_CORRUPT',
      `journal ${directory} does not begin with a configuration`,
    );
  } finally {
    reader.close();
  }
}

/** What the CONFIG record says beyond the configuration itself. */
export function prepareCore(core: Core, recorded: ConfigEvent): void {
  core.memory.setText(L.CTL_CLORDID_PREFIX, L.CLORDID_PREFIX_BYTES, recorded.clOrdIdPrefix);
}
