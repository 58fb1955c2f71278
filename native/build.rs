//! Links the addon as Node.js wants it, and turns the constants of wasm/native-layout.ts into Rust: the memory
//! map is written once.
use std::{env, error::Error, fs, path::Path};

const LAYOUT: &str = "../wasm/native-layout.ts";

fn main() -> Result<(), Box<dyn Error>> {
    napi_build::setup();
    println!("cargo:rerun-if-changed={LAYOUT}");
    let source = fs::read_to_string(LAYOUT)?;
    let mut constants = String::new();
    for line in source.lines() {
        let Some(rest) = line.strip_prefix("export const ") else {
            continue;
        };
        let (name, value) = rest.split_once(" = ").ok_or(format!("no value: {line}"))?;
        let value = value.split(';').next().unwrap_or_default().trim();
        let number: i64 = value.parse().map_err(|_| format!("{LAYOUT}: {name} is no plain number"))?;
        constants.push_str(&format!("pub const {name}: usize = {number};\n"));
    }
    fs::write(Path::new(&env::var("OUT_DIR")?).join("layout.rs"), constants)?;
    Ok(())
}
