//! From when until when a certificate is valid, read from its DER. Of certificates that our settings hold; those that peers
//! show are judged by rustls.
use std::time::Duration;

use rustls::pki_types::UnixTime;

const INTEGER: u8 = 0x02;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const DAY_S: i64 = 86_400;

pub struct Validity {
    pub not_before: UnixTime,
    pub not_after: UnixTime,
}

/// None = this is no certificate.
pub fn validity_of(certificate: &[u8]) -> Option<Validity> {
    let mut whole = Der(certificate);
    let mut outer = Der(whole.expect(SEQUENCE)?);
    let mut body = Der(outer.expect(SEQUENCE)?);
    let (first, _) = body.next()?;
    if first == VERSION {
        body.expect(INTEGER)?;
    }
    // How it is signed, who has issued it, then the dates.
    body.expect(SEQUENCE)?;
    body.expect(SEQUENCE)?;
    let mut dates = Der(body.expect(SEQUENCE)?);
    Some(Validity { not_before: dates.time()?, not_after: dates.time()? })
}

/// Values of tag, length, contents, one after the other.
struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&[tag, short], mut rest) = self.0.split_first_chunk()?;
        let mut length = usize::from(short);
        if short >= 0x80 {
            let (digits, behind) = rest.split_at_checked(usize::from(short & 0x7f))?;
            length = digits
                .iter()
                .try_fold(0usize, |sum, digit| sum.checked_mul(256)?.checked_add((*digit).into()))?;
            rest = behind;
        }
        let (content, behind) = rest.split_at_checked(length)?;
        self.0 = behind;
        Some((tag, content))
    }

    fn expect(&mut self, wanted: u8) -> Option<&'a [u8]> {
        let (tag, content) = self.next()?;
        (tag == wanted).then_some(content)
    }

    /// "120621133000Z" or "20120621133000Z".
    fn time(&mut self) -> Option<UnixTime> {
        let (tag, text) = self.next()?;
        let digits = text.strip_suffix(b"Z")?;
        let (year, rest) = match (tag, digits.len()) {
            (UTC_TIME, 12) => (full_year(number(&digits[..2])?), &digits[2..]),
            (GENERALIZED_TIME, 14) => (number(&digits[..4])?, &digits[4..]),
            _ => return None,
        };
        let part = |at: usize| number(&rest[at..at + 2]);
        let days = days_of(year, part(0)?, part(2)?);
        let seconds = days * DAY_S + part(4)? * 3600 + part(6)? * 60 + part(8)?;
        Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds.max(0) as u64)))
    }
}

/// Of two digits: 1950 to 2049.
fn full_year(year: i64) -> i64 {
    year + if year < 50 { 2000 } else { 1900 }
}

fn number(digits: &[u8]) -> Option<i64> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// Since 1970; years begin in March, so that the leap day comes last.
fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let years = year - i64::from(month <= 2);
    let (cycle, year_of_cycle) = (years.div_euclid(400), years.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    cycle * 146_097 + year_of_cycle * 365 + year_of_cycle / 4 - year_of_cycle / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::{Der, GENERALIZED_TIME, SEQUENCE, UTC_TIME, validity_of};
    use crate::test_certificates::{Request, issue};

    #[test]
    fn both_kinds_of_dates_are_read() {
        let cases: [(u8, &[u8], Option<u64>); 8] = [
            (GENERALIZED_TIME, b"19700101000000Z", Some(0)),
            (GENERALIZED_TIME, b"20000229000000Z", Some(951_782_400)),
            (UTC_TIME, b"010909014640Z", Some(1_000_000_000)),
            (UTC_TIME, b"991231235959Z", Some(946_684_799)),
            (GENERALIZED_TIME, b"21000301000000Z", Some(4_107_542_400)),
            (UTC_TIME, b"20010909014640Z", None),
            (GENERALIZED_TIME, b"2001090901464xZ", None),
            (SEQUENCE, b"", None),
        ];
        for (tag, text, seconds) in cases {
            let bytes = [&[tag, text.len() as u8], text].concat();
            assert_eq!(Der(&bytes).time().map(|time| time.as_secs()), seconds, "{text:?}");
        }
    }

    #[test]
    fn a_certificate_has_its_dates_and_a_part_of_one_has_none() {
        let until = "20010909014640Z";
        let own = issue(&Request { name: "a", issuer: None, is_authority: true, until }).certificate;
        let validity = validity_of(&own).unwrap();
        assert_eq!(
            (validity.not_before.as_secs(), validity.not_after.as_secs()),
            (946_684_800, 1_000_000_000)
        );
        for end in 0..own.len() {
            assert!(validity_of(&own[..end]).is_none());
        }
    }
}
