/** Asks a running engine over its control port: what `gyrfalcon kill` and `gyrfalcon latency` speak. */
import { readFileSync } from 'node:fs';
import { GyrfalconError } from '../errors.ts';

export interface EngineQuestion {
  readonly control: { readonly host: string; readonly port: number };
  /** Of the running engine, when it is not the configured one. */
  readonly port: string | undefined;
  /** Behind /api/v1/. */
  readonly path: string;
  readonly tokenFile: string;
  /** Left out: a GET. */
  readonly body?: object;
}

export async function askEngine<Answer>(question: EngineQuestion): Promise<Answer> {
  const { control, port, path, tokenFile, body } = question;
  const host = control.host === '::1' ? '[::1]' : control.host;
  const address = `http://${host}:${port ?? control.port}/api/v1/${path}`;
  const authorization = `Bearer ${readToken(tokenFile)}`;
  const headers = { authorization, 'content-type': 'application/json' };
  const request: RequestInit =
    body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
  let response: Response;
  try {
    response = await fetch(address, request);
  } catch (cause) {
    throw unanswered(new URL(address).origin, cause);
  }
  const answer = (await response.json()) as Answer & {
    readonly error?: { readonly message: string };
  };
  if (!response.ok)
    throw new GyrfalconError(
      'USAGE',
      `the engine refused: ${answer.error?.message ?? response.status}`,
    );
  return answer;
}

/** The engine had taken the question, and was gone before it answered. */
export function isBroken(error: unknown): boolean {
  return error instanceof GyrfalconError && error.details.isBroken === true;
}

function unanswered(origin: string, error: unknown): GyrfalconError {
  const code = ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code ?? '';
  const isBroken = ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes(code);
  const text = isBroken
    ? `the engine at ${origin} ended before it had answered`
    : `no engine answers at ${origin}: start it, or give its port with --port`;
  return new GyrfalconError('VENUE_UNREACHABLE', text, { isBroken }, error);
}

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const what =
      code === 'ENOENT'
        ? 'there is no such file; the engine makes it at its first start'
        : `the token cannot be read (${code})`;
    throw new GyrfalconError('INPUT_MISSING', `${file}: ${what}`, {}, cause);
  }
}
