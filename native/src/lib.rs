//! The addon's exports. One topic a file; what each function does stands in native/index.ts, which types them.
#![deny(clippy::all, unsafe_op_in_unsafe_fn, clippy::undocumented_unsafe_blocks)]

mod layout;
#[cfg(target_os = "linux")]
mod shared_range;

use napi_derive::napi;

/** Of the memory map that this addon was built with: another one's addon is not loaded. */
#[napi]
pub fn layout_version() -> u32 {
    layout::NATIVE_LAYOUT_VERSION as u32
}
