/**
 * For tests and benches, a process of its own: the echo with as many sessions as its argument says.
 * Tells its port, then on request what it has used and what became of its sessions.
 */
import { loadDictionary } from '../../gateways/fix/dictionary/dictionary.ts';
import { messageCheck, STRICT } from '../../gateways/fix/dictionary/message-check.ts';
import { EchoApplication } from '../../gateways/fix/echo/echo-application.ts';
import { FixAcceptor } from '../../gateways/fix/transport/acceptor.ts';
import type { FixConnection } from '../../gateways/fix/transport/fix-connection.ts';
import type { AcceptorLimits } from '../../gateways/fix/transport/transport-limits.ts';
import { FIX_VERSIONS, type FixVersion } from '../../gateways/fix/version.ts';
import { wallClock } from '../../gateways/sim/venue-parts.ts';
import { sessionConfig } from './session-config.ts';

export interface ServerOptions {
  /** TargetCompIDs; the versions take turns. */
  readonly peers: readonly string[];
  readonly limits: AcceptorLimits;
  readonly pendingBytesMax: number;
  readonly resendMessagesMax: number;
}

export interface ServerUse {
  readonly rssBytes: number;
  readonly cpuMs: number;
  readonly atMs: number;
  /** Why connections were refused or ended, with numbers taken out, and how often. */
  readonly ends: Readonly<Record<string, number>>;
  /** Sessions, by TargetCompID, that were slowed down, ended for a limit, or logged on again. */
  readonly disturbed: readonly string[];
}

export const versionAt = (index: number): FixVersion => FIX_VERSIONS[index % FIX_VERSIONS.length]!;

/** Numbers in a reason differ from time to time. */
const kindOf = (reason: string): string => reason.replaceAll(/\d+/g, 'N');

function serve(options: ServerOptions): void {
  const ends: Record<string, number> = {};
  const note = (reason: string): void => {
    const kind = kindOf(reason);
    ends[kind] = (ends[kind] ?? 0) + 1;
  };
  const clock = wallClock();
  const checks = new Map(
    FIX_VERSIONS.map((version) => [version, messageCheck(loadDictionary(version), STRICT)]),
  );
  const echo = new EchoApplication(clock, () => {});
  globalThis.gc?.();
  const emptyRssBytes = process.memoryUsage.rss();
  const acceptor = new FixAcceptor({
    ...options,
    host: '127.0.0.1',
    port: 0,
    sessions: options.peers.map((targetCompId, index) => {
      const version = versionAt(index);
      return sessionConfig({
        name: targetCompId,
        role: 'acceptor',
        version,
        senderCompId: 'ECHO',
        targetCompId,
        resetOnLogon: true,
        check: checks.get(version)!,
      });
    }),
    clock,
    handler: {
      onMessage: (...message) => echo.onMessage(...message),
      onEvent: (connection, kind, reason) => {
        if (kind === 'DISCONNECT') note(reason);
        echo.onEvent(connection, kind, reason);
      },
      onWritable: () => {},
    },
    onRefused: note,
  });
  const isDisturbed = ({ counts }: FixConnection): boolean =>
    counts.slowdowns > 0 || counts.breaches > 0 || counts.logons > 1;
  process.on('message', (wish) => {
    if (wish === 'collect') globalThis.gc?.();
    const { user, system } = process.cpuUsage();
    const use: ServerUse = {
      rssBytes: process.memoryUsage.rss(),
      cpuMs: (user + system) / 1000,
      atMs: performance.now(),
      ends,
      disturbed: acceptor.connections.filter(isDisturbed).map(({ config }) => config.targetCompId),
    };
    process.send!(use);
  });
  process.on('disconnect', () => process.exit());
  void acceptor.listen().then((port) => process.send!({ port, emptyRssBytes }));
}

if (process.argv[2] !== undefined && process.send !== undefined) {
  serve(JSON.parse(process.argv[2]) as ServerOptions);
}
