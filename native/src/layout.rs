//! The memory map of wasm/native-layout.ts, as build.rs has read it.
#![allow(dead_code, reason = "the file is shared with TypeScript, which reads all of it")]
include!(concat!(env!("OUT_DIR"), "/layout.rs"));
