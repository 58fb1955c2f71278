/** `gyrfalcon book`: a recorded day through the core's own decode and book, a CSV row a message. */
import { Writable } from 'node:stream';
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
  --json        each row as one line of JSON
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
    const out = values.json ? jsonRows : process.stdout;
    await bookFromFix(values.fix, { levels, out, symbol: values.symbol });
    return EXIT_OK;
  }
  if (values.venue !== 'binance')
    throw usage('give --fix FILE, or --venue binance --file FILE --bbo');
  if (values.file === undefined || !values.bbo)
    throw usage('--venue binance needs --file FILE and --bbo');
  const memory = new Memory();
  const out = (text: string): void => {
    process.stdout.write(values.json ? quotesAsJson(text) : text);
  };
  await bookFromBinance(values.file, { memory, core: loadCore(memory), out });
  return EXIT_OK;
}

/** Rows of whole numbers, written as JSON arrays. */
const jsonRows = new Writable({
  decodeStrings: false,
  write: (rows: Buffer | string, _encoding, done) => {
    process.stdout.write(String(rows).replaceAll(/^.+$/gm, '[$&]'), done);
  },
});

/** `updateId,bidPrice,bidSize,askPrice,askSize` as JSON objects; the header line goes, an empty side is null. */
function quotesAsJson(text: string): string {
  return text.replaceAll(/^.+\n/gm, (line: string) => {
    const [updateId, ...cells] = line.trimEnd().split(',');
    if (updateId === 'updateId') return '';
    const [bidPrice, bidSize, askPrice, askSize] = cells.map((cell) => (cell === '' ? null : cell));
    return `${JSON.stringify({ updateId: Number(updateId), bidPrice, bidSize, askPrice, askSize })}\n`;
  });
}
