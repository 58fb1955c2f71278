/** Initiators under test: they connect to a port of the runner's, one for each play. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { fileURLToPath } from 'node:url';
import type { InitiatorOrder } from './initiator-process.ts';
import { failureOf, type Lane, type Play } from './lanes.ts';
import { Link } from './link.ts';
import { namesOf } from './names.ts';

const PROGRAM = fileURLToPath(new URL('initiator-process.ts', import.meta.url));
/** The runner is ISLD, the initiator TW. */
const COMP_IDS = ['ISLD', 'TW'] as const;
/** Plays side by side. */
const LANES = 8;

export class InitiatorHost {
  readonly #process: ChildProcess;
  #lastId = 0;

  constructor() {
    this.#process = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', PROGRAM], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
  }

  lanes(patienceMs: number): readonly Lane[] {
    const lane: Lane = {
      takes: ({ scenario }) => scenario.role === 'initiator',
      play: (play) => this.#play(play, patienceMs),
    };
    return Array.from({ length: LANES }, () => lane);
  }

  async stop(): Promise<void> {
    this.#process.kill();
    if (this.#process.exitCode === null) await once(this.#process, 'exit');
  }

  async #play(play: Play, patienceMs: number): Promise<Error | undefined> {
    const { version, scenario } = play;
    const arrivals = new Arrivals(version);
    const port = await arrivals.listen();
    this.#lastId += 1;
    const id = this.#lastId;
    const settings = settingsOf(scenario.subject);
    this.#order({ id, start: { port, version, settings } });
    const failure = await failureOf(play, {
      compIds: COMP_IDS,
      patienceMs,
      open: () => arrivals.next(patienceMs),
      stop: () => this.#order({ id, start: undefined }),
    });
    this.#order({ id, start: undefined });
    arrivals.close();
    return failure;
  }

  #order(order: InitiatorOrder): void {
    this.#process.stdin!.write(`${JSON.stringify(order)}\n`);
  }
}

/** Numbers, and yes or no, as the file says them. */
function settingsOf(subject: Readonly<Record<string, string>>): Record<string, number | boolean> {
  return Object.fromEntries(
    Object.entries(subject).map(([name, text]) => [
      name,
      text === 'yes' || text === 'no' ? text === 'yes' : Number(text),
    ]),
  );
}

/** The connections that an initiator makes, in their order. */
class Arrivals {
  readonly #server: net.Server;
  readonly #links: Link[] = [];
  #wake: (() => void) | undefined;

  constructor(version: Play['version']) {
    const { dataTags } = namesOf(version).dictionary;
    this.#server = net.createServer({ noDelay: true }, (socket) => {
      this.#links.push(new Link(socket, dataTags));
      this.#wake?.();
    });
  }

  /** The port. */
  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as net.AddressInfo).port;
  }

  async next(withinMs: number): Promise<Link> {
    if (this.#links.length === 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, withinMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    const link = this.#links.shift();
    if (link === undefined) throw new Error('the initiator did not connect');
    return link;
  }

  close(): void {
    for (const link of this.#links) link.drop();
    this.#server.close();
  }
}
