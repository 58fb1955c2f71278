//! One side of a FIX.4.4 session as far as a bench needs it: numbers, the header of what leaves, and
//! the checks of what comes (BeginString, BodyLength and CheckSum are checked with the frame).
use crate::clock::{parse_timestamp_ns, Clock, TimeText, NS_PER_S};
use crate::fault::{fault, shown, Checked};
use crate::fields::{whole, Fields};
use crate::message::Message;

pub const HEARTBEAT_S: u64 = 30;
/// How far a SendingTime may be from our clock.
const TOLERANCE_NS: u64 = 120 * NS_PER_S;

pub struct Session {
    pub clock: Clock,
    sender: Vec<u8>,
    target: Vec<u8>,
    /// `49=…|56=…|34=` of what leaves.
    header: Vec<u8>,
    times: TimeText,
    next_out: u64,
    next_in: u64,
}

/// A message that has passed the session's checks.
pub struct Incoming<'a> {
    pub msg_type: &'a [u8],
    /// From behind SendingTime or whatever ends the header.
    pub body: Fields<'a>,
}

impl Session {
    pub fn new(sender: &str, target: &str) -> Session {
        Session {
            clock: Clock::start(),
            sender: sender.into(),
            target: target.into(),
            header: format!("49={sender}\u{1}56={target}\u{1}34=").into(),
            times: TimeText::new(),
            next_out: 1,
            next_in: 1,
        }
    }

    /// Begins a message with its header; the number is used up.
    #[inline]
    pub fn begin<'a>(&mut self, out: &'a mut Vec<u8>, msg_type: &[u8]) -> Message<'a> {
        let message = Message::begin(out, msg_type);
        message.out.extend_from_slice(&self.header);
        crate::message::push_whole(message.out, self.next_out);
        self.next_out += 1;
        message.out.extend_from_slice(b"\x0152=");
        self.write_time(message.out);
        message.out.push(crate::fields::SOH);
        message
    }

    /// Appends the time now, as `SendingTime` has it.
    #[inline]
    pub fn write_time(&mut self, out: &mut Vec<u8>) {
        let wall_ns = self.clock.wall_ns(self.clock.now_ns());
        self.times.write_ms(out, wall_ns);
    }

    /// Checks CompIDs, number and SendingTime, and uses the number up.
    #[inline]
    pub fn accept<'a>(&mut self, body: &'a [u8]) -> Checked<Incoming<'a>> {
        let mut fields = Fields::of(body);
        let Some((35, msg_type)) = fields.next() else {
            return fault(format!("MsgType is not the third field: {}", shown(body)));
        };
        let (mut sender, mut target, mut number, mut time) = (&b""[..], &b""[..], None, None);
        while number.is_none() || time.is_none() || sender.is_empty() || target.is_empty() {
            match fields.next() {
                Some((49, value)) => sender = value,
                Some((56, value)) => target = value,
                Some((34, value)) => number = whole(value),
                Some((52, value)) => time = parse_timestamp_ns(value),
                Some((43, b"Y")) => return fault(format!("PossDupFlag: {}", shown(body))),
                Some(_) => {}
                None => return fault(format!("the header is not complete: {}", shown(body))),
            }
        }
        if sender != self.target || target != self.sender {
            return fault(format!("wrong CompIDs: {}", shown(body)));
        }
        if number != Some(self.next_in) {
            return fault(format!("MsgSeqNum is not {}: {}", self.next_in, shown(body)));
        }
        let now_ns = self.clock.wall_ns(self.clock.now_ns());
        if time.is_none_or(|sent_ns| sent_ns.abs_diff(now_ns) > TOLERANCE_NS) {
            return fault(format!("SendingTime is not now: {}", shown(body)));
        }
        self.next_in += 1;
        Ok(Incoming { msg_type, body: fields })
    }

    /// A Logon that begins both numbers anew.
    pub fn logon(&mut self, out: &mut Vec<u8>) {
        let mut message = self.begin(out, b"A");
        message.whole(b"98", 0).whole(b"108", HEARTBEAT_S);
        message.text(b"141", b"Y");
        message.finish();
    }

    /// The answer to the peer's Logon, which may ask for new numbers.
    pub fn answer_logon(&mut self, out: &mut Vec<u8>, logon: Fields<'_>) {
        let resets = logon.find(141) == Some(b"Y");
        let heartbeat = logon.find(108).unwrap_or(b"30").to_vec();
        let mut message = self.begin(out, b"A");
        message.whole(b"98", 0).text(b"108", &heartbeat);
        if resets {
            message.text(b"141", b"Y");
        }
        message.finish();
    }

    pub fn logout(&mut self, out: &mut Vec<u8>) {
        self.begin(out, b"5").finish();
    }

    /// Answers what keeps a session alive; false: the message is none of that kind.
    #[inline]
    pub fn take_admin(&mut self, incoming: &Incoming<'_>, out: &mut Vec<u8>) -> Checked<bool> {
        match incoming.msg_type {
            b"0" => Ok(true),
            b"1" => {
                let id = incoming.body.find(112).unwrap_or(b"").to_vec();
                let mut message = self.begin(out, b"0");
                message.text(b"112", &id);
                message.finish();
                Ok(true)
            }
            b"2" | b"3" | b"4" | b"j" => {
                let told = incoming.body.shown();
                fault(format!("35={} from the other side: {told}", shown(incoming.msg_type)))
            }
            _ => Ok(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::next_frame;

    fn sent(from: &mut Session, msg_type: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        from.begin(&mut out, msg_type).finish();
        out
    }

    fn taken(by: &mut Session, bytes: &[u8]) -> Checked<Vec<u8>> {
        let frame = next_frame(bytes)?.expect("whole");
        let body = &bytes[frame.body_start..frame.body_end];
        by.accept(body).map(|incoming| incoming.msg_type.to_vec())
    }

    #[test]
    fn each_number_is_taken_once_and_in_order() {
        let (mut us, mut them) = (Session::new("A", "B"), Session::new("B", "A"));
        let (first, second) = (sent(&mut us, b"D"), sent(&mut us, b"8"));
        assert!(taken(&mut them, &second).is_err());
        assert_eq!(taken(&mut them, &first).expect("right"), b"D");
        assert!(taken(&mut them, &first).is_err());
        assert_eq!(taken(&mut them, &second).expect("right"), b"8");
    }

    #[test]
    fn a_stranger_is_refused() {
        let mut stranger = Session::new("C", "B");
        assert!(taken(&mut Session::new("B", "A"), &sent(&mut stranger, b"D")).is_err());
    }

    #[test]
    fn an_old_sending_time_is_refused() {
        let mut out = Vec::new();
        let mut message = Message::begin(&mut out, b"D");
        message.text(b"49", b"A").text(b"56", b"B").whole(b"34", 1);
        message.text(b"52", b"20120621-13:30:00.000");
        message.finish();
        assert!(taken(&mut Session::new("B", "A"), &out).is_err());
    }

    #[test]
    fn a_test_request_is_answered_with_its_id() {
        let (mut us, mut them) = (Session::new("A", "B"), Session::new("B", "A"));
        let mut out = Vec::new();
        let mut question = us.begin(&mut out, b"1");
        question.text(b"112", b"are you there");
        question.finish();
        let frame = next_frame(&out).expect("right").expect("whole");
        let body = out[frame.body_start..frame.body_end].to_vec();
        let incoming = them.accept(&body).expect("right");
        let mut answer = Vec::new();
        assert!(them.take_admin(&incoming, &mut answer).expect("no fault"));
        assert!(
            shown(&answer).contains("|35=0|") && shown(&answer).contains("|112=are you there|")
        );
    }
}
