//! The floor as an acceptor of orders: a busy-polled socket, the session's checks, the order's fields
//! read and judged, one 35=8 New written. No journal, no order book, no second order state.
use crate::args::Args;
use crate::connection::Connection;
use crate::fault::{fault, Checked};
use crate::fields::{ticks, whole};
use crate::report::say_listening;
use crate::session::{Incoming, Session};
use std::net::TcpListener;

const PRICE_INCREMENT_TICKS: u64 = 100;

struct Order<'a> {
    clordid: &'a [u8],
    symbol: &'a [u8],
    side: &'a [u8],
    qty: u64,
    price_ticks: u64,
}

/// `floor orders`: serves one connection after the other until it is stopped.
pub fn run(args: &Args) -> Checked<()> {
    let listener = TcpListener::bind(("127.0.0.1", args.port("port")?))?;
    say_listening(listener.local_addr()?.port());
    loop {
        let (stream, _) = listener.accept()?;
        let session = Session::new(args.text("sender")?, args.text("target")?);
        if let Err(wrong) = serve(session, Connection::new(stream)?) {
            eprintln!("floor: {wrong}");
        }
    }
}

fn serve(mut session: Session, mut connection: Connection) -> Checked<()> {
    let mut accepted = 0u64;
    loop {
        if connection.poll()? == 0 {
            continue;
        }
        while let Some(body) = connection.next_body()? {
            let (rx, tx) = connection.buffers();
            let incoming = session.accept(&rx[body])?;
            match incoming.msg_type {
                b"D" => {
                    let order = order_of(&incoming)?;
                    accepted += 1;
                    report_new(&mut session, tx, &order, accepted);
                }
                b"A" => session.answer_logon(tx, incoming.body),
                b"5" => {
                    session.logout(tx);
                    return connection.flush();
                }
                _ => {
                    session.take_admin(&incoming, tx)?;
                }
            }
        }
        connection.flush()?;
    }
}

#[inline]
fn order_of<'a>(incoming: &Incoming<'a>) -> Checked<Order<'a>> {
    let mut order = Order { clordid: b"", symbol: b"", side: b"", qty: 0, price_ticks: 0 };
    let (mut is_limit, mut has_time) = (false, false);
    for (tag, value) in incoming.body.rest() {
        match tag {
            11 => order.clordid = value,
            55 => order.symbol = value,
            54 => order.side = value,
            38 => order.qty = whole(value).unwrap_or(0),
            44 => order.price_ticks = ticks(value).unwrap_or(0),
            40 => is_limit = value == b"2",
            60 => has_time = crate::clock::parse_timestamp_ns(value).is_some(),
            _ => {}
        }
    }
    let is_known = order.symbol == b"MSFT" && (order.side == b"1" || order.side == b"2");
    let is_on_grid =
        order.price_ticks > 0 && order.price_ticks.is_multiple_of(PRICE_INCREMENT_TICKS);
    if order.clordid.is_empty()
        || !is_known
        || order.qty == 0
        || !is_on_grid
        || !is_limit
        || !has_time
    {
        return fault("an order that the floor does not take");
    }
    Ok(order)
}

#[inline]
fn report_new(session: &mut Session, tx: &mut Vec<u8>, order: &Order<'_>, number: u64) {
    let mut message = session.begin(tx, b"8");
    message.out.extend_from_slice(b"37=O");
    crate::message::push_whole(message.out, number);
    message.out.extend_from_slice(b"\x0117=E");
    crate::message::push_whole(message.out, number);
    message.out.extend_from_slice(b"\x01150=0\x0139=0\x01");
    message.text(b"11", order.clordid).text(b"55", order.symbol).text(b"54", order.side);
    message.whole(b"38", order.qty).price(b"44", order.price_ticks).whole(b"151", order.qty);
    message.out.extend_from_slice(b"14=0\x016=0\x0160=");
    session.write_time(message.out);
    message.out.push(crate::fields::SOH);
    message.finish();
}
