/**
 * For tests, a process of its own: an acceptor whose journal already holds many executions and that
 * answers every order at once. Arguments: journal directory, executions, messages a batch, messages a
 * second. Says its port, then, each time it is asked over IPC, its memory and the most messages that one turn of
 * its event loop has sent again.
 */
import { encodeFields, type Field } from '../../gateways/fix/codec.ts';
import { SessionEncoder } from '../../gateways/fix/session/session-encoder.ts';
import { MsgType, Tag } from '../../gateways/fix/tags.ts';
import { FixAcceptor } from '../../gateways/fix/transport/acceptor.ts';
import { PeerJournal } from '../peers/peer-journal.ts';
import { sessionConfig } from './session-config.ts';

const [directory = '', count = '', batchMessages = '', messagesPerS = ''] = process.argv.slice(2);
const clock = { nowNs: () => BigInt(Date.now()) * 1_000_000n };
/** Sockets are read between two turns of the event loop: what a turn sends is what an order waits for. */
let inTurn = 0;
let inTurnMax = 0;
let isCounting = false;
function countInTurn(): void {
  inTurn++;
  inTurnMax = Math.max(inTurnMax, inTurn);
  if (isCounting) return;
  isCounting = true;
  setImmediate(() => {
    isCounting = false;
    inTurn = 0;
  });
}

const config = sessionConfig({
  role: 'acceptor',
  resend: {
    again: () => {
      countInTurn();
      return true;
    },
    batchMessages: Number(batchMessages),
    messagesPerS: Number(messagesPerS),
  },
});

const execution = (clOrdId: string): Field[] => [
  [Tag.OrderID, 'V1'],
  [Tag.ExecID, 'E1'],
  [Tag.ExecType, 0],
  [Tag.OrdStatus, 0],
  [Tag.ClOrdID, clOrdId],
  [Tag.Symbol, 'GOOG'],
  [Tag.Side, 1],
  [Tag.LeavesQty, 100],
  [Tag.CumQty, 0],
  [Tag.AvgPx, 0],
];

const journal = new PeerJournal(directory, () => {});
const encoder = new SessionEncoder(config);
for (let number = 1; number <= Number(count); number++) {
  const body = encodeFields(execution(`early-${number}`));
  const bytes = encoder.compose(MsgType.ExecutionReport, number, clock.nowNs(), body);
  journal.keep(number, MsgType.ExecutionReport, bytes);
}
journal.counters.nextOut = Number(count) + 1;

const acceptor = new FixAcceptor({
  host: '127.0.0.1',
  port: 0,
  sessions: [config],
  clock,
  handler: {
    onMessage: (connection, message) => {
      const body = execution(message.get(Tag.ClOrdID)!);
      connection.session.sendApp(MsgType.ExecutionReport, body, clock.nowNs());
    },
    onEvent: () => {},
    onWritable: () => {},
  },
  onRefused: () => {},
  pendingBytesMax: 16_777_216,
  resendMessagesMax: 0,
  memory: () => journal,
});

process.on('message', () => {
  globalThis.gc?.();
  process.send!({ heapUsed: process.memoryUsage().heapUsed, inTurnMax });
});
process.on('disconnect', () => process.exit(0));
process.send!({ port: await acceptor.listen() });
