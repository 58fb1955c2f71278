/**
 * Makes inputs from a seed: messages of the corpus, numbered as a session would have them, most of
 * them spoiled, now and then nothing but noise.
 */
import { CORPUS, CORPUS_TIME, type CorpusMessage, corpusFields } from '../support/fix-corpus.ts';
import { encodeMessage } from '../support/fix-message.ts';
import { mutated } from '../support/fix-mutator.ts';
import type { SeededRandom } from '../support/seeded-random.ts';
import type { FuzzInput } from './fuzz-target.ts';

/** The peer has sent its Logon. */
const FIRST_NUMBER = 2;
const MESSAGES_MAX = 5;
const NUMBERS_KEPT = 12;

/** As a message that was sent before, of which the peer is not sure whether it came. */
const again = (message: CorpusMessage): CorpusMessage => ({
  ...message,
  header: [[43, 'Y'], [122, CORPUS_TIME], ...message.header.filter(([tag]) => tag > 122)],
});

/** Text of every message of the corpus under every number that is used: composed once. */
const textsOf = (messages: readonly CorpusMessage[]): readonly (readonly string[])[] =>
  messages.map((message) =>
    Array.from({ length: NUMBERS_KEPT }, (_, number) =>
      encodeMessage('FIX.4.4', corpusFields(message, number)).toString('latin1'),
    ),
  );
const TEXTS = textsOf(CORPUS);
const TEXTS_AGAIN = textsOf(CORPUS.map(again));

export function randomInput(random: SeededRandom): FuzzInput {
  let text = '';
  let number = FIRST_NUMBER;
  for (let left = 1 + random.below(MESSAGES_MAX); left > 0; left--) {
    if (random.oneIn(10)) number = random.below(NUMBERS_KEPT);
    const texts = random.pick(random.oneIn(6) ? TEXTS_AGAIN : TEXTS);
    const message = texts[Math.min(number, NUMBERS_KEPT - 1)]!;
    text += random.oneIn(3) ? message : mutated(random, message, random.pick(random.pick(TEXTS)));
    number++;
  }
  return { text, seed: random.next() };
}
