//! The floor's pre-trade checks: the same list as the engine's gate runs before every new order, in
//! the same order, first refusal wins.
use crate::clock::NS_PER_S;
use crate::market::INCREMENT_TICKS;
use crate::price_book::Level;

const MESSAGES_PER_S_MAX: usize = 4096;
const STALE_NS: u64 = 5 * NS_PER_S;
const DUPLICATE_NS: u64 = 1_000_000;
const DUPLICATES: usize = 16;
const COLLAR_BPS: u64 = 200;
const ORDER_LOTS_MAX: u64 = 1000;
const NOTIONAL_TICK_LOTS_MAX: u64 = 10_000_000_000;
const POSITION_LOTS_MAX: i64 = 1_000_000;
const OPEN_ORDERS_MAX: u64 = 16_384;
const LOSS_TICK_LOTS_MAX: i64 = 250_000_000;

/// What an order is judged by.
pub struct Request {
    pub is_buy: bool,
    pub price_ticks: u64,
    pub lots: u64,
    /// Market time.
    pub now_ns: u64,
}

pub struct Limits {
    pub is_killed: bool,
    pub is_logged_on: bool,
    pub position_lots: i64,
    pub open_buy_lots: i64,
    pub open_sell_lots: i64,
    pub open_orders: u64,
    pub profit_tick_lots: i64,
    pub book_updated_ns: u64,
    /// When the last messages left, oldest at `sent` modulo the length.
    rate: Vec<u64>,
    sent: usize,
    recent: [(u64, u64, u64); DUPLICATES],
}

impl Limits {
    pub fn new() -> Limits {
        Limits {
            is_killed: false,
            is_logged_on: false,
            position_lots: 0,
            open_buy_lots: 0,
            open_sell_lots: 0,
            open_orders: 0,
            profit_tick_lots: 0,
            book_updated_ns: 0,
            rate: vec![0; MESSAGES_PER_S_MAX],
            sent: 0,
            recent: [(0, 0, 0); DUPLICATES],
        }
    }

    /// None: allowed, and counted. Some: why not.
    #[inline]
    pub fn refusal(
        &mut self,
        request: &Request,
        bid: Option<Level>,
        ask: Option<Level>,
    ) -> Option<&'static str> {
        let refused = self.state_refusal(request, bid, ask).or_else(|| self.size_refusal(request));
        let refused = refused.or_else(|| self.pace_refusal(request));
        if refused.is_none() {
            self.count(request);
        }
        refused
    }

    #[inline]
    fn state_refusal(
        &self,
        request: &Request,
        bid: Option<Level>,
        ask: Option<Level>,
    ) -> Option<&'static str> {
        if self.is_killed {
            return Some("killed");
        }
        if !self.is_logged_on {
            return Some("session down");
        }
        let (Some(bid), Some(ask)) = (bid, ask) else { return Some("book state") };
        if bid.price_ticks >= ask.price_ticks {
            return Some("book state");
        }
        if request.now_ns - self.book_updated_ns >= STALE_NS {
            return Some("stale book");
        }
        if request.price_ticks == 0 || !request.price_ticks.is_multiple_of(INCREMENT_TICKS) {
            return Some("bad price");
        }
        let mid2 = bid.price_ticks + ask.price_ticks;
        if (2 * request.price_ticks).abs_diff(mid2) * 10_000 > mid2 * COLLAR_BPS {
            return Some("price collar");
        }
        None
    }

    #[inline]
    fn size_refusal(&self, request: &Request) -> Option<&'static str> {
        if request.lots == 0 || request.lots > ORDER_LOTS_MAX {
            return Some("order quantity");
        }
        if request.lots * request.price_ticks > NOTIONAL_TICK_LOTS_MAX {
            return Some("order notional");
        }
        let (held, working) = if request.is_buy {
            (self.position_lots, self.open_buy_lots)
        } else {
            (-self.position_lots, self.open_sell_lots)
        };
        if held + working + request.lots as i64 > POSITION_LOTS_MAX {
            return Some("position");
        }
        None
    }

    #[inline]
    fn pace_refusal(&self, request: &Request) -> Option<&'static str> {
        let oldest_ns = self.rate[self.sent % MESSAGES_PER_S_MAX];
        if self.sent >= MESSAGES_PER_S_MAX && request.now_ns - oldest_ns < NS_PER_S {
            return Some("message rate");
        }
        let signature = signature_of(request);
        let is_duplicate = |(price, lots, at_ns): &(u64, u64, u64)| {
            (*price, *lots) == signature && request.now_ns - at_ns < DUPLICATE_NS
        };
        if self.recent.iter().any(is_duplicate) {
            return Some("duplicate");
        }
        if -self.profit_tick_lots >= LOSS_TICK_LOTS_MAX {
            return Some("daily loss");
        }
        (self.open_orders >= OPEN_ORDERS_MAX).then_some("open orders")
    }

    #[inline]
    fn count(&mut self, request: &Request) {
        self.rate[self.sent % MESSAGES_PER_S_MAX] = request.now_ns;
        let (price, lots) = signature_of(request);
        self.recent[self.sent % DUPLICATES] = (price, lots, request.now_ns);
        self.sent += 1;
        self.open_orders += 1;
        let open = if request.is_buy { &mut self.open_buy_lots } else { &mut self.open_sell_lots };
        *open += request.lots as i64;
    }

    /// An order has ended with nothing done.
    #[inline]
    pub fn order_ended(&mut self, is_buy: bool, lots: u64) {
        self.open_orders -= 1;
        let open = if is_buy { &mut self.open_buy_lots } else { &mut self.open_sell_lots };
        *open -= lots as i64;
    }
}

impl Default for Limits {
    fn default() -> Self {
        Limits::new()
    }
}

#[inline]
fn signature_of(request: &Request) -> (u64, u64) {
    (request.price_ticks << 1 | u64::from(request.is_buy), request.lots)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BID: Option<Level> = Some(Level { price_ticks: 5_800_000, lots: 5 });
    const ASK: Option<Level> = Some(Level { price_ticks: 5_800_100, lots: 5 });

    fn request(now_ns: u64) -> Request {
        Request { is_buy: true, price_ticks: 5_800_100, lots: 100, now_ns }
    }

    fn live() -> Limits {
        Limits { is_logged_on: true, ..Limits::new() }
    }

    #[test]
    fn every_limit_refuses_by_its_name() {
        type Change = fn(&mut Limits, &mut Request);
        let cases: [(&str, Change); 9] = [
            ("killed", |limits, _| limits.is_killed = true),
            ("session down", |limits, _| limits.is_logged_on = false),
            ("stale book", |_, order| order.now_ns = STALE_NS),
            ("bad price", |_, order| order.price_ticks += 1),
            ("price collar", |_, order| order.price_ticks = 5_920_000),
            ("order quantity", |_, order| order.lots = 1001),
            ("position", |limits, _| limits.position_lots = POSITION_LOTS_MAX - 99),
            ("daily loss", |limits, _| limits.profit_tick_lots = -LOSS_TICK_LOTS_MAX),
            ("open orders", |limits, _| limits.open_orders = OPEN_ORDERS_MAX),
        ];
        for (name, change) in cases {
            let (mut limits, mut order) = (live(), request(DUPLICATE_NS));
            change(&mut limits, &mut order);
            assert_eq!(limits.refusal(&order, BID, ASK), Some(name));
        }
        let dear = |price_ticks| Some(Level { price_ticks, lots: 5 });
        let large = Request { price_ticks: 10_000_100, lots: 1000, ..request(DUPLICATE_NS) };
        let refused = live().refusal(&large, dear(10_000_000), dear(10_000_100));
        assert_eq!(refused, Some("order notional"));
        assert_eq!(live().refusal(&request(DUPLICATE_NS), BID, None), Some("book state"));
        assert_eq!(live().refusal(&request(DUPLICATE_NS), ASK, BID), Some("book state"));
    }

    #[test]
    fn the_same_order_is_refused_within_the_window_and_counted_until_it_ends() {
        let mut limits = live();
        assert_eq!(limits.refusal(&request(DUPLICATE_NS), BID, ASK), None);
        assert_eq!(limits.refusal(&request(2 * DUPLICATE_NS - 1), BID, ASK), Some("duplicate"));
        assert_eq!((limits.open_orders, limits.open_buy_lots), (1, 100));
        limits.order_ended(true, 100);
        assert_eq!((limits.open_orders, limits.open_buy_lots), (0, 0));
    }

    #[test]
    fn the_message_rate_holds_in_every_second() {
        let mut limits = live();
        let mut order = request(DUPLICATE_NS);
        for number in 0..MESSAGES_PER_S_MAX as u64 {
            order.now_ns = DUPLICATE_NS + number * 1000;
            order.lots = 1 + number % 500; // no duplicates
            assert_eq!(limits.refusal(&order, BID, ASK), None);
            limits.order_ended(true, order.lots);
        }
        order.now_ns = DUPLICATE_NS + NS_PER_S - 1;
        limits.book_updated_ns = order.now_ns;
        assert_eq!(limits.refusal(&order, BID, ASK), Some("message rate"));
        order.now_ns += 1;
        assert_eq!(limits.refusal(&order, BID, ASK), None);
    }
}
