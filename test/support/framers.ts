/**
 * The three framers side by side: FrameReader, WASM and the plain twin, over one stream in the same
 * portions, for tests that demand the same answer of all.
 */
import { FrameReader } from '../../gateways/fix/transport/frame-reader.ts';
import { referenceFrames } from '../../wasm/fix-frame-reference.ts';
import * as L from '../../wasm/layout.ts';
import type { DecodeHarness } from './decode-harness.ts';
import type { SeededRandom } from './seeded-random.ts';

/** A long text does not come in very small portions: that takes long and shows nothing more. */
const PORTIONS_USUAL = 200;

export interface Framed {
  /** Messages by the portion that completed them: "3 8=FIX…". */
  readonly frames: readonly string[];
  readonly garbled: number;
}

export function frameReaderFrames(portions: readonly string[]): Framed {
  const reader = new FrameReader();
  const frames: string[] = [];
  for (const [index, portion] of portions.entries()) {
    reader.push(Buffer.from(portion, 'latin1'), (frame) =>
      frames.push(`${index} ${Buffer.from(frame).toString('latin1')}`),
    );
  }
  return { frames, garbled: reader.garbled };
}

/** `garbled` counts as FrameReader does: a beginning of a message, or a run of other bytes. */
export function wasmFrames(harness: DecodeHarness, portions: readonly string[]): Framed {
  harness.forget();
  const frames: string[] = [];
  let garbled = 0;
  let skipped = '';
  for (const [index, portion] of portions.entries()) {
    for (const { text, decoded } of harness.receive(portion)) {
      if (decoded.kind !== L.DECODED_GARBLED) {
        frames.push(`${index} ${text}`);
        skipped = '';
        continue;
      }
      const isSkipped = decoded.error === L.FIX_FIRST_FIELDS;
      if (!isSkipped || skipped === '' || text.startsWith('8=FIX')) garbled++;
      skipped = isSkipped ? text : '';
    }
  }
  return { frames, garbled };
}

/** The whole stream at once: messages without a portion. */
export function plainFrames(stream: string): Framed {
  const pieces = referenceFrames(stream);
  const frames = pieces.filter(({ error }) => error === 0).map(({ text }) => text);
  return { frames, garbled: pieces.length - frames.length };
}

/**
 * The messages of the stream as all three cut it, or a text that says where they differ. FrameReader
 * and WASM must also find each message with the same portion.
 */
export function agreedFrames(
  harness: DecodeHarness,
  portions: readonly string[],
): readonly string[] | string {
  const plain = plainFrames(portions.join(''));
  const reader = frameReaderFrames(portions);
  const wasm = wasmFrames(harness, portions);
  const isSame = reader.frames.join() === wasm.frames.join() && reader.garbled === wasm.garbled;
  if (!isSame) return `FrameReader ${shown(reader)}; WASM ${shown(wasm)}`;
  const frames = reader.frames.map((frame) => frame.slice(frame.indexOf(' ') + 1));
  if (frames.join() === plain.frames.join() && reader.garbled === plain.garbled) return frames;
  return `FrameReader and WASM ${shown(reader)}; plain ${shown(plain)}`;
}

const shown = ({ frames, garbled }: Framed): string =>
  `${JSON.stringify(frames)}, ${garbled} garbled`;

/** The text in random portions, none much longer than what a socket hands over at once. */
export function randomPortions(random: SeededRandom, text: string): string[] {
  const portions: string[] = [];
  const lengthMax = Math.max(random.pick([2, 30, 400, 65_536]), text.length / PORTIONS_USUAL);
  for (let at = 0; at < text.length; ) {
    const length = 1 + random.below(lengthMax);
    portions.push(text.slice(at, at + length));
    at += length;
  }
  return portions;
}
