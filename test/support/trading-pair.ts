/**
 * A venue process and an engine process with its console, on one folder, and the operator who asks the
 * engine over HTTP. What the venue wrote down judges what the engine did.
 */

import type { KillStatus } from '../../gateways/control/actions.ts';
import type { ConsoleState } from '../../gateways/control/console-state.ts';
import { Gyrfalcon, TestFolder } from './engine-process.ts';
import { VenueJudge } from './venue-judge.ts';

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms));

/** Polls until the condition holds; fails with its name. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  withinMs = 20_000,
): Promise<void> {
  const endMs = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > endMs) throw new Error(`not within ${withinMs} ms: ${what}`);
    await pause(40); // the engine answers 50 requests a second
  }
}

export interface Answer<Body = unknown> {
  readonly status: number;
  readonly body: Body;
  /** Wall times around the call. */
  readonly calledMs: number;
  readonly returnedMs: number;
}

export class TradingPair {
  readonly folder = new TestFolder();
  readonly judge = new VenueJudge(this.folder.file('venue'));
  readonly journal = this.folder.file('journal/run');
  readonly #program: string | undefined;
  venue!: Gyrfalcon;
  engine!: Gyrfalcon;
  #port = 0;
  #origin = '';

  constructor(program?: (folder: TestFolder) => string) {
    this.#program = program?.(this.folder);
  }

  /** Starts the venue, or starts it again on its log and port. */
  async startVenue(...options: readonly string[]): Promise<void> {
    const log = this.folder.file('venue');
    const args = ['venue', '--speed', '10', '--log', log, '--port', String(this.#port), ...options];
    this.venue = new Gyrfalcon(args);
    const port = Number((await this.venue.says(/"fixPort":(\d+)/))[1]);
    if (this.#port === 0) this.folder.useVenue(port);
    this.#port = port;
  }

  /** Starts the engine, on the journal if there is one, and waits for nothing. */
  launchEngine(...options: readonly string[]): Gyrfalcon {
    return this.#launch([...this.#engineArguments(), ...options]);
  }

  /** The same, by `program`, and waits until it is logged on and its console listens. */
  async startEngine(program?: string): Promise<void> {
    const engine = this.#launch(this.#engineArguments(), program);
    await engine.says(/SIM: logged on/);
    await this.findConsole(/console: (http:\/\/[^/]*)\//);
  }

  /** Where the engine says, with this, that it is found. */
  async findConsole(said: RegExp): Promise<void> {
    this.#origin = (await this.engine.says(said))[1]!;
  }

  #engineArguments(): readonly string[] {
    return ['run', '--config', this.folder.config, '--journal', this.journal, '--json'];
  }

  #launch(args: readonly string[], program?: string): Gyrfalcon {
    this.engine = new Gyrfalcon(args, this.#program, program);
    return this.engine;
  }

  async end(): Promise<void> {
    await this.engine?.stop('SIGKILL');
    await this.venue?.stop('SIGKILL');
    this.folder.remove();
  }

  post<Body = KillStatus>(path: string, body: object, token = 'operator'): Promise<Answer<Body>> {
    return this.#ask(
      'POST',
      path,
      token,
      JSON.stringify({ reason: 'a test', operator: 'tester', ...body }),
    );
  }

  async killStatus(): Promise<KillStatus> {
    return (await this.#ask<KillStatus>('GET', 'kill', 'operator')).body;
  }

  async state(): Promise<ConsoleState> {
    return (await this.#ask<ConsoleState>('GET', 'state', 'operator')).body;
  }

  /** Waits for so many new orders after this moment. */
  async untilOrders(
    count: number,
    isMeant: (event: { account: string; symbol: string }) => boolean = () => true,
  ): Promise<void> {
    const before = this.#accepted(isMeant);
    await until(`${count} orders`, () => this.#accepted(isMeant) >= before + count);
  }

  #accepted(isMeant: (event: { account: string; symbol: string }) => boolean): number {
    return this.judge.events().filter((event) => event.event === 'new' && isMeant(event)).length;
  }

  async #ask<Body>(
    method: string,
    path: string,
    token: string,
    body?: string,
  ): Promise<Answer<Body>> {
    const calledMs = Date.now();
    const response = await fetch(`${this.#origin}/api/v1/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.folder.read(`${token}.token`)}`,
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body }),
    });
    const answer = (await response.json()) as Body;
    return { status: response.status, body: answer, calledMs, returnedMs: Date.now() };
  }
}
