//! The addon's exports. One topic a file; what each function does stands in native/index.ts, which types them.
#![deny(clippy::all, unsafe_op_in_unsafe_fn, clippy::undocumented_unsafe_blocks)]
#![cfg(target_os = "linux")]
// The exports themselves are left out of a test binary.
#![cfg_attr(test, allow(dead_code))]

mod address;
mod clock;
mod event_fds;
mod layout;
mod memory;
mod node_loop;
mod other_thread;
mod session_lock;
mod shared_range;
mod socket;
mod socket_api;
mod socket_events;
mod socket_loop;
mod sys;
mod thread_placement;

use napi_derive::napi;

/// Of the memory map that this addon was built with: another one's addon is not loaded.
#[napi]
pub fn layout_version() -> u32 {
    layout::NATIVE_LAYOUT_VERSION as u32
}
