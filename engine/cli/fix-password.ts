/** `gyrfalcon fix password`: the hash under which an acceptor keeps a peer's password. */
import { parseArgs } from 'node:util';
import { hashPassword } from '../../gateways/fix/settings/password-hash.ts';
import { EXIT_OK } from '../errors.ts';
import { usage } from './arguments.ts';

const HELP = `usage: gyrfalcon fix password < FILE

  Reads a password from stdin (a line break at its end is not part of it) and prints the line
  scrypt:N:r:p:salt:hash, to be kept in the file that logon.password of an acceptor's session names.
  --json            as a JSON object
`;

const OPTIONS = {
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** As long as a NewPassword (925) may be. */
const PASSWORD_BYTES_MAX = 255;

export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  if (values.help) {
    process.stdout.write(HELP);
    return EXIT_OK;
  }
  if (process.stdin.isTTY) process.stderr.write('type the password, then Enter and Ctrl-D\n');
  const hash = hashPassword(await readPassword());
  process.stdout.write(values.json ? `${JSON.stringify({ hash })}\n` : `${hash}\n`);
  return EXIT_OK;
}

async function readPassword(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const text = Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length === 0) throw usage('stdin holds no password; see gyrfalcon fix password --help');
  if (bytes.length > PASSWORD_BYTES_MAX || /\p{Cc}/u.test(text)) {
    throw usage(`a password is one line of at most ${PASSWORD_BYTES_MAX} bytes`);
  }
  return bytes;
}
