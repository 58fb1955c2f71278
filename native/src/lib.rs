//! The addon's exports. One topic a file; what each function does stands in native/index.ts, which types them.
#![deny(clippy::all, unsafe_op_in_unsafe_fn, clippy::undocumented_unsafe_blocks)]
#![cfg(target_os = "linux")]
// The exports themselves are left out of a test binary, and what only TLS uses from an addon without.
#![cfg_attr(any(test, not(feature = "tls")), allow(dead_code))]

mod address;
#[cfg(feature = "tls")]
mod certificate_dates;
mod channel;
mod clock;
mod event_fds;
mod journal_seal;
mod layout;
mod memory;
mod node_loop;
mod other_thread;
mod secure_socket;
mod session_lock;
mod shared_range;
mod socket;
mod socket_api;
mod socket_events;
mod socket_loop;
mod sys;
#[cfg(all(test, feature = "tls"))]
mod test_certificates;
#[cfg(test)]
mod test_rig;
#[cfg(all(test, feature = "tls"))]
mod test_tls;
mod thread_placement;
#[cfg(feature = "tls")]
mod tls_api;
#[cfg(feature = "tls")]
mod tls_channel;
#[cfg(feature = "tls")]
mod tls_client;
#[cfg(feature = "tls")]
mod tls_problem;
mod wire;

use napi_derive::napi;

/// Of the memory map that this addon was built with: another one's addon is not loaded.
#[napi]
pub fn layout_version() -> u32 {
    layout::NATIVE_LAYOUT_VERSION as u32
}
