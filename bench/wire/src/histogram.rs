//! Times in nanoseconds, counted in buckets whose width is at most 1/1024 of their value, like an HDR
//! histogram of three digits. Written raw: whoever reads the result can merge rounds and take any
//! percentile.

const SUB_BITS: u32 = 11;
const SUB_BUCKETS: usize = 1 << SUB_BITS;
const HALF: usize = SUB_BUCKETS / 2;
/// Up to 2^42 ns, over an hour; what is longer counts as that.
const VALUE_BITS_MAX: u32 = 42;
const BUCKETS: usize = SUB_BUCKETS + (VALUE_BITS_MAX - SUB_BITS) as usize * HALF;

pub struct Histogram {
    counts: Vec<u64>,
    total: u64,
    max: u64,
}

impl Histogram {
    pub fn new() -> Histogram {
        Histogram { counts: vec![0; BUCKETS], total: 0, max: 0 }
    }

    #[inline]
    pub fn record(&mut self, value_ns: u64) {
        self.counts[bucket_of(value_ns)] += 1;
        self.total += 1;
        self.max = self.max.max(value_ns);
    }

    pub fn total(&self) -> u64 {
        self.total
    }

    pub fn max(&self) -> u64 {
        self.max
    }

    /// Lowest value of each bucket that is not empty, and its count.
    pub fn buckets(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        let filled = self.counts.iter().enumerate().filter(|(_, count)| **count > 0);
        filled.map(|(bucket, count)| (lowest_of(bucket), *count))
    }
}

impl Default for Histogram {
    fn default() -> Self {
        Histogram::new()
    }
}

#[inline]
fn bucket_of(value: u64) -> usize {
    let value = value.min((1 << VALUE_BITS_MAX) - 1);
    let bits = 64 - value.leading_zeros();
    let shift = bits.saturating_sub(SUB_BITS);
    shift as usize * HALF + (value >> shift) as usize
}

fn lowest_of(bucket: usize) -> u64 {
    if bucket < SUB_BUCKETS {
        return bucket as u64;
    }
    let shift = bucket / HALF - 1;
    ((bucket - shift * HALF) as u64) << shift
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn small_values_are_exact() {
        for value in 0..SUB_BUCKETS as u64 {
            assert_eq!(lowest_of(bucket_of(value)), value);
        }
    }

    #[test]
    fn a_bucket_is_never_more_than_a_thousandth_wide_and_order_is_kept() {
        let mut random = Random::new(7);
        for _ in 0..200_000 {
            let value = random.draw() >> (22 + random.below(42));
            let lowest = lowest_of(bucket_of(value));
            assert!(lowest <= value && value - lowest <= value / 1024, "{value} in {lowest}");
            assert!(bucket_of(value + 1) >= bucket_of(value));
        }
    }

    #[test]
    fn the_last_bucket_takes_all_that_is_longer() {
        assert_eq!(bucket_of(u64::MAX), BUCKETS - 1);
        let mut histogram = Histogram::new();
        histogram.record(u64::MAX);
        assert_eq!(histogram.max(), u64::MAX);
    }

    #[test]
    fn what_was_recorded_is_all_there() {
        let mut histogram = Histogram::new();
        for value in [3, 3, 2047, 2048, 2049, 1_000_000] {
            histogram.record(value);
        }
        let buckets: Vec<_> = histogram.buckets().collect();
        assert_eq!(buckets, [(3, 2), (2047, 1), (2048, 2), (999_936, 1)]);
        assert_eq!((histogram.total(), histogram.max()), (6, 1_000_000));
    }
}
