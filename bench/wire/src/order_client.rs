//! The order round trip as an initiator sees it: 35=D out, 35=8 New back. Every answer is checked: its
//! session fields, its order (ClOrdIDs come back exactly once and in turn) and what it says.
use crate::args::Args;
use crate::clock::NS_PER_S;
use crate::connection::Connection;
use crate::fault::{fault, shown, Checked, Fault};
use crate::fields::{ticks, whole};
use crate::load::{Load, Run};
use crate::random::Random;
use crate::report::say_outcome;
use crate::session::{Incoming, Session};
use std::net::TcpStream;

const ADMIN_WAIT_NS: u64 = 10 * NS_PER_S;
const CLORDID_DIGITS: usize = 9;
const SYMBOL: &[u8] = b"MSFT";

pub struct OrderClient {
    session: Session,
    connection: Connection,
    random: Random,
    ordered: u64,
    answered: u64,
    /// Quantities of the orders on their way, at their number modulo the length.
    quantities: Vec<u64>,
}

/// `client orders`: logs on, runs the loads one after the other, logs out.
pub fn run(args: &Args) -> Checked<()> {
    let loads = Load::parse_all(args.text("loads")?, 0)?;
    let stream = TcpStream::connect(("127.0.0.1", args.port("port")?))?;
    let mut client = OrderClient {
        session: Session::new(args.text("sender")?, args.text("target")?),
        connection: Connection::new(stream)?,
        random: Random::new(args.whole("seed")?),
        ordered: 0,
        answered: 0,
        quantities: vec![0; loads.iter().map(|load| load.count).max().unwrap_or(1) as usize],
    };
    client.log_on()?;
    for load in &loads {
        let is_whole = client.run_load(load)?;
        if !is_whole {
            return Ok(()); // what is still on its way would spoil the next load
        }
    }
    client.log_out()
}

impl OrderClient {
    fn log_on(&mut self) -> Checked<()> {
        self.session.logon(&mut self.connection.tx);
        self.connection.flush()?;
        self.wait_for(b"A")
    }

    fn log_out(&mut self) -> Checked<()> {
        self.session.logout(&mut self.connection.tx);
        self.connection.flush()?;
        self.wait_for(b"5")
    }

    fn wait_for(&mut self, msg_type: &[u8]) -> Checked<()> {
        let until_ns = self.session.clock.now_ns() + ADMIN_WAIT_NS;
        while self.session.clock.now_ns() < until_ns {
            self.connection.poll()?;
            while let Some(body) = self.connection.next_body()? {
                let (rx, tx) = self.connection.buffers();
                let incoming = self.session.accept(&rx[body])?;
                if incoming.msg_type == msg_type {
                    return Ok(());
                }
                if !self.session.take_admin(&incoming, tx)? {
                    return fault(format!(
                        "35={} instead of 35={}",
                        shown(incoming.msg_type),
                        shown(msg_type)
                    ));
                }
            }
            self.connection.flush()?;
        }
        fault(format!("no 35={} within 10 s", shown(msg_type)))
    }

    /// True when every order was answered.
    fn run_load(&mut self, load: &Load) -> Checked<bool> {
        let mut run = Run::begin(load, self.session.clock.now_ns());
        let mut is_overrun = false;
        while !run.is_done() && !is_overrun {
            let due = run.due(self.session.clock.now_ns());
            if due > 0 && self.connection.has_room() {
                for _ in 0..due {
                    self.write_order();
                }
                run.sending(due, self.session.clock.now_ns());
            }
            self.connection.flush()?;
            if self.connection.poll()? > 0 {
                let now_ns = self.session.clock.now_ns();
                self.take_answers(&mut run, now_ns)?;
            } else {
                is_overrun = run.is_overrun(self.session.clock.now_ns())?;
            }
        }
        if !load.is_warm_up {
            say_outcome(&run.outcome(load));
        }
        Ok(!is_overrun)
    }

    #[inline]
    fn write_order(&mut self) {
        self.ordered += 1;
        let qty = 1 + self.random.below(999);
        let price = 1_000_000 + 100 * self.random.below(100); // 100.00 to 100.99
        let at = (self.ordered % self.quantities.len() as u64) as usize;
        self.quantities[at] = qty;
        let mut message = self.session.begin(&mut self.connection.tx, b"D");
        message.text(b"11", &clordid(self.ordered)).text(b"21", b"1").text(b"55", SYMBOL);
        message.text(b"54", b"1");
        message.out.extend_from_slice(b"60=");
        self.session.write_time(message.out);
        message.out.push(1);
        message.whole(b"38", qty).text(b"40", b"2").price(b"44", price).text(b"59", b"0");
        message.finish();
    }

    #[inline]
    fn take_answers(&mut self, run: &mut Run, now_ns: u64) -> Checked<()> {
        while let Some(body) = self.connection.next_body()? {
            let (rx, tx) = self.connection.buffers();
            let incoming = self.session.accept(&rx[body.clone()])?;
            if self.session.take_admin(&incoming, tx)? {
                continue;
            }
            let expected = self.answered + 1;
            let at = (expected % self.quantities.len() as u64) as usize;
            check_answer(&incoming, expected, self.quantities[at])
                .map_err(|wrong| Fault(format!("{wrong}: {}", shown(&rx[body]))))?;
            self.answered = expected;
            run.answered(now_ns)?;
        }
        Ok(())
    }
}

/// `W` and the order's number.
#[inline]
fn clordid(number: u64) -> [u8; 1 + CLORDID_DIGITS] {
    let mut text = [b'W'; 1 + CLORDID_DIGITS];
    let mut rest = number;
    for place in (1..=CLORDID_DIGITS).rev() {
        text[place] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    text
}

/// A New of exactly this order, with nothing done and all of it left.
#[inline]
fn check_answer(incoming: &Incoming<'_>, number: u64, qty: u64) -> Checked<()> {
    if incoming.msg_type != b"8" {
        return fault("no ExecutionReport");
    }
    let mut right = 0;
    for (tag, value) in incoming.body.rest() {
        right |= match tag {
            11 => u32::from(value == clordid(number)),
            150 => u32::from(value == b"0") << 1,
            39 => u32::from(value == b"0") << 2,
            54 => u32::from(value == b"1") << 3,
            55 => u32::from(value == SYMBOL) << 4,
            151 => u32::from(is_quantity(value, qty)) << 5,
            14 => u32::from(is_quantity(value, 0)) << 6,
            37 => u32::from(!value.is_empty()) << 7,
            17 => u32::from(!value.is_empty()) << 8,
            _ => 0,
        };
    }
    if right == (1 << 9) - 1 {
        Ok(())
    } else {
        fault(format!("not the New of order {number} over {qty}"))
    }
}

/// Engines write quantities as 100, 100.0 or 100.00000.
#[inline]
fn is_quantity(text: &[u8], qty: u64) -> bool {
    whole(text) == Some(qty) || ticks(text) == Some(qty * 10_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::Fields;

    fn checked(body: &[u8]) -> Checked<()> {
        let incoming = Incoming { msg_type: b"8", body: Fields::of(body) };
        check_answer(&incoming, 7, 100)
    }

    #[test]
    fn only_the_right_answer_passes() {
        let right = "37=O1|11=W000000007|17=E1|150=0|39=0|55=MSFT|54=1|151=100|14=0|6=0|";
        let bytes = |text: &str| text.replace('|', "\u{1}").into_bytes();
        checked(&bytes(right)).expect("right");
        checked(&bytes(&right.replace("151=100", "151=100.0"))).expect("right");
        for (from, to) in [
            ("W000000007", "W000000008"),
            ("150=0", "150=8"),
            ("39=0", "39=8"),
            ("54=1", "54=2"),
            ("MSFT", "AAPL"),
            ("151=100", "151=99"),
            ("14=0", "14=1"),
            ("37=O1", "37="),
            ("17=E1|", ""),
        ] {
            assert!(checked(&bytes(&right.replace(from, to))).is_err(), "{from} → {to}");
        }
    }
}
