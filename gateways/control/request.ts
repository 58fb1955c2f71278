/** One HTTP request as uWebSockets.js gives it: headers copied while they are valid, body bounded. */
import type { HttpRequest, HttpResponse } from 'uWebSockets.js';
import { type Reply, RequestFault, SECURITY_HEADERS } from './reply.ts';

const BODY_BYTES_MAX = 16_384;
const JSON_TYPE = /^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i;

export interface Heading {
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly origin: string;
  readonly authorization: string;
  readonly contentType: string;
  readonly contentLength: string;
}

/** The request object lives only until its handler returns. */
export function headingOf(request: HttpRequest): Heading {
  return {
    method: request.getCaseSensitiveMethod().toUpperCase(),
    path: request.getUrl(),
    host: request.getHeader('host'),
    origin: request.getHeader('origin'),
    authorization: request.getHeader('authorization'),
    contentType: request.getHeader('content-type'),
    contentLength: request.getHeader('content-length'),
  };
}

export function checkBodyHeaders(heading: Heading): void {
  if (!JSON_TYPE.test(heading.contentType)) {
    throw new RequestFault(415, 'NOT_JSON', 'send the body as application/json in UTF-8');
  }
  if (Number(heading.contentLength) > BODY_BYTES_MAX) throw tooLarge();
}

const tooLarge = (): RequestFault =>
  new RequestFault(413, 'BODY_TOO_LARGE', `a body has at most ${BODY_BYTES_MAX} bytes`, {
    headers: { Connection: 'close' },
  });

/** Resolves with the parsed JSON; must be called before the handler returns. */
export function readJson(response: HttpResponse): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.onData((chunk, isLast) => {
      bytes += chunk.byteLength;
      if (bytes > BODY_BYTES_MAX) {
        reject(tooLarge());
        return;
      }
      chunks.push(Buffer.from(chunk.slice(0))); // its memory is taken back when we return
      if (!isLast) return;
      try {
        resolve(parseJson(Buffer.concat(chunks)));
      } catch (error) {
        reject(error);
      }
    });
  });
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new RequestFault(400, 'BAD_JSON', 'the body is not JSON in UTF-8');
  }
}

const PHRASES: Readonly<Record<number, string>> = {
  200: 'OK',
  202: 'Accepted',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  421: 'Misdirected Request',
  426: 'Upgrade Required',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** A HEAD request gets the headers alone. */
export function send(response: HttpResponse, reply: Reply, method: string): void {
  response.cork(() => {
    response.writeStatus(`${reply.status} ${PHRASES[reply.status]}`);
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
      response.writeHeader(name, value);
    }
    for (const [name, value] of Object.entries(reply.headers)) response.writeHeader(name, value);
    response.writeHeader('Content-Type', reply.type);
    const close = reply.headers.Connection === 'close';
    if (method === 'HEAD') response.endWithoutBody(Buffer.byteLength(reply.body), close);
    else response.end(reply.body, close);
  });
}
