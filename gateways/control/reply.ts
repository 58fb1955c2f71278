/** What the server answers: status, type, body; and the one form that every error has. */
import { GyrfalconError } from '../../engine/errors.ts';

export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string | Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

const JSON_TYPE = 'application/json; charset=utf-8';

export function json(status: number, value: unknown): Reply {
  return { status, type: JSON_TYPE, body: `${JSON.stringify(value)}\n`, headers: {} };
}

/** A request that cannot be served: what is wrong and, for a body, where. */
export class RequestFault extends Error {
  readonly status: number;
  readonly code: string;
  /** Dotted path into the body; empty = the request as a whole. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    where: { readonly path?: string; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.path = where.path ?? '';
    this.headers = where.headers ?? {};
  }
}

/** Never a stack trace: an error of ours keeps its line, anything else is named as a failure of the engine. */
export function replyOfError(error: unknown): Reply {
  if (error instanceof RequestFault) {
    const { status, code, message, path, headers } = error;
    return { ...json(status, { error: { code, message, path } }), headers };
  }
  const code = error instanceof GyrfalconError ? error.code : 'ENGINE_FAILED';
  const message = error instanceof Error ? error.message.split('\n')[0] : 'the engine failed';
  return json(500, { error: { code, message, path: '' } });
}

/** Sent with every answer. Scripts and styles come from this server alone, and none is inline. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), usb=()',
  'Cache-Control': 'no-store',
};
