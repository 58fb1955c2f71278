/**
 * The plain twin of order-encode.ts: the message of INTENT as text, put together from a list of fields.
 * Decimals and times go through BigInt and Date, not through the kernel's arithmetic.
 */
import * as L from './layout.ts';
import type { Memory } from './memory.ts';

const SOH = '\x01';
type Field = readonly [tag: number, value: string];

/** The bytes that the intent becomes on the session. */
export function encodeIntentReference(memory: Memory, session: number): string {
  const kind = memory.i32(L.INTENT + L.INT_KIND);
  const order = L.ORDERS + memory.i32(L.INTENT + L.INT_ORDER_SLOT) * L.ORDER_BYTES;
  const isNew = kind === L.INTENT_NEW;
  const isCancel = kind === L.INTENT_CANCEL;
  const pick = (ofIntent: number, ofOrder: number) =>
    memory.i32(isNew ? L.INTENT + ofIntent : order + ofOrder);
  const instrument = L.INSTRUMENTS + pick(L.INT_INSTRUMENT, L.ORD_INSTRUMENT) * L.INSTRUMENT_BYTES;
  const account = L.ACCOUNTS + pick(L.INT_ACCOUNT, L.ORD_ACCOUNT) * L.ACCOUNT_BYTES;
  const ordType = String.fromCharCode(pick(L.INT_ORD_TYPE, L.ORD_ORD_TYPE));
  const venueId = memory.text(order + L.ORD_ORDER_ID, memory.i32(order + L.ORD_ORDER_ID_LENGTH));
  const lotE8 = memory.absoluteNs(instrument + L.INS_LOT_E8);
  const qty = isCancel ? order + L.ORD_QTY_LOTS : L.INTENT + L.INT_QTY_LOTS;
  const price = memory.absoluteNs(L.INTENT + L.INT_PRICE_TICKS);
  const terms: Field[] = [
    [40, ordType],
    ...(ordType === '2' ? [priceField(memory, instrument, price)] : []),
    [59, String.fromCharCode(pick(L.INT_TIME_IN_FORCE, L.ORD_TIME_IN_FORCE))],
    [21, '1'],
  ];
  const fields: Field[] = [
    ...(isNew ? [] : [[41, clOrdId(memory, order + L.ORD_CLORDID)] as const]),
    [11, clOrdId(memory, L.INTENT + L.INT_SEQUENCE)],
    ...(isNew || venueId === '' ? [] : [[37, venueId] as const]),
    [1, memory.text(account + L.ACC_NAME, 32)],
    [55, memory.text(instrument + L.INS_SYMBOL, 32)],
    [54, String(pick(L.INT_SIDE, L.ORD_SIDE))],
    [60, utc(memory, session)],
    [38, decimal(memory.absoluteNs(qty) * lotE8)],
    ...(isCancel ? [] : terms),
  ];
  return message(memory, session, isNew ? 'D' : isCancel ? 'F' : 'G', fields);
}

/** The bytes of "done through". */
export function encodeDoneThroughReference(
  memory: Memory,
  session: number,
  msgSeqNum: number,
): string {
  return message(memory, session, 'U1', [[5061, String(msgSeqNum)]]);
}

function priceField(memory: Memory, instrument: number, price: bigint): Field {
  return [44, decimal(price * memory.absoluteNs(instrument + L.INS_TICK_E8))];
}

function message(memory: Memory, session: number, type: string, fields: readonly Field[]): string {
  const block = L.SESSIONS + session * L.SESSION_BYTES;
  const header: Field[] = [
    [35, type],
    [49, memory.text(block + L.SES_SENDER, 64)],
    [56, memory.text(block + L.SES_TARGET, 64)],
    [34, memory.absoluteNs(block + L.SES_NEXT_OUT).toString()],
  ];
  const further = memory.text(block + L.SES_HEADER, memory.i32(block + L.SES_HEADER_LENGTH));
  const body = text(header) + further + text([[52, utc(memory, session)], ...fields]);
  const front = text([
    [8, memory.text(block + L.SES_BEGIN, 16)],
    [9, String(body.length)],
  ]);
  const sum = [...(front + body)].reduce((total, each) => total + each.charCodeAt(0), 0);
  return front + body + text([[10, String(sum % 256).padStart(3, '0')]]);
}

const text = (fields: readonly Field[]) =>
  fields.map(([tag, value]) => `${tag}=${value}${SOH}`).join('');

function clOrdId(memory: Memory, sequence: number): string {
  const prefix = memory.text(L.CTL_CLORDID_PREFIX, L.CLORDID_PREFIX_BYTES);
  return prefix + memory.absoluteNs(sequence).toString();
}

/** Of a number x 10^8. */
function decimal(e8: bigint): string {
  const digits = e8.toString().padStart(9, '0');
  const fraction = digits.slice(-8).replace(/0+$/, '');
  return digits.slice(0, -8) + (fraction === '' ? '' : `.${fraction}`);
}

/** The time now, as precise as the session writes it. */
function utc(memory: Memory, session: number): string {
  const ns = memory.absoluteNs(L.CTL_NOW_NS);
  const bytes = memory.i32(L.SESSIONS + session * L.SESSION_BYTES + L.SES_TIME_BYTES);
  const second = new Date(Number(ns / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  const fraction = (ns % 1_000_000_000n).toString().padStart(9, '0');
  return `${second.replaceAll('-', '').replace('T', '-')}.${fraction}`.slice(0, bytes);
}
