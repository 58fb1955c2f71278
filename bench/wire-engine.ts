/**
 * The other end of bench/wire.ts, a process of its own: for each connection a fresh hot loop with its
 * journal, or for `echo` nothing but as many bytes back. Says its port on stdout; ends with its parent.
 */
import { mkdtempSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { RecordKind } from '../engine/event/generated/record-kind.ts';
import { type DayRecord, openDay } from './recorded-day.ts';
import { ReplayedLoop } from './replayed-loop.ts';

const [mode, journal, messages] = process.argv.slice(2) as [string, string, string];
const day = openDay(journal, Number(messages));

type Handle = (record: DayRecord) => void;

async function engineOn(socket: Socket): Promise<Handle> {
  const directory = mkdtempSync(join(dirname(journal), 'wire-'));
  const loop = await ReplayedLoop.build(day, directory, (core) => core);
  loop.onSend = (bytes) => void socket.write(bytes);
  socket.on('close', () => loop.close());
  return (record) => loop.apply(record);
}

async function echoOn(socket: Socket): Promise<Handle> {
  return ({ replyBytes }) => {
    if (replyBytes > 0) socket.write(Buffer.alloc(replyBytes, 'x'));
  };
}

/** Whole messages off the socket, in the order of the recording; what is not a message is applied on the way. */
async function serve(socket: Socket): Promise<void> {
  const handle = mode === 'echo' ? await echoOn(socket) : await engineOn(socket);
  let waiting = Buffer.alloc(0);
  let next = 0;
  const isInbound = (record: DayRecord) => record.kind === RecordKind.INBOUND;
  socket.on('data', (bytes) => {
    waiting = waiting.length === 0 ? bytes : Buffer.concat([waiting, bytes]);
    for (;;) {
      while (next < day.records.length && !isInbound(day.records[next]!))
        handle(day.records[next++]!);
      const record = day.records[next];
      if (record === undefined || waiting.length < record.payload.length) return;
      handle({ ...record, payload: waiting.subarray(0, record.payload.length) });
      waiting = waiting.subarray(record.payload.length);
      next++;
    }
  });
  socket.resume();
}

const server = createServer({ noDelay: true, pauseOnConnect: true }, (socket) => {
  socket.on('error', () => socket.destroy());
  void serve(socket);
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
process.stdin.on('end', () => process.exit());
process.stdin.resume();
