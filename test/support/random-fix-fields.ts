/**
 * Random messages that are sound by a dictionary, for tests: every required field, some others,
 * groups with entries, values of their type; body fields in any order, as FIX allows.
 */
import type { Field } from '../../gateways/fix/codec.ts';
import type {
  Dictionary,
  FieldDef,
  Level,
  Member,
} from '../../gateways/fix/dictionary/dictionary.ts';
import { VERSION_TRAITS } from '../../gateways/fix/version.ts';
import type { SeededRandom } from './seeded-random.ts';

const ENTRIES_MAX = 3;
const NESTING_MAX = 3;

/** A whole message without BeginString, BodyLength and CheckSum: MsgType first. */
export function randomFields(
  random: SeededRandom,
  dictionary: Dictionary,
  msgType: string,
  oneFieldIn = 12,
): Field[] {
  const maker = new FieldMaker(random, dictionary, oneFieldIn);
  const isOwn = ([tag]: Field) => tag !== 8 && tag !== 9 && tag !== 35 && tag !== 10;
  return [
    [35, msgType],
    ...maker.shuffled(dictionary.header).filter(isOwn),
    ...maker.shuffled(dictionary.message(msgType)!.body),
    ...maker.shuffled(dictionary.trailer).filter(isOwn),
  ];
}

class FieldMaker {
  readonly #random: SeededRandom;
  readonly #dictionary: Dictionary;
  readonly #oneFieldIn: number;

  constructor(random: SeededRandom, dictionary: Dictionary, oneFieldIn: number) {
    this.#random = random;
    this.#dictionary = dictionary;
    this.#oneFieldIn = oneFieldIn;
  }

  shuffled(level: Level): Field[] {
    const blocks = this.#blocks(level, [level]);
    for (let at = blocks.length - 1; at > 0; at--) {
      const other = this.#random.below(at + 1);
      [blocks[at], blocks[other]] = [blocks[other]!, blocks[at]!];
    }
    return blocks.flat();
  }

  /** What stands together: a field, a length and its data, a count and its entries. */
  #blocks(level: Level, around: readonly Level[]): Field[][] {
    const { members } = level;
    const blocks: Field[][] = [];
    for (let at = 0; at < members.length; at++) {
      const member = members[at]!;
      const { field } = member;
      const dataTag = this.#dictionary.dataTags.get(field.tag);
      if (!this.#isWanted(member, around)) {
        if (dataTag !== undefined) at += 1;
      } else if (dataTag !== undefined) {
        const data = Array.from({ length: 1 + this.#random.below(9) }, () =>
          String.fromCharCode(this.#random.below(256)),
        ).join('');
        blocks.push([
          [field.tag, data.length],
          [dataTag, data],
        ]);
        at += 1;
      } else if (member.group !== undefined) blocks.push(this.#group(member, around));
      else blocks.push([[field.tag, randomValue(this.#random, this.#dictionary, field)]]);
    }
    return blocks;
  }

  /** Required, or taken by chance; a group's field that a level around has too is always there. */
  #isWanted({ isRequired, field, group, place }: Member, around: readonly Level[]): boolean {
    const isEntry = around.length > 1;
    if (isRequired || (isEntry && place === 0)) return true;
    if (isEntry && around.slice(0, -1).some(({ byTag }) => byTag.has(field.tag))) return true;
    if (group !== undefined && around.length > NESTING_MAX) return false;
    return this.#random.oneIn(group === undefined ? this.#oneFieldIn : this.#oneFieldIn * 4);
  }

  #group({ field, group }: Member, around: readonly Level[]): Field[] {
    const { values } = field;
    const listed = values === undefined ? undefined : this.#random.pick([...values.keys()]);
    const length = listed === undefined ? this.#random.below(ENTRIES_MAX) : Number(listed);
    const entries = Array.from({ length }, () => this.#blocks(group!, [...around, group!]).flat());
    return [[field.tag, entries.length], ...entries.flat()];
  }
}

/** A value that fits the field's type and, where it lists values, is one of them. */
function randomValue(random: SeededRandom, dictionary: Dictionary, field: FieldDef): string {
  const { applVerId } = VERSION_TRAITS[dictionary.version];
  if (field.tag === 1128 && applVerId !== undefined) return applVerId;
  if (field.values !== undefined) return random.pick([...field.values.keys()]);
  return random.pick(EXAMPLES[field.type] ?? ['x', 'some text', 'a=b', '\xe9', '0']);
}

const DECIMALS = ['0', '10', '-1.5', '002000.00', '.5', '7.', '-0.000000001'];
const DATES = ['20120621', '20240229', '20000229', '19991231'];
const TIMES = ['00:00:00', '23:59:60', '13:30:00.004', '13:30:00.123456789012'];
const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  AMT: DECIMALS,
  BOOLEAN: ['Y', 'N'],
  CHAR: ['1', 'A', '\xe9', '='],
  COUNTRY: ['US'],
  CURRENCY: ['USD', 'EUR'],
  DAYOFMONTH: ['1', '01', '31'],
  FLOAT: DECIMALS,
  INT: ['0', '-5', '007', '123456789012'],
  LANGUAGE: ['en'],
  LENGTH: ['0', '12'],
  LOCALMKTDATE: DATES,
  LOCALMKTTIME: ['13:30:00'],
  MONTHYEAR: ['201206', '20120621', '201206w5'],
  MULTIPLECHARVALUE: ['1', 'a b c'],
  MULTIPLESTRINGVALUE: ['one', 'one two'],
  MULTIPLEVALUESTRING: ['one', 'one two'],
  NUMINGROUP: ['0'],
  PERCENTAGE: DECIMALS,
  PRICE: DECIMALS,
  PRICEOFFSET: DECIMALS,
  QTY: DECIMALS,
  SEQNUM: ['0', '1', '9007199254740993'],
  TAGNUM: ['1', '5061'],
  TZTIMEONLY: ['13:30', '13:30Z', '13:30:00.5+02', '13:30:00-05:30'],
  TZTIMESTAMP: ['20120621-13:30:00', '20120621-13:30Z', '20120621-13:30:00.001+14:00'],
  UTCDATE: DATES,
  UTCDATEONLY: DATES,
  UTCTIMEONLY: TIMES,
  UTCTIMESTAMP: TIMES.map((time) => `20120621-${time}`),
};
