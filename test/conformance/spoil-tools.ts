/** Ways to spoil an answer, for the table in spoils.ts. */
import type { WireField } from './compose.ts';
import { type Answer, type Delivery, framed, type Spoil } from './spoiler.ts';

const SEQUENCE_RESET = '4';
const HEARTBEAT = '0';
const ORDER = 'D';

type Test = (answer: Answer) => boolean;
type Change = (fields: readonly WireField[]) => readonly WireField[];

const textOf = (answer: Answer, wanted: string): string | undefined =>
  answer.fields.find(({ tag }) => tag === wanted)?.value;
export const is =
  (msgType: string): Test =>
  (answer) =>
    answer.msgType === msgType;
export const isResent: Test = (answer) => textOf(answer, '43') === 'Y';
export const isResentOrder: Test = (answer) => answer.msgType === ORDER && isResent(answer);
export const isFirstOrder: Test = (answer) => answer.msgType === ORDER && !isResent(answer);
export const isUnasked: Test = (answer) =>
  answer.msgType === HEARTBEAT && textOf(answer, '112') === undefined;
export const asItIs = (answer: Answer): Delivery => ({ raw: answer.raw });

/** Where the test holds the answer becomes what `make` says. */
export const instead =
  (when: Test, make: (answer: Answer) => readonly Delivery[]): Spoil =>
  () =>
  (answer) =>
    when(answer) ? make(answer) : [asItIs(answer)];
export const drop = (when: Test): Spoil => instead(when, () => []);
export const edit = (when: Test, change: Change): Spoil =>
  instead(when, (answer) => [{ raw: framed(change(answer.fields)) }]);

export const set =
  (wanted: string, change: (value: string) => string): Change =>
  (fields) =>
    fields.map(({ tag, value }) => ({ tag, value: tag === wanted ? change(value) : value }));
export const remove =
  (wanted: string): Change =>
  (fields) =>
    fields.filter(({ tag }) => tag !== wanted);
/** In front of the CheckSum. */
export const add =
  (tag: string, value: string): Change =>
  (fields) => [...fields.slice(0, -1), { tag, value }, fields.at(-1)!];
export const higher = (value: string): string => String(Number(value) + 1);

/** Two answers of a kind change places. */
export const swapped: Spoil = () => {
  let held: Answer | undefined;
  return (answer) => {
    if (!isResentOrder(answer)) return [asItIs(answer)];
    if (held === undefined) {
      held = answer;
      return [];
    }
    const first = held;
    held = undefined;
    return [asItIs(answer), asItIs(first)];
  };
};

/** One gap fill as two. */
export const splitGapFill = instead(is(SEQUENCE_RESET), (answer) => {
  const first = Number(textOf(answer, '34'));
  const last = textOf(answer, '36')!;
  const piece = (from: string, to: string): Delivery => ({
    raw: framed(set('36', () => to)(set('34', () => from)(answer.fields))),
  });
  const middle = String(first + 1);
  return [piece(String(first), middle), piece(middle, last)];
});

/** A resent order as a gap fill of its number. */
export const gapFillInstead = instead(isResentOrder, (answer) => {
  const number = textOf(answer, '34')!;
  const header = answer.fields.filter(({ tag }) =>
    ['8', '9', '34', '49', '56', '52', '43', '122'].includes(tag),
  );
  const fields = [...header.slice(0, 2), { tag: '35', value: SEQUENCE_RESET }, ...header.slice(2)];
  const body = [
    { tag: '123', value: 'Y' },
    { tag: '36', value: higher(number) },
  ];
  return [{ raw: framed([...fields, ...body]) }];
});

export const swapFirstTwoOf =
  (wanted: string): Change =>
  (fields) => {
    const places = fields.flatMap(({ tag }, index) => (tag === wanted ? [index] : []));
    const [first, second] = places;
    if (first === undefined || second === undefined) return fields;
    return fields.map((field, index) =>
      index === first ? fields[second]! : index === second ? fields[first]! : field,
    );
  };

export const moveToEnd =
  (wanted: string): Change =>
  (fields) => {
    const moved = fields.filter(({ tag }) => tag === wanted);
    return [...remove(wanted)(fields).slice(0, -1), ...moved, fields.at(-1)!];
  };

/** As bytes: BodyLength and CheckSum are not counted anew. */
export const bytes = (when: Test, change: (raw: string) => string): Spoil =>
  instead(when, (answer) => [{ raw: change(answer.raw) }]);

export const twice = (when: Test): Spoil =>
  instead(when, (answer) => [asItIs(answer), asItIs(answer)]);
export const unaskedHeartbeat = (answer: Answer): Delivery => ({
  raw: framed([
    ...set(
      '35',
      () => HEARTBEAT,
    )(set('34', higher)(answer.fields)).filter(({ tag }) =>
      ['8', '35', '34', '49', '52', '56'].includes(tag),
    ),
  ]),
});
