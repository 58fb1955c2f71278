//! `client orders|ticks --name=value …`: the neutral client; results on stdout, faults on stderr.
#![deny(clippy::all)]
use std::process::ExitCode;
use wire::args::Args;
use wire::fault::{fault, Checked};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(wrong) => {
            eprintln!("client: {wrong}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Checked<()> {
    let mut arguments = std::env::args().skip(1);
    let mode = arguments.next().unwrap_or_default();
    let args = Args::parse(arguments)?;
    match mode.as_str() {
        "orders" => wire::order_client::run(&args),
        "ticks" => wire::tick_client::run(&args),
        _ => fault("give a mode: orders or ticks"),
    }
}
