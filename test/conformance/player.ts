/**
 * Plays one scenario in one version against a subject, step by step; the first step that the
 * subject does not keep to ends it with a failure that tells all.
 */
import { relative } from 'node:path';
import type { FixVersion } from '../../gateways/fix/version.ts';
import { compare, type ExpectedMessage } from './compare.ts';
import { type Composed, compose, composeExactly } from './compose.ts';
import { Conversation, shown } from './conversation.ts';
import { answerOf, describeExpected, echoOf } from './expectation.ts';
import type { Arrival, Link } from './link.ts';
import { namesOf } from './names.ts';
import { Outbox } from './outbox.ts';
import type { Action, Scenario, Step, Timing } from './step.ts';

export interface Subject {
  /** The runner's and the subject's CompID. */
  readonly compIds: readonly [string, string];
  /** How long an answer is waited for. */
  readonly patienceMs: number;
  /** The next connection to the subject. */
  open(): Promise<Link>;
  /** Lets it log out and end. */
  stop(): void;
}

/** What is still looked at once all steps are through. */
const ENDING_MS = 20;
/** A Logout or a Reject may come before the connection is closed. */
const BEFORE_CLOSE: ReadonlySet<string> = new Set(['3', '5']);
const TRANSCRIPT_LINES_MAX = 40;
const ANY_TIME: Timing = { notBeforeMs: 0, withinMs: undefined };

/** A step that the subject did not keep to; the message is the report. */
export class StepFailure extends Error {}

export class Player {
  readonly #scenario: Scenario;
  readonly #version: FixVersion;
  readonly #subject: Subject;
  readonly #conversations = new Map<string, Conversation>();
  readonly #transcript: string[] = [];
  readonly #outbox = new Outbox();

  constructor(scenario: Scenario, version: FixVersion, subject: Subject) {
    this.#scenario = scenario;
    this.#version = version;
    this.#subject = subject;
  }

  /** @throws StepFailure */
  async play(): Promise<void> {
    const steps = this.#scenario.steps.get(this.#version)!;
    try {
      for (const step of steps) await this.#attempt(step, () => this.#do(step));
      const end = { ...steps.at(-1)!, text: 'the end: nothing more comes on any connection' };
      await this.#attempt(end, () => this.#end());
    } finally {
      for (const { link } of this.#conversations.values()) link.drop();
    }
  }

  async #attempt(step: Step, what: () => Promise<void>): Promise<void> {
    try {
      await what();
    } catch (fault) {
      const lines = [
        `${relative('', this.#scenario.file)}:${step.line} (${this.#version})`,
        `  rule: ${this.#scenario.rule}`,
        `  step: ${step.text}`,
        `  ${(fault as Error).message}`,
        '  conversation:',
        ...this.#transcript.slice(-TRANSCRIPT_LINES_MAX).map((line) => `    ${line}`),
      ];
      throw new StepFailure(lines.join('\n'));
    }
  }

  async #end(): Promise<void> {
    for (const { link } of this.#conversations.values()) {
      const arrival = await link.next(link.isClosed ? 0 : ENDING_MS);
      if (arrival !== undefined && arrival.kind !== 'close') {
        throw new Error(`there came ${describe(arrival)}`);
      }
    }
  }

  async #do({ action, connection }: Step): Promise<void> {
    switch (action.kind) {
      case 'connect':
        return this.#connect(connection);
      case 'drop':
        return this.#conversation(connection).link.drop();
      case 'stop the subject':
        return this.#subject.stop();
      case 'wait':
        return new Promise((resolve) => setTimeout(resolve, action.ms));
      case 'segment':
        return this.#outbox.gather(action.at);
      case 'byte by byte':
        return this.#outbox.trickle(action.at);
      case 'count sent':
        this.#conversation(connection).nextSent = action.from;
        return undefined;
      case 'count received':
        this.#conversation(connection).nextReceived = action.from;
        return undefined;
      default:
        return this.#talk(action, this.#conversation(connection));
    }
  }

  #conversation(name: string): Conversation {
    const conversation = this.#conversations.get(name);
    if (conversation === undefined) throw new Error('the connection was never made');
    return conversation;
  }

  async #connect(name: string): Promise<void> {
    this.#conversations.get(name)?.link.drop();
    const link = await this.#subject.open();
    this.#conversations.set(name, new Conversation(link, name, this.#transcript));
  }

  #talk(action: Action, conversation: Conversation): Promise<void> {
    if (this.#outbox.isGathering && action.kind.startsWith('expect')) {
      throw new Error('a block of one segment only sends');
    }
    switch (action.kind) {
      case 'send':
        return this.#send(action, conversation);
      case 'send exactly': {
        const composed = composeExactly(action.draft, this.#composer(conversation));
        return this.#write(conversation, composed, composed.bytes);
      }
      case 'send bytes':
        return this.#write(conversation, undefined, Buffer.from(action.text, 'latin1'));
      case 'expect':
        return this.#expect(action, conversation);
      case 'expect echo':
        return this.#expectEchoes(action, conversation);
      case 'expect nothing':
        return this.#expectNothing(action.forMs, conversation);
      case 'expect close':
        return this.#expectClose(action.timing, conversation);
      default:
        throw new Error(`"${action.kind}" is no step of a conversation`);
    }
  }

  #composer(conversation: Conversation): ReturnType<Conversation['composer']> {
    return conversation.composer(this.#version, this.#subject.compIds);
  }

  #send(action: Action & { kind: 'send' }, conversation: Conversation): Promise<void> {
    const { unsent } = conversation;
    if (action.share === 'rest') {
      if (unsent === undefined) throw new Error('no message was begun');
      return this.#write(conversation, undefined, unsent);
    }
    const composed = compose(action.draft, this.#composer(conversation));
    if (action.share === 'whole') return this.#write(conversation, composed, composed.bytes);
    const middle = composed.bytes.length >> 1;
    conversation.unsent = composed.bytes.subarray(middle);
    return this.#write(conversation, composed, composed.bytes.subarray(0, middle));
  }

  #write(conversation: Conversation, composed: Composed | undefined, bytes: Buffer): Promise<void> {
    conversation.noteSent(composed, bytes);
    return this.#outbox.write(conversation.link, bytes);
  }

  async #expect(action: Action & { kind: 'expect' }, conversation: Conversation): Promise<void> {
    const { draft, timing, isAfterHeartbeats } = action;
    const sinceMs = conversation.lastAtMs;
    let arrival = await this.#next(timing, sinceMs, conversation);
    let expected = answerOf(draft, this.#expectation(conversation));
    while (isAfterHeartbeats && arrival?.kind === 'message' && isUnasked(arrival)) {
      conversation.noteArrival(arrival);
      expected = answerOf(draft, this.#expectation(conversation));
      arrival = await this.#next(timing, sinceMs, conversation);
    }
    this.#judge(expected, arrival, conversation);
    this.#judgeTime(timing, arrival, sinceMs);
  }

  async #expectEchoes(
    { of, draft }: Action & { kind: 'expect echo' },
    conversation: Conversation,
  ): Promise<void> {
    const { first, last } = of ?? { first: undefined, last: 0 };
    for (let number = first ?? 0; number <= last; number++) {
      const sent = conversation.echoed(first === undefined ? undefined : number);
      const arrival = await this.#next(ANY_TIME, conversation.lastAtMs, conversation);
      const expected = echoOf(sent, draft, this.#expectation(conversation));
      this.#judge(expected, arrival, conversation);
    }
  }

  #expectation(conversation: Conversation): Parameters<typeof answerOf>[1] {
    return { version: this.#version, compIds: this.#subject.compIds, conversation };
  }

  #judge(
    expected: ExpectedMessage,
    arrival: Arrival | undefined,
    conversation: Conversation,
  ): void {
    const wanted = `expected: ${describeExpected(expected)}`;
    if (arrival !== undefined) conversation.noteArrival(arrival);
    if (arrival?.kind !== 'message') {
      throw new Error(`there came ${describe(arrival)}\n  ${wanted}`);
    }
    const faults = compare(expected, arrival.fields, namesOf(this.#version));
    if (faults.length === 0) return;
    throw new Error(`${faults.join('\n  ')}\n  ${wanted}\n  received: ${shown(arrival.raw)}`);
  }

  #judgeTime({ notBeforeMs }: Timing, arrival: Arrival | undefined, sinceMs: number): void {
    const afterMs = Math.round((arrival?.atMs ?? sinceMs) - sinceMs);
    if (afterMs >= notBeforeMs) return;
    throw new Error(`it came after ${afterMs} ms, not before ${notBeforeMs} ms was expected`);
  }

  async #expectNothing(forMs: number, conversation: Conversation): Promise<void> {
    const arrival = await conversation.link.next(forMs);
    if (arrival === undefined) return;
    conversation.noteArrival(arrival);
    throw new Error(`nothing was expected, there came ${describe(arrival)}`);
  }

  async #expectClose(timing: Timing, conversation: Conversation): Promise<void> {
    const sinceMs = conversation.lastAtMs;
    for (;;) {
      const arrival = await this.#next(timing, sinceMs, conversation);
      if (arrival !== undefined) conversation.noteArrival(arrival);
      if (arrival?.kind === 'close') {
        this.#judgeTime(timing, arrival, sinceMs);
        return;
      }
      if (arrival?.kind === 'message' && BEFORE_CLOSE.has(msgTypeOf(arrival))) continue;
      throw new Error(`the connection was to be closed, there came ${describe(arrival)}`);
    }
  }

  /** What comes next, in the time that is left since the message before it. */
  #next(
    { withinMs }: Timing,
    sinceMs: number,
    { link }: Conversation,
  ): Promise<Arrival | undefined> {
    const leftMs = (withinMs ?? 0) - (performance.now() - sinceMs);
    return link.next(withinMs === undefined ? this.#subject.patienceMs : Math.max(leftMs, 1));
  }
}

const msgTypeOf = (arrival: Arrival & { kind: 'message' }): string =>
  arrival.fields.find(({ tag }) => tag === '35')?.value ?? '';

const isUnasked = (arrival: Arrival & { kind: 'message' }): boolean =>
  msgTypeOf(arrival) === '0' && !arrival.fields.some(({ tag }) => tag === '112');

/** For people. */
function describe(arrival: Arrival | undefined): string {
  if (arrival === undefined) return 'nothing in time';
  if (arrival.kind === 'close') return 'the end of the connection';
  return arrival.kind === 'message' ? shown(arrival.raw) : arrival.text;
}
