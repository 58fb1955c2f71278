//! Bytes to FIX messages to fields: frames with their length and checksum checked, then a walk over
//! the fields. No allocation.
use crate::fault::{fault, shown, Checked};

pub const SOH: u8 = 1;
/// `8=FIX.4.4|9=`
const HEAD: &[u8] = b"8=FIX.4.4\x019=";
/// `10=ddd|`
const TRAILER_BYTES: usize = 7;
const LENGTH_DIGITS_MAX: usize = 6;

/// One whole message: `body` is what BodyLength counts, from MsgType on.
pub struct Frame {
    pub body_start: usize,
    pub body_end: usize,
    pub end: usize,
}

/// The message that begins at `bytes[0]`; None: it is not whole yet.
#[inline]
pub fn next_frame(bytes: &[u8]) -> Checked<Option<Frame>> {
    let seen = bytes.len().min(HEAD.len());
    if bytes[..seen] != HEAD[..seen] {
        return fault(format!("not the beginning of a FIX.4.4 message: {}", shown(bytes)));
    }
    let mut at = HEAD.len();
    let mut length = 0usize;
    loop {
        let Some(&byte) = bytes.get(at) else { return Ok(None) };
        at += 1;
        if byte == SOH {
            break;
        }
        if !byte.is_ascii_digit() || at > HEAD.len() + LENGTH_DIGITS_MAX {
            return fault(format!("no BodyLength: {}", shown(bytes)));
        }
        length = length * 10 + usize::from(byte - b'0');
    }
    let body_end = at + length;
    let end = body_end + TRAILER_BYTES;
    if bytes.len() < end {
        return Ok(None);
    }
    let trailer = &bytes[body_end..end];
    if &trailer[..3] != b"10=" || trailer[6] != SOH || bytes[body_end - 1] != SOH {
        return fault(format!("BodyLength does not lead to CheckSum: {}", shown(&bytes[..end])));
    }
    if whole(&trailer[3..6]) != Some(u64::from(checksum(&bytes[..body_end]))) {
        return fault(format!("wrong CheckSum: {}", shown(&bytes[..end])));
    }
    Ok(Some(Frame { body_start: at, body_end, end }))
}

#[inline]
pub fn checksum(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| sum.wrapping_add(*byte))
}

/// Digits alone, at most 18; None: it is no such number.
#[inline]
pub fn whole(text: &[u8]) -> Option<u64> {
    if text.is_empty() || text.len() > 18 {
        return None;
    }
    let mut value = 0u64;
    for byte in text {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + u64::from(digit);
    }
    Some(value)
}

/// A decimal number in steps of 10^-4; None: it is none, or finer than that.
#[inline]
pub fn ticks(text: &[u8]) -> Option<u64> {
    let Some(point) = text.iter().position(|byte| *byte == b'.') else {
        return whole(text).map(|units| units * 10_000);
    };
    let fraction = &text[point + 1..];
    if fraction.is_empty() || fraction.len() > 4 {
        return None;
    }
    let scale = 10u64.pow(4 - fraction.len() as u32);
    Some(whole(&text[..point])? * 10_000 + whole(fraction)? * scale)
}

/// The fields of a body in their order.
pub struct Fields<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Fields<'a> {
    #[inline]
    pub fn of(body: &'a [u8]) -> Fields<'a> {
        Fields { bytes: body, at: 0 }
    }

    /// What is still to come, without moving on.
    pub fn rest(&self) -> Fields<'a> {
        Fields { bytes: self.bytes, at: self.at }
    }

    /// What is still to come, for people.
    pub fn shown(&self) -> String {
        let fields = self.rest().map(|(tag, value)| format!("{tag}={}", shown(value)));
        fields.collect::<Vec<_>>().join("|")
    }

    /// The first value of the tag in what is still to come, without moving on.
    pub fn find(&self, tag: u32) -> Option<&'a [u8]> {
        let mut rest = self.rest();
        rest.find_map(|(at, value)| (at == tag).then_some(value))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = (u32, &'a [u8]);

    /// Ends early at what is no field: the reader then misses what it needs and says so.
    #[inline]
    fn next(&mut self) -> Option<(u32, &'a [u8])> {
        let bytes = self.bytes;
        let mut at = self.at;
        let mut tag = 0u32;
        loop {
            let byte = *bytes.get(at)?;
            at += 1;
            if byte == b'=' {
                break;
            }
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 || tag > 100_000 {
                return None;
            }
            tag = tag * 10 + u32::from(digit);
        }
        let start = at;
        while *bytes.get(at)? != SOH {
            at += 1;
        }
        self.at = at + 1;
        Some((tag, &bytes[start..at]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &[u8] = b"8=FIX.4.4\x019=5\x0135=0\x0110=163\x01";

    #[test]
    fn a_message_is_found_only_when_it_is_whole() {
        for length in 0..MESSAGE.len() {
            assert!(next_frame(&MESSAGE[..length]).expect("no fault").is_none(), "{length}");
        }
        let frame = next_frame(MESSAGE).expect("no fault").expect("whole");
        assert_eq!((frame.body_start, frame.body_end, frame.end), (14, 19, MESSAGE.len()));
    }

    #[test]
    fn any_changed_byte_is_a_fault_or_waits_for_more() {
        for at in 0..MESSAGE.len() {
            let mut changed = MESSAGE.to_vec();
            changed[at] ^= 1;
            assert!(!matches!(next_frame(&changed), Ok(Some(_))), "byte {at}");
        }
    }

    #[test]
    fn fields_come_in_their_order() {
        let fields: Vec<_> = Fields::of(b"35=D\x0111=a=b\x0158=\x01").collect();
        assert_eq!(fields, [(35, &b"D"[..]), (11, &b"a=b"[..]), (58, &b""[..])]);
        assert_eq!(Fields::of(b"35=D\x01x1=2\x0155=G\x01").count(), 1);
    }

    #[test]
    fn numbers_are_read_exactly_or_not_at_all() {
        assert_eq!(whole(b"0042"), Some(42));
        assert_eq!(whole(b"4-2"), None);
        assert_eq!(whole(b""), None);
        assert_eq!(ticks(b"580.23"), Some(5_802_300));
        assert_eq!(ticks(b"580"), Some(5_800_000));
        assert_eq!(ticks(b"0.0001"), Some(1));
        assert_eq!(ticks(b"0.00001"), None);
        assert_eq!(ticks(b"1."), None);
    }
}
