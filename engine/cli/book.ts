/** `gyrfalcon book`: a recorded day through the core's own decode and book, a CSV row a message. */
import { parseArgs } from 'node:util';
import { bookFromBinance } from '../../gateways/ws/book-command.ts';
import { Memory } from '../../wasm/memory.ts';
import { loadCore } from '../core-module.ts';
import { EXIT_OK } from '../errors.ts';
import { bookFromFix } from '../market/book-command.ts';
import { usage, wholeNumber } from './arguments.ts';

const HELP = `usage: gyrfalcon book --fix FILE [--levels N] [--symbol S]
       gyrfalcon book --venue binance --file FILE --bbo

  --fix FILE    35=W/X messages, one a line (.fix, .fix.zst): a row a message in the column order of
                LOBSTER's orderbook file (ask price, ask size, bid price, bid size, level by level)
  --levels N    1 to 50, default 10
  --symbol S    where the file holds several
  --venue binance --file FILE --bbo
                recorded WebSocket messages (.jsonl, .jsonl.zst): best bid and offer after each diff,
                built from snapshot and diffs alone
`;

const OPTIONS = {
  fix: { type: 'string' },
  levels: { type: 'string', default: '10' },
  symbol: { type: 'string' },
  venue: { type: 'string' },
  file: { type: 'string' },
  bbo: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  if (values.help) {
    process.stdout.write(HELP);
    return EXIT_OK;
  }
  if (values.fix !== undefined) {
    const levels = wholeNumber('levels', values.levels, { min: 1, max: 50 });
    const { rows, symbol } = await bookFromFix(values.fix, {
      levels, out: process.stdout, symbol: values.symbol,
    });
    if (values.json) process.stderr.write(`${JSON.stringify({ rows, symbol })}\n`);
    return EXIT_OK;
  }
  if (values.venue !== 'binance') throw usage('give --fix FILE, or --venue binance --file FILE --bbo');
  if (values.file === undefined || !values.bbo) throw usage('--venue binance needs --file FILE and --bbo');
  const memory = new Memory();
  const out = (text: string): void => {
    process.stdout.write(text);
  };
  const { rows, ignored } = await bookFromBinance(values.file, { memory, core: loadCore(memory), out });
  if (values.json) process.stderr.write(`${JSON.stringify({ rows, ignored })}\n`);
  return EXIT_OK;
}
