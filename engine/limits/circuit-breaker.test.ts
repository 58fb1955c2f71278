/** Circuit breakers: when they trip, and that they stay tripped. */
import { beforeEach, describe, expect, test } from 'vitest';
import * as desk from '../../test/support/desk.ts';
import * as L from '../../wasm/layout.ts';
import { Memory } from '../../wasm/memory.ts';
import { loadCore } from '../core-module.ts';
import { newOutcome } from '../orders/order-outcome.ts';
import { CircuitBreakers } from './circuit-breaker.ts';

const { MAKER, TAKER, SAP, NOON_NS } = desk;
const memory = new Memory();
const core = loadCore(memory);
let breakers: CircuitBreakers;
beforeEach(() => {
  desk.openDesk(memory);
  breakers = new CircuitBreakers(memory, {
    drawdownMax: '100.50',
    rejectsMax: 3,
    rejectsWindowS: 10,
    staleFeedMs: 1000,
  });
});

const at = (strategy: number, field: number) => memory.i32(desk.strategyAt(strategy) + field);
const tripped = (strategy: number) => at(strategy, L.STR_BREAKER);
const isHalted = (strategy: number) => at(strategy, L.STR_TRADING_STATE) === L.TRADING_HALTED;

function reject(atS: number, strategy = MAKER): void {
  memory.setI64(L.CTL_CORE_TIME_NS, NOON_NS + atS * 1e9);
  breakers.afterExecution({ ...newOutcome(), strategy, isRejected: true });
}

function setEquity(equityMinor: number, peakMinor: number): void {
  memory.setI64(desk.strategyAt(MAKER) + L.STR_EQUITY_MINOR, equityMinor);
  memory.setI64(desk.strategyAt(MAKER) + L.STR_PEAK_MINOR, peakMinor);
  core.equityDrawdown(MAKER);
}

describe('drawdown', () => {
  test('a cent less than the maximum is borne', () => {
    setEquity(-9_049, 1_000);
    expect(isHalted(MAKER)).toBe(false);
  });

  test('the maximum halts the strategy, and only it', () => {
    setEquity(-9_050, 1_000);
    expect([tripped(MAKER), isHalted(MAKER), isHalted(TAKER)]).toEqual([
      L.BREAKER_DRAWDOWN,
      true,
      false,
    ]);
  });

  test('armed again, the drawdown counts from where the strategy stands', () => {
    setEquity(-9_050, 1_000);
    breakers.rearm(MAKER);
    core.equityDrawdown(MAKER);
    expect([tripped(MAKER), isHalted(MAKER)]).toEqual([0, false]);
    setEquity(-9_050 - 10_050, -9_050);
    expect(isHalted(MAKER)).toBe(true);
  });
});

describe('rejects by the venue', () => {
  test('the third within ten seconds trips', () => {
    reject(0);
    reject(5);
    expect(isHalted(MAKER)).toBe(false);
    reject(9.999);
    expect(tripped(MAKER)).toBe(L.BREAKER_REJECT_RATE);
  });

  test('a reject from long ago does not count', () => {
    reject(0);
    reject(11);
    reject(20);
    expect(isHalted(MAKER)).toBe(false);
  });

  test('an hour without a reject empties the window', () => {
    reject(0);
    reject(1);
    reject(3600);
    expect(isHalted(MAKER)).toBe(false);
  });

  test('each strategy has its own', () => {
    reject(0, MAKER);
    reject(1, TAKER);
    reject(2, MAKER);
    expect([isHalted(MAKER), isHalted(TAKER)]).toEqual([false, false]);
  });

  test('an acknowledgement is no reject', () => {
    for (let report = 0; report < 9; report++) breakers.afterExecution(newOutcome());
    expect(isHalted(MAKER)).toBe(false);
  });

  test('armed again, the rejects count from nothing', () => {
    for (const second of [0, 1, 2]) reject(second);
    breakers.rearm(MAKER);
    reject(3);
    expect(isHalted(MAKER)).toBe(false);
  });
});

test('a quiet feed halts those who may trade the instrument', () => {
  memory.setI32(desk.limitAt(MAKER, SAP) + L.LIM_PERMITTED, 0);
  breakers.staleFeed(SAP);
  expect([tripped(MAKER), tripped(TAKER)]).toEqual([0, L.BREAKER_STALE_FEED]);
});

test('the first reason stands until somebody arms the strategy again', () => {
  breakers.staleFeed(SAP);
  setEquity(-50_000, 0);
  expect(tripped(MAKER)).toBe(L.BREAKER_STALE_FEED);
});
