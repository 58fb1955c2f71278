//! The floor as an engine on ticks: a busy-polled socket, the session's checks, a price book, the
//! decision, the limits, the order's message, the state of the orders that are out. No journal.
use crate::args::Args;
use crate::clock::{parse_timestamp_ns, NS_PER_S};
use crate::connection::Connection;
use crate::fault::{fault, shown, Checked};
use crate::fields::whole;
use crate::limits::{Limits, Request};
use crate::market::{ORDER_LOTS, SYMBOL};
use crate::price_book::PriceBook;
use crate::session::{Incoming, Session};
use std::net::TcpStream;

const ORDERS_MAX: usize = 65_536;
const MARKET_TIME_TAG: u32 = 5060;

#[derive(Clone, Copy, Default)]
struct Order {
    number: u64,
    is_buy: bool,
    is_acknowledged: bool,
}

struct Engine {
    session: Session,
    book: PriceBook,
    limits: Limits,
    /// By number modulo ORDERS_MAX.
    orders: Vec<Order>,
    ordered: u64,
    market_ns: u64,
}

/// `floor ticks`: connects to the venue and trades until it is logged out.
pub fn run(args: &Args) -> Checked<()> {
    let stream = TcpStream::connect(("127.0.0.1", args.port("port")?))?;
    let mut connection = Connection::new(stream)?;
    let mut engine = Engine {
        session: Session::new(args.text("sender")?, args.text("target")?),
        book: PriceBook::new(),
        limits: Limits::new(),
        orders: vec![Order::default(); ORDERS_MAX],
        ordered: 0,
        market_ns: 0,
    };
    engine.session.logon(&mut connection.tx);
    connection.flush()?;
    loop {
        if connection.poll()? == 0 {
            continue;
        }
        while let Some(body) = connection.next_body()? {
            let (rx, tx) = connection.buffers();
            if !engine.take(&rx[body], tx)? {
                return connection.flush();
            }
            connection.flush()?;
        }
    }
}

impl Engine {
    /// False: the session is over.
    #[inline]
    fn take(&mut self, body: &[u8], tx: &mut Vec<u8>) -> Checked<bool> {
        let incoming = self.session.accept(body)?;
        match incoming.msg_type {
            b"X" => self.on_market(&incoming, tx, false)?,
            b"8" => self.on_report(&incoming)?,
            b"W" => self.on_market(&incoming, tx, true)?,
            b"A" => {
                self.limits.is_logged_on = true;
                self.subscribe(tx);
            }
            b"5" => {
                self.session.logout(tx);
                return Ok(false);
            }
            _ => {
                self.session.take_admin(&incoming, tx)?;
            }
        }
        Ok(true)
    }

    fn subscribe(&mut self, tx: &mut Vec<u8>) {
        let mut message = self.session.begin(tx, b"V");
        message.text(b"262", b"MD1").whole(b"263", 1).whole(b"264", 10).whole(b"265", 1);
        message.whole(b"267", 2).whole(b"269", 0).whole(b"269", 1);
        message.whole(b"146", 1).text(b"55", SYMBOL);
        message.finish();
    }

    #[inline]
    fn on_market(
        &mut self,
        incoming: &Incoming<'_>,
        tx: &mut Vec<u8>,
        is_snapshot: bool,
    ) -> Checked<()> {
        let time = incoming.body.find(MARKET_TIME_TAG).and_then(parse_timestamp_ns);
        let Some(market_ns) = time else { return fault("market data without its time") };
        self.market_ns = self.market_ns.max(market_ns);
        self.book.apply(incoming.body.rest(), is_snapshot)?;
        self.limits.book_updated_ns = self.market_ns;
        self.decide(tx)
    }

    /// Buys at the ask where more is bid than offered at the touch, else sells at the bid.
    #[inline]
    fn decide(&mut self, tx: &mut Vec<u8>) -> Checked<()> {
        let (bid, ask) = (self.book.best(true), self.book.best(false));
        let (Some(best_bid), Some(best_ask)) = (bid, ask) else { return Ok(()) };
        let is_buy = best_bid.lots > best_ask.lots;
        let price_ticks = if is_buy { best_ask.price_ticks } else { best_bid.price_ticks };
        let request = Request { is_buy, price_ticks, lots: ORDER_LOTS, now_ns: self.market_ns };
        if let Some(why) = self.limits.refusal(&request, bid, ask) {
            return fault(format!("the limits refuse an order: {why}"));
        }
        self.ordered += 1;
        let slot = self.ordered as usize % ORDERS_MAX;
        self.orders[slot] = Order { number: self.ordered, is_buy, is_acknowledged: false };
        self.write_order(tx, &request);
        Ok(())
    }

    #[inline]
    fn write_order(&mut self, tx: &mut Vec<u8>, request: &Request) {
        let mut message = self.session.begin(tx, b"D");
        message.out.extend_from_slice(b"11=F");
        crate::message::push_whole(message.out, NS_PER_S + self.ordered); // one length for all
        message.out.extend_from_slice(b"\x011=BENCH\x01");
        message.text(b"55", SYMBOL).text(b"54", if request.is_buy { b"1" } else { b"2" });
        message.out.extend_from_slice(b"60=");
        self.session.write_time(message.out);
        message.out.push(crate::fields::SOH);
        message.whole(b"38", request.lots).text(b"40", b"2").price(b"44", request.price_ticks);
        message.text(b"59", b"3").text(b"21", b"1");
        message.finish();
    }

    /// New or Canceled of an order that is out.
    #[inline]
    fn on_report(&mut self, incoming: &Incoming<'_>) -> Checked<()> {
        let (mut number, mut status, mut done) = (0, 0u8, None);
        for (tag, value) in incoming.body.rest() {
            match tag {
                11 if value.len() > 1 => number = whole(&value[1..]).unwrap_or(0),
                150 if value.len() == 1 => status = value[0],
                14 => done = whole(value),
                _ => {}
            }
        }
        let number = number.wrapping_sub(NS_PER_S);
        let order = &mut self.orders[number as usize % ORDERS_MAX];
        if order.number != number || done != Some(0) {
            return fault("a report of an order that is not out");
        }
        match (status, order.is_acknowledged) {
            (b'0', false) => order.is_acknowledged = true,
            (b'4', true) => {
                self.limits.order_ended(order.is_buy, ORDER_LOTS);
                *order = Order::default();
            }
            _ => return fault(format!("a report that does not follow: 150={}", shown(&[status]))),
        }
        Ok(())
    }
}
