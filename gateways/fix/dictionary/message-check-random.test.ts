/**
 * Messages made at random out of a dictionary, as they are and spoiled: the check finds the fault
 * that was put in, and its slow plain twin says the same of every message.
 */
import { describe, expect, test } from 'vitest';
import { CORPUS, corpusFields } from '../../../test/support/fix-corpus.ts';
import { encodeMessage } from '../../../test/support/fix-message.ts';
import { mutated } from '../../../test/support/fix-mutator.ts';
import { randomFields } from '../../../test/support/random-fix-fields.ts';
import { SeededRandom } from '../../../test/support/seeded-random.ts';
import { type Field, type FixMessage, parseMessage } from '../codec.ts';
import { beginStringOf, FIX_VERSIONS, type FixVersion } from '../version.ts';
import { type Dictionary, loadDictionary } from './dictionary.ts';
import { type MessageRules, messageCheck, STRICT } from './message-check.ts';
import { messageCheckReference } from './message-check-reference.ts';

const SEEDS = [1, 2, 20_120_621];
const LENIENT = Object.fromEntries(
  Object.keys(STRICT).map((rule) => [rule, 'lenient']),
) as unknown as MessageRules;

function message(version: FixVersion, fields: readonly Field[]): FixMessage {
  const parsed = parseMessage(encodeMessage(beginStringOf(version), fields));
  if (parsed === undefined) throw new Error(`garbled: ${JSON.stringify(fields)}`);
  return parsed;
}

/** What was done to a message, and the fault that it makes; undefined = not possible with it. */
type Spoiler = (
  fields: Field[],
  random: SeededRandom,
  dictionary: Dictionary,
) => readonly [tag: number, reason: number] | undefined;

const bodyOf = (fields: readonly Field[], dictionary: Dictionary) =>
  dictionary.message(String(fields[0]![1]))!.body;

/** Index of some field of the message's own level that neither counts nor measures another. */
function plainField(
  fields: readonly Field[],
  random: SeededRandom,
  dictionary: Dictionary,
): number {
  const { byTag } = bodyOf(fields, dictionary);
  const dataTags = new Set([...dictionary.dataTags].flat());
  const groups = [...byTag.values()].flatMap(({ group }) => [...(group?.byTag.keys() ?? [])]);
  const able = [...fields.keys()].filter((index) => {
    const tag = fields[index]![0];
    const member = byTag.get(tag);
    return member?.group === undefined && member && !groups.includes(tag) && !dataTags.has(tag);
  });
  return able.length === 0 ? -1 : random.pick(able);
}

const ILL_FORMED: Readonly<Record<string, readonly string[]>> = {
  AMT: ['+1', '1e5', '1.2.3', '-', '.', 'x'],
  BOOLEAN: ['y', 'YN', '1'],
  CHAR: ['AB'],
  CURRENCY: ['US', 'USDT', 'U$D'],
  INT: ['+1', '1.0', '-', '1 '],
  LOCALMKTDATE: ['20230229', '2023-01-01', '20231301', '19000229'],
  MONTHYEAR: ['20121', '201213', '201206w6', '201206w'],
  PRICE: ['+1', '1e5', '1.2.3', '-', '.', 'x'],
  QTY: ['+200.00', '1,000', '--1'],
  SEQNUM: ['-1', '+1', '1.0'],
  UTCTIMESTAMP: ['20120621', '20120621-24:00:00', '20120621-13:30:00.', '20120621-13:30:61'],
};

const SPOILERS: Readonly<Record<string, Spoiler>> = {
  'a field twice': (fields, random, dictionary) => {
    const at = plainField(fields, random, dictionary);
    if (at < 0) return undefined;
    fields.splice(at, 0, fields[at]!);
    return [fields[at]![0], 13];
  },
  'a field without value': (fields, random, dictionary) => {
    const at = plainField(fields, random, dictionary);
    if (at < 0) return undefined;
    fields[at] = [fields[at]![0], ''];
    return [fields[at][0], 4];
  },
  'a value that is not of the type': (fields, random, dictionary) => {
    const at = plainField(fields, random, dictionary);
    const tag = fields[at]?.[0] ?? 0;
    const wrong = ILL_FORMED[dictionary.field(tag)?.type ?? ''];
    if (at < 0 || wrong === undefined) return undefined;
    fields[at] = [tag, random.pick(wrong)];
    return [tag, 6];
  },
  'a value that is not listed': (fields, random, dictionary) => {
    const at = plainField(fields, random, dictionary);
    const field = dictionary.field(fields[at]?.[0] ?? 0);
    if (field?.values === undefined || field.type === 'BOOLEAN') return undefined;
    const wrong = { CHAR: '~', MULTIPLECHARVALUE: `${[...field.values.keys()][0]} ~` }[
      field.type as string
    ];
    fields[at] = [field.tag, wrong ?? '98765'];
    return [field.tag, 5];
  },
  'an undefined tag': (fields, random, dictionary) => {
    const tag = random.pick([0, -1, 5000, 9999, 60_000]);
    const body = bodyOf(fields, dictionary);
    const first = fields.findIndex(([known]) => body.byTag.has(known));
    fields.splice(first < 0 ? fields.length : first, 0, [tag, 'x']);
    return dictionary.trailer.byTag.has(fields.at(-2)?.[0] ?? 0) ? undefined : [tag, 0];
  },
  'a required field left out': (fields, random, dictionary) => {
    const { required } = bodyOf(fields, dictionary);
    const able = required.filter(
      ({ field, group }) =>
        group === undefined && fields.filter(([tag]) => tag === field.tag).length === 1,
    );
    if (able.length === 0) return undefined;
    const { tag } = random.pick(able).field;
    fields.splice(
      fields.findIndex((field) => field[0] === tag),
      1,
    );
    return [tag, 1];
  },
  'a header field in the body': (fields, random, dictionary) => {
    const at = plainField(fields, random, dictionary);
    if (at < 0) return undefined;
    fields.splice(at + 1, 0, [56, 'late']);
    return [56, 14];
  },
  'an undefined MsgType': (fields) => {
    fields[0] = [35, 'ZZZ'];
    return [35, 11];
  },
  'another ApplVerID': (fields, random, dictionary) => {
    if (dictionary.version !== 'FIX.5.0SP2') return undefined;
    const own = fields.findIndex(([tag]) => tag === 1128);
    if (own >= 0) fields.splice(own, 1);
    fields.splice(1, 0, [1128, random.pick(['6', '8', 'x'])]);
    return [1128, 18];
  },
  'a count that is too high': (fields, _random, dictionary) => {
    const { byTag } = bodyOf(fields, dictionary);
    const at = fields.findIndex(([tag]) => byTag.get(tag)?.group !== undefined && tag !== 552); // lists its values
    if (at < 0) return undefined;
    const [tag, count] = fields[at]!;
    fields[at] = [tag, Number(count) + 1];
    return [tag, 16];
  },
};

const mostlySmall = (dictionary: Dictionary) => (dictionary.version === 'FIX.5.0SP2' ? 200 : 12);

describe.each(FIX_VERSIONS)('%s', (version) => {
  const dictionary = loadDictionary(version);
  const check = messageCheck(dictionary, STRICT);
  const plain = messageCheckReference(dictionary, STRICT);
  const msgTypes = [...dictionary.messages.keys()];

  test.each(SEEDS)('every message made by the dictionary is sound, seed %d', (seed) => {
    const random = new SeededRandom(seed);
    for (const msgType of msgTypes) {
      const made = message(
        version,
        randomFields(random, dictionary, msgType, mostlySmall(dictionary)),
      );
      expect(check(made), made.text).toBeUndefined();
    }
  });

  test.each(Object.keys(SPOILERS))('%s is found and named', (name) => {
    const random = new SeededRandom(7);
    let done = 0;
    for (const msgType of msgTypes) {
      const fields = randomFields(random, dictionary, msgType, mostlySmall(dictionary));
      const expected = SPOILERS[name]!(fields, random, dictionary);
      if (expected === undefined) continue;
      done += 1;
      const made = message(version, fields);
      const found = check(made);
      expect([found?.refTag, found?.reason], made.text).toEqual(expected);
      expect([plain(made)?.refTag, plain(made)?.reason], made.text).toEqual(expected);
    }
    if (name !== 'another ApplVerID') expect(done).toBeGreaterThan(0);
  });

  const rules: [string, MessageRules][] = [
    ['strict', STRICT],
    ['lenient', LENIENT],
  ];
  test.each(rules)('the plain twin says the same of messages spoiled at random, %s', (_, set) => {
    const [fast, slow] = [messageCheck(dictionary, set), messageCheckReference(dictionary, set)];
    for (const seed of SEEDS) {
      const random = new SeededRandom(seed);
      for (let count = 0; count < (version === 'FIX.5.0SP2' ? 60 : 400); count++) {
        const fields = spoiled(random, dictionary, random.pick(msgTypes));
        const parsed = parseMessage(encodeMessage(beginStringOf(version), fields));
        if (parsed === undefined) continue;
        const [found, said] = [fast(parsed), slow(parsed)];
        const place = `seed ${seed}, message ${count}: ${parsed.text.replaceAll('\x01', '|')}`;
        expect([found?.refTag, found?.reason], place).toEqual([said?.refTag, said?.reason]);
      }
    }
  });
});

test.each(SEEDS)('no bytes make the check fail, and the twin agrees, seed %d', (seed) => {
  const random = new SeededRandom(seed);
  const dictionary = loadDictionary('FIX.4.4');
  const [fast, slow] = [
    messageCheck(dictionary, STRICT),
    messageCheckReference(dictionary, STRICT),
  ];
  const texts = CORPUS.map((one, index) =>
    encodeMessage('FIX.4.4', corpusFields(one, index + 1)).toString('latin1'),
  );
  for (let count = 0; count < 1500; count++) {
    const text = mutated(random, random.pick(texts), random.pick(texts));
    const parsed = parseMessage(Buffer.from(text, 'latin1'));
    if (parsed === undefined) continue;
    const [found, said] = [fast(parsed), slow(parsed)];
    const place = `seed ${seed}, message ${count}: ${text.replaceAll('\x01', '|')}`;
    expect([found?.refTag, found?.reason], place).toEqual([said?.refTag, said?.reason]);
  }
});

/** Fields moved, doubled, dropped, given another tag or value, up to four times. */
function spoiled(random: SeededRandom, dictionary: Dictionary, msgType: string): Field[] {
  const fields = randomFields(random, dictionary, msgType, mostlySmall(dictionary));
  const tags = [...bodyOf(fields, dictionary).byTag.keys(), 49, 627, 628, 1128, 89, 0, 999, 9999];
  for (let times = random.below(5); times > 0; times--) {
    const at = 1 + random.below(fields.length);
    const field = fields[at] ?? [58, 'x'];
    const change = random.below(5);
    if (change === 0) fields.splice(at, 1);
    else if (change === 1) fields.splice(1 + random.below(fields.length), 0, field);
    else if (change === 2) fields.splice(at, 1, [random.pick(tags), field[1]]);
    else if (change === 3) fields.splice(at, 1, [field[0], random.pick(['', '2', 'A', '+1', '~'])]);
    else fields.splice(1 + random.below(fields.length), 0, ...fields.splice(at, 1));
  }
  return fields;
}
