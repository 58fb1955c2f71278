/**
 * A process that appends numbered records and says after every flush, on its standard output, which
 * one is safe; journal-kill.test.ts kills it in mid-work. Arguments: journal directory.
 */
import { writeSync } from 'node:fs';
import { loadCore } from '../../engine/core-module.ts';
import { JournalWriter } from '../../engine/journal/journal-writer.ts';
import { SCRATCH } from '../../wasm/layout.ts';
import { Memory } from '../../wasm/memory.ts';

const memory = new Memory();
const writer = new JournalWriter({
  directory: process.argv[2]!,
  segmentBytes: 65_536,
  memory,
  core: loadCore(memory),
  notice: (text) => process.stderr.write(`${text}\n`),
});
const RECORDS_MAX = 5_000_000;
for (let i = 0; i < RECORDS_MAX; i++) {
  const sequence = writer.sequence + 1;
  const length = 8 + ((sequence * 7919) % 300);
  memory.bytes.fill(sequence & 255, SCRATCH, SCRATCH + length);
  memory.setI64(SCRATCH, sequence);
  writer.append(2, 1, SCRATCH, length);
  if (sequence % 3 !== 0) continue; // several records a flush, as in a turn of the loop
  writer.flush();
  writeSync(1, `${sequence}\n`);
}
