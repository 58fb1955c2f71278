//! Builds FIX messages at the end of a buffer that is kept: fields one by one, then length and
//! checksum round them.
use crate::fields::{checksum, SOH};

const BEGIN: &[u8] = b"8=FIX.4.4\x019=";
/// Of BodyLength, as nearly every message has; else the body is moved.
const LENGTH_DIGITS: usize = 3;

/// A message under way at the end of `out`.
pub struct Message<'a> {
    pub out: &'a mut Vec<u8>,
    start: usize,
}

impl<'a> Message<'a> {
    #[inline]
    pub fn begin(out: &'a mut Vec<u8>, msg_type: &[u8]) -> Message<'a> {
        let start = out.len();
        out.extend_from_slice(BEGIN);
        out.extend_from_slice(b"000\x01");
        let message = Message { out, start };
        message.out.extend_from_slice(b"35=");
        message.out.extend_from_slice(msg_type);
        message.out.push(SOH);
        message
    }

    #[inline]
    pub fn text(&mut self, tag: &[u8], value: &[u8]) -> &mut Self {
        self.out.extend_from_slice(tag);
        self.out.push(b'=');
        self.out.extend_from_slice(value);
        self.out.push(SOH);
        self
    }

    #[inline]
    pub fn whole(&mut self, tag: &[u8], value: u64) -> &mut Self {
        self.out.extend_from_slice(tag);
        self.out.push(b'=');
        push_whole(self.out, value);
        self.out.push(SOH);
        self
    }

    /// A price in steps of 10^-4, with two decimals where that is exact.
    #[inline]
    pub fn price(&mut self, tag: &[u8], ticks: u64) -> &mut Self {
        self.out.extend_from_slice(tag);
        self.out.push(b'=');
        push_price(self.out, ticks);
        self.out.push(SOH);
        self
    }

    /// Sets BodyLength and CheckSum.
    #[inline]
    pub fn finish(self) {
        let length_at = self.start + BEGIN.len();
        let body = length_at + LENGTH_DIGITS + 1;
        let length = self.out.len() - body;
        let mut digits = Vec::new(); // allocates only where the length is out of the ordinary
        if (100..1000).contains(&length) {
            for (place, unit) in [100, 10, 1].into_iter().enumerate() {
                self.out[length_at + place] = b'0' + (length / unit % 10) as u8;
            }
        } else {
            push_whole(&mut digits, length as u64);
            self.out.splice(length_at..length_at + LENGTH_DIGITS, digits);
        }
        let sum = checksum(&self.out[self.start..]);
        let trailer =
            [b'1', b'0', b'=', b'0' + sum / 100, b'0' + sum / 10 % 10, b'0' + sum % 10, SOH];
        self.out.extend_from_slice(&trailer);
    }
}

#[inline]
pub fn push_whole(out: &mut Vec<u8>, value: u64) {
    let mut text = [0u8; 20];
    let mut at = text.len();
    let mut rest = value;
    loop {
        at -= 1;
        text[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&text[at..]);
}

#[inline]
fn push_price(out: &mut Vec<u8>, ticks: u64) {
    push_whole(out, ticks / 10_000);
    let fraction = ticks % 10_000;
    out.push(b'.');
    out.push(b'0' + (fraction / 1000) as u8);
    out.push(b'0' + (fraction / 100 % 10) as u8);
    if !fraction.is_multiple_of(100) {
        out.push(b'0' + (fraction / 10 % 10) as u8);
        out.push(b'0' + (fraction % 10) as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::{next_frame, ticks, Fields};

    fn built(text_bytes: usize) -> Vec<u8> {
        let mut out = b"before".to_vec();
        let mut message = Message::begin(&mut out, b"D");
        message.text(b"58", &vec![b'x'; text_bytes]).whole(b"38", 100);
        message.price(b"44", 5_802_300);
        message.finish();
        out.split_off(6)
    }

    #[test]
    fn length_and_checksum_are_right_for_short_and_long_bodies() {
        for text_bytes in [0, 1, 60, 72, 73, 74, 75, 500, 970, 972, 973, 974, 5000] {
            let bytes = built(text_bytes);
            let frame = next_frame(&bytes).expect("right").expect("whole");
            assert_eq!(frame.end, bytes.len());
            let tags: Vec<u32> =
                Fields::of(&bytes[frame.body_start..frame.body_end]).map(|(tag, _)| tag).collect();
            assert_eq!(tags, [35, 58, 38, 44]);
        }
    }

    #[test]
    fn a_message_has_the_bytes_that_the_standard_asks_for() {
        let mut out = Vec::new();
        Message::begin(&mut out, b"0").finish();
        assert_eq!(out, b"8=FIX.4.4\x019=5\x0135=0\x0110=163\x01");
    }

    #[test]
    fn prices_are_read_back_as_they_were_written() {
        for value in [0, 1, 100, 9_999, 10_000, 5_802_300, 5_802_301, 5_800_010] {
            let mut out = Vec::new();
            push_price(&mut out, value);
            assert_eq!(ticks(&out), Some(value));
        }
    }
}
