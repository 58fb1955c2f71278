/** The command as a user runs it: what is wrong use, and a port where nothing listens. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EXIT_ENVIRONMENT, EXIT_OK, EXIT_USAGE } from '../../engine/errors.ts';

const MAIN = join(import.meta.dirname, 'main.ts');

function conformance(...args: readonly string[]) {
  const flags = ['--disable-warning=ExperimentalWarning', MAIN];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, ...args], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const SEE = '; see npm run -s conformance -- --help';
const INITIATORS = "these scenarios are an initiator's: leave --port out";

test.each([
  ['--version FIX.4.3', '--version FIX.4.3: give FIX.4.2, FIX.4.4, FIX.5.0SP2'],
  ['--only nonesuch', '--only nonesuch: no scenario has that name'],
  ['--only resend,nonesuch', '--only nonesuch: no scenario has that name'],
  [
    '--only SessionReset --version FIX.4.2',
    '--only SessionReset: no scenario in FIX.4.2 has that name',
  ],
  ['--only initiator --port 9', `--only initiator: ${INITIATORS}`],
  ['--only resend,', '--only resend,: give names with a comma between them'],
  ['--port abc', '--port abc: give a whole number from 1 to 65535'],
  ['--port 99999', '--port 99999: give a whole number from 1 to 65535'],
  ['--host 127.0.0.1', '--host needs --port'],
  ['--port', `--port needs a value${SEE}`],
  ['--pace 3', `there is no option --pace${SEE}`],
  ['resend', `unexpected argument resend${SEE}`],
])('%s is wrong use, told in one line', (line, text) => {
  expect(conformance(...line.split(' '))).toEqual({
    status: EXIT_USAGE,
    stdout: '',
    stderr: `conformance: ${text}\n`,
  });
});

test('help names every option', () => {
  const { status, stdout, stderr } = conformance('--help');
  expect({ status, stderr }).toEqual({ status: EXIT_OK, stderr: '' });
  for (const name of ['only', 'version', 'port', 'host', 'verbose']) {
    expect(stdout).toContain(`--${name} `);
  }
});

test('a port where nothing listens is told once, not by every play', async () => {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  expect(conformance('--port', String(port))).toEqual({
    status: EXIT_ENVIRONMENT,
    stdout: '',
    stderr: `conformance: nothing listens at 127.0.0.1:${port}\n`,
  });
});
