//! One reading of CLOCK_MONOTONIC serves both measuring and the wall-clock fields of messages.
use std::time::{Instant, SystemTime, UNIX_EPOCH};

pub const NS_PER_S: u64 = 1_000_000_000;
const NS_PER_MS: u64 = 1_000_000;
const NS_PER_MINUTE: u64 = 60 * NS_PER_S;
const SECONDS_PER_DAY: u64 = 86_400;

pub struct Clock {
    origin: Instant,
    /// Nanoseconds since 1970 at `origin`.
    origin_wall_ns: u64,
}

impl Clock {
    pub fn start() -> Clock {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH);
        Clock {
            origin: Instant::now(),
            origin_wall_ns: wall.map_or(0, |since| since.as_nanos() as u64),
        }
    }

    /// CLOCK_MONOTONIC, nanoseconds since the clock was started.
    #[inline]
    pub fn now_ns(&self) -> u64 {
        self.origin.elapsed().as_nanos() as u64
    }

    /// Nanoseconds since 1970 at a reading of `now_ns`.
    #[inline]
    pub fn wall_ns(&self, now_ns: u64) -> u64 {
        self.origin_wall_ns + now_ns
    }
}

/// Writes UTCTimestamps; the part down to the minute is kept from one to the next.
pub struct TimeText {
    minute: u64,
    /// `YYYYMMDD-HH:MM:`
    head: [u8; 15],
}

impl TimeText {
    pub fn new() -> TimeText {
        TimeText { minute: u64::MAX, head: [0; 15] }
    }

    /// Appends `YYYYMMDD-HH:MM:SS.mmm`.
    #[inline]
    pub fn write_ms(&mut self, out: &mut Vec<u8>, wall_ns: u64) {
        let within = self.write_head(out, wall_ns);
        push_padded(out, within / NS_PER_S, 2);
        out.push(b'.');
        push_padded(out, within % NS_PER_S / NS_PER_MS, 3);
    }

    /// Appends `YYYYMMDD-HH:MM:SS.nnnnnnnnn`.
    #[inline]
    pub fn write_ns(&mut self, out: &mut Vec<u8>, wall_ns: u64) {
        let within = self.write_head(out, wall_ns);
        push_padded(out, within / NS_PER_S, 2);
        out.push(b'.');
        push_padded(out, within % NS_PER_S, 9);
    }

    /// Down to the minute; returns the nanoseconds within it.
    #[inline]
    fn write_head(&mut self, out: &mut Vec<u8>, wall_ns: u64) -> u64 {
        let minute = wall_ns / NS_PER_MINUTE;
        if minute != self.minute {
            self.minute = minute;
            self.head = head_of(minute);
        }
        out.extend_from_slice(&self.head);
        wall_ns % NS_PER_MINUTE
    }
}

impl Default for TimeText {
    fn default() -> Self {
        TimeText::new()
    }
}

fn head_of(minute: u64) -> [u8; 15] {
    let (year, month, day) = date_of(minute * 60 / SECONDS_PER_DAY);
    let text = format!("{year:04}{month:02}{day:02}-{:02}:{:02}:", minute / 60 % 24, minute % 60);
    let mut head = [0; 15];
    head.copy_from_slice(text.as_bytes());
    head
}

/// Year, month and day of a day since 1970-01-01 (Gregorian).
fn date_of(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468; // from 0000-03-01: a leap day is then the last of its year
    let era = shifted / 146_097;
    let of_era = shifted % 146_097;
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    (year, month, day)
}

/// Days since 1970-01-01 of a date (Gregorian).
fn days_of(year: u64, month: u64, day: u64) -> u64 {
    let shifted_year = year - u64::from(month <= 2);
    let era = shifted_year / 400;
    let year_of_era = shifted_year % 400;
    let shifted_month = if month > 2 { month - 3 } else { month + 9 };
    let of_year = (153 * shifted_month + 2) / 5 + day - 1;
    let of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year;
    (era * 146_097 + of_era).wrapping_sub(719_468)
}

/// Reads `YYYYMMDD-HH:MM:SS` with 0 to 9 decimals; None: it is none.
#[inline]
pub fn parse_timestamp_ns(text: &[u8]) -> Option<u64> {
    if text.len() < 17 || text[8] != b'-' || text[11] != b':' || text[14] != b':' {
        return None;
    }
    let number = |from: usize, to: usize| crate::fields::whole(&text[from..to]);
    let days = days_of(number(0, 4)?, number(4, 6)?, number(6, 8)?);
    let seconds = number(9, 11)? * 3600 + number(12, 14)? * 60 + number(15, 17)?;
    let decimals = text.len().saturating_sub(18);
    if text.len() > 17 && (text[17] != b'.' || decimals == 0 || decimals > 9) {
        return None;
    }
    let fraction = if decimals == 0 { 0 } else { number(18, text.len())? };
    let ns = fraction * 10u64.pow(9 - decimals as u32);
    Some((days * SECONDS_PER_DAY + seconds) * NS_PER_S + ns)
}

#[inline]
fn push_padded(out: &mut Vec<u8>, value: u64, digits: usize) {
    let mut text = [b'0'; 9];
    let mut rest = value;
    for place in (0..digits).rev() {
        text[place] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    out.extend_from_slice(&text[..digits]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_and_read_alike() {
        for text in [
            "20120621-13:30:00.000000001",
            "20240229-23:59:59.999999999",
            "19700101-00:00:00.000000000",
            "20261231-09:05:07.120000000",
        ] {
            let ns = parse_timestamp_ns(text.as_bytes()).expect(text);
            let mut out = Vec::new();
            TimeText::new().write_ns(&mut out, ns);
            assert_eq!(String::from_utf8_lossy(&out), text);
        }
        assert_eq!(parse_timestamp_ns(b"20120621-13:30:00"), Some(1_340_285_400 * NS_PER_S));
        assert_eq!(
            parse_timestamp_ns(b"20120621-13:30:00.5"),
            Some(1_340_285_400 * NS_PER_S + NS_PER_S / 2)
        );
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in ["", "20120621", "20120621 13:30:00", "20120621-13:30:0x", "20120621-13:30:00."]
        {
            assert_eq!(parse_timestamp_ns(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn the_minute_that_is_kept_follows_the_time() {
        let mut times = TimeText::new();
        let mut out = Vec::new();
        times.write_ms(&mut out, 59_999_000_000);
        times.write_ms(&mut out, 60_000_000_000);
        assert_eq!(out, b"19700101-00:00:59.99919700101-00:01:00.000");
    }
}
