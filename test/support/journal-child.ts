/**
 * A process that appends numbered records and says after every flush, on its standard output, which
 * one is safe; journal-kill.test.ts kills it in mid-work. Arguments: journal directory, `ring` or `file`.
 */
import { writeSync } from 'node:fs';
import { loadCore } from '../../engine/core-module.ts';
import { openJournal } from '../../engine/journal/open-journal.ts';
import { SHM_DIRECTORY } from '../../engine/journal/ring-file.ts';
import { loadNative } from '../../native/index.ts';
import { SCRATCH } from '../../wasm/layout.ts';
import { Memory } from '../../wasm/memory.ts';

const [, , directory = '', way = ''] = process.argv;
const memory = new Memory();
const writer = openJournal({
  directory,
  segmentBytes: 65_536,
  syncMs: 20,
  ring: way === 'ring' ? 'auto' : 'off',
  shmDirectory: SHM_DIRECTORY,
  native: loadNative(),
  memory,
  core: loadCore(memory),
  notice: (text) => process.stderr.write(`${text}\n`),
  onOutOfRoom: (fault) => {
    throw fault;
  },
});
const pause = new Int32Array(new SharedArrayBuffer(4));
const RECORDS_MAX = 5_000_000;
for (let i = 0; i < RECORDS_MAX; i++) {
  const sequence = writer.sequence + 1;
  const length = 8 + ((sequence * 7919) % 300);
  memory.bytes.fill(sequence & 255, SCRATCH, SCRATCH + length);
  memory.setI64(SCRATCH, sequence);
  writer.append(2, 1, SCRATCH, length);
  if (sequence % 3 !== 0) continue; // several records a flush, as in a turn of the loop
  writer.flush();
  report(`${sequence}\n`);
}

/** The pipe may be full for a moment. */
function report(text: string): void {
  for (;;) {
    try {
      writeSync(1, text);
      return;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EAGAIN') throw cause;
      Atomics.wait(pause, 0, 0, 1);
    }
  }
}
