/** `gyrfalcon kill`: the kill switch of a running engine, from the command line. */
import { parseArgs } from 'node:util';
import { loadConfig } from '../../config/load.ts';
import { EXIT_FAILED, EXIT_OK } from '../errors.ts';
import { usage, wholeNumber } from './arguments.ts';
import { askEngine, type EngineQuestion, isBroken } from './control-client.ts';

const HELP = `usage: gyrfalcon kill --reason TEXT [options]

  Stops all trading at once and cancels every open order. Latched until it is armed again.
  --scope firm|strategy|instrument   default firm
  --target NAME    the strategy or instrument
  --reason TEXT    why; it goes into the journal
  --operator NAME  who; default operator
  --rearm          release the kill instead (with the second person's token)
  --config FILE    where host, port and token file stand (default config/default.yaml)
  --port N         of the running engine, when it is not the configured one
  --json           the status as JSON
`;

const OPTIONS = {
  scope: { type: 'string', default: 'firm' },
  target: { type: 'string', default: '' },
  reason: { type: 'string' },
  operator: { type: 'string', default: 'operator' },
  rearm: { type: 'boolean', default: false },
  config: { type: 'string', default: 'config/default.yaml' },
  port: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const SCOPES: readonly string[] = ['firm', 'strategy', 'instrument'];

/** For an engine to come back from its journal and to have every order answered. */
const BACK_MS = 15_000;
const ASK_AGAIN_MS = 100;

interface Status {
  readonly state: string;
  readonly openOrders: number;
}

export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  if (values.help) {
    process.stdout.write(HELP);
    return EXIT_OK;
  }
  if (values.reason === undefined) throw usage('give a reason: gyrfalcon kill --reason "…"');
  const { scope, target, reason, operator } = values;
  if (!SCOPES.includes(scope)) throw usage(`--scope ${scope}: give one of ${SCOPES.join(' ')}`);
  if ((scope === 'firm') !== (target === '')) {
    throw usage(
      scope === 'firm'
        ? '--target needs --scope strategy or instrument'
        : `--scope ${scope} needs --target NAME`,
    );
  }
  if (values.port !== undefined) wholeNumber('port', values.port, { min: 1, max: 65_535 });
  const { control } = loadConfig(values.config).config;
  const status = await ask({
    control,
    port: values.port,
    path: values.rearm ? 'rearm' : 'kill',
    tokenFile: values.rearm ? control.rearmTokenFile : control.tokenFile,
    body: { scope, ...(target === '' ? {} : { target }), reason, operator },
  });
  if (values.json) process.stdout.write(`${JSON.stringify(status)}\n`);
  else process.stdout.write(`${status.state}: ${status.openOrders} orders open in scope\n`);
  return values.rearm || status.state === 'KILLED' ? EXIT_OK : EXIT_FAILED;
}

/** A hot loop that hangs on the main thread ends with its process; the one that comes back is asked then. */
async function ask(question: EngineQuestion): Promise<Status> {
  try {
    return await askEngine<Status>(question);
  } catch (error) {
    if (question.path !== 'kill' || !isBroken(error)) throw error;
    process.stderr.write(
      'gyrfalcon: the engine ended with its hot loop; waiting for the next one\n',
    );
  }
  const { body: _, ...status } = question;
  const untilMs = Date.now() + BACK_MS;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    const isLast = Date.now() > untilMs;
    try {
      const answer = await askEngine<Status>(status);
      if (answer.state === 'KILLED' || isLast) return answer;
    } catch (error) {
      if (isLast) throw error;
    }
  }
}
