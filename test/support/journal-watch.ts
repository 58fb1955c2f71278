/** Replays a journal record by record and shows the core's memory after each: what was true when. */
import { configSchema } from '../../config/schema.ts';
import { type ReplayedJournal, replayJournal } from '../../engine/cli/replay.ts';
import { JournalReader, type JournalRecord } from '../../engine/journal/journal-reader.ts';
import { readConfig } from '../../engine/recovery.ts';
import { type LoadedStrategy, loadStrategies } from '../../engine/strategy/strategy-loader.ts';
import { Memory } from '../../wasm/memory.ts';

/** Called once the record was applied. */
export type Watch = (memory: Memory, record: JournalRecord) => void;

class WatchedReader extends JournalReader {
  readonly #seen: () => void;
  #shown = 0;

  constructor(directory: string, seen: (record: JournalRecord) => void) {
    super(directory);
    this.#seen = () => seen(this.record);
  }

  /** The replay asks for the next record when it has applied this one. */
  override next(): boolean {
    if (this.sequence > this.#shown) {
      this.#shown = this.sequence;
      this.#seen();
    }
    return super.next();
  }
}

export function watchJournal(directory: string, watch: Watch): Promise<ReplayedJournal> {
  const memory = new Memory();
  const reader = new WatchedReader(directory, (record) => watch(memory, record));
  return replayJournal(directory, false, { memory, reader });
}

/** Verifies a journal against other strategies than those that wrote it. */
export async function verifyWith(
  directory: string,
  change: (strategy: LoadedStrategy) => LoadedStrategy,
): Promise<ReplayedJournal> {
  const { strategies } = configSchema.parse(JSON.parse(readConfig(directory)!.configJson));
  const loaded = await loadStrategies(strategies);
  return replayJournal(directory, true, { strategies: loaded.map(change) });
}
