/** Targets below the session: framing, fields, the fast decode, and what it may take. */
import { parseMessage } from '../../gateways/fix/codec.ts';
import { checkFraming, checkHeader } from '../../gateways/fix/session/session-checks.ts';
import { type ReferenceSession, referenceDecode } from '../../wasm/fix-decode-reference.ts';
import * as L from '../../wasm/layout.ts';
import { DecodeHarness, NOW_NS, SESSION_OF_TEST, summary } from '../support/decode-harness.ts';
import { agreedFrames, plainFrames, randomPortions } from '../support/framers.ts';
import { SeededRandom } from '../support/seeded-random.ts';
import { sessionConfig } from '../support/session-config.ts';
import { STRICT_CHECK } from '../support/twin-rig.ts';
import type { FuzzTarget } from './fuzz-target.ts';

const harness = new DecodeHarness();
const SESSION: ReferenceSession = {
  ...SESSION_OF_TEST,
  sender: 'GYRFALCON',
  target: 'SIM',
  marketTimeTag: 5060,
  clOrdIdPrefix: SESSION_OF_TEST.clOrdIdPrefix,
};
const CONFIG = sessionConfig({
  senderCompId: SESSION.sender,
  targetCompId: SESSION.target,
  sendingTimeToleranceS: Number(SESSION.maxLatencyNs / 1_000_000_000n),
});

const framing: FuzzTarget = {
  name: 'framing',
  share: 2,
  run({ text, seed }) {
    const frames = agreedFrames(harness, randomPortions(new SeededRandom(seed), text));
    return typeof frames === 'string' ? frames : undefined;
  },
};

/** A message that was cut into fields is those fields and nothing else. */
const fields: FuzzTarget = {
  name: 'fields',
  share: 2,
  run({ text }) {
    for (const each of [text, ...plainFrames(text).frames]) {
      const message = parseMessage(Buffer.from(each, 'latin1'));
      if (message === undefined) continue;
      const tags = Array.from({ length: message.count }, (_, index) => message.tagAt(index));
      const written = tags.map((_, index) =>
        message.text.slice(message.startAt(index), message.endAt(index)),
      );
      if (written.some((value, index) => value !== message.valueAt(index))) return 'values differ';
      const length = tags.reduce(
        (sum, _, index) => sum + message.endAt(index) - message.startAt(index),
        0,
      );
      if (length >= each.length) return `values of ${length} bytes in a message of ${each.length}`;
      if (tags[0] !== 8 || tags[1] !== 9 || tags[2] !== 35)
        return `it begins with ${tags.slice(0, 3)}`;
      if (tags.indexOf(10) !== tags.length - 1) return 'CheckSum is not the last field alone';
    }
    return undefined;
  },
};

/** The number that the message says it has: mostly the one that is awaited. */
function sessionFor(text: string, random: SeededRandom): ReferenceSession {
  const said = /(?<!\d)34=(\d{1,15})(?!\d)/.exec(text);
  const nextIn = said === null || random.oneIn(20) ? 2n : BigInt(said[1]!) || 1n;
  return { ...SESSION, nextIn, isLive: !random.oneIn(30) };
}

const decode: FuzzTarget = {
  name: 'decode',
  share: 3,
  run({ text, seed }) {
    const random = new SeededRandom(seed);
    for (const frame of plainFrames(text).frames) {
      const session = sessionFor(frame, random);
      harness.setSession(session);
      harness.forget();
      const found = harness.receive(frame).map(({ decoded }) => summary(decoded));
      const expected = summary(referenceDecode(frame, session, true));
      if (found.join() !== expected) return `fixNext: ${found.join()}; plain: ${expected}`;
      const accepted = summary(harness.decodeAccepted(frame));
      const plain = summary(referenceDecode(frame, session, false));
      if (accepted !== plain) return `fixDecode: ${accepted}; plain: ${plain}`;
    }
    return undefined;
  },
};

/** The fast path takes nothing that the session would have refused. */
const whitelist: FuzzTarget = {
  name: 'whitelist',
  share: 3,
  run({ text, seed }) {
    const random = new SeededRandom(seed);
    for (const frame of plainFrames(text).frames) {
      harness.setSession(sessionFor(frame, random));
      harness.forget();
      const [piece] = harness.receive(frame);
      if (piece === undefined || piece.decoded.kind === L.DECODED_SLOW) continue;
      const message = parseMessage(Buffer.from(frame, 'latin1'));
      if (message === undefined) return 'the fast path took what is garbled';
      const why =
        checkFraming(message, CONFIG) ??
        checkHeader(message, CONFIG, NOW_NS)?.text ??
        STRICT_CHECK(message)?.text;
      if (why !== undefined) return `the fast path took what is refused: ${why}`;
    }
    return undefined;
  },
};

export const CODEC_TARGETS: readonly FuzzTarget[] = [framing, fields, decode, whitelist];
