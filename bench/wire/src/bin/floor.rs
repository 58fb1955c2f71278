//! `floor orders|ticks --name=value …`: the floor as an acceptor of orders or as an engine on ticks.
#![deny(clippy::all)]
use std::process::ExitCode;
use wire::args::Args;
use wire::fault::{fault, Checked};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(wrong) => {
            eprintln!("floor: {wrong}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Checked<()> {
    let mut arguments = std::env::args().skip(1);
    let mode = arguments.next().unwrap_or_default();
    let args = Args::parse(arguments)?;
    match mode.as_str() {
        "orders" => wire::floor_orders::run(&args),
        "ticks" => wire::floor_ticks::run(&args),
        _ => fault("give a mode: orders or ticks"),
    }
}
