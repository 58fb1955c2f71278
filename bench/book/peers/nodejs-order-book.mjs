/**
 * nodejs-order-book as a peer of the bench `book`. A reduction is a modify, which loses the order's
 * place, so after some thousand events its trades are others: levels are told for "check" only, which
 * the bench asks of fewer. Protocol: ../peer-process.ts.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { mix, SEED } from '../book-hash.ts';

const [path, folder] = process.argv.slice(2);
const { OrderBook, Side } = createRequire(`${folder}/`)('nodejs-order-book');
const COMMAND_BYTES = 64;
const NEW = 1;
const CANCEL = 2;
const REDUCE = 3;

const file = readFileSync(path);
const lead = file.readUInt32LE(0);
const instruments = file.readUInt32LE(8);

function unpack(count) {
  return Array.from({ length: count }, (_, n) => {
    const at = COMMAND_BYTES + n * COMMAND_BYTES;
    return {
      kind: file[at],
      side: file[at + 1] === 1 ? Side.BUY : Side.SELL,
      book: file.readUInt16LE(at + 6),
      id: String(file.readBigInt64LE(at + 8)),
      price: Number(file.readBigInt64LE(at + 16)),
      size: Number(file.readBigInt64LE(at + 24)),
    };
  });
}

function play(books, commands) {
  for (const { kind, side, book: number, id, price, size } of commands) {
    const book = books[number];
    if (kind === NEW) book.limit({ id, side, size, price });
    else if (kind === CANCEL) book.cancel(id);
    else if (kind === REDUCE) book.modify(id, { size: book.order(id).size - size });
    else book.modify(id, { price });
  }
}

function levelsHash(books) {
  let hash = SEED;
  for (const book of books) {
    const [asks, bids] = book.depth();
    for (const side of [bids.sort((a, b) => b[0] - a[0]), asks.sort((a, b) => a[0] - b[0])]) {
      for (const [price, lots] of side) hash = mix(mix(hash, price), lots);
      hash = mix(hash, 0);
    }
  }
  return hash.toString(16).padStart(16, '0');
}

process.stdout.write('ready\n');
for await (const line of createInterface({ input: process.stdin })) {
  const [kind, count] = line.split(' ');
  const commands = unpack(lead + Number(count));
  const books = Array.from({ length: instruments }, () => new OrderBook());
  play(books, commands.slice(0, lead));
  const timed = commands.slice(lead);
  const before = process.cpuUsage();
  play(books, timed);
  const { user, system } = process.cpuUsage(before);
  const cpuNs = (user + system) * 1000;
  const answer = kind === 'check' ? { cpuNs, levelsHash: levelsHash(books) } : { cpuNs };
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
