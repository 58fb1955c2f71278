//! What a thread that does not own the loop may do with it: wake it, and send for a session under its lock.
use std::time::{Duration, Instant};

use napi::bindgen_prelude::Uint8Array;
use napi::{Error, Result, Status};
use napi_derive::napi;

use crate::channel::channel_of;
use crate::layout::*;
use crate::memory::Memory;
use crate::session_lock::{Held, take};
use crate::socket::send_held;
use crate::socket_loop::{row_of, wake};
use crate::sys;

/// The loop's turn ends soon, and Node's event loop of its thread has its own.
#[napi]
pub fn wake_loop(view: Uint8Array) -> Result<()> {
    wake(&memory_of(&view)?);
    Ok(())
}

/// Takes the send lock of a socket for the control thread; false = it was not to be had in this time.
#[napi]
pub fn lock_session(view: Uint8Array, slot: u32, wait_ms: u32) -> Result<bool> {
    let memory = memory_of(&view)?;
    let word = row(slot)? + SOC_LOCK;
    let held = take(&memory, word, LOCK_CONTROL, Duration::from_millis(u64::from(wait_ms)));
    Ok(held.map(std::mem::forget).is_some())
}

/// Sends all that lies in the TX of a socket, the rest of a half-sent message first; the control thread holds the lock.
/// How many bytes are left when the peer does not take them in this time; a number below 0 is -errno.
#[napi]
pub fn send_locked(view: Uint8Array, slot: u32, wait_ms: u32) -> Result<i32> {
    let memory = memory_of(&view)?;
    let row = row(slot)?;
    require_held(&memory, row)?;
    let deadline = Instant::now() + Duration::from_millis(u64::from(wait_ms));
    let channel = channel_of(&memory, row);
    loop {
        match send_held(&memory, row, channel.as_ref()) {
            Ok(0) => return Ok(0),
            Err(error) => return Ok(-error),
            Ok(left) => {
                let wait = deadline.saturating_duration_since(Instant::now());
                if wait.is_zero() {
                    return Ok(left as i32);
                }
                sys::wait_writable(memory.get(row + SOC_FD), wait.as_millis() as i32 + 1);
            }
        }
    }
}

#[napi]
pub fn unlock_session(view: Uint8Array, slot: u32) -> Result<()> {
    let memory = memory_of(&view)?;
    let row = row(slot)?;
    require_held(&memory, row)?;
    drop(Held::of(&memory, row + SOC_LOCK));
    Ok(())
}

fn require_held(memory: &Memory, row: usize) -> Result<()> {
    if memory.get(row + SOC_LOCK) == LOCK_CONTROL as i32 {
        return Ok(());
    }
    Err(refused("the control thread does not hold the lock of this session"))
}

fn row(slot: u32) -> Result<usize> {
    let slot = slot as usize;
    if slot < SOCKETS_MAX { Ok(row_of(slot)) } else { Err(refused("there is no such socket")) }
}

fn memory_of(view: &Uint8Array) -> Result<Memory> {
    if view.len() < SOCKET_ROWS + SOCKETS_MAX * SOCKET_ROW_BYTES {
        return Err(refused("the view is not over the whole memory"));
    }
    // SAFETY: the view is over the WebAssembly memory, which never grows, and outlives the call.
    Ok(unsafe { Memory::new(view.as_ptr().cast_mut(), view.len()) })
}

fn refused(reason: &str) -> Error {
    Error::new(Status::InvalidArg, reason.to_string())
}
