/**
 * For tests: the connecting side of a FIX session on this machine, which connects again after every
 * cut, at once, until it is stopped.
 */
import type { ConnectionOptions } from '../../gateways/fix/transport/fix-connection.ts';
import { FixInitiator as RealInitiator } from '../../gateways/fix/transport/initiator.ts';

interface TestInitiatorOptions extends Omit<ConnectionOptions, 'traffic'> {
  readonly port: number;
  readonly reconnectMs: number;
}

export class FixInitiator extends RealInitiator {
  constructor({ port, reconnectMs, ...rest }: TestInitiatorOptions) {
    super({
      ...rest,
      addresses: [{ host: '127.0.0.1', port }],
      reconnect: { minMs: reconnectMs, maxMs: reconnectMs },
      random: () => 0,
    });
  }
}
