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
    throw new GyrfalconError(
      'VENUE_UNREACHABLE',
      `no engine answers at ${new URL(address).origin}: start it, or give its port with --port`,
      {},
      cause,
    );
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
