//! Tick to order as the venue sees it: an acceptor that takes the engine's Logon, answers its market
//! data request with 35=W, and then plays 35=X; the time of a tick ends with the 35=D that it leads to.
//! Every order is checked against the one that the tick asks for, then answered with New and Canceled,
//! outside of what is measured.
use crate::args::Args;
use crate::clock::{parse_timestamp_ns, TimeText, NS_PER_S};
use crate::connection::Connection;
use crate::fault::{fault, shown, Checked, Fault};
use crate::fields::{ticks, whole, SOH};
use crate::load::{Load, Run};
use crate::market::{ExpectedOrder, Market, ORDER_LOTS, SYMBOL};
use crate::message::Message;
use crate::report::{say_listening, say_outcome};
use crate::session::{Incoming, Session};
use std::net::TcpListener;

const SUBSCRIBE_WAIT_NS: u64 = 60 * NS_PER_S;
const LOGOUT_WAIT_NS: u64 = 10 * NS_PER_S;
/// Of the market: a tick a millisecond from half past nine in New York on.
const MARKET_OPEN: &[u8] = b"20120621-13:30:00";
const TICK_MARKET_NS: u64 = 1_000_000;
const NS_PER_US: u64 = 1000;

struct TickClient {
    session: Session,
    connection: Connection,
    venue: Venue,
    is_subscribed: bool,
    has_logged_out: bool,
}

/// What the venue plays, and what must come of it.
struct Venue {
    market: Market,
    market_times: TimeText,
    market_ns: u64,
    ticks: u64,
    orders: u64,
    /// What the ticks on their way ask for, at their number modulo the length.
    expected: Vec<ExpectedOrder>,
    last_clordid: Vec<u8>,
}

/// `client ticks`: one engine, all loads one after the other, then a Logout.
pub fn run(args: &Args) -> Checked<()> {
    let loads = Load::parse_all(args.text("loads")?, args.whole("gap-us")? * NS_PER_US)?;
    let listener = TcpListener::bind(("127.0.0.1", args.port("port")?))?;
    say_listening(listener.local_addr()?.port());
    let (stream, _) = listener.accept()?;
    let most = loads.iter().map(|load| load.count).max().unwrap_or(1);
    let mut client = TickClient {
        session: Session::new(args.text("sender")?, args.text("target")?),
        connection: Connection::new(stream)?,
        venue: Venue {
            market: Market::new(args.whole("seed")?),
            market_times: TimeText::new(),
            market_ns: parse_timestamp_ns(MARKET_OPEN).unwrap_or(0),
            ticks: 0,
            orders: 0,
            expected: vec![ExpectedOrder::default(); most as usize],
            last_clordid: Vec::new(),
        },
        is_subscribed: false,
        has_logged_out: false,
    };
    // The snapshot leads to an order, too.
    client.wait("market data request and order", SUBSCRIBE_WAIT_NS, |client| {
        client.venue.orders == 1
    })?;
    for load in &loads {
        if !client.run_load(load)? {
            return Ok(()); // what is still on its way would spoil the next load
        }
    }
    client.session.logout(&mut client.connection.tx);
    client.wait("Logout", LOGOUT_WAIT_NS, |client| client.has_logged_out)
}

impl TickClient {
    fn wait(&mut self, what: &str, wait_ns: u64, is_there: fn(&TickClient) -> bool) -> Checked<()> {
        let until_ns = self.session.clock.now_ns() + wait_ns;
        while !is_there(self) {
            if self.session.clock.now_ns() > until_ns {
                return fault(format!("no {what} within {} s", wait_ns / NS_PER_S));
            }
            self.connection.flush()?;
            self.connection.poll()?;
            while let Some(body) = self.connection.next_body()? {
                let (rx, tx) = self.connection.buffers();
                let incoming = self.session.accept(&rx[body])?;
                match incoming.msg_type {
                    b"A" => self.session.answer_logon(tx, incoming.body),
                    b"V" if !self.is_subscribed => {
                        self.is_subscribed = true;
                        let message = self.session.begin(tx, b"W");
                        self.venue.write_market(message, true);
                    }
                    b"5" => self.has_logged_out = true,
                    _ if self.session.take_admin(&incoming, tx)? => {}
                    _ => self.venue.take_order(&mut self.session, &incoming, tx)?,
                }
            }
        }
        self.connection.flush()
    }

    /// True when every tick led to its order.
    fn run_load(&mut self, load: &Load) -> Checked<bool> {
        let mut run = Run::begin(load, self.session.clock.now_ns());
        let mut is_overrun = false;
        while !run.is_done() && !is_overrun {
            let due = run.due(self.session.clock.now_ns());
            if due > 0 && self.connection.has_room() {
                for _ in 0..due {
                    let message = self.session.begin(&mut self.connection.tx, b"X");
                    self.venue.write_market(message, false);
                }
                run.sending(due, self.session.clock.now_ns());
            }
            self.connection.flush()?;
            if self.connection.poll()? > 0 {
                let now_ns = self.session.clock.now_ns();
                self.take_orders(&mut run, now_ns)?;
            } else {
                is_overrun = run.is_overrun(self.session.clock.now_ns())?;
            }
        }
        self.connection.flush()?;
        if !load.is_warm_up {
            say_outcome(&run.outcome(load));
        }
        Ok(!is_overrun)
    }

    #[inline]
    fn take_orders(&mut self, run: &mut Run, now_ns: u64) -> Checked<()> {
        while let Some(body) = self.connection.next_body()? {
            let (rx, tx) = self.connection.buffers();
            let incoming = self.session.accept(&rx[body])?;
            if !self.session.take_admin(&incoming, tx)? {
                self.venue.take_order(&mut self.session, &incoming, tx)?;
                run.answered(now_ns)?;
            }
        }
        Ok(())
    }
}

impl Venue {
    /// Ends 35=W or 35=X and notes the order that it asks for.
    #[inline]
    fn write_market(&mut self, mut message: Message<'_>, is_snapshot: bool) {
        self.ticks += 1;
        self.market_ns += TICK_MARKET_NS;
        message.out.extend_from_slice(b"5060=");
        self.market_times.write_ns(message.out, self.market_ns);
        message.out.push(SOH);
        let at = (self.ticks % self.expected.len() as u64) as usize;
        self.expected[at] = if is_snapshot {
            self.market.write_snapshot(&mut message)
        } else {
            self.market.write_tick(&mut message)
        };
        message.finish();
    }

    /// Checks the order of the next tick and says New and Canceled to it.
    #[inline]
    fn take_order(
        &mut self,
        session: &mut Session,
        incoming: &Incoming<'_>,
        tx: &mut Vec<u8>,
    ) -> Checked<()> {
        self.orders += 1;
        let terms = self.expected[(self.orders % self.expected.len() as u64) as usize];
        let clordid = order_checked(incoming, terms, &self.last_clordid)
            .map_err(|wrong| Fault(format!("tick {}: {wrong}", self.orders)))?;
        self.last_clordid.clear();
        self.last_clordid.extend_from_slice(clordid);
        for status in [b"0", b"4"] {
            report(session, tx, (clordid, terms, self.orders), status);
        }
        Ok(())
    }
}

/// The ClOrdID of an IOC order over exactly what the tick asks for, with an id above all before.
#[inline]
fn order_checked<'a>(
    incoming: &Incoming<'a>,
    expected: ExpectedOrder,
    last: &[u8],
) -> Checked<&'a [u8]> {
    if incoming.msg_type != b"D" {
        return fault("no NewOrderSingle");
    }
    let mut clordid = &b""[..];
    let mut right = 0;
    let side: &[u8] = if expected.is_buy { b"1" } else { b"2" };
    for (tag, value) in incoming.body.rest() {
        right |= match tag {
            11 => {
                clordid = value;
                0
            }
            55 => u32::from(value == SYMBOL),
            54 => u32::from(value == side) << 1,
            38 => u32::from(whole(value) == Some(ORDER_LOTS)) << 2,
            40 => u32::from(value == b"2") << 3,
            44 => u32::from(ticks(value) == Some(expected.price_ticks)) << 4,
            59 => u32::from(value == b"3") << 5,
            60 => u32::from(parse_timestamp_ns(value).is_some()) << 6,
            _ => 0,
        };
    }
    if right != (1 << 7) - 1 {
        let told = incoming.body.shown();
        return fault(format!("{expected:?} was asked for, not {told}"));
    }
    if (clordid.len(), clordid) <= (last.len(), last) {
        return fault(format!("the ClOrdID does not follow {}", shown(last)));
    }
    Ok(clordid)
}

/// 35=8 of one order: New (`0`) or, as it is IOC and nothing was done, Canceled (`4`).
#[inline]
fn report(
    session: &mut Session,
    tx: &mut Vec<u8>,
    order: (&[u8], ExpectedOrder, u64),
    status: &[u8; 1],
) {
    let (clordid, terms, number) = order;
    let mut message = session.begin(tx, b"8");
    message.whole(b"37", number).whole(b"17", 2 * number + u64::from(status[0] == b'4'));
    message.text(b"150", status).text(b"39", status).text(b"11", clordid).text(b"55", SYMBOL);
    message.text(b"54", if terms.is_buy { b"1" } else { b"2" });
    message.whole(b"38", ORDER_LOTS).price(b"44", terms.price_ticks);
    message.whole(b"151", if status[0] == b'0' { ORDER_LOTS } else { 0 });
    message.whole(b"14", 0).whole(b"6", 0);
    message.finish();
}
