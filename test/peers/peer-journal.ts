/**
 * The memory of our side of a peer test: the project's journal, written as the engine writes its
 * own. A message is flushed before it leaves; a received one is noted once everything that it
 * caused is written, so a kill in between only makes the peer send it again.
 */
import { loadCore } from '../../engine/core-module.ts';
import { RecordKind } from '../../engine/event/generated/record-kind.ts';
import { JournalReader } from '../../engine/journal/journal-reader.ts';
import { JournalWriter } from '../../engine/journal/journal-writer.ts';
import { type FixMessage, parseMessage } from '../../gateways/fix/codec.ts';
import { JournalStore } from '../../gateways/fix/session/journal-store.ts';
import { plainCounters } from '../../gateways/fix/session/session-counters.ts';
import { Tag } from '../../gateways/fix/tags.ts';
import type { ConnectionMemory } from '../../gateways/fix/transport/fix-connection.ts';
import { CTL_NOW_NS, SCRATCH } from '../../wasm/layout.ts';
import { Memory } from '../../wasm/memory.ts';

const SESSION = 0;
const SEGMENT_BYTES = 4_194_304;

export class PeerJournal implements ConnectionMemory {
  readonly counters = plainCounters();
  readonly store: JournalStore;
  readonly #directory: string;
  readonly #memory = new Memory();
  readonly #writer: JournalWriter;

  /** Goes on where the journal ends. */
  constructor(directory: string, notice: (text: string) => void) {
    this.#directory = directory;
    this.#writer = new JournalWriter({
      directory,
      segmentBytes: SEGMENT_BYTES,
      memory: this.#memory,
      core: loadCore(this.#memory),
      notice,
    });
    this.store = new JournalStore(directory, SESSION, {
      sequence: () => this.#writer.sequence,
      handed: () => this.#writer.handedSequence,
    });
    for (const { kind, message } of this.#records()) {
      const next = message.getInt(Tag.MsgSeqNum)! + 1;
      if (kind === RecordKind.OUTBOUND) this.counters.nextOut = next;
      else this.counters.nextIn = next;
    }
  }

  keep(_msgSeqNum: number, _msgType: string, bytes: Uint8Array): void {
    this.#append(RecordKind.OUTBOUND, bytes);
  }

  /** The message has been dealt with: it need not come again. */
  received(message: FixMessage): void {
    this.#append(RecordKind.INBOUND, Buffer.from(message.text, 'latin1'));
  }

  /** Everything that was sent, in order. */
  *sent(): Iterable<FixMessage> {
    for (const { kind, message } of this.#records()) {
      if (kind === RecordKind.OUTBOUND) yield message;
    }
  }

  close(): void {
    this.#writer.close();
  }

  #append(kind: RecordKind, bytes: Uint8Array): void {
    this.#memory.setAbsoluteNs(CTL_NOW_NS, BigInt(Date.now()) * 1_000_000n);
    this.#memory.bytes.set(bytes, SCRATCH);
    this.#writer.append(kind, SESSION, SCRATCH, bytes.length);
    this.#writer.flush();
  }

  *#records(): Iterable<{ readonly kind: number; readonly message: FixMessage }> {
    const reader = new JournalReader(this.#directory);
    const { record } = reader;
    while (reader.next()) yield { kind: record.kind, message: parseMessage(record.payload)! };
    reader.close();
  }
}
