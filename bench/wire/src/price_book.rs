//! The floor's order book by price: both sides sorted with the touch at the end, so that changes near
//! it move few levels.
use crate::fault::{fault, Checked};
use crate::fields::{ticks, whole, Fields};

const LEVELS_MAX: usize = 64;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    pub price_ticks: u64,
    pub lots: u64,
}

pub struct PriceBook {
    bids: Vec<Level>,
    asks: Vec<Level>,
}

/// One MDEntry as it is read.
#[derive(Clone, Copy)]
struct Entry<'a> {
    action: &'a [u8],
    side: &'a [u8],
    symbol: &'a [u8],
    price_ticks: Option<u64>,
    lots: Option<u64>,
}

impl PriceBook {
    pub fn new() -> PriceBook {
        PriceBook { bids: Vec::with_capacity(LEVELS_MAX), asks: Vec::with_capacity(LEVELS_MAX) }
    }

    /// Applies the entries of 35=W (`is_snapshot`) or 35=X.
    #[inline]
    pub fn apply(&mut self, fields: Fields<'_>, is_snapshot: bool) -> Checked<()> {
        let first_tag = if is_snapshot { 269 } else { 279 };
        let mut entry: Option<Entry<'_>> = None;
        let (mut announced, mut applied) = (None, 0);
        let mut symbol = &b""[..];
        if is_snapshot {
            self.bids.clear();
            self.asks.clear();
        }
        for (tag, value) in fields {
            if tag == first_tag {
                if let Some(whole_entry) = entry.take() {
                    self.apply_entry(&whole_entry)?;
                    applied += 1;
                }
                entry =
                    Some(Entry { action: b"0", side: b"", symbol, price_ticks: None, lots: None });
            }
            match (tag, entry.as_mut()) {
                (268, _) => announced = whole(value),
                (55, None) => symbol = value,
                (279, Some(open)) => open.action = value,
                (269, Some(open)) => open.side = value,
                (55, Some(open)) => open.symbol = value,
                (270, Some(open)) => open.price_ticks = ticks(value),
                (271, Some(open)) => open.lots = whole(value),
                _ => {}
            }
        }
        if let Some(last) = entry {
            self.apply_entry(&last)?;
            applied += 1;
        }
        if announced == Some(applied) {
            Ok(())
        } else {
            fault("NoMDEntries is not the number of entries")
        }
    }

    pub fn best(&self, is_bid: bool) -> Option<Level> {
        let side = if is_bid { &self.bids } else { &self.asks };
        side.last().copied()
    }

    pub fn depth(&self, is_bid: bool) -> usize {
        if is_bid {
            self.bids.len()
        } else {
            self.asks.len()
        }
    }

    #[inline]
    fn apply_entry(&mut self, entry: &Entry<'_>) -> Checked<()> {
        let Some(price_ticks) = entry.price_ticks else { return fault("an entry without a price") };
        if entry.symbol != crate::market::SYMBOL {
            return fault("an entry of another symbol");
        }
        let is_bid = match entry.side {
            b"0" => true,
            b"1" => false,
            _ => return fault("an entry that is neither bid nor offer"),
        };
        let side = if is_bid { &mut self.bids } else { &mut self.asks };
        let is_behind = |level: &Level| {
            if is_bid {
                level.price_ticks < price_ticks
            } else {
                level.price_ticks > price_ticks
            }
        };
        let mut at = side.len();
        while at > 0 && !is_behind(&side[at - 1]) {
            at -= 1;
        }
        let is_there = side.get(at).is_some_and(|level| level.price_ticks == price_ticks);
        match (entry.action, entry.lots) {
            (b"2", _) if is_there => {
                side.remove(at);
            }
            (b"0" | b"1", Some(lots)) if is_there => side[at].lots = lots,
            (b"0" | b"1", Some(lots)) if side.len() < LEVELS_MAX => {
                side.insert(at, Level { price_ticks, lots });
            }
            _ => return fault("an entry that the book cannot take"),
        }
        Ok(())
    }
}

impl Default for PriceBook {
    fn default() -> Self {
        PriceBook::new()
    }
}
