//! How hard an engine is driven: one message at a time, so many at once, or so many a second whatever
//! comes back. The pace says when a message is due and from when its time counts.
use crate::clock::NS_PER_S;
use crate::fault::{fault, Checked, Fault};
use crate::histogram::Histogram;

/// In an open loop the answers have this long after the last message was due; what is not there by
/// then shows that the engine cannot keep up.
const DRAIN_NS_MAX: u64 = 5 * NS_PER_S;
/// An open loop never has more on their way: what is due then waits, and its time runs on. Orders whose
/// reports an engine has not read yet stay below its limit of open orders so.
const ON_THE_WAY_MAX: u64 = 4096;
/// In a closed loop an answer that takes longer never comes.
const ANSWER_NS_MAX: u64 = 10 * NS_PER_S;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// The next one `gap_ns` after the answer to the last.
    Closed { gap_ns: u64 },
    /// So many unanswered at any time.
    Window { size: u64 },
    /// So many a second; time counts from when a message is due, sent or not: a late engine is not
    /// let off (no coordinated omission).
    Open { per_s: u64 },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Load {
    pub name: String,
    pub pace: Pace,
    pub count: u64,
    /// Run, but not reported.
    pub is_warm_up: bool,
}

impl Load {
    /// `closed:COUNT`, `window:SIZE:COUNT`, `open:PER_S:COUNT`, each with `warm-` before it or not.
    pub fn parse_all(text: &str, gap_ns: u64) -> Checked<Vec<Load>> {
        text.split(',').map(|one| Load::parse(one, gap_ns)).collect()
    }

    fn parse(text: &str, gap_ns: u64) -> Checked<Load> {
        let (is_warm_up, plain) = match text.strip_prefix("warm-") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let parts: Vec<&str> = plain.split(':').collect();
        let number = |at: usize| {
            let value = parts.get(at).and_then(|part| part.parse::<u64>().ok());
            value.filter(|value| *value > 0).ok_or_else(|| wrong(text))
        };
        let pace = match (parts[0], parts.len()) {
            ("closed", 2) => Pace::Closed { gap_ns },
            ("window", 3) => Pace::Window { size: number(1)? },
            ("open", 3) => Pace::Open { per_s: number(1)? },
            _ => return Err(wrong(text)),
        };
        let name = match pace {
            Pace::Closed { .. } => "closed".to_string(),
            Pace::Window { size } => format!("window-{size}"),
            Pace::Open { per_s } => format!("open-{per_s}"),
        };
        Ok(Load { name, pace, count: number(parts.len() - 1)?, is_warm_up })
    }
}

fn wrong(load: &str) -> Fault {
    Fault(format!("{load}: give closed:COUNT, window:SIZE:COUNT or open:PER_S:COUNT"))
}

/// One load under way: who is due, since when, what came back.
pub struct Run {
    pace: Pace,
    count: u64,
    began_ns: u64,
    sent: u64,
    answered: u64,
    last_answer_ns: u64,
    /// Of the messages that are on their way, at their number modulo the length.
    since_ns: Vec<u64>,
    histogram: Histogram,
}

impl Run {
    pub fn begin(load: &Load, now_ns: u64) -> Run {
        let room = match load.pace {
            Pace::Closed { .. } => 1,
            Pace::Window { size } => size,
            Pace::Open { .. } => load.count,
        };
        Run {
            pace: load.pace,
            count: load.count,
            began_ns: now_ns,
            sent: 0,
            answered: 0,
            last_answer_ns: now_ns,
            since_ns: vec![0; room as usize],
            histogram: Histogram::new(),
        }
    }

    /// How many are to be sent now.
    #[inline]
    pub fn due(&self, now_ns: u64) -> u64 {
        let left = self.count - self.sent;
        let due = match self.pace {
            Pace::Closed { gap_ns } => {
                let is_free = self.sent == self.answered && now_ns >= self.last_answer_ns + gap_ns;
                u64::from(is_free)
            }
            Pace::Window { size } => size - (self.sent - self.answered),
            Pace::Open { per_s } => {
                let elapsed_ns = now_ns.saturating_sub(self.began_ns);
                let due_by_now =
                    (u128::from(elapsed_ns) * u128::from(per_s) / u128::from(NS_PER_S)) as u64 + 1;
                let room = ON_THE_WAY_MAX - (self.sent - self.answered);
                due_by_now.saturating_sub(self.sent).min(room)
            }
        };
        due.min(left)
    }

    /// `count` messages leave with the write that follows; `now_ns` is the last reading before it.
    #[inline]
    pub fn sending(&mut self, count: u64, now_ns: u64) {
        for number in self.sent..self.sent + count {
            let since_ns = match self.pace {
                Pace::Open { per_s } => {
                    self.began_ns
                        + (u128::from(number) * u128::from(NS_PER_S) / u128::from(per_s)) as u64
                }
                _ => now_ns,
            };
            let at = (number % self.since_ns.len() as u64) as usize;
            self.since_ns[at] = since_ns;
        }
        self.sent += count;
    }

    /// The oldest message on its way was answered; `now_ns` is the first reading after the read.
    #[inline]
    pub fn answered(&mut self, now_ns: u64) -> Checked<()> {
        if self.answered == self.sent {
            return fault("an answer came that nothing was sent for");
        }
        let at = (self.answered % self.since_ns.len() as u64) as usize;
        self.histogram.record(now_ns.saturating_sub(self.since_ns[at]));
        self.answered += 1;
        self.last_answer_ns = now_ns;
        Ok(())
    }

    #[inline]
    pub fn is_done(&self) -> bool {
        self.answered == self.count
    }

    /// True once it is sure that an open loop asks for more than the engine can do.
    ///
    /// # Errors
    /// An answer has not come at all.
    #[inline]
    pub fn is_overrun(&self, now_ns: u64) -> Checked<bool> {
        if let Pace::Open { per_s } = self.pace {
            let last_due_ns = self.began_ns + self.count * NS_PER_S / per_s;
            return Ok(now_ns > last_due_ns + DRAIN_NS_MAX);
        }
        if self.sent > self.answered && now_ns > self.last_answer_ns + ANSWER_NS_MAX {
            return fault(format!("no answer to message {} within 10 s", self.answered + 1));
        }
        Ok(false)
    }

    pub fn outcome(self, load: &Load) -> Outcome {
        Outcome {
            name: load.name.clone(),
            sent: self.sent,
            answered: self.answered,
            elapsed_ns: self.last_answer_ns - self.began_ns,
            histogram: self.histogram,
        }
    }
}

/// What a load came to.
pub struct Outcome {
    pub name: String,
    pub sent: u64,
    /// Fewer than sent only where an open loop overran the engine.
    pub answered: u64,
    pub elapsed_ns: u64,
    pub histogram: Histogram,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Load {
        Load::parse_all(text, 50).expect("right").remove(0)
    }

    #[test]
    fn loads_are_read_or_refused_with_what_is_allowed() {
        assert_eq!(load("warm-window:64:1000").pace, Pace::Window { size: 64 });
        assert!(load("warm-window:64:1000").is_warm_up);
        assert_eq!(load("open:10000:5").name, "open-10000");
        for wrong in ["", "closed", "closed:0", "window:64", "open:x:5", "closed:5:6"] {
            assert!(Load::parse_all(wrong, 0).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_open_loop_counts_from_when_a_message_was_due() {
        let load = load("open:1000:3");
        let mut run = Run::begin(&load, 0);
        assert_eq!(run.due(0), 1);
        assert_eq!(run.due(1_500_000), 2);
        assert_eq!(run.due(9_000_000), 3);
        run.sending(3, 9_000_000);
        for _ in 0..3 {
            run.answered(10_000_000).expect("sent");
        }
        assert!(run.is_done() && run.answered(11_000_000).is_err());
        let outcome = run.outcome(&load);
        assert_eq!(outcome.histogram.max(), 10_000_000);
        let lowest: Vec<u64> =
            outcome.histogram.buckets().map(|(value, _)| value / 1_000_000).collect();
        assert_eq!(lowest, [7, 8, 9]); // 8, 9 and 10 ms, each at the foot of its bucket
    }

    #[test]
    fn an_open_loop_that_is_late_holds_back_and_its_times_run_on() {
        let load = load("open:1000000:10000");
        let mut run = Run::begin(&load, 0);
        assert_eq!(run.due(NS_PER_S), ON_THE_WAY_MAX);
        run.sending(ON_THE_WAY_MAX, NS_PER_S);
        assert_eq!(run.due(2 * NS_PER_S), 0);
        run.answered(2 * NS_PER_S).expect("sent");
        assert_eq!(run.due(2 * NS_PER_S), 1);
        for _ in 1..ON_THE_WAY_MAX {
            run.answered(2 * NS_PER_S).expect("sent");
        }
        run.sending(1, 3 * NS_PER_S);
        run.answered(3 * NS_PER_S).expect("sent");
        let due_ns = ON_THE_WAY_MAX * 1000;
        assert_eq!(run.outcome(&load).histogram.max(), 3 * NS_PER_S - due_ns);
    }

    #[test]
    fn a_closed_loop_waits_for_the_answer_and_the_gap() {
        let mut run = Run::begin(&load("closed:2"), 0);
        assert_eq!(run.due(49), 0);
        assert_eq!(run.due(50), 1);
        run.sending(1, 60);
        assert_eq!(run.due(1000), 0);
        run.answered(1000).expect("sent");
        assert_eq!((run.due(1049), run.due(1050)), (0, 1));
        run.sending(1, 1050);
        run.answered(2000).expect("sent");
        assert_eq!(run.due(9999), 0);
    }

    #[test]
    fn a_window_is_never_more_than_full() {
        let mut run = Run::begin(&load("window:4:6"), 0);
        assert_eq!(run.due(0), 4);
        run.sending(4, 0);
        assert_eq!(run.due(0), 0);
        run.answered(5).expect("sent");
        run.answered(5).expect("sent");
        run.answered(5).expect("sent");
        assert_eq!(run.due(5), 2);
    }

    #[test]
    fn an_engine_that_is_silent_is_told_from_one_that_is_late() {
        let mut closed = Run::begin(&load("closed:2"), 0);
        closed.sending(1, 50);
        assert!(!closed.is_overrun(ANSWER_NS_MAX).expect("in time"));
        assert!(closed.is_overrun(ANSWER_NS_MAX + 1).is_err());
        let open = Run::begin(&load("open:1000:3"), 0);
        assert!(!open.is_overrun(DRAIN_NS_MAX).expect("no fault"));
        assert!(open.is_overrun(DRAIN_NS_MAX + 4_000_000).expect("no fault"));
    }
}
