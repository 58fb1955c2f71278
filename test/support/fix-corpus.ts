/**
 * Sound FIX 4.4 messages of every kind that a session meets, as fields from MsgType on, for fuzzing
 * and for tests of framing: session messages, orders, executions, market data, messages with data
 * fields, and a message that holds another one.
 */
import type { Field, Fields } from '../../gateways/fix/codec.ts';
import { encodeMessage } from './fix-message.ts';

/** 2012-06-21 13:30:00 UTC, the time of all of them. */
export const CORPUS_TIME = '20120621-13:30:00.000';

export interface CorpusMessage {
  readonly msgType: string;
  readonly body: Fields;
  /** Header fields beyond 35, 49, 56, 34 and 52. */
  readonly header: Fields;
}

/** "55=GOOG 268=1" as fields; `_` stands for a blank in a value. */
function fieldsOf(text: string): Field[] {
  if (text === '') return [];
  return text.split(' ').map((field): Field => {
    const at = field.indexOf('=');
    return [Number(field.slice(0, at)), field.slice(at + 1).replaceAll('_', ' ')];
  });
}

const EXECUTION = '37=V1 11=AAAAAAA1 17=E1 150=0 39=0 55=GOOG 54=1 151=100 14=0 6=0';
const BODIES: readonly (readonly [msgType: string, body: string, header?: string])[] = [
  ['A', '98=0 108=30'],
  ['A', '98=0 108=30 141=Y'],
  ['A', '98=0 108=30 95=8 96=password 553=user'],
  ['0', ''],
  ['0', '112=TEST'],
  ['1', '112=TEST'],
  ['2', '7=1 16=0'],
  ['2', '7=2 16=5'],
  ['3', '45=2 371=38 372=D 373=6 58=no'],
  ['4', '123=Y 36=7', '43=Y 122=20120621-13:29:59.000'],
  ['4', '36=9'],
  ['4', '36=3'],
  ['5', '58=bye'],
  ['D', '11=AAAAAAA1 1=ACC 21=1 55=GOOG 54=1 60=20120621-13:30:00.000 38=100 40=2 44=579.4 59=0'],
  ['F', '41=AAAAAAA1 11=AAAAAAA2 55=GOOG 54=1 60=20120621-13:30:00.000 38=100'],
  ['G', '41=AAAAAAA1 11=AAAAAAA3 21=1 55=GOOG 54=2 60=20120621-13:30:00.000 38=9 40=2 44=580'],
  ['H', '11=AAAAAAA1 55=GOOG 54=1'],
  ['q', '11=AAAAAAA4 530=7 60=20120621-13:30:00.000'],
  ['V', '262=MD1 263=1 264=10 265=1 267=2 269=0 269=1 146=1 55=GOOG'],
  ['8', EXECUTION],
  ['8', `${EXECUTION} 38=100 44=579.4 59=0 40=2 1=ACC 60=20120621-13:30:00.000 58=a_text`],
  [
    '8',
    '37=V1 11=AAAAAAA1 17=E2 150=F 39=1 55=GOOG 54=1 151=60 14=40 6=579.4 32=40 31=579.4 851=1',
  ],
  ['8', '37=V1 11=AAAAAAA2 41=AAAAAAA1 17=E3 150=4 39=4 55=GOOG 54=1 151=0 14=40 6=579.4'],
  ['8', `${EXECUTION} 103=0 58=unknown 354=5 355=x=\x011=`],
  ['9', '37=V1 11=AAAAAAA2 41=AAAAAAA1 39=0 434=1 102=1'],
  ['r', '37=V1 11=AAAAAAA4 530=7 531=7 533=2'],
  [
    'W',
    '55=GOOG 5060=20120621-13:30:00.000000001 268=2 269=0 270=579.4 271=496 269=1 270=579.5 271=5',
  ],
  ['W', '262=MD1 55=AAPL 5060=20120621-13:30:00.000000001 268=0'],
  ['X', '5060=20120621-13:30:00.000000002 268=1 279=0 269=0 55=GOOG 270=579.4 271=496'],
  ['X', '268=2 279=1 269=1 55=GOOG 270=579.5 271=7 279=2 269=0 270=579.4'],
  ['X', '262=MD1 268=1 279=0 269=2 55=GOOG 270=579.45 271=3', '50=SUB 57=DESK'],
  ['j', '45=3 372=D 380=3 58=unsupported'],
  ['B', '148=News 33=1 58=line 95=11 96=a\x0110=123\x01bc'],
  ['d', '320=R1 322=S1 323=1 393=1 55=GOOG'],
  ['U1', '5061=7'],
  ['ZZ', '58=unknown'],
];

function embedding(inner: string): readonly CorpusMessage[] {
  const data = (tag: number): Field[] => [
    [tag, inner.length],
    [tag + 1, inner],
  ];
  return [
    { msgType: '0', header: data(212), body: [] },
    { msgType: 'B', header: [], body: [[148, 'News'], [33, 1], [58, 'x'], ...data(95)] },
    { msgType: '8', header: [], body: [...fieldsOf(EXECUTION), ...data(354)] },
  ];
}

/** Header and body of a message from `sender`; `header` follows the usual header fields. */
export function corpusFields(
  { msgType, header, body }: CorpusMessage,
  msgSeqNum: number,
  { sender = 'SIM', target = 'GYRFALCON', time = CORPUS_TIME } = {},
): Field[] {
  return [
    [35, msgType],
    [34, msgSeqNum],
    [49, sender],
    [52, time],
    [56, target],
    ...header,
    ...body,
  ];
}

const PLAIN: readonly CorpusMessage[] = BODIES.map(([msgType, body, header = '']) => ({
  msgType,
  body: fieldsOf(body),
  header: fieldsOf(header),
}));
const REPORT = PLAIN.find(({ msgType }) => msgType === '8')!;
const INNER = encodeMessage('FIX.4.4', corpusFields(REPORT, 77)).toString('latin1');

export const CORPUS: readonly CorpusMessage[] = [...PLAIN, ...embedding(INNER)];
