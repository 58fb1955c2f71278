/**
 * jspurefix as an acceptor of orders for the wire bench: every 35=D is answered with one 35=8 New. Its
 * numbers are kept in memory or in its files. A process of its own, started by peers.ts with: port, its
 * own CompID, the client's, memory or file, a folder.
 */
import 'reflect-metadata';
import net from 'node:net';
import type { IJsFixConfig, ISessionDescription, MsgView } from 'jspurefix';
import jspurefix from 'jspurefix';
import scopes from 'jspurefix/dist/runtime/session-scope.js';

const { AsciiSession, DITokens, EmptyLogFactory, MsgTransport, SessionContainer, TcpDuplex } =
  jspurefix;

const [port, sender, target, store, folder] = process.argv.slice(2) as [
  string,
  string,
  string,
  'memory' | 'file',
  string,
];

interface Order {
  readonly ClOrdID: string;
  readonly Side: string;
  readonly OrdType: string;
  readonly Price: number;
  readonly Instrument: { readonly Symbol: string };
  readonly OrderQtyData: { readonly OrderQty: number };
}

class Executor extends AsciiSession {
  #accepted = 0;

  /** jspurefix's own is protected. */
  constructor(config: IJsFixConfig) {
    super(config);
  }

  protected override onApplicationMsg(msgType: string, view: MsgView): void {
    if (msgType !== 'D') throw new Error(`35=${msgType} is no order`);
    const order = view.toObject() as unknown as Order;
    const { OrderQty } = order.OrderQtyData;
    if (order.OrdType !== '2' || !(OrderQty > 0) || !(order.Price > 0)) {
      throw new Error(`no limit order: ${order.ClOrdID}`);
    }
    this.#accepted += 1;
    this.send('8', {
      OrderID: `O${this.#accepted}`,
      ClOrdID: order.ClOrdID,
      ExecID: `E${this.#accepted}`,
      ExecType: '0',
      OrdStatus: '0',
      Instrument: { Symbol: order.Instrument.Symbol },
      Side: order.Side,
      OrderQtyData: { OrderQty },
      Price: order.Price,
      LeavesQty: OrderQty,
      CumQty: 0,
      AvgPx: 0,
      TransactTime: new Date(),
    });
  }

  protected override onReady(): void {}
  protected override onStopped(): void {}
  protected override onLogon(): boolean {
    return true;
  }
  protected override onDecoded(): void {}
  protected override onEncoded(): void {}
}

const description = {
  application: {
    type: 'acceptor',
    name: 'executor',
    protocol: 'ascii',
    dictionary: 'qf44',
    tcp: { host: '127.0.0.1', port: Number(port) },
  },
  Name: 'executor',
  Username: '',
  Password: '',
  EncryptMethod: 0,
  ResetSeqNumFlag: true,
  HeartBtInt: 30,
  SenderCompId: sender,
  TargetCompID: target,
  SenderSubID: '',
  TargetSubID: '',
  BeginString: 'FIX.4.4',
  BodyLengthChars: 4,
  store: { type: store, directory: folder },
} as unknown as ISessionDescription;

const container = new SessionContainer();
container.registerGlobal(new EmptyLogFactory());
const system = await container.makeSystem(description);
const shared = system.resolve<IJsFixConfig>(DITokens.IJsFixConfig);
let connections = 0;
const server = net.createServer({ noDelay: true }, (socket) => {
  connections += 1;
  socket.on('error', () => socket.destroy());
  const config = scopes.makeSessionScope(shared);
  const transport = new MsgTransport(connections, config, new TcpDuplex(socket));
  new Executor(config).run(transport).catch((fault: unknown) => {
    process.stderr.write(`executor: ${fault}\n`);
    socket.destroy();
  });
});
server.listen(Number(port), '127.0.0.1', () => process.stdout.write(`{"port":${port}}\n`));
