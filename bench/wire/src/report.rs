//! What the client tells the bench: one line of JSON a load, histogram and all.
use crate::load::Outcome;
use std::io::Write;

/// The first line on stdout: somebody listens at this port.
pub fn say_listening(port: u16) {
    say(&format!("{{\"port\":{port}}}"));
}

pub fn say_outcome(outcome: &Outcome) {
    let buckets = outcome.histogram.buckets();
    let counts: Vec<String> = buckets.map(|(value, count)| format!("[{value},{count}]")).collect();
    say(&format!(
        "{{\"load\":\"{}\",\"sent\":{},\"answered\":{},\"elapsedNs\":{},\"maxNs\":{},\"histogramNs\":[{}]}}",
        outcome.name,
        outcome.sent,
        outcome.answered,
        outcome.elapsed_ns,
        outcome.histogram.max(),
        counts.join(",")
    ));
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // The bench is gone when nobody reads this; then there is nobody to tell.
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}
