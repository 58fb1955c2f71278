/** Returns, covariance and Cholesky: right on known figures, and refusing what is no covariance. */
import { describe, expect, test } from 'vitest';
import { choleskyFactor, returnMoments, simpleReturns } from './covariance.ts';

test('a simple return is the relative change from close to close', () => {
  expect(simpleReturns([100, 110, 99])).toEqual([110 / 100 - 1, 99 / 110 - 1]);
});

test('mean and covariance divide by n and n - 1', () => {
  const moments = returnMoments([
    { name: 'A', closes: [100, 110, 110, 121] }, // 10 %, 0, 10 %
    { name: 'B', closes: [100, 100, 120, 120] }, // 0, 20 %, 0
  ]);
  expect(moments.mean[0]).toBeCloseTo(0.2 / 3, 14);
  expect(moments.covariance[0]![0]).toBeCloseTo(0.01 / 3, 14);
  expect(moments.covariance[0]![1]).toBeCloseTo(-0.02 / 3, 14);
  expect(moments.covariance[1]![1]).toBeCloseTo(0.04 / 3, 14);
});

test.each([
  ['a constant column', [5, 5, 5, 5], 'column B never changes'],
  ['a column that is too short', [5, 6], 'column B has 2 closes; a covariance needs at least 3'],
  ['columns of different days', [5, 6, 7], 'column B has 3 closes, A has 4'],
])('%s is refused by name', (_what, closes, message) => {
  const columns = [
    { name: 'A', closes: [1, 2, 3, 4] },
    { name: 'B', closes },
  ];
  expect(() => returnMoments(columns)).toThrow(message);
});

describe('the Cholesky factor', () => {
  const names = ['A', 'B', 'C'];

  test('multiplied by its transpose is the covariance', () => {
    const covariance = [
      [4, 2, -2],
      [2, 10, 2],
      [-2, 2, 6],
    ];
    expect([...choleskyFactor(covariance, names)]).toEqual([2, 1, 3, -1, 1, 2]);
  });

  test('of a repeated column has a zero pivot', () => {
    const covariance = [
      [4, 4, 2],
      [4, 4, 2],
      [2, 2, 2],
    ];
    expect([...choleskyFactor(covariance, names)]).toEqual([2, 2, 0, 1, 0, 1]);
  });

  test.each([
    [
      'a correlation above 1',
      [
        [1, 2],
        [2, 1],
      ],
      'not positive semi-definite at B',
    ],
    [
      'a negative variance',
      [
        [-1, 0],
        [0, 1],
      ],
      'not positive semi-definite at A',
    ],
    [
      'entries that differ across the diagonal',
      [
        [1, 0.5],
        [0.4, 1],
      ],
      'its entries with B are 0.5',
    ],
    [
      'a value that is no number',
      [
        [1, Number.NaN],
        [Number.NaN, 1],
      ],
      'at A: its entries with B',
    ],
    ['a row cut short', [[1, 0.5], [0.5]], 'its row has 1 of 2 entries'],
    [
      'columns that repeat but disagree with a third',
      [
        [1, 1, 0.5],
        [1, 1, -0.5],
        [0.5, -0.5, 1],
      ],
      'not positive semi-definite at C: it does not fit B',
    ],
  ])('of %s is refused', (_what, covariance, message) => {
    expect(() => choleskyFactor(covariance, names)).toThrow(message);
  });
});
