/** A strategy's declared fields lie in shared memory, and all its instruments look alike to its code. */
import { setFlagsFromString } from 'node:v8';
import { expect, test } from 'vitest';
import * as L from '../../wasm/layout.ts';
import { Memory } from '../../wasm/memory.ts';
import { stateClassOf } from './declared-state.ts';

const FIELDS = ['sinceNs', 'entryTicks'];
const memory = new Memory();
const State = stateClassOf(FIELDS);
const stateOf = (instrument: number) =>
  new State(memory, L.STRATEGY_STATE + instrument * FIELDS.length * 8);

test('fields are read and written where they were declared, each instrument apart', () => {
  const [first, second] = [stateOf(0), stateOf(1)];
  first.sinceNs = 1.5;
  first.entryTicks = -2;
  second.entryTicks = 7e15;
  const words = [0, 8, 16, 24].map((offset) => memory.f64(L.STRATEGY_STATE + offset));
  expect(words).toEqual([1.5, -2, 0, 7e15]);
  memory.setF64(L.STRATEGY_STATE + 16, 3);
  expect([first.sinceNs, first.entryTicks, second.sinceNs, second.entryTicks]).toEqual([
    1.5, -2, 3, 7e15,
  ]);
});

test('a field that was not declared cannot be written', () => {
  expect(() => {
    stateOf(0).entryTick = 1;
  }).toThrow(TypeError);
});

test('a thousand instruments have one shape', () => {
  setFlagsFromString('--allow-natives-syntax');
  const haveSameShape = new Function('a', 'b', 'return %HaveSameMap(a, b)') as (
    a: object,
    b: object,
  ) => boolean;
  const first = stateOf(0);
  for (let instrument = 1; instrument < 1000; instrument++)
    expect(haveSameShape(first, stateOf(instrument))).toBe(true);
});
