/**
 * For tests and benches: an echo with many sessions in a process of its own, its clients here, and
 * on demand hostile peers in a third process.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { AcceptorLimits } from '../../gateways/fix/transport/transport-limits.ts';
import { HOSTILE_NAMES } from './sessions-hostile.ts';
import { peerName, SessionsLoad } from './sessions-load.ts';
import type { ServerOptions, ServerUse } from './sessions-server.ts';

export interface ScenarioOptions {
  readonly sessions: number;
  readonly heartbeatS: number;
  readonly limits: AcceptorLimits;
  readonly pendingBytesMax: number;
}

const RESEND_MESSAGES_MAX = 1000;

export class SessionsScenario {
  readonly load: SessionsLoad;
  /** Memory of the server before it had sessions. */
  readonly emptyRssBytes: number;
  readonly #port: number;
  readonly #server: ChildProcess;
  #hostile: ChildProcess | undefined;

  private constructor(load: SessionsLoad, port: number, server: ChildProcess, rssBytes: number) {
    this.load = load;
    this.emptyRssBytes = rssBytes;
    this.#port = port;
    this.#server = server;
  }

  /** All clients are logged on when it resolves. */
  static async start({
    sessions,
    heartbeatS,
    ...rest
  }: ScenarioOptions): Promise<SessionsScenario> {
    const names = Array.from({ length: sessions }, (_, index) => peerName(index));
    // Hostile peers speak FIX.4.4: each third version is that.
    const hostile = HOSTILE_NAMES.flatMap((name) => [`${name}-4.2`, name, `${name}-5.0`]);
    const whole = names.length + ((3 - (names.length % 3)) % 3);
    const spare = Array.from({ length: whole - names.length }, (_, index) => `SPARE${index}`);
    const options: ServerOptions = {
      ...rest,
      peers: [...names, ...spare, ...hostile],
      resendMessagesMax: RESEND_MESSAGES_MAX,
    };
    const server = childOf('./sessions-server.ts', JSON.stringify(options));
    const { port, emptyRssBytes } = await heard<{ port: number; emptyRssBytes: number }>(server);
    const load = new SessionsLoad({ port, sessions, heartbeatS });
    const scenario = new SessionsScenario(load, port, server, emptyRssBytes);
    try {
      await load.loggedOn();
    } catch (error) {
      await scenario.close();
      throw error;
    }
    return scenario;
  }

  async serverUse(): Promise<ServerUse> {
    return ask<ServerUse>(this.#server, 'tell');
  }

  /** The same with nothing in memory that is not used: takes the server's time. */
  async serverUseAtLeast(): Promise<ServerUse> {
    return ask<ServerUse>(this.#server, 'collect');
  }

  startHostile(): void {
    this.#hostile = childOf('./sessions-hostile.ts', String(this.#port));
  }

  /** How often each kind was thrown out. */
  async thrownOut(): Promise<Readonly<Record<string, number>>> {
    return ask(this.#hostile!, 'tell');
  }

  async stopHostile(): Promise<void> {
    await end(this.#hostile);
    this.#hostile = undefined;
  }

  async close(): Promise<void> {
    await end(this.#hostile);
    await this.load.stop();
    await end(this.#server);
  }
}

function childOf(file: string, argument: string): ChildProcess {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const execArgv = ['--disable-warning=ExperimentalWarning', '--expose-gc'];
  return fork(path, [argument], { execArgv });
}

async function ask<T>(child: ChildProcess, wish: 'tell' | 'collect'): Promise<T> {
  const answer = heard<T>(child);
  child.send(wish);
  return answer;
}

/** What the child says next; one that ends instead is a failure. */
function heard<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => reject(new Error(`a child ended with ${code}`));
    child.once('exit', onExit);
    child.once('message', (message) => {
      child.off('exit', onExit);
      resolve(message as T);
    });
  });
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.disconnect();
  await ended;
}
