//! Command lines: `--name=value` alone, checked by whoever asks for them.
use crate::fault::{fault, Checked, Fault};
use std::collections::HashMap;

pub struct Args {
    values: HashMap<String, String>,
}

impl Args {
    pub fn parse(arguments: impl Iterator<Item = String>) -> Checked<Args> {
        let mut values = HashMap::new();
        for argument in arguments {
            let pair = argument.strip_prefix("--").and_then(|text| text.split_once('='));
            let Some((name, value)) = pair else {
                return fault(format!("{argument}: give --name=value"));
            };
            values.insert(name.to_string(), value.to_string());
        }
        Ok(Args { values })
    }

    pub fn text(&self, name: &str) -> Checked<&str> {
        let value = self.values.get(name).map(String::as_str);
        value.ok_or_else(|| Fault(format!("--{name}=… is missing")))
    }

    pub fn whole(&self, name: &str) -> Checked<u64> {
        let text = self.text(name)?;
        text.parse().map_err(|_| Fault(format!("--{name}={text}: give a whole number")))
    }

    pub fn port(&self, name: &str) -> Checked<u16> {
        let text = self.text(name)?;
        text.parse().map_err(|_| Fault(format!("--{name}={text}: give a port from 0 to 65535")))
    }
}
