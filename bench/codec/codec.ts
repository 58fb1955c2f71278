/** What a FIX message costs to read and to write, against the codecs that a Node.js program would otherwise use. */
import type { PreparedBench } from '../harness.ts';
import { prepareDecode } from './decode.ts';
import { prepareEncode } from './encode.ts';
import { jspurefixCodec } from './jspurefix-codec.ts';

export async function prepareCodec(): Promise<readonly PreparedBench[]> {
  const peer = await jspurefixCodec();
  return [prepareDecode('35=X', peer), prepareDecode('35=8', peer), prepareEncode(peer)];
}
