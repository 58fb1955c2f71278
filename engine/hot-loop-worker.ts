/** The thread of the hot loop where its configuration puts it into a worker. */
import { parentPort, workerData } from 'node:worker_threads';
import type { HotLoopInput } from './hot-messages.ts';
import { runHotLoop } from './run-hot-loop.ts';

runHotLoop(workerData as HotLoopInput, parentPort!);
