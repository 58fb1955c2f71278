//! Two Rust peers of the bench `book`: the matching crate `lobster`, and hftbacktest's
//! `HashMapMarketDepth` fed order by order (it matches nothing: book building only). Protocol:
//! ../../peer-process.ts.
#![deny(clippy::all)]

use std::hint::black_box;
use std::io::{BufRead, Write};

use hftbacktest::depth::{HashMapMarketDepth, L3MarketDepth};
use lobster::{OrderBook, OrderEvent, OrderType, Side};

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
const SEED: u64 = 0x243f_6a88_85a3_08d3;
const COMMAND_BYTES: usize = 64;
/// Events that are brought to the book at a time.
const CHUNK: usize = 4096;
const ARENA_ORDERS: usize = 16_384;
const QUEUE_ORDERS: usize = 16;

const NEW: u8 = 1;
const CANCEL: u8 = 2;
const REDUCE: u8 = 3;
const FEED_ADD: u8 = 16;
const FEED_DELETE: u8 = 19;
const FEED_REPLACE: u8 = 20;

/// A command of the file, unpacked before the clock runs.
struct Command {
    kind: u8,
    is_buy: bool,
    book: usize,
    id: u64,
    price: u64,
    lots: u64,
    new_id: u64,
    /// What is left of the order after an execution or a reduction.
    leaves: u64,
}

struct File {
    lead: usize,
    books: usize,
    commands: Vec<Command>,
}

fn word(bytes: &[u8], at: usize) -> u64 {
    let mut word = [0; 8];
    word.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(word)
}

fn read(path: &str) -> std::io::Result<File> {
    let bytes = std::fs::read(path)?;
    let commands = bytes[COMMAND_BYTES..]
        .chunks_exact(COMMAND_BYTES)
        .map(|command| Command {
            kind: command[0],
            is_buy: command[1] == 1,
            book: usize::from(u16::from_le_bytes([command[6], command[7]])),
            id: word(command, 8),
            price: word(command, 16),
            lots: word(command, 24),
            new_id: word(command, 40),
            leaves: word(command, 48),
        })
        .collect();
    let lead = (word(&bytes, 0) & 0xffff_ffff) as usize;
    let books = (word(&bytes, 8) & 0xffff_ffff) as usize;
    Ok(File { lead, books, commands })
}

fn mix(hash: u64, word: u64) -> u64 {
    let mixed = (hash ^ word).wrapping_mul(GOLDEN);
    mixed ^ (mixed >> 29)
}

fn cpu_ns() -> i64 {
    let mut now = libc_timespec { seconds: 0, nanoseconds: 0 };
    // SAFETY: `now` is a timespec of this platform (64-bit Linux) that outlives the call.
    unsafe { clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &mut now) };
    now.seconds * 1_000_000_000 + now.nanoseconds
}

const CLOCK_PROCESS_CPUTIME_ID: i32 = 2;

#[repr(C)]
#[allow(non_camel_case_types)]
struct libc_timespec {
    seconds: i64,
    nanoseconds: i64,
}

unsafe extern "C" {
    fn clock_gettime(clock: i32, now: *mut libc_timespec) -> i32;
}

#[derive(Default)]
struct Trades {
    count: u64,
}

/// lobster has no reduction and no replace: both are a cancel and a new order, so that a reduced
/// order loses its place and after some thousand events trades are others: levels are told for "check"
/// only, which the bench asks of fewer.
fn lobster_play(books: &mut [OrderBook], commands: &[Command], lots: &mut [u64], trades: &mut Trades) {
    for command in commands {
        let book = &mut books[command.book];
        let id = u128::from(command.id);
        let side = if command.is_buy { Side::Bid } else { Side::Ask };
        let mut qty = command.lots;
        if command.kind != NEW {
            book.execute(OrderType::Cancel { id });
        }
        if command.kind == CANCEL {
            continue;
        }
        if command.kind == REDUCE {
            qty = lots[command.id as usize].saturating_sub(qty);
        }
        if qty == 0 {
            continue;
        }
        lots[command.id as usize] = qty;
        let event = book.execute(OrderType::Limit { id, side, qty, price: command.price });
        if let OrderEvent::Filled { fills, .. } | OrderEvent::PartiallyFilled { fills, .. } = event {
            trades.count += fills.len() as u64;
        }
    }
}

/// CPU time of the events themselves: each chunk is read once, and so in the cache, before its clock runs.
fn timed(commands: &[Command], mut play: impl FnMut(&[Command])) -> i64 {
    let mut spent_ns = 0;
    for chunk in commands.chunks(CHUNK) {
        black_box(chunk.iter().fold(0, |sum: u64, command| {
            sum.wrapping_add(command.id).wrapping_add(command.leaves)
        }));
        let start_ns = cpu_ns();
        play(chunk);
        spent_ns += cpu_ns() - start_ns;
    }
    spent_ns
}

fn lobster_round(file: &File, count: usize, is_check: bool) -> String {
    let mut books: Vec<OrderBook> = (0..file.books)
        .map(|_| OrderBook::new(ARENA_ORDERS, QUEUE_ORDERS, false))
        .collect();
    let mut lots = vec![0; file.commands.len() + 1];
    let mut trades = Trades::default();
    lobster_play(&mut books, &file.commands[..file.lead], &mut lots, &mut trades);
    trades.count = 0;
    let spent_ns = timed(&file.commands[file.lead..file.lead + count], |chunk| {
        lobster_play(&mut books, chunk, &mut lots, &mut trades);
    });
    if !is_check {
        return format!("{{\"cpuNs\":{spent_ns},\"trades\":{}}}", trades.count);
    }
    let mut hash = SEED;
    for book in &books {
        let depth = book.depth(0);
        for level in depth.bids.iter().rev() {
            hash = mix(mix(hash, level.price), level.qty);
        }
        hash = mix(hash, 0);
        for level in &depth.asks {
            hash = mix(mix(hash, level.price), level.qty);
        }
        hash = mix(hash, 0);
    }
    format!("{{\"cpuNs\":{spent_ns},\"trades\":{},\"levelsHash\":\"{hash:016x}\"}}", trades.count)
}

fn depth_play(books: &mut [HashMapMarketDepth], commands: &[Command]) {
    for command in commands {
        let book = &mut books[command.book];
        let price = command.price as f64;
        // What a book does not know of an order is a fault of the file.
        let is_done = match command.kind {
            FEED_ADD if command.is_buy => book.add_buy_order(command.id, price, command.lots as f64, 0).is_ok(),
            FEED_ADD => book.add_sell_order(command.id, price, command.lots as f64, 0).is_ok(),
            FEED_DELETE => book.delete_order(command.id, 0).is_ok(),
            FEED_REPLACE => {
                let qty = command.lots as f64;
                book.delete_order(command.id, 0).is_ok()
                    && if command.is_buy {
                        book.add_buy_order(command.new_id, price, qty, 0).is_ok()
                    } else {
                        book.add_sell_order(command.new_id, price, qty, 0).is_ok()
                    }
            }
            _ if command.leaves == 0 => book.delete_order(command.id, 0).is_ok(),
            _ => book.modify_order(command.id, price, command.leaves as f64, 0).is_ok(),
        };
        assert!(is_done, "hftbacktest refused an event of the bench");
    }
}

fn depth_round(file: &File, count: usize) -> String {
    let mut books: Vec<HashMapMarketDepth> =
        (0..file.books).map(|_| HashMapMarketDepth::new(1.0, 1.0)).collect();
    depth_play(&mut books, &file.commands[..file.lead]);
    let spent_ns = timed(&file.commands[file.lead..file.lead + count], |chunk| {
        depth_play(&mut books, chunk);
    });
    let mut hash = SEED;
    for book in &books {
        for is_buy in [true, false] {
            hash = hash_levels(hash, book, is_buy);
        }
    }
    format!("{{\"cpuNs\":{spent_ns},\"levelsHash\":\"{hash:016x}\"}}")
}

fn hash_levels(mut hash: u64, book: &HashMapMarketDepth, is_buy: bool) -> u64 {
    let mut levels = std::collections::BTreeMap::<i64, f64>::new();
    for order in book.orders().values() {
        let is_bid = order.side == hftbacktest::types::Side::Buy;
        if is_bid == is_buy {
            let rank = if is_buy { -order.price_tick } else { order.price_tick };
            *levels.entry(rank).or_default() += order.qty;
        }
    }
    for (rank, lots) in levels {
        hash = mix(mix(hash, rank.unsigned_abs()), lots as u64);
    }
    mix(hash, 0)
}

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let file = read(&arguments[1])?;
    let is_lobster = arguments[2] == "lobster";
    println!("ready");
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let count = line.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0);
        let answer = if is_lobster { lobster_round(&file, count, line.starts_with("check")) } else { depth_round(&file, count) };
        println!("{answer}");
        std::io::stdout().flush()?;
    }
    Ok(())
}
