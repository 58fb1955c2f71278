//! Everything that ends a run, in words for the person who reads the bench's output.
use std::fmt;

#[derive(Debug)]
pub struct Fault(pub String);

pub type Checked<T> = Result<T, Fault>;

impl fmt::Display for Fault {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.0)
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        Fault(error.to_string())
    }
}

pub fn fault<T>(text: impl Into<String>) -> Checked<T> {
    Err(Fault(text.into()))
}

/// A message with its separators made visible.
pub fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replace('\u{1}', "|")
}
