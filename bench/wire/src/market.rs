//! The market that the client plays for an engine: one instrument, ten levels a side, a seeded walk.
//! Every tick is a 35=X of four entries and leads to exactly one order, which is known beforehand:
//! buy at the ask where more is bid than offered at the touch, else sell at the bid.
use crate::fields::SOH;
use crate::message::Message;
use crate::random::Random;
use std::collections::VecDeque;

pub const SYMBOL: &[u8] = b"MSFT";
pub const INCREMENT_TICKS: u64 = 100; // 0.01
const LEVELS: usize = 10;
const MID_INCREMENTS: u64 = 58_000;
const WALK_INCREMENTS: u64 = 500;
const LOTS_MAX: u64 = 900;
/// Of an order; the strategy's parameter.
pub const ORDER_LOTS: u64 = 100;

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ExpectedOrder {
    pub is_buy: bool,
    pub price_ticks: u64,
}

/// Sizes from the touch on; the ask's touch is one increment above the bid's.
pub struct Market {
    random: Random,
    bid_increments: u64,
    bids: VecDeque<u64>,
    asks: VecDeque<u64>,
}

const BID: &[u8] = b"0";
const ASK: &[u8] = b"1";
const NEW: &[u8] = b"0";
const CHANGE: &[u8] = b"1";
const DELETE: &[u8] = b"2";

impl Market {
    pub fn new(seed: u64) -> Market {
        let mut random = Random::new(seed);
        let mut side = || (0..LEVELS).map(|_| 1 + random.below(LOTS_MAX)).collect();
        Market { bids: side(), asks: side(), random, bid_increments: MID_INCREMENTS }
    }

    /// Appends Symbol and the whole book; returns the order that it leads to.
    pub fn write_snapshot(&self, message: &mut Message<'_>) -> ExpectedOrder {
        message.text(b"55", SYMBOL).whole(b"268", 2 * LEVELS as u64);
        for depth in 0..LEVELS {
            message.text(b"269", BID).price(b"270", self.price(true, depth));
            message.whole(b"271", self.bids[depth]);
        }
        for depth in 0..LEVELS {
            message.text(b"269", ASK).price(b"270", self.price(false, depth));
            message.whole(b"271", self.asks[depth]);
        }
        self.order()
    }

    /// Appends the entries of the next tick; returns the order that it leads to.
    #[inline]
    pub fn write_tick(&mut self, message: &mut Message<'_>) -> ExpectedOrder {
        message.whole(b"268", 4);
        let bid = self.bid_increments;
        match self.random.below(4) {
            0 if bid < MID_INCREMENTS + WALK_INCREMENTS => self.write_move(message, true),
            1 if bid > MID_INCREMENTS - WALK_INCREMENTS => self.write_move(message, false),
            _ => self.write_sizes(message),
        }
        self.order()
    }

    #[inline]
    fn order(&self) -> ExpectedOrder {
        let is_buy = self.bids[0] > self.asks[0];
        ExpectedOrder { is_buy, price_ticks: self.price(!is_buy, 0) }
    }

    /// The touch of one side is gone, and the other side moves up to it.
    fn write_move(&mut self, message: &mut Message<'_>, is_up: bool) {
        let (lost, won) = if is_up { (ASK, BID) } else { (BID, ASK) };
        self.write_delete(message, lost, self.price(!is_up, 0));
        self.write_delete(message, won, self.price(is_up, LEVELS - 1));
        let (far, touch) = (self.lots(), self.lots());
        let (losing, winning) =
            if is_up { (&mut self.asks, &mut self.bids) } else { (&mut self.bids, &mut self.asks) };
        losing.pop_front();
        losing.push_back(far);
        winning.pop_back();
        winning.push_front(touch);
        self.bid_increments = if is_up { self.bid_increments + 1 } else { self.bid_increments - 1 };
        write_entry(message, NEW, lost, self.price(!is_up, LEVELS - 1), far);
        write_entry(message, NEW, won, self.price(is_up, 0), touch);
    }

    /// New sizes at the touch and at one level behind it on each side.
    fn write_sizes(&mut self, message: &mut Message<'_>) {
        for is_bid in [true, false] {
            let behind = 1 + self.random.below(LEVELS as u64 - 1) as usize;
            for depth in [0, behind] {
                let lots = self.lots();
                let side = if is_bid { &mut self.bids } else { &mut self.asks };
                side[depth] = lots;
                let code = if is_bid { BID } else { ASK };
                write_entry(message, CHANGE, code, self.price(is_bid, depth), lots);
            }
        }
    }

    fn write_delete(&self, message: &mut Message<'_>, side: &[u8], price_ticks: u64) {
        message.text(b"279", DELETE).text(b"269", side).text(b"55", SYMBOL);
        message.price(b"270", price_ticks);
    }

    fn lots(&mut self) -> u64 {
        1 + self.random.below(LOTS_MAX)
    }

    fn price(&self, is_bid: bool, depth: usize) -> u64 {
        let depth = depth as u64;
        let bid = self.bid_increments;
        (if is_bid { bid - depth } else { bid + 1 + depth }) * INCREMENT_TICKS
    }
}

fn write_entry(message: &mut Message<'_>, action: &[u8], side: &[u8], price_ticks: u64, lots: u64) {
    message.text(b"279", action).text(b"269", side).text(b"55", SYMBOL);
    message.price(b"270", price_ticks).whole(b"271", lots);
    debug_assert!(message.out.last() == Some(&SOH));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::Fields;
    use crate::price_book::PriceBook;

    /// Behind `8=FIX.4.4|9=000|`.
    const BODY: usize = 16;

    #[test]
    fn the_order_that_is_expected_is_the_one_that_the_book_says() {
        let mut market = Market::new(3);
        let mut book = PriceBook::new();
        let mut out = Vec::new();
        market.write_snapshot(&mut Message::begin(&mut out, b"W"));
        book.apply(Fields::of(&out[BODY..]), true).expect("right");
        let mut buys = 0;
        for _ in 0..20_000 {
            out.clear();
            let expected = market.write_tick(&mut Message::begin(&mut out, b"X"));
            book.apply(Fields::of(&out[BODY..]), false).expect("right");
            let (bid, ask) = (book.best(true).expect("bids"), book.best(false).expect("asks"));
            assert_eq!(bid.price_ticks + INCREMENT_TICKS, ask.price_ticks);
            let is_buy = bid.lots > ask.lots;
            let price_ticks = if is_buy { ask.price_ticks } else { bid.price_ticks };
            assert_eq!(expected, ExpectedOrder { is_buy, price_ticks });
            assert_eq!((book.depth(true), book.depth(false)), (LEVELS, LEVELS));
            buys += u32::from(is_buy);
        }
        assert!((8_000..12_000).contains(&buys), "{buys}");
    }

    #[test]
    fn the_same_seed_is_the_same_market() {
        let day = |seed| {
            let mut out = Vec::new();
            let mut market = Market::new(seed);
            for _ in 0..100 {
                market.write_tick(&mut Message::begin(&mut out, b"X"));
            }
            out
        };
        assert_eq!(day(1), day(1));
        assert_ne!(day(1), day(2));
    }
}
