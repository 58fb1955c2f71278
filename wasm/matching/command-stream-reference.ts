/**
 * Seeded random commands of all kinds for kernel and twin: prices crowd around a mid so that books
 * cross, ids are mostly live ones, and some commands are wrong on purpose.
 */
import { PrngReference } from '../prng-reference.ts';
import * as M from './matching-layout.ts';
import type { MatchingCommand } from './matching-text.ts';

const OWNERS = 6;
const RECENT_IDS = 256;
const SPREAD_TICKS = 40;
/** How many of 1000 commands are of a kind; the rest are new orders. */
const SHARES: readonly (readonly [upTo: number, kind: number])[] = [
  [330, M.COMMAND_CANCEL],
  [390, M.COMMAND_REDUCE],
  [480, M.COMMAND_REPLACE],
  [481, M.COMMAND_MASS_CANCEL],
  [482, M.COMMAND_EXPIRE_DAY],
  [500, M.COMMAND_FEED_ADD],
  [510, M.COMMAND_FEED_EXECUTE],
  [515, M.COMMAND_FEED_REDUCE],
  [520, M.COMMAND_FEED_DELETE],
  [525, M.COMMAND_FEED_REPLACE],
];
const WRONG_IDS: readonly number[] = [0, -1, M.ORDER_ID_MAX + 1, Number.MIN_SAFE_INTEGER];
const WRONG_KIND = 99;

export class CommandStream {
  readonly #prng: PrngReference;
  readonly #instruments: number;
  readonly #baseTicks: number;
  readonly #recent: number[] = [];
  #nextId = 1;

  constructor(seed: number, instruments: number, baseTicks: number) {
    this.#prng = new PrngReference(seed, 0);
    this.#instruments = instruments;
    this.#baseTicks = baseTicks;
  }

  next(): Required<MatchingCommand> {
    const command = this.#command();
    return this.#below(200) === 0 ? this.#spoil(command) : command;
  }

  #below(bound: number): number {
    return Math.floor(this.#prng.nextUnit() * bound);
  }

  #command(): Required<MatchingCommand> {
    const draw = this.#below(1000);
    const kind = SHARES.find(([upTo]) => draw < upTo)?.[1] ?? M.COMMAND_NEW;
    const isNew = kind === M.COMMAND_NEW || kind === M.COMMAND_FEED_ADD;
    const isSweep = kind === M.COMMAND_MASS_CANCEL || kind === M.COMMAND_EXPIRE_DAY;
    const command = {
      kind,
      id: isNew ? this.#newId() : this.#oldId(),
      instrument: isSweep && this.#below(2) === 0 ? M.ALL_INSTRUMENTS : this.#instrument(),
      side: isSweep ? this.#below(3) : 1 + this.#below(2),
      type: M.ORDER_LIMIT,
      timeInForce: this.#below(2),
      selfTrade: this.#below(5),
      flags: 0,
      priceTicks: this.#priceTicks(),
      lots: 1 + this.#below(100),
      owner: this.#below(OWNERS),
      stopTicks: 0,
      newId: 0,
      displayLots: 0,
    };
    if (kind === M.COMMAND_NEW) return this.#withTerms(command);
    if (kind === M.COMMAND_FEED_REPLACE) {
      const newId = this.#newId();
      return { ...command, newId, stopTicks: newId };
    }
    if (kind === M.COMMAND_REPLACE && this.#below(12) === 0) {
      const stopTicks = this.#priceTicks();
      return { ...command, stopTicks, newId: stopTicks };
    }
    return command;
  }

  #withTerms(command: Required<MatchingCommand>): Required<MatchingCommand> {
    const draw = this.#below(100);
    const lots = command.lots * 4;
    if (draw < 6) return { ...command, type: M.ORDER_MARKET, priceTicks: 0 };
    if (draw < 14) return { ...command, timeInForce: M.TIF_IOC };
    if (draw < 20) return { ...command, timeInForce: M.TIF_FOK };
    if (draw < 28) return { ...command, flags: M.FLAG_POST_ONLY };
    if (draw < 40) return { ...command, lots, displayLots: 1 + this.#below(40) };
    if (draw >= 50) return command;
    const stopTicks = this.#priceTicks();
    const stop = { ...command, stopTicks, newId: stopTicks };
    const timeInForce = [M.TIF_DAY, M.TIF_GTC, M.TIF_IOC, M.TIF_FOK][this.#below(4)]!;
    if (draw < 45) return { ...stop, type: M.ORDER_STOP, priceTicks: 0, timeInForce };
    return { ...stop, type: M.ORDER_STOP_LIMIT, timeInForce };
  }

  #spoil(command: Required<MatchingCommand>): Required<MatchingCommand> {
    const broken: readonly Partial<MatchingCommand>[] = [
      { kind: WRONG_KIND },
      { instrument: this.#instruments + this.#below(3) },
      { id: WRONG_IDS[this.#below(WRONG_IDS.length)]! },
      { id: this.#oldId() },
      { side: 3 + this.#below(9) },
      { type: this.#below(9) },
      { timeInForce: this.#below(9) },
      { flags: this.#below(4) },
      { selfTrade: 5 },
      { lots: -this.#below(2) },
      { lots: M.LOTS_MAX },
      { displayLots: this.#below(200) - 100 },
      { priceTicks: this.#baseTicks - 1 },
      { priceTicks: this.#baseTicks + 2 ** 24 },
      { stopTicks: this.#baseTicks - 1, newId: this.#baseTicks - 1 },
      { owner: M.OWNER_MAX + 1 },
    ];
    return { ...command, ...broken[this.#below(broken.length)] };
  }

  #instrument(): number {
    return this.#below(this.#instruments);
  }

  #priceTicks(): number {
    const away = this.#below(SPREAD_TICKS) + this.#below(SPREAD_TICKS) - SPREAD_TICKS;
    const far = this.#below(40) === 0 ? (this.#below(21) - 10) * 100 : 0;
    return this.#baseTicks + 2048 + away + far;
  }

  #newId(): number {
    const id = this.#nextId++;
    this.#recent[id % RECENT_IDS] = id;
    return id;
  }

  #oldId(): number {
    return this.#recent[this.#below(RECENT_IDS)] ?? 1;
  }
}
