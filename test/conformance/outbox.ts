/** How bytes leave the runner: each message at once, several in one segment, or byte by byte. */
import type { Link } from './link.ts';

export class Outbox {
  /** Undefined: nothing is gathered. */
  #gathered: Map<Link, Buffer[]> | undefined;
  #isTrickling = false;

  get isGathering(): boolean {
    return this.#gathered !== undefined;
  }

  trickle(at: 'begin' | 'end'): void {
    this.#isTrickling = at === 'begin';
  }

  /** From "begin" to "end" all that is sent on a connection becomes one segment. */
  async gather(at: 'begin' | 'end'): Promise<void> {
    const gathered = this.#gathered ?? [];
    this.#gathered = at === 'begin' ? new Map() : undefined;
    for (const [link, pieces] of gathered) await link.send(Buffer.concat(pieces));
  }

  async write(link: Link, bytes: Buffer): Promise<void> {
    if (this.#gathered !== undefined) {
      this.#gathered.set(link, [...(this.#gathered.get(link) ?? []), bytes]);
    } else if (this.#isTrickling) {
      await link.trickle(bytes);
    } else {
      await link.send(bytes);
    }
  }
}
