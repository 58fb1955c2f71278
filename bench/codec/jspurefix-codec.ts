/** jspurefix as a peer: its parser, which hands over a view, and its encoder, which takes an object. */
import 'reflect-metadata';
import type { IJsFixConfig, ISessionDescription, MsgView } from 'jspurefix';
import jspurefix from 'jspurefix';
import scopes from 'jspurefix/dist/runtime/session-scope.js';
import transmitters from 'jspurefix/dist/transport/ascii/ascii-msg-transmitter.js';

const { AsciiParser, DITokens, EmptyLogFactory, SessionContainer } = jspurefix;

const DESCRIPTION = {
  application: {
    type: 'initiator',
    name: 'codec',
    protocol: 'ascii',
    dictionary: 'qf44',
    tcp: { host: '127.0.0.1', port: 0 },
  },
  Name: 'codec',
  Username: '',
  Password: '',
  EncryptMethod: 0,
  ResetSeqNumFlag: false,
  HeartBtInt: 30,
  SenderCompId: 'GYRFALCON',
  TargetCompID: 'SIM',
  SenderSubID: '',
  TargetSubID: '',
  BeginString: 'FIX.4.4',
  BodyLengthChars: 4,
} as unknown as ISessionDescription;

/** A message as it gives it back: names of the dictionary, values typed, groups as lists. */
export type LooseMessage = Readonly<Record<string, unknown>>;

export interface JspurefixCodec {
  decode(message: Buffer): LooseMessage;
  /** Numbers its messages itself, from 1. */
  encode(msgType: string, fields: LooseMessage): Buffer;
  /** The next message encoded has number 1 again; all have this SendingTime. */
  restart(time: Date): void;
}

export async function jspurefixCodec(): Promise<JspurefixCodec> {
  const container = new SessionContainer();
  container.registerGlobal(new EmptyLogFactory());
  const system = await container.makeSystem(DESCRIPTION);
  const config = scopes.makeSessionScope(system.resolve<IJsFixConfig>(DITokens.IJsFixConfig));
  // Parser and its state must share one buffer: the session scope's.
  const parser = new AsciiParser(
    config,
    null,
    config.sessionContainer.resolve(DITokens.ParseBuffer),
  );
  let latest: LooseMessage = {};
  parser.on('msg', (_: string, view: MsgView) => {
    latest = view.toObject() as LooseMessage;
  });
  const transmitter = new transmitters.AsciiMsgTransmitter(config);
  return {
    decode(message) {
      parser.parseBuffer(message);
      return latest;
    },
    encode(msgType, fields) {
      transmitter.encoder.reset();
      transmitter.encodeMessage(msgType, fields);
      return transmitter.encoder.trim();
    },
    restart(time) {
      transmitter.msgSeqNum = 1;
      transmitter.time = time;
    },
  };
}
